/* A plan file and its write-ahead log belong together, and SQLite does not see to it: it replays any log of the right name over
 * any file, and opens a file cleanly whose log was left behind.  Either would have dots made twice.
 *
 * So each run has a random mark, and `complete`: the run writes it as 0, brings that into the main file (a checkpoint), and
 * then, into the log, 1; only then it goes on.  No checkpoint follows before it ends.  Hence
 *   - a file that says 0 of a run under way, with no log that says more, was copied or renamed without its log (or the process
 *     was killed between the two: from before its first row on the mark stands in the lock file, and is taken out before the
 *     run goes on; where it cannot be written, nothing is begun);
 *   - a log that says 1 of a run whose mark the main file does not have is the log of another file, or of another state of
 *     this one.
 * Marks are a table of their own, whose page has changed by no more than that 1 when the checkpoint at the end writes it:
 * wherever the power goes then, the main file by itself still has them.
 * The main file by itself is what SQLite reads when it is told that nothing changes it (immutable: no log is looked for);
 * https://www.sqlite.org/uri.html and https://www.sqlite.org/walformat.html. */
#include "plan/private/whole.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEW_COLUMNS = 6 }; /* the version that brought them */

static const char *log_name(const plan_db *db)
{
    return sqlite3_filename_wal(sqlite3_db_filename(db->handle, "main"));
}

bool plan_whole_has_log(const plan_db *db)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int there = 0;
    return vfs->xAccess(vfs, log_name(db), SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && there;
}

bool plan_whole_has_index(const plan_db *db)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    const char *log = log_name(db);
    char *name = sqlite3_mprintf("%.*s-shm", (int)strlen(log) - 4, log);
    int there = 0;
    bool known = name && vfs->xAccess(vfs, name, SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK;
    sqlite3_free(name);
    return !known || there;
}

/* "file:PATH?immutable=1" with what a URI takes for its own escaped; NULL when out of memory. */
static char *uri_of(const char *path)
{
    static const char tail[] = "?immutable=1";
    size_t room = 5 + 3 * strlen(path) + sizeof tail, used = 5;
    char *uri = malloc(room);
    if (!uri)
        return NULL;
    memcpy(uri, "file:", 5);
    for (; *path; path++)
        if (strchr("%?#", *path))
            used += (size_t)snprintf(uri + used, room - used, "%%%02X", (unsigned)*path);
        else
            uri[used++] = *path;
    memcpy(uri + used, tail, sizeof tail);
    return uri;
}

np_status plan_whole_open_alone(const char *file, const char *path, plan_db *out, np_error *err)
{
    char *uri = uri_of(file);
    if (!uri)
        return np_error_no_memory(err, path);
    np_status status = plan_db_open(out, uri, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, err);
    free(uri);
    return status == NP_OK ? plan_db_check_plan(out, err) : status;
}

/* The file with its log, beside itself alone. */
static np_status attach_log(plan_db *alone, const plan_db *db, np_error *err)
{
    sqlite3_stmt *s = NULL;
    np_status status = plan_whole_has_index(db) ? NP_OK : plan_db_exec(alone, "PRAGMA locking_mode = EXCLUSIVE", err);
    if (status == NP_OK)
        status = plan_db_prepare(alone, "ATTACH ? AS logged", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_text(s, 1, sqlite3_db_filename(db->handle, "main"), -1, SQLITE_STATIC);
        status = plan_db_run(alone, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

static np_status without_log(const plan_db *db, int64_t run, np_error *err)
{
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: the write-ahead log of its run %lld is missing: the file was copied, renamed or moved without "
        "it, so that nobody knows from it which dots were made; put what lies where the file came from under "
        "its name there with -wal behind it, beside it here as %s",
        db->path, (long long)run, log_name(db));
}

static np_status foreign_log(const plan_db *db, int64_t run, const char *why, np_error *err)
{
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: the write-ahead log beside it (%s) belongs to another plan file, or to another state of this "
        "one (%s, run %lld); was a file copied or restored over one whose run was cut off? Move that log away, beside "
        "the file that it belongs to: it is the only record of what was made in that run; then try again",
        db->path, log_name(db), why, (long long)run);
}

/* Finds in DATABASE a run whose rows should be in a log; 0 if there is none. */
static np_status find_bare_run(plan_db *alone, const char *database, int64_t noted, int64_t *out_run, np_error *err)
{
    char sql[240];
    snprintf(sql, sizeof sql,
             "SELECT run FROM %s.marks JOIN %s.runs ON id = run WHERE complete = 0 AND state = 'running'"
             " AND mark <> %lld AND run IN (SELECT run FROM main.marks) LIMIT 1",
             database, database, (long long)noted);
    return plan_db_integer(alone, sql, out_run, err);
}

static np_status check_alone(const plan_db *db, plan_db *alone, np_error *err)
{
    int64_t run;
    np_status status = find_bare_run(alone, "main", plan_db_lock_noted(db->path), &run, err);
    return status == NP_OK && run ? without_log(db, run, err) : status;
}

/* Whether the run of the mark NOTED was killed before it went on: a checkpoint may have been cut off. */
static np_status is_just_beginning(plan_db *alone, int64_t noted, bool *out_is, np_error *err)
{
    char sql[120];
    int64_t n;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM logged.marks WHERE mark = %lld AND complete = 0", (long long)noted);
    np_status status = plan_db_integer(alone, sql, &n, err);
    *out_is = n > 0;
    return status;
}

/* *OUT_RUN is 0 if the file and its log belong together. */
static np_status compare(plan_db *alone, int64_t noted, int64_t *out_run, const char **out_why, np_error *err)
{
    static const char unknown[] = "SELECT run FROM logged.marks AS l WHERE complete = 1 AND NOT EXISTS"
                                  " (SELECT 1 FROM main.marks AS m WHERE m.run = l.run AND m.mark = l.mark) LIMIT 1";
    static const char lost[] = "SELECT run FROM main.marks AS m WHERE NOT EXISTS"
                               " (SELECT 1 FROM logged.marks AS l WHERE l.run = m.run AND l.mark = m.mark) LIMIT 1";
    bool is_beginning;
    np_status status = is_just_beginning(alone, noted, &is_beginning, err);
    if (status != NP_OK || is_beginning)
        return status;
    *out_why = "the plan file itself knows nothing of a run that it tells of";
    status = plan_db_integer(alone, unknown, out_run, err);
    if (status != NP_OK || *out_run)
        return status;
    *out_why = "it knows nothing of a run of the plan file";
    status = plan_db_integer(alone, lost, out_run, err);
    if (status != NP_OK || *out_run)
        return status;
    *out_why = "it does not go on where a run of the plan file began";
    return find_bare_run(alone, "logged", noted, out_run, err);
}

static np_status check_with_log(const plan_db *db, plan_db *alone, np_error *err)
{
    np_error reading = {0};
    const char *why = "";
    int64_t run = 0;
    np_status status = attach_log(alone, db, &reading);
    if (status == NP_OK)
        status = compare(alone, plan_db_lock_noted(db->path), &run, &why, &reading);
    if (status == NP_OK)
        return run ? foreign_log(db, run, why, err) : NP_OK;
    return status == NP_ERR_FORMAT ? foreign_log(db, run, "with it the file cannot be read", err)
                                   : np_error_pass(err, &reading);
}

np_status plan_whole_check_log(const plan_db *db, np_error *err)
{
    plan_db alone = {0};
    np_error ignored = {0};
    int64_t version = 0;
    /* What cannot be read alone (an older file has no marks; a checkpoint was cut off and the log mends it) is left to whoever
     * reads it with its log. */
    np_status status = plan_whole_open_alone(sqlite3_db_filename(db->handle, "main"), db->path, &alone, &ignored);
    if (status == NP_OK)
        status = plan_db_integer(&alone, "PRAGMA user_version", &version, &ignored);
    bool is_told = status == NP_OK && version >= NEW_COLUMNS &&
                   plan_db_integer(&alone, "SELECT count(mark) FROM marks", &version, &ignored) == NP_OK;
    status = NP_OK;
    if (is_told) {
        sqlite3_db_config(alone.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        status = plan_whole_has_log(db) ? check_with_log(db, &alone, err) : check_alone(db, &alone, err);
    }
    plan_db_close(&alone);
    return status;
}

/* ---- the rows ---- */

static np_status foreign_run(plan_db *db, int64_t run, np_error *err)
{
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: run %lld in it is of another plan: the journal of another plan was put into this file, or the "
        "write-ahead log of another plan lay beside it when some program opened it; take a copy of the file "
        "from before, and look for the record of that run where it was made",
        db->path, (long long)run);
}

np_status plan_whole_check_rows(plan_db *db, np_error *err)
{
    int64_t version, run = 0, gap = 0;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK || version < NEW_COLUMNS)
        return status;
    status = plan_db_integer(db,
                             "SELECT id FROM runs WHERE digest IS NOT (SELECT value FROM meta WHERE key = 'digest')"
                             " UNION ALL SELECT run FROM journal WHERE plan IS NOT"
                             " (SELECT substr(value, 1, 8) FROM meta WHERE key = 'digest') LIMIT 1",
                             &run, err);
    if (status == NP_OK && run)
        return foreign_run(db, run, err);
    if (status == NP_OK)
        status = plan_db_integer(db, "SELECT coalesce(max(seq), 0) - count(*) FROM journal", &gap, err);
    return status == NP_OK && gap ? plan_db_damaged(db, err, "rows of its journal are missing") : status;
}
