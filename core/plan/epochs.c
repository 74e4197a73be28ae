/* The table epochs: a row for each epoch in which a run could arm something, with the token that the executor's journal has of it.
 *
 * The last one of a session is what an executor must have to go on with that session: an older copy of its journal, a new one, and
 * another executor's have it not, and know nothing of what was made since (tests/model/README.md). */
#include "plan/private/epochs.h"

#include <stdlib.h>
#include <string.h>

np_status plan_epochs_last(plan_db *db, int session, np_plan_epoch *out, bool *out_found, np_error *err)
{
    sqlite3_stmt *s = NULL;
    *out_found = false;
    np_status status = plan_db_prepare(
        db,
        "SELECT epoch, token, identity, executor, supplies_behind FROM epochs JOIN runs ON runs.id = run"
        " WHERE session = ? ORDER BY epochs.id DESC LIMIT 1",
        &s, err);
    if (status == NP_OK) {
        sqlite3_bind_int(s, 1, session);
        status = plan_db_step(db, s, out_found, err);
    }
    if (status == NP_OK && *out_found) {
        char *name = plan_db_text(s, 3);
        *out = (np_plan_epoch){.epoch = (uint32_t)sqlite3_column_int64(s, 0),
                               .supplies_behind = (uint32_t)sqlite3_column_int64(s, 4)};
        if (!name)
            status = np_error_no_memory(err, db->path);
        else if (!plan_db_blob(s, 1, out->token, sizeof out->token) ||
                 !plan_db_blob(s, 2, out->identity, sizeof out->identity))
            status = plan_db_damaged(db, err, "an epoch is wrong");
        else
            strncat(out->executor, name, sizeof out->executor - 1);
        free(name);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_epochs_read(plan_db *db, np_plan *plan, np_error *err)
{
    int64_t version;
    sqlite3_stmt *s = NULL;
    bool row = true;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK || version < 11)
        return status;
    status = plan_db_prepare(db, "SELECT run, reason FROM epochs WHERE reason IS NOT NULL ORDER BY id DESC", &s, err);
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        np_plan_run *run = np_plan_find_run(plan, sqlite3_column_int64(s, 0));
        if (!run)
            continue; /* of a run that began since the runs were read */
        free(run->other_executor);
        if (!(run->other_executor = plan_db_text(s, 1)))
            status = np_error_no_memory(err, db->path);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_epochs_write(plan_db *db, int64_t run, const np_plan_epoch *epoch, const char *reason, np_error *err)
{
    sqlite3_stmt *s = NULL;
    np_status status = plan_db_prepare(db, "INSERT INTO epochs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_int64(s, 1, run);
        sqlite3_bind_int64(s, 2, epoch->epoch);
        sqlite3_bind_blob(s, 3, epoch->token, sizeof epoch->token, SQLITE_STATIC);
        sqlite3_bind_blob(s, 4, epoch->identity, sizeof epoch->identity, SQLITE_STATIC);
        sqlite3_bind_text(s, 5, epoch->executor, -1, SQLITE_STATIC);
        if (reason) /* unbound: NULL */
            sqlite3_bind_text(s, 6, reason, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 7, epoch->supplies_behind);
        status = plan_db_run(db, s, err); /* a transaction of its own, synced as it ends */
    }
    sqlite3_finalize(s);
    return status;
}
