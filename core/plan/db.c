/* SQLite with errors that a person can act on, the schema of the plan file, its way from version to version, and the lock that
 * keeps it at one writer of the journal. */
#include "plan/private/db.h"
#include "plan/private/meta.h"
#include "plan/private/moves.h"
#include "plan/private/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "plan/chunks.h"

/* Numbers stand as the integers that are signed and sent (um, ppm, urad, us), so that a reader gets them
 * to the bit; the view dots_mm is for people. docs/plan-file.md describes every column. */
#define SUPPLIES_SQL                                                                                                   \
    "CREATE TABLE supplies (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id), number INTEGER,"        \
    " kind INTEGER NOT NULL, tour_order INTEGER NOT NULL, lot TEXT, time_unix_us INTEGER NOT NULL,"                    \
    " executor_time_us INTEGER, after_seq INTEGER NOT NULL) STRICT;"
#define REGISTRATIONS_SQL                                                                                              \
    "CREATE TABLE registrations (run INTEGER PRIMARY KEY REFERENCES runs (id), name TEXT NOT NULL,"                    \
    " time_unix_s INTEGER NOT NULL, qw_ppm INTEGER NOT NULL, qx_ppm INTEGER NOT NULL, qy_ppm INTEGER NOT NULL,"        \
    " qz_ppm INTEGER NOT NULL, tx_um INTEGER NOT NULL, ty_um INTEGER NOT NULL, tz_um INTEGER NOT NULL,"                \
    " rms_um INTEGER NOT NULL, worst_um INTEGER NOT NULL, moved_um INTEGER NOT NULL, fiducials TEXT NOT NULL) STRICT;"
#define EARLY_SQL                                                                                                      \
    "CREATE TABLE early (run INTEGER PRIMARY KEY REFERENCES runs (id), found TEXT NOT NULL, reason TEXT NOT NULL) "    \
    "STRICT;"
#define EPOCHS_SQL                                                                                                     \
    "CREATE TABLE epochs (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id), epoch INTEGER NOT NULL,"  \
    " token BLOB NOT NULL, identity BLOB NOT NULL, executor TEXT NOT NULL, reason TEXT) STRICT;"
#define BEHIND_SQL "ALTER TABLE epochs ADD COLUMN supplies_behind INTEGER NOT NULL DEFAULT 0;"
#define LEARNT_SQL "ALTER TABLE journal ADD COLUMN learnt INTEGER NOT NULL DEFAULT 0;"
/* What an approval is for, behind the columns that it always had; those of version 1 are for nothing. */
#define TERMS_SQL                                                                                                      \
    "ALTER TABLE approvals ADD COLUMN version INTEGER NOT NULL DEFAULT 1;"                                             \
    "ALTER TABLE approvals ADD COLUMN executors BLOB NOT NULL DEFAULT x'';"                                            \
    "ALTER TABLE approvals ADD COLUMN not_after_unix_s INTEGER NOT NULL DEFAULT 0;"                                    \
    "ALTER TABLE approvals ADD COLUMN air_only INTEGER NOT NULL DEFAULT 0;"                                            \
    "ALTER TABLE approvals ADD COLUMN reload_every INTEGER NOT NULL DEFAULT 0;"                                        \
    "ALTER TABLE approvals ADD COLUMN needle_life INTEGER NOT NULL DEFAULT 0;"
static const char tables_sql[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;"
    "CREATE TABLE layers (number INTEGER PRIMARY KEY, name TEXT NOT NULL, strategy TEXT NOT NULL,"
    " area_cm2 REAL) STRICT;"
    "CREATE TABLE sessions (number INTEGER PRIMARY KEY, day INTEGER NOT NULL, dots INTEGER NOT NULL,"
    " tour_length_mm REAL, tour_time_s REAL, greedy_time_s REAL, patches INTEGER NOT NULL, reloads INTEGER "
    "NOT NULL,"
    " spacing_min_mm REAL) STRICT;"
    "CREATE TABLE dots (id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions (number),"
    " tour_order INTEGER NOT NULL, x_um INTEGER NOT NULL, y_um INTEGER NOT NULL, z_um INTEGER NOT NULL,"
    " nx_ppm INTEGER NOT NULL, ny_ppm INTEGER NOT NULL, nz_ppm INTEGER NOT NULL,"
    " ax_ppm INTEGER NOT NULL, ay_ppm INTEGER NOT NULL, az_ppm INTEGER NOT NULL,"
    " depth_um INTEGER NOT NULL, tilt_urad INTEGER NOT NULL, tone_ppm INTEGER NOT NULL, dwell_us INTEGER NOT "
    "NULL,"
    " layer INTEGER NOT NULL REFERENCES layers (number), density_per_1000_cm2 INTEGER NOT NULL,"
    " pin INTEGER NOT NULL) STRICT;"
    "CREATE TABLE statistics (name TEXT PRIMARY KEY, value REAL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE approvals (number INTEGER PRIMARY KEY, operator TEXT NOT NULL, public_key BLOB NOT NULL,"
    " signature BLOB NOT NULL, time_unix_s INTEGER NOT NULL) STRICT;"
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions (number),"
    " started_unix_s INTEGER NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL) STRICT;"
    "CREATE TABLE journal (seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id),"
    " dot INTEGER NOT NULL REFERENCES dots (id), state INTEGER NOT NULL, time_unix_us INTEGER NOT NULL,"
    " depth_um INTEGER, force_mn INTEGER, outcome INTEGER NOT NULL) STRICT;" SUPPLIES_SQL REGISTRATIONS_SQL
        PLAN_MOVES_SQL PLAN_WHOLE_SQL EARLY_SQL PLAN_GANTRY_SQL;
static const char more_sql[] = TERMS_SQL EPOCHS_SQL BEHIND_SQL LEARNT_SQL
    "CREATE VIEW dots_mm AS SELECT id, session, tour_order, x_um / 1e3 AS x, y_um / 1e3 AS y, z_um / 1e3 AS "
    "z,"
    " nx_ppm / 1e6 AS nx, ny_ppm / 1e6 AS ny, nz_ppm / 1e6 AS nz, ax_ppm / 1e6 AS ax, ay_ppm / 1e6 AS ay,"
    " az_ppm / 1e6 AS az, depth_um / 1e3 AS depth_mm, degrees(tilt_urad / 1e6) AS tilt_deg, tone_ppm / 1e6 "
    "AS tone,"
    " dwell_us / 1e3 AS dwell_ms, name AS layer, density_per_1000_cm2 / 1e3 AS density_per_cm2, pin"
    " FROM dots JOIN layers ON layers.number = dots.layer;";

np_status plan_db_failed(plan_db *db, np_error *err)
{
    int code = db->handle ? sqlite3_extended_errcode(db->handle) : SQLITE_NOMEM;
    const char *reason = db->handle ? sqlite3_errmsg(db->handle) : "";
    if (code == SQLITE_IOERR_SHORT_READ)
        code = SQLITE_CORRUPT;
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return np_error_no_memory(err, db->path);
    case SQLITE_NOTADB:
        return np_error_set(err, NP_ERR_FORMAT, "%s: not a plan file: it is no SQLite database", db->path);
    case SQLITE_CORRUPT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: the plan file was cut short or damaged (%s); make the plan again, "
                            "or take a copy",
                            db->path, reason);
    case SQLITE_READONLY:
        return np_error_set(err, NP_ERR_IO, "%s: cannot write: the file or its folder is write-protected", db->path);
    case SQLITE_FULL:
        return np_error_set(err, NP_ERR_IO, "%s: cannot write: the disk is full", db->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return np_error_set(err, NP_ERR_IO,
                            "%s: another program has it open (a database viewer, or another needlepath): close it "
                            "there, and try again",
                            db->path);
    default:
        return np_error_set(err, NP_ERR_IO, "%s: %s", db->path, reason);
    }
}

np_status plan_db_open(plan_db *db, const char *file, const char *path, int flags, np_error *err)
{
    db->path = path;
    if (sqlite3_open_v2(file, &db->handle, flags, NULL) != SQLITE_OK)
        return plan_db_failed(db, err);
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, 5000);
    /* Nothing in the file is to be run: no triggers, no functions with side effects in the schema. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    return NP_OK;
}

void plan_db_close(plan_db *db)
{
    sqlite3_close_v2(db->handle);
    *db = (plan_db){0};
}

/* A view in a table's place can go on for ever, and a trigger write what nobody asked for: whoever made it, it was not needlepath. */
static np_status check_schema(plan_db *db, np_error *err)
{
    int64_t n;
    np_status status = plan_db_integer(
        db, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' OR (type = 'view' AND name <> 'dots_mm')", &n,
        err);
    if (status != NP_OK || n == 0)
        return status;
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: somebody has put views or triggers into the plan file, which can change what is read from it "
        "and written to it: take a copy without them, or make the plan again",
        db->path);
}

np_status plan_db_check_plan(plan_db *db, np_error *err)
{
    int64_t id, version;
    np_status status = plan_db_integer(db, "PRAGMA application_id", &id, err);
    if (status == NP_OK)
        status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK)
        return status;
    if (id != PLAN_APPLICATION_ID)
        return np_error_set(err, NP_ERR_FORMAT, "%s: not a plan file: it is an SQLite database of another program",
                            db->path);
    if (version >= 1 && version <= PLAN_SCHEMA_VERSION)
        return check_schema(db, err);
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s: the plan file has schema version %lld; this needlepath reads versions "
                        "1 to %d: use the needlepath that made it (its version stands in the table meta)",
                        db->path, (long long)version, PLAN_SCHEMA_VERSION);
}

np_status plan_db_create_tables(plan_db *db, np_error *err)
{
    np_status status = plan_db_exec(db, tables_sql, err);
    return status == NP_OK ? plan_db_exec(db, more_sql, err) : status;
}

np_status plan_db_bring_forward(plan_db *db, const np_plan *plan, np_error *err)
{
    /* What a file of version i lacks of version i + 1. */
    static const char *const steps[PLAN_SCHEMA_VERSION] = {
        "",        SUPPLIES_SQL,    REGISTRATIONS_SQL,    "",         PLAN_MOVES_SQL, PLAN_WHOLE_SQL, "", "",
        EARLY_SQL, PLAN_GANTRY_SQL, TERMS_SQL EPOCHS_SQL, BEHIND_SQL, LEARNT_SQL};
    char version_sql[64];
    int64_t version;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK || version == PLAN_SCHEMA_VERSION)
        return status;
    if (!np_plan_chunks_hold(plan))
        return np_error_set(err, NP_ERR_UNSAFE,
                            "%s: its moves do not go over the wire, as it was made before any did: plan the case again "
                            "with `needlepath plan`",
                            db->path);
    snprintf(version_sql, sizeof version_sql, "PRAGMA user_version = %d; COMMIT", PLAN_SCHEMA_VERSION);
    status = plan_db_exec(db, "BEGIN IMMEDIATE", err);
    for (; version < PLAN_SCHEMA_VERSION && status == NP_OK; version++) {
        status = plan_db_exec(db, steps[version], err);
        if (status != NP_OK && (sqlite3_errcode(db->handle) & 0xFF) == SQLITE_ERROR) /* it is there already */
            status = np_error_set(err, NP_ERR_FORMAT,
                                  "%s: the plan file was changed: by its number it is of version %lld, and it has what "
                                  "version %lld brought; take a copy",
                                  db->path, (long long)version, (long long)version + 1);
    }
    if (status == NP_OK)
        status = plan_meta_write(db, plan, err);
    if (status == NP_OK)
        status = plan_db_exec(db, version_sql, err);
    if (status != NP_OK && !sqlite3_get_autocommit(db->handle))
        (void)plan_db_exec(db, "ROLLBACK", NULL);
    return status;
}

/* A log that is there already is left as it is by those who only look: it may be another file's.  A process that runs the plan
 * has checked the two, and changes them. */
static np_status check_log(plan_db *db, np_error *err)
{
    bool has_log = plan_whole_has_log(db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)has_log, NULL);
    if (plan_db_is_locked(db->path))
        return NP_OK;
    if (has_log && !plan_whole_has_index(db) && plan_db_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL) != NP_OK)
        return plan_db_failed(db, err);
    np_error found = {0};
    np_status status = plan_whole_check_log(db, &found);
    return status == NP_OK || plan_db_is_locked(db->path) ? NP_OK : np_error_pass(err, &found);
}

np_status plan_db_open_plan(plan_db *db, const char *path, np_error *err)
{
    /* SQLite takes an empty file for an empty database, and says little of what is not there. */
    struct stat st;
    if (stat(path, &st) != 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_IO, "%s: cannot read: it is not a regular file", path);
    if (st.st_size == 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s: not a plan file: the file is empty", path);
    np_status status = plan_db_open(db, path, path, SQLITE_OPEN_READWRITE, err);
    if (status == NP_OK)
        status = check_log(db, err);
    if (status == NP_OK)
        status = plan_db_check_plan(db, err);
    if (status != NP_OK)
        plan_db_close(db);
    return status;
}

void plan_db_write(plan_db *db)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
}

np_status plan_db_exec(plan_db *db, const char *sql, np_error *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? NP_OK : plan_db_failed(db, err);
}

np_status plan_db_prepare(plan_db *db, const char *sql, sqlite3_stmt **out_statement, np_error *err)
{
    *out_statement = NULL;
    return sqlite3_prepare_v2(db->handle, sql, -1, out_statement, NULL) == SQLITE_OK ? NP_OK : plan_db_failed(db, err);
}

np_status plan_db_run(plan_db *db, sqlite3_stmt *statement, np_error *err)
{
    np_status status = sqlite3_step(statement) == SQLITE_DONE ? NP_OK : plan_db_failed(db, err);
    sqlite3_reset(statement);
    return status;
}

np_status plan_db_insert(plan_db *db, const char *sql, size_t n, plan_db_row *bind, const np_plan *plan, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db, sql, &s, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        bind(s, i, plan);
        status = plan_db_run(db, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_db_step(plan_db *db, sqlite3_stmt *statement, bool *out_row, np_error *err)
{
    int code = sqlite3_step(statement);
    *out_row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? NP_OK : plan_db_failed(db, err);
}

np_status plan_db_integer(plan_db *db, const char *sql, int64_t *out_value, np_error *err)
{
    sqlite3_stmt *statement;
    bool row = false;
    *out_value = 0;
    np_status status = plan_db_prepare(db, sql, &statement, err);
    if (status == NP_OK)
        status = plan_db_step(db, statement, &row, err);
    if (row)
        *out_value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

/* ---- columns ---- */

double plan_db_real(sqlite3_stmt *s, int column)
{
    return sqlite3_column_type(s, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, column);
}

void plan_db_bind_real(sqlite3_stmt *s, int column, double x)
{
    if (isnan(x))
        sqlite3_bind_null(s, column);
    else
        sqlite3_bind_double(s, column, x);
}

char *plan_db_text(sqlite3_stmt *s, int column)
{
    const unsigned char *text = sqlite3_column_text(s, column);
    return strdup(text ? (const char *)text : "");
}

bool plan_db_blob(sqlite3_stmt *s, int column, unsigned char *out, int size)
{
    const void *blob = sqlite3_column_blob(s, column);
    if (!blob || sqlite3_column_bytes(s, column) != size)
        return false;
    memcpy(out, blob, (size_t)size);
    return true;
}

bool plan_db_fits(sqlite3_stmt *s, int column, int64_t min, int64_t max)
{
    sqlite3_int64 x = sqlite3_column_int64(s, column);
    return x >= min && x <= max;
}

np_status plan_db_damaged(plan_db *db, np_error *err, const char *what)
{
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s: the plan file was cut short or changed: %s; make the plan again, or "
                        "take a copy",
                        db->path, what);
}

/* ---- one writer of the journal at a time ---- */

/* Of the room that a note keeps: the log of some transactions. */
enum { LOCK_TRIES = 5, LOCK_ROOM_BYTES = 32768 };

char *plan_db_beside(const char *path, const char *ending)
{
    char *real = realpath(path, NULL);
    const char *file = real ? real : path;
    size_t room = strlen(file) + strlen(ending) + 1;
    char *name = malloc(room);
    if (name)
        snprintf(name, room, "%s%s", file, ending);
    free(real);
    return name;
}

/* True if the locked descriptor is still the file that the name leads to (its last owner may have removed
 * it). */
static bool is_current(int file, const char *name)
{
    struct stat a, b;
    return fstat(file, &a) == 0 && stat(name, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Somebody may be looking at the lock just now (plan_db_is_locked): that is over in an instant. */
static bool lock_file(int file)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

bool plan_db_is_locked(const char *path)
{
    char *name = plan_db_beside(path, PLAN_LOCK_ENDING);
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    bool locked = file >= 0 && flock(file, LOCK_SH | LOCK_NB) != 0;
    if (file >= 0)
        close(file);
    free(name);
    return locked;
}

np_status plan_db_lock(const char *path, int *out_file, np_error *err)
{
    *out_file = -1;
    char *name = plan_db_beside(path, PLAN_LOCK_ENDING);
    if (!name)
        return np_error_no_memory(err, path);
    np_status status = NP_OK;
    while (status == NP_OK && *out_file < 0) {
        int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0) {
            status = np_error_set(err, NP_ERR_IO, "%s: cannot open: %s", name, strerror(errno));
        } else if (!lock_file(file)) {
            status = np_error_set(err, NP_ERR_IO,
                                  "%s: another process is running this plan (it holds %s); wait for it "
                                  "or stop it",
                                  path, name);
            close(file);
        } else if (is_current(file, name)) {
            *out_file = file;
        } else {
            close(file);
        }
    }
    free(name);
    return status;
}

/* 0, or an errno. */
static int put_note(int file, int64_t note)
{
    if (ftruncate(file, 0) != 0)
        return errno;
    if (note) {
        ssize_t n = pwrite(file, &note, sizeof note, 0);
        int code = n == (ssize_t)sizeof note ? posix_fallocate(file, 0, LOCK_ROOM_BYTES) : n < 0 ? errno : ENOSPC;
        if (code && code != EOPNOTSUPP && code != EINVAL) /* these: a file system that keeps no room */
            return code;
    }
    return fsync(file) == 0 ? 0 : errno;
}

np_status plan_db_lock_note(const char *path, int file, int64_t note, np_error *err)
{
    int code = put_note(file, note);
    if (code == 0)
        return NP_OK;
    (void)!ftruncate(file, 0);
    return np_error_set(err, NP_ERR_IO, "%s" PLAN_LOCK_ENDING ": cannot write: %s", path, strerror(code));
}

void plan_db_lock_release_room(int file)
{
    (void)!ftruncate(file, sizeof(int64_t));
}

int64_t plan_db_lock_noted(const char *path)
{
    int64_t note = 0;
    char *name = plan_db_beside(path, PLAN_LOCK_ENDING);
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0 && pread(file, &note, sizeof note, 0) != (ssize_t)sizeof note)
        note = 0;
    if (file >= 0)
        close(file);
    free(name);
    return note;
}

void plan_db_unlock(const char *path, int file)
{
    if (file < 0)
        return;
    struct stat st;
    char *name = plan_db_beside(path, PLAN_LOCK_ENDING);
    if (name && fstat(file, &st) == 0 && st.st_size == 0)
        unlink(name);
    free(name);
    close(file);
}
