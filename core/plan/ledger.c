/* The ledger beside the machine that drives; see ledger.h.  Rows are only appended: the last one of a dot holds, but done is never
 * lost. */
#include "plan/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "plan/private/db.h"
#include "plan/private/registration.h"

#define LEDGER_APPLICATION_ID 0x4E504C47 /* "NPLG" */

struct np_ledger {
    plan_db db;
    char *path, *target;
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    int session;
    sqlite3_stmt *insert, *here, *anywhere;
    np_ledger *standard; /* the one that lies there by default, to be read; NULL: this is it, or there is none */
};

/* Every statement's first three parameters are digest, session and target. */
#define THIS_SESSION "digest = ?1 AND session = ?2"
#define LAST_STATE(where)                                                                                              \
    "SELECT state FROM dots WHERE dot = ?4 AND " THIS_SESSION where " ORDER BY state = 2 DESC, seq DESC LIMIT 1"
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS dots (seq INTEGER PRIMARY KEY, digest BLOB NOT NULL, session INTEGER NOT NULL,"
    " target TEXT NOT NULL, dot INTEGER NOT NULL, state INTEGER NOT NULL, origin TEXT NOT NULL,"
    " time_unix_us INTEGER NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS dots_by_dot ON dots (dot, digest);"
    "CREATE TABLE IF NOT EXISTS places (seq INTEGER PRIMARY KEY, digest BLOB NOT NULL, session INTEGER NOT NULL,"
    " target TEXT NOT NULL, name TEXT NOT NULL, time_unix_s INTEGER NOT NULL, qw_ppm INTEGER NOT NULL,"
    " qx_ppm INTEGER NOT NULL, qy_ppm INTEGER NOT NULL, qz_ppm INTEGER NOT NULL, tx_um INTEGER NOT NULL,"
    " ty_um INTEGER NOT NULL, tz_um INTEGER NOT NULL) STRICT;";
static const char insert_sql[] = "INSERT INTO dots VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char here_sql[] = LAST_STATE(" AND target = ?3");
static const char anywhere_sql[] = LAST_STATE("");

/* ---- where it lies ---- */

/* $XDG_STATE_HOME/needlepath; the specification has it ignored unless it is absolute.  The caller frees it. */
static char *default_folder(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    bool is_set = state && state[0] == '/';
    const char *base = is_set ? state : home, *below = is_set ? "/needlepath" : "/.local/state/needlepath";
    if (!base || base[0] != '/')
        return NULL;
    size_t room = strlen(base) + strlen(below) + 1;
    char *folder = malloc(room);
    if (folder)
        snprintf(folder, room, "%s%s", base, below);
    return folder;
}

/* The ledger's file in FOLDER; the caller frees it.  NULL: out of memory. */
static char *path_in(const char *folder)
{
    size_t room = strlen(folder) + sizeof "/ledger.sqlite";
    char *path = malloc(room);
    if (path)
        snprintf(path, room, "%s/ledger.sqlite", folder);
    return path;
}

static np_status find_path(const char *folder, char **out_path, np_error *err)
{
    char *standard = folder ? NULL : default_folder();
    *out_path = NULL;
    if (!folder && !standard)
        return np_error_set(err, NP_ERR_INVALID,
                            "neither XDG_STATE_HOME nor HOME says, from the root on, where the ledger of what is made "
                            "on a gantry is: say it "
                            "with --state FOLDER");
    folder = folder ? folder : standard;
    np_status status = np_folder_make(folder, 0700, err);
    if (status == NP_OK && !(*out_path = path_in(folder)))
        status = np_error_no_memory(err, "the ledger");
    free(standard);
    return status;
}

/* ---- opening ---- */

/* What went wrong with a database, said of a ledger. */
static np_status ledger_failed(const np_ledger *l, const np_error *why, np_error *err)
{
    if (why->status != NP_ERR_FORMAT)
        return np_error_pass(err, why);
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: not a ledger of needlepath, or damaged: keep it, it may be the only record of what was made "
        "on a gantry from here; put back a copy; or move it away, and look at the skin of whoever was under way",
        l->path);
}

static np_status check_ours(np_ledger *l, bool may_write, np_error *err)
{
    int64_t id, tables;
    char sql[64];
    np_status status = plan_db_integer(&l->db, "PRAGMA application_id", &id, err);
    if (status == NP_OK)
        status = plan_db_integer(&l->db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (status != NP_OK || id == LEDGER_APPLICATION_ID)
        return status;
    if (id != 0 || tables != 0 || !may_write)
        return np_error_set(err, NP_ERR_FORMAT, "a database of another program");
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d", LEDGER_APPLICATION_ID);
    return plan_db_exec(&l->db, sql, err);
}

static np_status open_db(np_ledger *l, bool may_write, np_error *err)
{
    struct {
        const char *sql;
        sqlite3_stmt **out;
    } statements[] = {{here_sql, &l->here}, {anywhere_sql, &l->anywhere}, {insert_sql, &l->insert}};
    int flags = may_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    struct stat there;
    bool is_there = stat(l->path, &there) == 0;
    if (is_there && !S_ISREG(there.st_mode)) /* opening a pipe waits for ever */
        return np_error_set(
            err, NP_ERR_IO,
            "%s: the ledger of what is made on a gantry cannot be opened: it is not a regular file; move it away, "
            "and put back the ledger that was there, if there was one",
            l->path);
    if (is_there && there.st_size == 0)
        return np_error_set(err, NP_ERR_FORMAT,
                            "an empty file"); /* a full disk leaves such; SQLite would begin anew in it */
    np_status status = plan_db_open(&l->db, l->path, l->path, flags, err);
    if (status == NP_OK)
        status = check_ours(l, may_write, err);
    if (status == NP_OK && may_write)
        status = plan_db_exec(&l->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", err);
    if (status == NP_OK && may_write)
        status = plan_db_exec(&l->db, schema, err);
    for (int i = 0; i < (may_write ? 3 : 2) && status == NP_OK; i++)
        status = plan_db_prepare(&l->db, statements[i].sql, statements[i].out, err);
    return status;
}

/* Takes over PATH, also on error. */
static np_status open_at(char *path, bool may_write, const np_plan *plan, int session, const char *target,
                         np_ledger **out_ledger, np_error *err)
{
    np_error why = {0};
    np_ledger *l = calloc(1, sizeof *l);
    *out_ledger = l;
    if (!l || !(l->target = strdup(target))) {
        free(path);
        return np_error_no_memory(err, "the ledger");
    }
    l->path = path;
    memcpy(l->digest, plan->digest, sizeof l->digest);
    l->session = session;
    np_status status = open_db(l, may_write, &why);
    return status == NP_OK ? status : ledger_failed(l, &why, err);
}

/* The ledger that lies there by default, if it is there and is not L, which lies somewhere else. */
static np_status open_standard(np_ledger *l, const np_plan *plan, np_error *err)
{
    struct stat ours, there;
    char *folder = default_folder(), *path = folder ? path_in(folder) : NULL;
    free(folder);
    bool is_other = path && stat(path, &there) == 0 && stat(l->path, &ours) == 0 &&
                    (there.st_ino != ours.st_ino || there.st_dev != ours.st_dev);
    if (is_other)
        return open_at(path, false, plan, l->session, l->target, &l->standard, err);
    free(path);
    return NP_OK;
}

np_status np_ledger_open(const char *folder, const np_plan *plan, int session, const char *target,
                         np_ledger **out_ledger, np_error *err)
{
    char *path;
    *out_ledger = NULL;
    np_status status = find_path(folder, &path, err);
    if (status == NP_OK)
        status = open_at(path, true, plan, session, target, out_ledger, err);
    if (status == NP_OK && folder)
        status = open_standard(*out_ledger, plan, err);
    if (status != NP_OK)
        np_ledger_close(out_ledger);
    return status;
}

void np_ledger_close(np_ledger **ledger)
{
    np_ledger *l = *ledger;
    *ledger = NULL;
    if (!l)
        return;
    np_ledger_close(&l->standard);
    sqlite3_finalize(l->insert);
    sqlite3_finalize(l->here);
    sqlite3_finalize(l->anywhere);
    plan_db_close(&l->db);
    free(l->path);
    free(l->target);
    free(l);
}

const char *np_ledger_path(const np_ledger *l)
{
    return l->path;
}

/* ---- asking ---- */

static void bind_session(const np_ledger *l, sqlite3_stmt *s)
{
    sqlite3_bind_blob(s, 1, l->digest, sizeof l->digest, SQLITE_STATIC);
    sqlite3_bind_int(s, 2, l->session);
    sqlite3_bind_text(s, 3, l->target, -1, SQLITE_STATIC);
}

/* The first column of the first row as text: "" if there is none. */
static np_status ask(np_ledger *l, const char *sql, char *out, size_t size, np_error *err)
{
    sqlite3_stmt *s;
    bool row = false;
    np_error why = {0};
    out[0] = '\0';
    np_status status = plan_db_prepare(&l->db, sql, &s, &why);
    if (status == NP_OK) {
        bind_session(l, s);
        status = plan_db_step(&l->db, s, &row, &why);
    }
    if (row)
        snprintf(out, size, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return status == NP_OK ? status : ledger_failed(l, &why, err);
}

np_status np_ledger_is_blank(np_ledger *l, bool *out_blank, np_error *err)
{
    char found[8];
    np_status status = ask(l, "SELECT 1 FROM dots WHERE " THIS_SESSION " LIMIT 1", found, sizeof found, err);
    *out_blank = !found[0];
    return status;
}

np_status np_ledger_knows(np_ledger *l, const char *prefix, int session, bool *out_known, np_error *err)
{
    sqlite3_stmt *s;
    np_error why = {0};
    *out_known = false;
    np_status status = plan_db_prepare(
        &l->db, "SELECT 1 FROM dots WHERE substr(lower(hex(digest)), 1, length(?1)) = ?1 AND session = ?2 LIMIT 1", &s,
        &why);
    if (status == NP_OK) {
        sqlite3_bind_text(s, 1, prefix, -1, SQLITE_STATIC);
        sqlite3_bind_int(s, 2, session);
        status = plan_db_step(&l->db, s, out_known, &why);
    }
    sqlite3_finalize(s);
    if (status != NP_OK)
        return ledger_failed(l, &why, err);
    return *out_known || !l->standard ? NP_OK : np_ledger_knows(l->standard, prefix, session, out_known, err);
}

np_status np_ledger_elsewhere(np_ledger *l, char *out_where, size_t size, np_error *err)
{
    np_status status =
        ask(l, "SELECT 'at ' || target FROM dots WHERE " THIS_SESSION " AND target <> ?3 ORDER BY seq DESC LIMIT 1",
            out_where, size, err);
    if (status != NP_OK || out_where[0] || !l->standard)
        return status;
    status = ask(l->standard, "SELECT 'at ' || target FROM dots WHERE " THIS_SESSION " ORDER BY seq DESC LIMIT 1",
                 out_where, size, err);
    if (out_where[0])
        snprintf(out_where + strlen(out_where), size - strlen(out_where), ", in %s", l->standard->path);
    return status;
}

np_status np_ledger_state_of(np_ledger *l, uint32_t dot_id, np_ledger_scope scope, np_journal_state *out_state,
                             np_error *err)
{
    sqlite3_stmt *s = scope == NP_LEDGER_ANYWHERE ? l->anywhere : l->here;
    np_error why = {0};
    bool row;
    bind_session(l, s);
    sqlite3_bind_int64(s, 4, dot_id);
    np_status status = plan_db_step(&l->db, s, &row, &why);
    int state = row ? sqlite3_column_int(s, 0) : NP_JOURNAL_NONE;
    /* a state of some later version is taken for a doubt: never made by itself */
    bool is_clear = state == NP_JOURNAL_NONE || state == NP_JOURNAL_DONE;
    *out_state = is_clear ? (np_journal_state)state : NP_JOURNAL_IN_DOUBT;
    sqlite3_reset(s);
    if (status != NP_OK)
        return ledger_failed(l, &why, err);
    if (scope == NP_LEDGER_HERE || !l->standard || state == NP_JOURNAL_DONE)
        return NP_OK;
    np_journal_state there;
    status = np_ledger_state_of(l->standard, dot_id, NP_LEDGER_ANYWHERE, &there, err);
    *out_state = there == NP_JOURNAL_NONE ? *out_state : there;
    return status;
}

/* ---- recording ---- */

np_status np_ledger_record(np_ledger *l, uint32_t dot_id, np_journal_state state, const char *origin,
                           int64_t time_unix_us, np_error *err)
{
    np_error why = {0};
    bind_session(l, l->insert);
    sqlite3_bind_int64(l->insert, 4, dot_id);
    sqlite3_bind_int(l->insert, 5, (int)state);
    sqlite3_bind_text(l->insert, 6, origin, -1, SQLITE_STATIC);
    sqlite3_bind_int64(l->insert, 7, time_unix_us);
    np_status status = plan_db_run(&l->db, l->insert, &why);
    return status == NP_OK ? status : ledger_failed(l, &why, err);
}

/* ---- where the head was ---- */

np_status np_ledger_record_place(np_ledger *l, const np_plan_registration *place, np_error *err)
{
    sqlite3_stmt *s;
    np_error why = {0};
    np_status status = plan_db_prepare(
        &l->db, "INSERT INTO places VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", &s, &why);
    if (status == NP_OK) {
        bind_session(l, s);
        sqlite3_bind_text(s, 4, place->name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 5, place->time_unix_s);
        plan_registration_bind_pose(s, 6, place);
        status = plan_db_run(&l->db, s, &why);
    }
    sqlite3_finalize(s);
    return status == NP_OK ? status : ledger_failed(l, &why, err);
}

static np_status last_place(np_ledger *l, char out_name[NP_LEDGER_NAME_BYTES], np_plan_registration *out_place,
                            bool *out_known, np_error *err)
{
    sqlite3_stmt *s = NULL;
    int64_t has_places;
    *out_known = false;
    np_status status =
        plan_db_integer(&l->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'places'", &has_places, err);
    if (status != NP_OK || !has_places)
        return status;
    status = plan_db_prepare(&l->db,
                             "SELECT name, qw_ppm, qx_ppm, qy_ppm, qz_ppm, tx_um, ty_um, tz_um FROM places"
                             " WHERE " THIS_SESSION " ORDER BY seq DESC LIMIT 1",
                             &s, err);
    if (status == NP_OK) {
        bind_session(l, s);
        status = plan_db_step(&l->db, s, out_known, err);
    }
    if (*out_known) {
        snprintf(out_name, NP_LEDGER_NAME_BYTES, "%s", (const char *)sqlite3_column_text(s, 0));
        *out_place = (np_plan_registration){.name = out_name};
        plan_registration_read_pose(s, 1, out_place);
    }
    sqlite3_finalize(s);
    return status;
}

np_status np_ledger_last_place(np_ledger *l, char out_name[NP_LEDGER_NAME_BYTES], np_plan_registration *out_place,
                               bool *out_known, np_error *err)
{
    np_error why = {0};
    np_status status = last_place(l, out_name, out_place, out_known, &why);
    if (status != NP_OK)
        return ledger_failed(l, &why, err);
    return *out_known || !l->standard ? NP_OK : np_ledger_last_place(l->standard, out_name, out_place, out_known, err);
}
