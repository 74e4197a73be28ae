/* The journal of a run, row by row, and what it says of a dot: rows are only appended, so that a crash can lose none that was
 * synced, and states only ever go forward. */
#include "plan/journal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plan/binding.h"
#include "plan/private/early.h"
#include "plan/private/epochs.h"
#include "plan/private/journal.h"
#include "plan/private/registration.h"
#include "plan/private/runs.h"
#include "plan/private/whole.h"

enum { DIGEST_PREFIX_BYTES = 8, CLOSE_TRIES = 10 };

struct np_journal {
    plan_db db;
    char *path;
    int lock;
    sqlite3_stmt *insert;
    int64_t run, mark;  /* see whole.c */
    int64_t run_before; /* the session's last one that could make dots, this one included once it can; 0: none */
    int64_t run_learnt; /* of dots whose run is not known; 0: there are none yet */
    int session;
    char *target;
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    uint32_t n;
    uint32_t *ids;           /* of the session's dots, ascending */
    unsigned char *states;   /* of ids[i] */
    unsigned char *outcomes; /* of ids[i], as the executor said it with the event that gave the state */
    unsigned char *scratch;  /* states as they would be after the batch being recorded */
    uint32_t supplies;       /* told by the executor */
    bool has_noted;
    np_plan_epoch noted; /* the last epoch of the session */
};

const char *np_journal_state_name(np_journal_state state)
{
    static const char *const names[] = {[NP_JOURNAL_NONE] = "none",
                                        [NP_JOURNAL_DONE] = "done",
                                        [NP_JOURNAL_IN_DOUBT] = "in_doubt",
                                        [NP_JOURNAL_FAILED] = "failed"};
    return (unsigned)state <= NP_JOURNAL_FAILED && names[state] ? names[state] : "unknown";
}

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Index of ID in ids; n if it is not of the session. */
static uint32_t index_of(const np_journal *j, uint32_t id)
{
    assert(j->n == 0 || j->ids);
    const uint32_t *at = bsearch(&id, j->ids, j->n, sizeof id, compare_ids);
    return at ? (uint32_t)(at - j->ids) : j->n;
}

/* States that say something of a dot. */
static bool is_known(int state)
{
    return state >= NP_JOURNAL_DONE && state <= NP_JOURNAL_FAILED;
}

/* What a person who has looked may take back: a doubt, and what was never punctured. */
static bool can_be_taken_back(int state)
{
    return state == NP_JOURNAL_IN_DOUBT || state == NP_JOURNAL_FAILED;
}

/* What a dot may become: done is for ever. */
static bool may_follow(np_journal_state before, np_journal_state after)
{
    if (after == NP_JOURNAL_NONE)
        return can_be_taken_back((int)before);
    return is_known((int)after) && (before != NP_JOURNAL_DONE || after == NP_JOURNAL_DONE);
}

/* The later of two events wins, but done is never lost, whatever comes behind it: a plan file may have been merged by hand. */
static void apply(unsigned char *state, int after)
{
    bool taken_back = after == NP_JOURNAL_NONE && can_be_taken_back(*state);
    if (taken_back || (*state != NP_JOURNAL_DONE && is_known(after)))
        *state = (unsigned char)after;
}

/* Keeps the executor's word that goes with the state that dot I is about to have. */
static void note_outcome(np_journal *j, uint32_t i, int after, int64_t outcome)
{
    bool kept = j->states[i] == NP_JOURNAL_DONE && j->outcomes[i];
    if (can_be_taken_back(j->states[i]) && after == NP_JOURNAL_NONE)
        j->outcomes[i] = 0;
    else if (!kept && is_known(after) && outcome > 0 && outcome < NP_WIRE_OUTCOME_COUNT)
        j->outcomes[i] = (unsigned char)outcome;
}

/* ---- opening ---- */

/* The session's ids as they stand in the file. */
static np_status load_ids(np_journal *j, const np_plan *plan, int session, np_error *err)
{
    size_t n;
    const np_dot *dots = np_plan_session_dots(plan, session, &n);
    if (!dots)
        return np_error_set(err, NP_ERR_INVALID, "%s: there is no session %d; the plan has %zu", j->path, session,
                            plan->n_sessions);
    j->n = (uint32_t)n;
    j->ids = malloc((n + 1) * sizeof *j->ids);
    j->states = calloc(n + 1, 1);
    j->outcomes = calloc(n + 1, 1);
    j->scratch = calloc(n + 1, 1);
    if (!j->ids || !j->states || !j->outcomes || !j->scratch)
        return np_error_no_memory(err, "the journal");
    for (size_t i = 0; i < n; i++)
        j->ids[i] = dots[i].id;
    qsort(j->ids, n, sizeof *j->ids, compare_ids); /* ids are unique: no ties */
    return NP_OK;
}

static np_status load_states(np_journal *j, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(&j->db, "SELECT dot, state, outcome FROM journal ORDER BY seq", &s, err);
    bool row = true;
    while (status == NP_OK && (status = plan_db_step(&j->db, s, &row, err)) == NP_OK && row) {
        sqlite3_int64 id = sqlite3_column_int64(s, 0);
        uint32_t i = id > 0 && id <= UINT32_MAX ? index_of(j, (uint32_t)id) : j->n;
        if (i >= j->n)
            continue;
        note_outcome(j, i, sqlite3_column_int(s, 1), sqlite3_column_int64(s, 2));
        apply(&j->states[i], sqlite3_column_int(s, 1));
    }
    sqlite3_finalize(s);
    return status;
}

static np_status count_supplies(np_journal *j, int session, np_error *err)
{
    sqlite3_stmt *s;
    bool row = false;
    np_status status = plan_db_prepare(
        &j->db, "SELECT count(number) FROM supplies JOIN runs ON runs.id = run WHERE session = ?", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_int(s, 1, session);
        status = plan_db_step(&j->db, s, &row, err);
    }
    if (row)
        j->supplies = (uint32_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return status;
}

static np_status check_digest(np_journal *j, const np_plan *plan, np_error *err)
{
    sqlite3_stmt *s;
    bool row = false;
    np_status status = plan_db_prepare(&j->db, "SELECT 1 FROM meta WHERE key = 'digest' AND value = ?", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_blob(s, 1, plan->digest, sizeof plan->digest, SQLITE_STATIC);
        status = plan_db_step(&j->db, s, &row, err);
    }
    sqlite3_finalize(s);
    if (status == NP_OK && !row)
        status = np_error_set(err, NP_ERR_FORMAT,
                              "%s: the plan file is not the one that was read a moment ago; start "
                              "again",
                              j->path);
    return status == NP_OK ? plan_whole_check_rows(&j->db, err) : status;
}

static np_status mark_run(np_journal *j, np_error *err)
{
    char sql[100];
    snprintf(sql, sizeof sql, "INSERT INTO marks VALUES (%lld, %lld, 0)", (long long)j->run, (long long)j->mark);
    return plan_db_exec(&j->db, sql, err);
}

static np_status add_run(np_journal *j, int64_t unix_s, np_plan_run_state state, int64_t *out_run, np_error *err)
{
    const plan_runs_row row = {j->session, unix_s, j->target, state, j->digest};
    return plan_runs_add(&j->db, &row, out_run, err);
}

/* The run's row and its mark; after an error nobody knows whether they stand in the log. */
static np_status begin_run(np_journal *j, int64_t started_unix_s, np_error *err)
{
    np_status status = plan_db_exec(&j->db, "BEGIN IMMEDIATE", err);
    if (status == NP_OK)
        status = add_run(j, started_unix_s, NP_PLAN_RUN_RUNNING, &j->run, err);
    if (status == NP_OK)
        status = mark_run(j, err);
    return status == NP_OK ? plan_db_exec(&j->db, "COMMIT", err) : status;
}

/* The main file has all that came before and says that a run began; the log has everything from here on (whole.c). */
static np_status split(np_journal *j, np_error *err)
{
    char sql[80];
    snprintf(sql, sizeof sql, "UPDATE marks SET complete = 1 WHERE run = %lld", (long long)j->run);
    if (sqlite3_wal_checkpoint_v2(j->db.handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL))
        return plan_db_failed(&j->db, err);
    np_status status = plan_db_exec(&j->db, sql, err);
    return status == NP_OK ? plan_db_lock_note(j->path, j->lock, 0, err) : status;
}

static void roll_back(np_journal *j)
{
    if (!sqlite3_get_autocommit(j->db.handle)) /* SQLite may have rolled back by itself */
        (void)plan_db_exec(&j->db, "ROLLBACK", NULL);
}

/* Of a run that could not begin, in which nothing was made: its row, if it has one, is refused.  The version is written anew as well, over what a
 * transaction that failed may have left in the log.  The note has kept room for that; where it fails all the same the note stays, by which the file
 * is read, and nothing of the log goes into the main file. */
static void take_back(np_journal *j)
{
    char sql[200];
    roll_back(j);
    plan_db_lock_release_room(j->lock);
    snprintf(sql, sizeof sql,
             "BEGIN IMMEDIATE; UPDATE runs SET state = '%s' WHERE id = %lld; PRAGMA user_version = %d; COMMIT",
             np_plan_run_state_name(NP_PLAN_RUN_REFUSED), (long long)j->run, PLAN_SCHEMA_VERSION);
    if (plan_db_exec(&j->db, sql, NULL) == NP_OK && plan_db_lock_note(j->path, j->lock, 0, NULL) == NP_OK)
        plan_db_write(&j->db);
    roll_back(j);
}

/* Where the disk is full the log stays as it is: the main file by itself could say that a run is under way whose log is gone.  The note
 * comes first: without it nothing is begun.  It replaces that of a run that was cut off as it began, so that those are ended before. */
static np_status start_run(np_journal *j, int64_t started_unix_s, np_error *err)
{
    sqlite3_db_config(j->db.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_randomness(sizeof j->mark, &j->mark);
    np_status status = plan_runs_end_others(&j->db, err);
    if (status == NP_OK && (status = plan_db_lock_note(j->path, j->lock, j->mark, err)) != NP_OK)
        plan_db_write(&j->db);
    if (status != NP_OK)
        return status;
    status = begin_run(j, started_unix_s, err);
    if (status == NP_OK)
        status = split(j, err);
    if (status == NP_OK)
        status =
            plan_db_prepare(&j->db, "INSERT INTO journal VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &j->insert, err);
    if (status == NP_OK)
        plan_db_write(&j->db);
    else
        take_back(j);
    return status;
}

/* A lost journal row could mean a second puncture: every commit reaches the disk before we go on.  No checkpoint comes before
 * the run's end: its log is whole by itself. */
static np_status open_db(np_journal *j, const np_plan *plan, np_error *err)
{
    np_status status = plan_db_open_plan(&j->db, j->path, err);
    if (status == NP_OK) /* again: not even a plan that a process seems to run, which is this one */
        status = plan_whole_check_log(&j->db, err);
    if (status == NP_OK)
        status = check_digest(j, plan, err);
    if (status != NP_OK)
        return status;
    plan_db_write(&j->db);
    return plan_db_exec(&j->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0",
                        err);
}

static void destroy(np_journal *j)
{
    sqlite3_finalize(j->insert);
    plan_db_close(&j->db);
    if (j->path)
        plan_db_unlock(j->path, j->lock);
    free(j->path);
    free(j->target);
    free(j->ids);
    free(j->states);
    free(j->outcomes);
    free(j->scratch);
    free(j);
}

np_status np_journal_open(const char *path, const np_plan *plan, int session, const char *target,
                          int64_t started_unix_s, np_journal **out_journal, np_error *err)
{
    *out_journal = NULL;
    np_journal *j = calloc(1, sizeof *j);
    if (!j || !(j->path = strdup(path)) || !(j->target = strdup(target))) {
        free(j ? j->path : NULL);
        free(j);
        return np_error_no_memory(err, "the journal");
    }
    j->lock = -1;
    j->session = session;
    memcpy(j->digest, plan->digest, sizeof j->digest);
    np_status status = load_ids(j, plan, session, err);
    if (status == NP_OK)
        status = plan_db_lock(path, &j->lock, err);
    if (status == NP_OK)
        status = open_db(j, plan, err);
    if (status == NP_OK)
        status = load_states(j, err);
    if (status == NP_OK)
        status = plan_db_bring_forward(&j->db, plan, err);
    if (status == NP_OK)
        status = count_supplies(j, session, err);
    if (status == NP_OK)
        status = plan_runs_last_placed(&j->db, session, &j->run_before, err);
    if (status == NP_OK)
        status = plan_epochs_last(&j->db, session, &j->noted, &j->has_noted, err);
    if (status == NP_OK)
        status = start_run(j, started_unix_s, err);
    if (status == NP_OK)
        *out_journal = j;
    else
        destroy(j);
    return status;
}

/* ---- recording ---- */

np_status np_journal_record_registration(np_journal *j, const np_plan_registration *registration, np_error *err)
{
    np_status status = plan_registration_write(&j->db, j->run, registration, err);
    if (status == NP_OK && !registration->claimed)
        j->run_before =
            j->run; /* what is learnt from here on was made in this run, or in one that the file does not know */
    return status;
}

np_status np_journal_record_early(np_journal *j, const char *found, const char *reason, np_error *err)
{
    return plan_early_write(&j->db, j->run, found, reason, err);
}

np_status np_journal_note_epoch(np_journal *j, const np_plan_epoch *epoch, const char *reason, np_error *err)
{
    np_status status = plan_epochs_write(&j->db, j->run, epoch, reason, err);
    if (status != NP_OK)
        return status;
    j->noted = *epoch;
    j->has_noted = true;
    return NP_OK;
}

bool np_journal_noted_epoch(const np_journal *j, np_plan_epoch *out_epoch)
{
    *out_epoch = j->noted;
    return j->has_noted;
}

/* Whether all events are allowed, one after the other; leaves the states after them in scratch. */
static np_status check_events(np_journal *j, const np_journal_event *events, size_t n, np_error *err)
{
    memcpy(j->scratch, j->states, j->n);
    for (size_t i = 0; i < n; i++) {
        uint32_t k = index_of(j, events[i].dot_id);
        if (k == j->n)
            return np_error_set(err, NP_ERR_INTERNAL, "journal: dot %u is not of this session", events[i].dot_id);
        if (!may_follow(j->scratch[k], events[i].state))
            return np_error_set(err, NP_ERR_INTERNAL, "journal: dot %u is '%s' and cannot become '%s'",
                                events[i].dot_id, np_journal_state_name(j->scratch[k]),
                                np_journal_state_name(events[i].state));
        apply(&j->scratch[k], (int)events[i].state);
        assert(j->scratch[k] == events[i].state);
    }
    return NP_OK;
}

/* The run to which an event belongs (np_journal_hearing), in the batch's transaction. */
static np_status run_of_event(np_journal *j, const np_journal_event *event, int64_t *out_run, np_error *err)
{
    np_status status = NP_OK;
    *out_run = j->run;
    if (event->hearing == NP_JOURNAL_MADE)
        return NP_OK;
    if (j->states[index_of(j, event->dot_id)] != NP_JOURNAL_NONE)
        return plan_runs_of_dot(&j->db, event->dot_id, out_run, err);
    if (event->hearing == NP_JOURNAL_LEARNT_LAST && j->run_before) {
        *out_run = j->run_before;
        return NP_OK;
    }
    if (!j->run_learnt)
        status = add_run(j, event->time_unix_us / 1000000, NP_PLAN_RUN_LEARNT, &j->run_learnt, err);
    *out_run = j->run_learnt;
    return status;
}

static np_status insert_event(np_journal *j, const np_journal_event *event, np_error *err)
{
    sqlite3_stmt *s = j->insert;
    int64_t run;
    np_status status = run_of_event(j, event, &run, err);
    if (status != NP_OK)
        return status;
    sqlite3_bind_int64(s, 1, run);
    sqlite3_bind_int64(s, 2, event->dot_id);
    sqlite3_bind_int(s, 3, (int)event->state);
    sqlite3_bind_int64(s, 4, event->time_unix_us);
    if (isfinite(event->depth_mm))
        sqlite3_bind_int64(s, 5, llround(event->depth_mm * 1e3));
    else
        sqlite3_bind_null(s, 5);
    if (event->force_n > 0)
        sqlite3_bind_int64(s, 6, llround(event->force_n * 1e3));
    else
        sqlite3_bind_null(s, 6);
    sqlite3_bind_int64(s, 7, event->outcome);
    sqlite3_bind_blob(s, 8, j->digest, DIGEST_PREFIX_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(s, 9, event->hearing != NP_JOURNAL_MADE);
    return plan_db_run(&j->db, s, err);
}

np_status np_journal_record(np_journal *j, const np_journal_event *events, size_t n, np_error *err)
{
    if (n == 0)
        return NP_OK;
    const int64_t run_learnt = j->run_learnt;
    np_status status = check_events(j, events, n, err);
    if (status == NP_OK)
        status = plan_db_exec(&j->db, "BEGIN IMMEDIATE", err);
    if (status != NP_OK)
        return status;
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = insert_event(j, &events[i], err);
    if (status == NP_OK)
        status = plan_db_exec(&j->db, "COMMIT", err);
    if (status != NP_OK) {
        if (!sqlite3_get_autocommit(j->db.handle)) /* SQLite may have rolled back by itself */
            (void)plan_db_exec(&j->db, "ROLLBACK", NULL);
        j->run_learnt = run_learnt;
        return status;
    }
    for (uint32_t i = 0; i < j->n; i++) /* done is for ever */
        assert(j->states[i] != NP_JOURNAL_DONE || j->scratch[i] == NP_JOURNAL_DONE);
    for (size_t i = 0; i < n; i++)
        note_outcome(j, index_of(j, events[i].dot_id), (int)events[i].state, events[i].outcome);
    memcpy(j->states, j->scratch, j->n);
    return NP_OK;
}

static np_status insert_supply(np_journal *j, const np_journal_supply *supply, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(&j->db,
                                       "INSERT INTO supplies SELECT NULL, ?, ?, ?, ?, ?, ?, ?, coalesce(max(seq), 0)"
                                       " FROM journal",
                                       &s, err);
    if (status == NP_OK) {
        bool told = supply->number >= 0;
        sqlite3_bind_int64(s, 1, j->run);
        if (told) /* unbound: NULL */
            sqlite3_bind_int64(s, 2, supply->number);
        sqlite3_bind_int(s, 3, supply->kind);
        sqlite3_bind_int64(s, 4, supply->order);
        if (supply->lot[0])
            sqlite3_bind_text(s, 5, supply->lot, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 6, supply->time_unix_us);
        if (told)
            sqlite3_bind_int64(s, 7, (sqlite3_int64)supply->executor_time_us);
        status = plan_db_run(&j->db, s, err); /* a transaction of its own, synced as it ends */
    }
    sqlite3_finalize(s);
    return status;
}

np_status np_journal_record_supply(np_journal *j, const np_journal_supply *supply, np_error *err)
{
    if (supply->number >= 0 && supply->number != j->supplies)
        return np_error_set(err, NP_ERR_INTERNAL, "journal: supply %lld came where %u was expected",
                            (long long)supply->number, j->supplies);
    if ((supply->kind != NP_WIRE_SUPPLY_NEEDLE && supply->kind != NP_WIRE_SUPPLY_PIGMENT) || supply->order > j->n ||
        !np_wire_lot_is_valid(supply->lot))
        return np_error_set(err, NP_ERR_INVALID,
                            "journal: a lot is UTF-8 of at most %d bytes without control characters, for "
                            "dots of the session",
                            NP_WIRE_LOT_BYTES - 1);
    np_status status = insert_supply(j, supply, err);
    if (status == NP_OK)
        j->supplies += supply->number >= 0;
    return status;
}

uint32_t np_journal_supply_count(const np_journal *j)
{
    return j->supplies;
}

/* ---- asking ---- */

np_journal_state np_journal_state_of(const np_journal *j, uint32_t dot_id)
{
    uint32_t i = index_of(j, dot_id);
    return i < j->n ? (np_journal_state)j->states[i] : NP_JOURNAL_NONE;
}

uint32_t np_journal_outcome_of(const np_journal *j, uint32_t dot_id)
{
    uint32_t i = index_of(j, dot_id);
    return i < j->n ? j->outcomes[i] : 0;
}

np_status plan_journal_read_db(plan_db *db, int session, np_journal_state *out_states, size_t n, np_error *err)
{
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db,
                                       "SELECT tour_order, state FROM dots LEFT JOIN journal ON dot = id"
                                       " WHERE session = ? ORDER BY tour_order, seq",
                                       &s, err);
    if (status == NP_OK)
        sqlite3_bind_int(s, 1, session);
    for (size_t i = 0; i < n; i++)
        out_states[i] = NP_JOURNAL_NONE;
    bool row = true;
    size_t seen = 0;
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        sqlite3_int64 order = sqlite3_column_int64(s, 0);
        if (order < 0 || (size_t)order >= n)
            status = np_error_set(err, NP_ERR_INVALID, "%s: session %d has more than %zu dots", db->path, session, n);
        else if (sqlite3_column_type(s, 1) != SQLITE_NULL) {
            unsigned char state = (unsigned char)out_states[order];
            apply(&state, sqlite3_column_int(s, 1));
            out_states[order] = (np_journal_state)state;
        }
        seen = (size_t)order + 1;
    }
    if (status == NP_OK && seen != n)
        status = np_error_set(err, NP_ERR_INVALID, "%s: session %d has %zu dots, not %zu", db->path, session, seen, n);
    sqlite3_finalize(s);
    return status;
}

np_status np_journal_read(const char *path, int session, np_journal_state *out_states, size_t n, np_error *err)
{
    plan_db db = {0};
    np_status status = plan_db_open_plan(&db, path, err);
    if (status == NP_OK)
        status = plan_journal_read_db(&db, session, out_states, n, err);
    plan_db_close(&db);
    return status;
}

bool np_plan_needs_log(const char *path)
{
    plan_db db = {0};
    bool needs = plan_db_open(&db, path, path, SQLITE_OPEN_READWRITE, NULL) == NP_OK && plan_whole_has_log(&db);
    plan_db_close(&db);
    return needs;
}

/* ---- closing ---- */

/* One file again, for whoever copies it.  In vain while another program has it open, but for the moment that `show` takes: then
 * the main file is as it was when the run began, and a copy without the log is refused. */
static void make_one_file(np_journal *j)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    sqlite3_busy_timeout(j->db.handle, 0);
    for (int i = 0; i < CLOSE_TRIES; i++) {
        int code = sqlite3_exec(j->db.handle, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
        if ((code & 0xFF) != SQLITE_BUSY && (code & 0xFF) != SQLITE_LOCKED)
            return;
        nanosleep(&pause, NULL);
    }
}

np_status np_journal_close(np_journal **journal, np_plan_run_state state, np_error *err)
{
    np_journal *j = *journal;
    *journal = NULL;
    if (!j)
        return NP_OK;
    np_status status = NP_OK;
    if (state != NP_PLAN_RUN_RUNNING) {
        status = plan_runs_set_state(&j->db, j->run, state, err);
        sqlite3_finalize(j->insert);
        j->insert = NULL;
        make_one_file(j);
    }
    destroy(j);
    return status;
}
