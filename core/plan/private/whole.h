/* Whether a plan file is whole, and what is in it its own.  Internal. */
#ifndef NP_PLAN_PRIVATE_WHOLE_H
#define NP_PLAN_PRIVATE_WHOLE_H

#include "plan/private/db.h"

/* What a file of version 5 lacks of version 6, and what its rows say there. */
#define PLAN_WHOLE_SQL                                                                                                 \
    "ALTER TABLE runs ADD COLUMN digest BLOB NOT NULL DEFAULT x'';"                                                    \
    "CREATE TABLE marks (run INTEGER PRIMARY KEY REFERENCES runs (id), mark INTEGER NOT NULL,"                         \
    " complete INTEGER NOT NULL) STRICT;"                                                                              \
    "ALTER TABLE journal ADD COLUMN plan BLOB NOT NULL DEFAULT x'';"                                                   \
    "UPDATE runs SET digest = (SELECT value FROM meta WHERE key = 'digest');"                                          \
    "UPDATE journal SET plan = (SELECT substr(value, 1, 8) FROM meta WHERE key = 'digest');"

/* Whether SQLite will find content in the write-ahead log of DB, which was opened and not yet read. */
bool plan_whole_has_log(const plan_db *db);
/* Whether the log's index (PATH-shm) is there: programs share it.  Where it is not, none has the file open with its log, and whoever reads
 * it keeps the index in memory of its own (locking_mode EXCLUSIVE, https://www.sqlite.org/wal.html#noshm), so that he leaves nothing. */
bool plan_whole_has_index(const plan_db *db);
/* Opens the main FILE of a plan, which PATH names in messages, by itself, without any log; NP_ERR_FORMAT if it cannot be read so. */
np_status plan_whole_open_alone(const char *file, const char *path, plan_db *out, np_error *err);
/* Checks that the file which DB has open and its write-ahead log (what lies beside it as PATH-wal, or nothing) belong together:
 * NP_ERR_FORMAT with what to do.  For a file that no run holds: while one begins or ends, the two differ for moments.  Neither
 * is changed. */
np_status plan_whole_check_log(const plan_db *db, np_error *err);
/* Checks that every run and every row of the journal is of this plan, and that no row is missing. */
np_status plan_whole_check_rows(plan_db *db, np_error *err);

#endif
