/* Reading a plan file: nothing is believed before the digest over what was read is the one that stands in the
 * file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "plan/binding.h"
#include "plan/private/approval.h"
#include "plan/private/early.h"
#include "plan/private/epochs.h"
#include "plan/private/extras.h"
#include "plan/private/made.h"
#include "plan/private/meta.h"
#include "plan/private/moves.h"
#include "plan/private/plan_read.h"
#include "plan/private/registration.h"
#include "plan/private/whole.h"

/* ---- layers, sessions, statistics ---- */

/* Counts the rows of SQL and allocates *OUT for them (at least one). */
static np_status make_room(plan_db *db, const char *sql, size_t size, int64_t limit, void *out, size_t *out_n,
                           np_error *err)
{
    int64_t n;
    np_status status = plan_db_integer(db, sql, &n, err);
    if (status != NP_OK)
        return status;
    if (n > limit)
        return plan_db_damaged(db, err, "a table has too many rows");
    void *room = calloc((size_t)n + 1, size);
    if (!room)
        return np_error_no_memory(err, db->path);
    memcpy(out, &room, sizeof room);
    *out_n = (size_t)n;
    return NP_OK;
}

static np_status read_layers(plan_db *db, np_plan *plan, np_error *err)
{
    sqlite3_stmt *s = NULL;
    np_status status =
        make_room(db, "SELECT count(*) FROM layers", sizeof *plan->layers, 1000, &plan->layers, &plan->n_layers, err);
    if (status == NP_OK)
        status = plan_db_prepare(db, "SELECT number, name, strategy, area_cm2 FROM layers ORDER BY number", &s, err);
    bool row = true;
    for (size_t i = 0; i < plan->n_layers && status == NP_OK; i++) {
        status = plan_db_step(db, s, &row, err);
        if (status == NP_OK && (!row || sqlite3_column_int64(s, 0) != (sqlite3_int64)i))
            status = plan_db_damaged(db, err, "a layer is missing");
        if (status != NP_OK)
            break;
        plan->layers[i].name = plan_db_text(s, 1);
        plan->layers[i].strategy = plan_db_text(s, 2);
        plan->layers[i].area_cm2 = plan_db_real(s, 3);
        if (!plan->layers[i].name || !plan->layers[i].strategy)
            status = np_error_no_memory(err, db->path);
    }
    sqlite3_finalize(s);
    return status;
}

static np_status read_sessions(plan_db *db, np_plan *plan, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db,
                                       "SELECT number, day, dots, tour_length_mm, tour_time_s, greedy_time_s, patches,"
                                       " reloads, spacing_min_mm FROM sessions ORDER BY number",
                                       &s, err);
    bool row = true;
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        sqlite3_int64 dots = sqlite3_column_int64(s, 2);
        if (plan->n_sessions == NP_CASE_MAX_SESSIONS || dots < 0 || dots > NP_WIRE_MAX_DOTS ||
            !plan_db_fits(s, 1, INT32_MIN, INT32_MAX) || !plan_db_fits(s, 6, 0, UINT32_MAX) ||
            !plan_db_fits(s, 7, 0, UINT32_MAX) || sqlite3_column_int64(s, 0) != (sqlite3_int64)plan->n_sessions + 1) {
            status = plan_db_damaged(db, err, "a session is wrong");
            break;
        }
        plan->sessions[plan->n_sessions++] = (np_plan_session){
            .day = sqlite3_column_int(s, 1),
            .dots = (uint32_t)dots,
            .tour_length_mm = plan_db_real(s, 3),
            .tour_time_s = plan_db_real(s, 4),
            .greedy_time_s = plan_db_real(s, 5),
            .patches = (uint32_t)sqlite3_column_int64(s, 6),
            .reloads = (uint32_t)sqlite3_column_int64(s, 7),
            .spacing_min_mm = plan_db_real(s, 8),
        };
    }
    sqlite3_finalize(s);
    if (status == NP_OK && plan->n_sessions == 0)
        status = plan_db_damaged(db, err, "it has no sessions");
    return status;
}

static np_status read_statistics(plan_db *db, np_plan *plan, np_error *err)
{
    sqlite3_stmt *s = NULL;
    bool row = true;
    np_status status = make_room(db, "SELECT count(*) FROM statistics", sizeof *plan->figures, 1000, &plan->figures,
                                 &plan->n_figures, err);
    if (status == NP_OK)
        status = plan_db_prepare(db, "SELECT name, value FROM statistics ORDER BY name", &s, err);
    for (size_t i = 0; i < plan->n_figures && status == NP_OK; i++) {
        status = plan_db_step(db, s, &row, err);
        if (status != NP_OK)
            break;
        const char *name = (const char *)sqlite3_column_text(s, 0);
        if (!row || !name || strlen(name) >= NP_FIGURE_NAME_BYTES)
            status = plan_db_damaged(db, err, "a row of the table statistics is wrong");
        else
            memcpy(plan->figures[i].name, name, strlen(name) + 1);
        plan->figures[i].value = plan_db_real(s, 1);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- dots ---- */

/* The columns of read_dots. */
static bool dot_fits(sqlite3_stmt *s)
{
    for (int i = 0; i < 18; i++)
        if (!plan_db_fits(s, i, INT32_MIN, INT32_MAX))
            return false;
    return plan_db_fits(s, 18, 0, 1);
}

static np_vec3 column_vec3(sqlite3_stmt *s, int column, double per_unit)
{
    return np_vec3_make(sqlite3_column_int(s, column) / per_unit, sqlite3_column_int(s, column + 1) / per_unit,
                        sqlite3_column_int(s, column + 2) / per_unit);
}

static np_dot column_dot(sqlite3_stmt *s)
{
    return (np_dot){
        .id = (uint32_t)sqlite3_column_int64(s, 0),
        .session = sqlite3_column_int(s, 1),
        .order = (uint32_t)sqlite3_column_int64(s, 2),
        .position = column_vec3(s, 3, 1e3),
        .normal = column_vec3(s, 6, 1e6),
        .axis = column_vec3(s, 9, 1e6),
        .depth_mm = sqlite3_column_int(s, 12) / 1e3,
        .tilt_rad = sqlite3_column_int(s, 13) / 1e6,
        .tone = sqlite3_column_int(s, 14) / 1e6,
        .dwell_ms = sqlite3_column_int(s, 15) / 1e3,
        .layer = sqlite3_column_int(s, 16),
        .density_per_cm2 = sqlite3_column_int(s, 17) / 1e3,
        .pin = sqlite3_column_int(s, 18) != 0,
    };
}

/* Session by session, without a gap, in layers that exist. */
static bool follows(const np_plan *plan, const np_dot *dot, int *session, uint32_t *order)
{
    while (*session <= (int)plan->n_sessions && *order == plan->sessions[*session - 1].dots) {
        ++*session;
        *order = 0;
    }
    return dot->session == *session && dot->order == (*order)++ && dot->id >= 1 && dot->layer >= 0 &&
           (size_t)dot->layer < plan->n_layers;
}

static np_status read_dots(plan_db *db, np_plan *plan, np_error *err)
{
    sqlite3_stmt *s = NULL;
    np_status status = make_room(db, "SELECT count(*) FROM dots", sizeof *plan->dots,
                                 (int64_t)NP_WIRE_MAX_DOTS * NP_WIRE_MAX_SESSIONS, &plan->dots, &plan->n_dots, err);
    size_t counted = 0;
    for (size_t i = 0; i < plan->n_sessions; i++)
        counted += plan->sessions[i].dots;
    if (status == NP_OK && counted != plan->n_dots)
        status = plan_db_damaged(db, err, "dots are missing or were added");
    if (status == NP_OK)
        status =
            plan_db_prepare(db,
                            "SELECT id, session, tour_order, x_um, y_um, z_um, nx_ppm, ny_ppm, nz_ppm, ax_ppm,"
                            " ay_ppm, az_ppm, depth_um, tilt_urad, tone_ppm, dwell_us, layer, density_per_1000_cm2,"
                            " pin FROM dots ORDER BY session, tour_order",
                            &s, err);
    int session = 1;
    uint32_t order = 0;
    bool row = true;
    for (size_t i = 0; i < plan->n_dots && status == NP_OK; i++) {
        status = plan_db_step(db, s, &row, err);
        if (status != NP_OK)
            break;
        if (row)
            plan->dots[i] = column_dot(s);
        if (!row || !dot_fits(s) || !follows(plan, &plan->dots[i], &session, &order))
            status = plan_db_damaged(db, err, "a dot is wrong, missing or out of order");
        else
            plan->layers[plan->dots[i].layer].dots[plan->dots[i].session - 1]++;
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- approvals and runs ---- */

static np_status read_approvals(plan_db *db, np_plan *plan, np_error *err)
{
    int64_t version = 0;
    sqlite3_stmt *s = NULL;
    np_status status = make_room(db, "SELECT count(*) FROM approvals", sizeof *plan->approvals, 1000, &plan->approvals,
                                 &plan->n_approvals, err);
    if (status == NP_OK)
        status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    bool has_terms = version >= 11, row = true;
    if (status == NP_OK)
        status = plan_db_prepare(db,
                                 has_terms ? "SELECT " PLAN_APPROVAL_COLUMNS PLAN_APPROVAL_TERMS
                                             " FROM approvals ORDER BY number"
                                           : "SELECT " PLAN_APPROVAL_COLUMNS " FROM approvals ORDER BY number",
                                 &s, err);
    for (size_t i = 0; i < plan->n_approvals && status == NP_OK; i++) {
        np_plan_approval *a = &plan->approvals[i];
        status = plan_db_step(db, s, &row, err);
        if (status != NP_OK)
            break;
        a->operator_name = plan_db_text(s, 0);
        if (!row || !plan_approval_take(s, has_terms, a))
            status = plan_db_damaged(db, err, "an approval is wrong");
        else if (!a->operator_name)
            status = np_error_no_memory(err, db->path);
    }
    sqlite3_finalize(s);
    return status;
}

static np_plan_run_state run_state_of(const char *text)
{
    int i = 0;
    while (i < NP_PLAN_RUN_COUNT && (!text || strcmp(text, np_plan_run_state_name((np_plan_run_state)i)) != 0))
        i++;
    return (np_plan_run_state)i;
}

/* A dot's state in a run is its last event's; SQLite takes the other columns from the row of the maximum. */
#define SELECT_RUNS(learnt)                                                                                            \
    "SELECT id, session, started_unix_s, target, runs.state, count(last.state = ?1 OR NULL),"                          \
    " count(last.state = ?2 OR NULL), count(last.state = ?3 OR NULL), count(last.outcome = ?4 OR NULL),"               \
    " count(last.outcome = ?5 OR NULL), count(last.outcome = ?6 OR NULL), count(last.learnt <> 0 OR NULL)"             \
    " FROM runs LEFT JOIN (SELECT run, dot, max(seq), state, outcome, " learnt " AS learnt FROM journal"               \
    " GROUP BY run, dot) AS last ON last.run = runs.id GROUP BY id ORDER BY id"

static np_status read_runs(plan_db *db, np_plan *plan, np_error *err)
{
    static const int counted[6] = {NP_JOURNAL_DONE,          NP_JOURNAL_IN_DOUBT,     NP_JOURNAL_FAILED,
                                   NP_WIRE_OUTCOME_TOO_DEEP, NP_WIRE_OUTCOME_SKIPPED, NP_WIRE_OUTCOME_NO_CONTACT};
    sqlite3_stmt *s = NULL;
    np_status status =
        make_room(db, "SELECT count(*) FROM runs", sizeof *plan->runs, 1000000, &plan->runs, &plan->n_runs, err);
    int64_t version = 0;
    if (status == NP_OK)
        status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status == NP_OK)
        status = plan_db_prepare(db, version < PLAN_LEARNT_VERSION ? SELECT_RUNS("0") : SELECT_RUNS("learnt"), &s, err);
    for (int i = 0; i < 6 && status == NP_OK; i++)
        sqlite3_bind_int(s, i + 1, counted[i]);
    bool row = true;
    for (size_t i = 0; i < plan->n_runs && status == NP_OK; i++) {
        np_plan_run *run = &plan->runs[i];
        status = plan_db_step(db, s, &row, err);
        if (status != NP_OK || !row)
            break;
        *run = (np_plan_run){.id = sqlite3_column_int64(s, 0),
                             .session = sqlite3_column_int(s, 1),
                             .started_unix_s = sqlite3_column_int64(s, 2),
                             .target = plan_db_text(s, 3),
                             .done = (uint32_t)sqlite3_column_int64(s, 5),
                             .in_doubt = (uint32_t)sqlite3_column_int64(s, 6),
                             .failed = (uint32_t)sqlite3_column_int64(s, 7),
                             .too_deep = (uint32_t)sqlite3_column_int64(s, 8),
                             .skipped = (uint32_t)sqlite3_column_int64(s, 9),
                             .no_contact = (uint32_t)sqlite3_column_int64(s, 10),
                             .learnt = (uint32_t)sqlite3_column_int64(s, 11),
                             .state = run_state_of((const char *)sqlite3_column_text(s, 4))};
        if (!run->target)
            status = np_error_no_memory(err, db->path);
        else if (run->state == NP_PLAN_RUN_COUNT)
            status = plan_db_damaged(db, err, "a run is in no state that there is");
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- the whole ---- */

static np_status check_digests(plan_db *db, const np_plan *plan, int64_t version, const plan_meta *m, np_error *err)
{
    unsigned char digest[32], extras[32];
    np_plan_digest(plan, digest);
    plan_extras_hash(plan, version, extras);
    if (memcmp(digest, plan->digest, sizeof digest) != 0) {
        char is[17], expected[17];
        np_hex_write(digest, 8, is);
        np_hex_write(plan->digest, 8, expected);
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: the dots or the limits were changed after planning: the digest is "
                            "%s..., expected %s...; make the plan again",
                            db->path, is, expected);
    }
    if (memcmp(extras, m->extras, sizeof extras) != 0)
        return plan_db_damaged(db, err, "its texts or figures are not those that were written");
    return NP_OK;
}

static np_status check_pages(plan_db *db, np_error *err)
{
    sqlite3_stmt *s;
    bool row = false;
    np_status status = plan_db_prepare(db, "PRAGMA quick_check(1)", &s, err);
    if (status == NP_OK)
        status = plan_db_step(db, s, &row, err);
    const char *text = row ? (const char *)sqlite3_column_text(s, 0) : NULL;
    if (status == NP_OK && (!text || strcmp(text, "ok") != 0))
        status = plan_db_damaged(db, err, text ? text : "SQLite cannot check it");
    sqlite3_finalize(s);
    return status;
}

/* A run that nobody holds runs no more, whatever its row says: its process was killed. */
static void tell_interrupted(np_plan *plan)
{
    for (size_t i = 0; i < plan->n_runs; i++)
        if (plan->runs[i].state == NP_PLAN_RUN_RUNNING)
            plan->runs[i].state = NP_PLAN_RUN_INTERRUPTED;
}

/* SQLite reads zeros where the last page was cut off, and those may lie in the journal, which no digest covers.  With a
 * write-ahead log beside it the file may end anywhere: the log has the rest. */
static np_status check_end(plan_db *db, np_error *err)
{
    sqlite3_stmt *s;
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int64_t page_size;
    bool row = false;
    np_status status = plan_db_integer(db, "PRAGMA page_size", &page_size, err);
    if (status == NP_OK)
        status = plan_db_prepare(db, "PRAGMA journal_mode", &s, err);
    if (status != NP_OK)
        return status;
    status = plan_db_step(db, s, &row, err);
    const char *mode = row ? (const char *)sqlite3_column_text(s, 0) : NULL;
    bool has_log = mode && strcmp(mode, "wal") == 0;
    sqlite3_finalize(s);
    if (status != NP_OK || has_log)
        return status;
    if (sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return plan_db_failed(db, err);
    return size % page_size == 0 ? NP_OK : plan_db_damaged(db, err, "its last page is not whole");
}

typedef np_status read_stage(plan_db *db, np_plan *plan, np_error *err);

static np_status read_all(plan_db *db, np_plan *plan, np_error *err)
{
    static read_stage *const after_meta[] = {
        read_layers, read_sessions,          read_statistics, read_dots,        plan_moves_read,   read_approvals,
        read_runs,   plan_registration_read, plan_early_read, plan_epochs_read, plan_read_supplies};
    plan_meta m = {0};
    int64_t version = 0;
    bool was_held = plan_db_is_locked(db->path); /* asked before and after, as runs begin and end meanwhile */
    /* One transaction: a run may be writing its journal meanwhile. */
    np_status status = plan_db_exec(db, "BEGIN", err);
    if (status == NP_OK)
        status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status == NP_OK)
        status = check_pages(db, err);
    if (status == NP_OK)
        status = check_end(db, err);
    if (status == NP_OK)
        status = plan_meta_read(db, version, plan, &m, err);
    for (size_t i = 0; i < sizeof after_meta / sizeof after_meta[0] && status == NP_OK; i++)
        status = after_meta[i](db, plan, err);
    if (status == NP_OK && !was_held && !plan_db_is_locked(db->path))
        tell_interrupted(plan);
    if (status == NP_OK && (int64_t)plan->n_dots != m.dots)
        status = plan_db_damaged(db, err, "dots are missing or were added");
    if (status == NP_OK)
        status = check_digests(db, plan, version, &m, err);
    return status == NP_OK ? plan_whole_check_rows(db, err) : status;
}

np_status plan_read_db(plan_db *db, np_plan **out_plan, np_error *err)
{
    np_plan *plan = calloc(1, sizeof *plan);
    np_status status = plan ? read_all(db, plan, err) : np_error_no_memory(err, db->path);
    if (plan && !sqlite3_get_autocommit(db->handle)) /* only reads: nothing to keep, nothing that could fail */
        (void)plan_db_exec(db, "ROLLBACK", NULL);
    *out_plan = status == NP_OK ? plan : NULL;
    if (status != NP_OK)
        np_plan_destroy(plan);
    return status;
}

np_status np_plan_read(const char *path, np_plan **out_plan, np_error *err)
{
    *out_plan = NULL;
    plan_db db = {0};
    np_status status = plan_db_open_plan(&db, path, err);
    if (status == NP_OK)
        status = plan_read_db(&db, out_plan, err);
    plan_db_close(&db);
    return status;
}
