/* Rows of the table runs; what they are for a journal is journal.c's. */
#include "plan/private/runs.h"

#include <stdio.h>

np_status plan_runs_add(plan_db *db, const plan_runs_row *row, int64_t *out_run, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db, "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?)", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_int(s, 1, row->session);
        sqlite3_bind_int64(s, 2, row->unix_s);
        sqlite3_bind_text(s, 3, row->target, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 4, np_plan_run_state_name(row->state), -1, SQLITE_STATIC);
        sqlite3_bind_blob(s, 5, row->digest, NP_PLAN_DIGEST_BYTES, SQLITE_STATIC);
        status = plan_db_run(db, s, err);
    }
    *out_run = status == NP_OK ? sqlite3_last_insert_rowid(db->handle) : 0;
    sqlite3_finalize(s);
    return status;
}

np_status plan_runs_set_state(plan_db *db, int64_t run, np_plan_run_state state, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db, "UPDATE runs SET state = ? WHERE id = ?", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_text(s, 1, np_plan_run_state_name(state), -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 2, run);
        status = plan_db_run(db, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_runs_end_others(plan_db *db, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db, "UPDATE runs SET state = ? WHERE state = ?", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_text(s, 1, np_plan_run_state_name(NP_PLAN_RUN_INTERRUPTED), -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 2, np_plan_run_state_name(NP_PLAN_RUN_RUNNING), -1, SQLITE_STATIC);
        status = plan_db_run(db, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_runs_last_placed(plan_db *db, int session, int64_t *out_run, np_error *err)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT max(run) FROM registrations JOIN runs ON runs.id = run WHERE session = %d AND moved_um >= 0",
             session);
    return plan_db_integer(db, sql, out_run, err); /* NULL is 0 */
}

np_status plan_runs_of_dot(plan_db *db, uint32_t dot_id, int64_t *out_run, np_error *err)
{
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT run FROM journal WHERE dot = %lu ORDER BY seq DESC LIMIT 1",
             (unsigned long)dot_id);
    return plan_db_integer(db, sql, out_run, err);
}
