/* What became of each dot, and with which needle and pigment it was made: the journal and the supplies read together. */
#include "plan/made.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/cartridges.h"
#include "plan/private/made.h"

static const int64_t SUPPLIES_MAX = 1000000;

const char *np_plan_supply_kind_name(int kind)
{
    return kind == NP_WIRE_SUPPLY_NEEDLE ? "cartridge" : "pigment";
}

const char *np_plan_supply_lot(const np_plan *plan, int supply)
{
    if (supply < 0 || (size_t)supply >= plan->n_supplies)
        return NULL;
    const np_plan_supply *of = &plan->supplies[supply];
    const np_palette_shade *shade =
        of->kind == NP_WIRE_SUPPLY_NEEDLE ? np_plan_shade_at(plan, of->session, of->order) : NULL;
    if (of->lot)
        return of->lot;
    for (int i = supply; i >= 0; i--) {
        const np_plan_supply *s = &plan->supplies[i];
        if (s->session == of->session && s->kind == of->kind && s->lot &&
            (!shade || strcmp(s->lot, np_palette_label(shade)) == 0))
            return s->lot;
    }
    return NULL;
}

/* ---- who was made with what ---- */

/* The dots as they are read, one after the other. */
typedef struct reading {
    const np_plan *plan;
    int64_t again_seq; /* of the row by which a person ordered the dot to be made again; 0: none */
    int64_t made_seq;  /* of the row that told first what became of it, behind that one, */
    int64_t made_run;  /* and the run that made it */
} reading;

/* Whether the needle S may be what dot D was made with, in a session of several shades: only one that was put in for D's.  No dot is sent
 * before each change of the needle was heard of, so that a dot that was told of before S was made before it. */
static bool is_its_cartridge(const reading *r, const np_plan_supply *s, const np_made_dot *d)
{
    return np_plan_shade_at(r->plan, s->session, s->order) == np_plan_shade_at(r->plan, d->session, d->order) &&
           (d->learnt || s->after_seq < r->made_seq);
}

/* The last supply of a kind before dot D was made.  Supplies stand in the order in which they happened, and tell from which dot on
 * they count; a dot that was heard of as it was made, in a later run, and one that a person had made again, was made with what was there by then, whatever its place. */
static int supply_of(const reading *r, int kind, const np_made_dot *d)
{
    for (size_t i = r->plan->n_supplies; i-- > 0;) {
        const np_plan_supply *s = &r->plan->supplies[i];
        if (s->session != d->session || s->kind != kind ||
            (kind == NP_WIRE_SUPPLY_NEEDLE && r->plan->shades.n && !is_its_cartridge(r, s, d)))
            continue;
        if (s->order <= d->order || (!d->learnt && s->run < r->made_run) || s->after_seq < r->again_seq)
            return (int)i;
    }
    return -1;
}

/* ---- reading ---- */

static np_status damaged(plan_db *db, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s: the plan file was changed: its table supplies is wrong; take a copy",
                        db->path);
}

static np_status read_supply(plan_db *db, sqlite3_stmt *s, const np_plan *plan, np_plan_supply *out, np_error *err)
{
    const char *lot = (const char *)sqlite3_column_text(s, 5);
    sqlite3_int64 session = sqlite3_column_int64(s, 1), kind = sqlite3_column_int64(s, 3),
                  order = sqlite3_column_int64(s, 4);
    if (session < 1 || session > (sqlite3_int64)plan->n_sessions || kind < NP_WIRE_SUPPLY_NEEDLE ||
        kind > NP_WIRE_SUPPLY_PIGMENT || order < 0 || order > NP_WIRE_MAX_DOTS ||
        (lot && (!lot[0] || !np_wire_lot_is_valid(lot))))
        return damaged(db, err);
    *out = (np_plan_supply){.run = sqlite3_column_int64(s, 0),
                            .session = (int)session,
                            .number = sqlite3_column_type(s, 2) == SQLITE_NULL ? -1 : sqlite3_column_int64(s, 2),
                            .kind = (int)kind,
                            .order = (uint32_t)order,
                            .lot = lot ? strdup(lot) : NULL,
                            .time_unix_us = sqlite3_column_int64(s, 6),
                            .after_seq = sqlite3_column_int64(s, 7)};
    return lot && !out->lot ? np_error_no_memory(err, db->path) : NP_OK;
}

static np_status read_rows(plan_db *db, np_plan *plan, size_t room, np_error *err)
{
    sqlite3_stmt *s;
    bool row = true;
    np_status status = plan_db_prepare(db,
                                       "SELECT run, session, number, kind, tour_order, lot, time_unix_us, after_seq"
                                       " FROM supplies JOIN runs ON runs.id = run ORDER BY supplies.id",
                                       &s, err);
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        if (plan->n_supplies == room)
            status = damaged(db, err);
        else
            status = read_supply(db, s, plan, &plan->supplies[plan->n_supplies++], err);
    }
    sqlite3_finalize(s);
    return status;
}

/* Takes one row of a dot into what is known of it.  Done stays done, and a verdict takes the rest back, as in the journal. */
static void take_row(np_made_dot *dot, reading *r, sqlite3_stmt *s)
{
    int state = sqlite3_column_int(s, 4);
    if (dot->state == NP_JOURNAL_DONE ||
        (state != NP_JOURNAL_NONE && (state < NP_JOURNAL_DONE || state > NP_JOURNAL_FAILED)))
        return;
    if (state == NP_JOURNAL_NONE)
        r->again_seq = sqlite3_column_int64(s, 9);
    if (state != NP_JOURNAL_NONE && dot->state == NP_JOURNAL_NONE) {
        r->made_seq = sqlite3_column_int64(s, 9);
        r->made_run = sqlite3_column_int64(s, 3);
    }
    dot->state = (np_journal_state)state;
    dot->run = sqlite3_column_int64(s, 3);
    dot->time_unix_us = sqlite3_column_int64(s, 5);
    dot->learnt = sqlite3_column_int(s, 11) != 0;
    dot->depth_mm = sqlite3_column_type(s, 6) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, 6) / 1e3;
    dot->force_n = sqlite3_column_type(s, 7) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, 7) / 1e3;
    sqlite3_int64 outcome = sqlite3_column_int64(s, 8);
    dot->outcome = outcome > 0 && outcome < NP_WIRE_OUTCOME_COUNT ? (uint32_t)outcome : 0;
}

#define SELECT_MADE(learnt)                                                                                            \
    "SELECT dots.id, session, tour_order, run, state, time_unix_us, journal.depth_um, force_mn, outcome,"              \
    " seq, dots.depth_um, " learnt " FROM journal JOIN dots ON dots.id = dot WHERE ?1 IN (0, session)"                 \
    " ORDER BY session, tour_order, seq"

/* Reads dots whose rows come one behind the other; OUT has room for all dots of the plan. */
static np_status read_made(plan_db *db, const np_plan *plan, int session, np_made_dot *out, size_t *out_n,
                           np_error *err)
{
    sqlite3_stmt *s;
    bool row = true;
    size_t n = 0;
    int64_t version;
    reading r = {.plan = plan};
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK)
        return status;
    status = plan_db_prepare(db, version < PLAN_LEARNT_VERSION ? SELECT_MADE("0") : SELECT_MADE("learnt"), &s, err);
    if (status == NP_OK)
        sqlite3_bind_int(s, 1, session);
    for (uint32_t id = 0; status == NP_OK;) {
        status = plan_db_step(db, s, &row, err);
        bool next = status == NP_OK && (!row || (uint32_t)sqlite3_column_int64(s, 0) != id);
        if (next && id) { /* the dot before is complete */
            np_made_dot *d = &out[n];
            d->cartridge = supply_of(&r, NP_WIRE_SUPPLY_NEEDLE, d);
            d->pigment = supply_of(&r, NP_WIRE_SUPPLY_PIGMENT, d);
            n += d->state != NP_JOURNAL_NONE;
        }
        if (status != NP_OK || !row || n == plan->n_dots)
            break;
        if (next) {
            id = (uint32_t)sqlite3_column_int64(s, 0);
            r.again_seq = r.made_seq = r.made_run = 0;
            out[n] = (np_made_dot){.id = id,
                                   .session = sqlite3_column_int(s, 1),
                                   .order = (uint32_t)sqlite3_column_int64(s, 2),
                                   .planned_depth_mm = sqlite3_column_double(s, 10) / 1e3};
        }
        take_row(&out[n], &r, s);
    }
    sqlite3_finalize(s);
    *out_n = n;
    return status;
}

static np_status read_all(plan_db *db, const np_plan *plan, int session, np_made_dot **out, size_t *out_n,
                          np_error *err)
{
    *out_n = 0;
    *out = calloc(plan->n_dots + 1, sizeof **out);
    if (!*out)
        return np_error_no_memory(err, db->path);
    return read_made(db, plan, session, *out, out_n, err);
}

/* A dot that was skipped took nothing of either. */
static np_status count_dots(plan_db *db, np_plan *plan, np_error *err)
{
    np_made_dot *made;
    size_t n;
    np_status status = read_all(db, plan, 0, &made, &n, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        if (made[i].outcome == NP_WIRE_OUTCOME_SKIPPED)
            continue;
        if (made[i].cartridge >= 0)
            plan->supplies[made[i].cartridge].dots++;
        if (made[i].pigment >= 0)
            plan->supplies[made[i].pigment].dots++;
    }
    free(made);
    return status;
}

np_status plan_read_supplies(plan_db *db, np_plan *plan, np_error *err)
{
    int64_t version, n = 0;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status == NP_OK && version > 1)
        status = plan_db_integer(db, "SELECT count(*) FROM supplies", &n, err);
    if (status != NP_OK || n == 0)
        return status;
    if (n > SUPPLIES_MAX)
        return damaged(db, err);
    plan->supplies = calloc((size_t)n, sizeof *plan->supplies);
    if (!plan->supplies)
        return np_error_no_memory(err, db->path);
    status = read_rows(db, plan, (size_t)n, err);
    return status == NP_OK ? count_dots(db, plan, err) : status;
}

np_status np_made_read(const char *path, const np_plan *plan, int session, np_made_dot **out_dots, size_t *out_n,
                       np_error *err)
{
    plan_db db = {0};
    *out_dots = NULL;
    np_status status = plan_db_open_plan(&db, path, err);
    if (status == NP_OK)
        status = read_all(&db, plan, session, out_dots, out_n, err);
    plan_db_close(&db);
    if (status == NP_OK)
        return NP_OK;
    free(*out_dots);
    *out_dots = NULL;
    return status;
}

/* ---- whether it is whole ---- */

#define END_IT                                                                                                         \
    "run the session to its end, or say with `needlepath review` what became of its dots; what it made is not known "  \
    "before"

/* An empty log says nothing: whoever looks at a plan by a second name (a hard link) while it is run leaves one beside that name. */
static bool is_beside(const char *path, const char *ending, bool with_content)
{
    struct stat st;
    char *name = plan_db_beside(path, ending);
    bool is = name && stat(name, &st) == 0 && (!with_content || st.st_size > 0);
    free(name);
    return is;
}

np_status np_made_check_unlocked(const char *path, np_error *err)
{
    if (access(path, F_OK) != 0)
        return np_error_set(
            err, NP_ERR_IO,
            "%s cannot be found: put in the path of the earlier plan of this head, from the case's folder", path);
    if (plan_db_is_locked(path))
        return np_error_set(err, NP_ERR_INVALID, "%s is being run just now: end the run first, then plan", path);
    static const char *const left[] = {PLAN_LOCK_ENDING, NP_FILE_LOG_ENDINGS};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (is_beside(path, left[i], i > 0))
            return np_error_set(err, NP_ERR_INVALID, "a run of %s was cut off (%s%s was left beside it): " END_IT, path,
                                path, left[i]);
    return NP_OK;
}

/* Whether an executor may have made dots in RUN, as it armed something or gave outcomes. */
static bool may_have_made(const np_plan_run *run)
{
    return run->registration ? !run->registration->claimed : run->done + run->in_doubt + run->failed > 0;
}

/* What a session's runs up to RUN leave open, where those before it left BEFORE: the run whose last dots nobody was told of; NULL: none. */
static const np_plan_run *left_open(const np_plan_run *run, const np_plan_run *before)
{
    switch (run->state) {
    case NP_PLAN_RUN_RUNNING:
    case NP_PLAN_RUN_INTERRUPTED:
        return run;
    case NP_PLAN_RUN_LINK_LOST:
        return may_have_made(run) ? run : before;
    case NP_PLAN_RUN_REFUSED: /* nobody told what was made before */
    case NP_PLAN_RUN_LEARNT:
        return before;
    default: /* the executor told all when this one began, and how it ended */
        return NULL;
    }
}

const np_plan_run *np_made_open_run(const np_plan *plan, int session)
{
    const np_plan_run *open = NULL;
    for (size_t i = 0; i < plan->n_runs; i++)
        if (plan->runs[i].session == session)
            open = left_open(&plan->runs[i], open);
    return open;
}

np_status np_made_check_ended(const char *path, const np_plan *plan, np_error *err)
{
    for (int s = 1; s <= NP_CASE_MAX_SESSIONS; s++) {
        const np_plan_run *open = np_made_open_run(plan, s);
        if (open)
            return np_error_set(err, NP_ERR_INVALID, "run %lld of %s, of session %d, has no end that is known: " END_IT,
                                (long long)open->id, path, s);
    }
    return np_made_check_unlocked(path, err);
}
