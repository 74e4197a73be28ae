/* The table early: a row for each run that was made out of the sessions' order or before its day, with what was not kept and the
 * reason that the operator gave, so that whoever looks at the skin later knows of it. */
#include "plan/private/early.h"

np_status plan_early_read(plan_db *db, np_plan *plan, np_error *err)
{
    int64_t version;
    sqlite3_stmt *s = NULL;
    bool row = true;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK || version < 9)
        return status;
    status = plan_db_prepare(db, "SELECT run, found, reason FROM early ORDER BY run", &s, err);
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        np_plan_run *run = np_plan_find_run(plan, sqlite3_column_int64(s, 0));
        if (!run)
            continue; /* of a run that began since the runs were read */
        run->early_found = plan_db_text(s, 1);
        run->early_reason = plan_db_text(s, 2);
        if (!run->early_found || !run->early_reason)
            status = np_error_no_memory(err, db->path);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_early_write(plan_db *db, int64_t run, const char *found, const char *reason, np_error *err)
{
    sqlite3_stmt *s = NULL;
    np_status status = plan_db_prepare(db, "INSERT INTO early VALUES (?, ?, ?)", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_int64(s, 1, run);
        sqlite3_bind_text(s, 2, found, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 3, reason, -1, SQLITE_STATIC);
        status = plan_db_run(db, s, err);
    }
    sqlite3_finalize(s);
    return status;
}
