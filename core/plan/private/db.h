/* SQLite with needlepath's errors, and the schema of the plan file.  Internal. */
#ifndef NP_PLAN_PRIVATE_DB_H
#define NP_PLAN_PRIVATE_DB_H

#include <sqlite3.h>

#include "base/file.h"
#include "plan/plan.h"

#define PLAN_APPLICATION_ID 0x4E504C4E /* "NPLN" */
/* docs/plan-file.md, Versions: what each brought. */
#define PLAN_SCHEMA_VERSION 13
#define PLAN_LEARNT_VERSION 13 /* brought journal.learnt, and runs of state learnt */

/* Zero-initialise; close is safe on zero. */
typedef struct plan_db {
    sqlite3 *handle;
    const char *path; /* as the user knows it; borrowed */
} plan_db;

/* Opens FILE, which PATH names in messages. */
np_status plan_db_open(plan_db *db, const char *file, const char *path, int flags, np_error *err);
/* Opens an existing plan file and checks that it is one (there, an SQLite database, ours, of a schema we know) and that the log
 * beside it is its own.  Who writes says so (plan_db_write); otherwise such a log is not merged into the file. */
np_status plan_db_open_plan(plan_db *db, const char *path, np_error *err);
/* What is written through DB is merged into the file when it is closed. */
void plan_db_write(plan_db *db);
/* Checks that an open database is a plan file: ours, of a schema we know. */
np_status plan_db_check_plan(plan_db *db, np_error *err);
void plan_db_close(plan_db *db);

np_status plan_db_exec(plan_db *db, const char *sql, np_error *err);
np_status plan_db_prepare(plan_db *db, const char *sql, sqlite3_stmt **out_statement, np_error *err);
/* Runs a statement that gives no rows and makes it ready for the next values. */
np_status plan_db_run(plan_db *db, sqlite3_stmt *statement, np_error *err);
/* Next row: *out_row is false at the end. */
np_status plan_db_step(plan_db *db, sqlite3_stmt *statement, bool *out_row, np_error *err);
/* Binds the values of row I of a table to STATEMENT. */
typedef void plan_db_row(sqlite3_stmt *statement, size_t i, const np_plan *plan);
/* Runs SQL, an INSERT, for rows 0 .. N - 1 of PLAN. */
np_status plan_db_insert(plan_db *db, const char *sql, size_t n, plan_db_row *bind, const np_plan *plan, np_error *err);
/* The first column of the first row of SQL as an integer. */
np_status plan_db_integer(plan_db *db, const char *sql, int64_t *out_value, np_error *err);

/* A column's value: NULL is NAN; a copy of the text, NULL when out of memory; false unless a blob of SIZE bytes; false for what
 * a narrower type would cut to another value. */
double plan_db_real(sqlite3_stmt *statement, int column);
char *plan_db_text(sqlite3_stmt *statement, int column);
bool plan_db_blob(sqlite3_stmt *statement, int column, unsigned char *out, int size);
bool plan_db_fits(sqlite3_stmt *statement, int column, int64_t min, int64_t max);
/* NAN is NULL. */
void plan_db_bind_real(sqlite3_stmt *statement, int column, double x);

/* NP_ERR_FORMAT: the file is not as it was written. */
np_status plan_db_damaged(plan_db *db, np_error *err, const char *what);
/* The error of the last call. */
np_status plan_db_failed(plan_db *db, np_error *err);

/* The name of what stands beside the file PATH and is named after it, with another ENDING: beside the file itself, also where PATH is a symbolic link
 * to it.  NULL when out of memory; the caller frees. */
char *plan_db_beside(const char *path, const char *ending);
#define PLAN_LOCK_ENDING NP_FILE_LOCK_ENDING

/* Opens (*out_file, a descriptor with an exclusive flock) PATH-lock; NP_ERR_IO if another process holds it.
 */
np_status plan_db_lock(const char *path, int *out_file, np_error *err);
/* Makes all tables of a new plan file. */
np_status plan_db_create_tables(plan_db *db, np_error *err);
/* Brings an older plan file that is about to be written to, and was read as PLAN, forward to our version, in one transaction. */
np_status plan_db_bring_forward(plan_db *db, const np_plan *plan, np_error *err);
/* True if a process holds it now. */
bool plan_db_is_locked(const char *path);
/* Leaves NOTE (0: nothing) in the lock file for whoever comes after a crash, synced; with it goes room on the disk, some kB.  After an error the
 * file has no note. */
np_status plan_db_lock_note(const char *path, int file, int64_t note, np_error *err);
/* Gives back the room that the note kept. */
void plan_db_lock_release_room(int file);
/* The note that was left; 0: none. */
int64_t plan_db_lock_noted(const char *path);
/* Removes the lock file, unless a note is in it, and lets go; safe on -1. */
void plan_db_unlock(const char *path, int file);

#endif
