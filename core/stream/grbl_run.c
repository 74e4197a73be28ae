/* The run of a session on grbl; see grbl_run.h.
 *
 * One dot is in flight.  The machine is brought over it above the head (gcode.h), and down to its hover; the plan's journal and this machine's ledger have the dot
 * in doubt, synced, before the first of its lines is sent; the lines go out in one piece, so that a cut leaves the needle on its way out rather than in;
 * a dwell of 0 is the barrier behind them; and with Idle above the head again the dot is done.  Whatever fails in between leaves this
 * one dot in doubt, and nothing else was sent. */
#include "stream/grbl_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "plan/binding.h"
#include "stream/private/agree.h"
#include "stream/private/grbl_check.h"
#include "stream/private/grbl_mark.h"
#include "stream/private/lots.h"
#include "stream/private/place.h"
#include "stream/private/prepare.h"
#include "stream/private/review.h"
#include "stream/private/run.h"

static const double DEFAULT_TIMEOUT_S = 10;
enum {
    NEEDLE_WAS_DOWN_OKS = 2
}; /* of a puncture's lines: the dwell is answered when it has ended, at the deepest point */
static const double RAISED_MM = 0.05; /* below safe height and still out of the skin */

typedef struct grbl_run {
    stream_session *s;
    const np_run_gantry *options;
    const np_dot *dots;
    np_gantry gantry;
    np_text_link *link;
    stream_grbl grbl;
    double timeout_s;
    bool has_moved;            /* something was sent that moves */
    bool is_down;              /* the needle may be in the skin */
    const np_dot *stands_over; /* made last, and the machine is at the height of travel to the next */
    const np_dot *made;        /* stopped behind its dwell: in the skin it is done, in the journal not yet */
} grbl_run;

/* ---- motion ---- */

/* In machine coordinates (G53) whatever offsets are set, in mm and mm/min; each line says all of that by itself. */
static np_status move_to(grbl_run *r, np_vec3 p, double speed_mm_s, np_error *err)
{
    char text[120];
    snprintf(text, sizeof text, "G21G94G53G1X%.3fY%.3fZ%.3fF%.0f\nG4P0\n", p.x, p.y, p.z, speed_mm_s * 60);
    r->has_moved = true;
    np_status status = stream_grbl_do(&r->grbl, text, 2, err);
    return status == NP_OK ? stream_grbl_settle(&r->grbl, p, err) : status;
}

/* To the hover of WAY: first up, then across at its height or above it, and once it stands there, down. */
static np_status approach(grbl_run *r, const np_gantry_way *way, np_error *err)
{
    double safe = way->over.z, speed = r->options->travel_mm_s;
    np_vec3 at = r->grbl.report.position;
    np_status status = NP_OK;
    r->grbl.floor_z_mm = fmin(at.z, safe);
    if (at.z < safe - RAISED_MM) {
        at.z = safe; /* it may stand in the skin since a crash */
        status = move_to(r, at, r->options->plunge_mm_s, err);
    }
    if (status == NP_OK)
        status = move_to(r, np_vec3_make(way->over.x, way->over.y, fmax(at.z, safe)), speed, err);
    r->grbl.floor_z_mm = fmin(r->grbl.floor_z_mm, way->hover.z);
    return status == NP_OK ? move_to(r, way->hover, speed, err) : status;
}

/* Down, dwell, up to the hover and on to where it goes from, and the barrier. */
static np_status puncture(grbl_run *r, const np_gantry_way *way, double dwell_ms, np_error *err)
{
    char text[160];
    double feed = r->options->plunge_mm_s * 60, travel = r->options->travel_mm_s * 60;
    snprintf(text, sizeof text, "G21G94G53G1Z%.3fF%.0f\nG4P%.4f\nG21G94G53G1Z%.3fF%.0f\nG21G94G53G1Z%.3fF%.0f\nG4P0\n",
             way->deepest.z, feed, dwell_ms / 1000, way->back.z, feed, way->away.z, travel);
    r->grbl.floor_z_mm = way->deepest.z;
    r->is_down = true;
    np_status status = stream_grbl_do(&r->grbl, text, 5, err);
    if (status == NP_OK)
        status = stream_grbl_settle(&r->grbl, way->away, err);
    if (status == NP_OK)
        r->is_down = false;
    return status;
}

/* ---- dots ---- */

/* In the order that agree.c relies on. */
static np_status record(grbl_run *r, const np_dot *dot, np_journal_state state, uint32_t outcome, np_error *err)
{
    if (!r->s->journal)
        return NP_OK;
    np_journal_event event = {
        .dot_id = dot->id,
        .state = state,
        .time_unix_us = stream_session_unix_us(),
        .depth_mm = NAN, /* nothing measures it */
        .outcome = outcome,
    };
    np_status status = NP_OK;
    if (state == NP_JOURNAL_DONE)
        status = stream_agree_record(r->s, dot->id, state, "run", err);
    if (status == NP_OK)
        status = np_journal_record(r->s->journal, &event, 1, err);
    if (status == NP_OK && state != NP_JOURNAL_DONE)
        status = stream_agree_record(r->s, dot->id, state, "run", err);
    return status;
}

static bool is_stopped(const grbl_run *r)
{
    return r->s->options->stop && *r->s->options->stop;
}

/* The first dot from place I of the tour on that is to be made; NULL: none. */
static const np_dot *next_to_make(const grbl_run *r, uint32_t i)
{
    while (i < r->s->n_dots &&
           (r->s->known[i] != NP_WIRE_OUTCOME_NONE || np_gantry_judge(&r->gantry, &r->dots[i]) != NP_GANTRY_MAKES))
        i++;
    return i < r->s->n_dots ? &r->dots[i] : NULL;
}

/* S->known follows the journal, in which a dot that was begun is in doubt until it is done. */
static np_status make_dot(grbl_run *r, uint32_t i, np_error *err)
{
    const np_dot *dot = &r->dots[i];
    const np_dot *behind = next_to_make(r, i + 1);
    const np_gantry_way way = np_gantry_way_to(&r->gantry, r->stands_over, dot, behind);
    r->stands_over = NULL;
    np_status status = approach(r, &way, err);
    if (status == NP_OK && is_stopped(r))
        status = np_error_set(err, NP_ERR_STOPPED, "stopped");
    if (status == NP_OK)
        status = stream_place_record(r->s, err);
    if (status == NP_OK)
        status = record(r, dot, NP_JOURNAL_IN_DOUBT, NP_WIRE_OUTCOME_IN_DOUBT, err);
    if (status != NP_OK)
        return status;
    r->s->known[i] = NP_WIRE_OUTCOME_IN_DOUBT;
    status = puncture(r, &way, dot->dwell_ms, err);
    if (status == NP_ERR_STOPPED && r->grbl.oks >= NEEDLE_WAS_DOWN_OKS)
        r->made = dot;
    if (status == NP_OK)
        status = record(r, dot, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_DONE, err);
    if (status == NP_OK) {
        r->s->known[i] = NP_WIRE_OUTCOME_DONE;
        r->stands_over = dot;
    }
    return status;
}

/* Counts what is known, and reports it. */
static void report(grbl_run *r, const char *phase, bool is_running)
{
    stream_session *s = r->s;
    stream_session_count_known(s);
    s->state.asked_for |= is_running;
    stream_session_report(s, phase, s->state.done, s->state.in_doubt, s->state.failed, is_running, np_clock_us());
}

static np_status make_dots(grbl_run *r, np_error *err)
{
    np_status status = NP_OK;
    for (const np_dot *dot = next_to_make(r, 0); dot && status == NP_OK;) {
        uint32_t i = (uint32_t)(dot - r->dots);
        report(r, "running", true);
        status = make_dot(r, i, err);
        dot = next_to_make(r, i + 1);
    }
    return status;
}

/* ---- the end ---- */

/* Brings the machine to rest after a failure and takes the needle out.  False: the needle may be in the skin. */
static bool withdraw(grbl_run *r)
{
    stream_grbl *g = &r->grbl;
    g->stop = NULL; /* a stop has been heeded by now */
    /* Where the position may be lost nothing is moved blindly, and an alarm keeps the controller locked. */
    if (g->alarm || g->restarted || g->report.state == STREAM_GRBL_STATE_ALARM)
        return !r->is_down;
    report(r, "holding", false);
    if (stream_grbl_halt(g, r->timeout_s, NULL) != NP_OK || g->alarm || g->report.state != STREAM_GRBL_STATE_IDLE)
        return !r->is_down;
    np_vec3 up = g->report.position;
    if (!g->report.has_position || up.z >= r->gantry.safe_z_mm - RAISED_MM)
        return g->report.has_position || !r->is_down;
    up.z = r->gantry.safe_z_mm;
    return move_to(r, up, r->options->plunge_mm_s, NULL) == NP_OK || !r->is_down;
}

/* What the operator has to know after STATUS, whose text is in ERR. */
static np_status describe_end(const grbl_run *r, np_status status, bool needle_is_out, np_error *err)
{
    const np_run_state *n = &r->s->state;
    const np_error why = *err;
    return np_error_set(err, status, "%s%s; %u of %u dots of session %d are %s%s; %s", why.text,
                        needle_is_out ? "" : ". THE NEEDLE MAY BE IN THE SKIN: take it out by hand first", n->done,
                        n->total, r->s->options->session, r->s->options->air ? "rehearsed" : "done",
                        n->in_doubt ? ", and those in doubt are never made by themselves (`needlepath review`)" : "",
                        r->s->options->air ? "the same command begins anew" : "run the same command again to go on");
}

static np_plan_run_state ending_of(const grbl_run *r, np_status status)
{
    if (status == NP_ERR_STOPPED)
        return NP_PLAN_RUN_HELD;
    if (status == NP_ERR_LINK)
        return NP_PLAN_RUN_LINK_LOST;
    return r->has_moved ? NP_PLAN_RUN_FAULT : NP_PLAN_RUN_REFUSED;
}

/* ---- from the start ---- */

/* The controller in a known state, and everything checked; nothing has moved but for homing. */
static np_status set_up(grbl_run *r, np_error *err)
{
    stream_grbl *g = &r->grbl;
    stream_session *s = r->s;
    np_status status = stream_grbl_halt(g, r->timeout_s, err);
    if (status == NP_OK)
        status = stream_grbl_read_setup(g, err);
    if (status == NP_OK)
        status = stream_grbl_mark_check(s, g, err);
    if (status == NP_OK && r->options->home) {
        r->has_moved = true;
        status = stream_grbl_home(g, err);
        /* its state anew, which was an alarm */
        if (status == NP_OK)
            status = stream_grbl_halt(g, r->timeout_s, err);
    }
    if (status == NP_OK)
        status = stream_grbl_check_setup(g, r->options, err);
    if (status == NP_OK)
        status = stream_grbl_check_travel(g, &r->gantry, r->dots, s->n_dots, err);
    g->is_ours = true;
    return status;
}

/* The lots that the operator named, from the first dot that is left to make; what this machine cannot do is said. */
static np_status note_supplies(grbl_run *r, np_error *err)
{
    stream_session *s = r->s;
    const np_run_options *o = s->options;
    uint32_t next = 0;
    if (!s->journal) /* a rehearsal */
        return NP_OK;
    while (next < s->n_dots && np_journal_state_of(s->journal, s->dots[next].id) != NP_JOURNAL_NONE)
        next++;
    if (s->load.reload_every && s->n_dots > s->load.reload_every && o->log)
        o->log(o->report_context, "a gantry stops for no reload of pigment, which the plan wants: see to it yourself");
    if (stream_lots_note(s, next))
        return NP_OK;
    return np_error_pass(err, &s->journal_error);
}

/* What the operator should know of a machine that may be used. */
static void warn(const grbl_run *r)
{
    const np_run_options *o = r->s->options;
    if (!o->log)
        return;
    for (int i = 0; i < STREAM_GRBL_WARNINGS; i++) {
        const char *text = stream_grbl_warning(&r->grbl, i);
        if (text)
            o->log(o->report_context, text);
    }
}

static np_status run(grbl_run *r, np_plan_run_state *out_ending, np_error *err)
{
    stream_session *s = r->s;
    const np_run_options *o = s->options;
    np_status status = np_text_link_open(o->target, &r->link, err);
    if (status == NP_OK)
        status = stream_session_open_journal(s, err);
    if (status == NP_OK)
        status = stream_agree_open(s, err);
    if (status == NP_OK &&
        ((status = stream_agree(s, err)) != NP_OK || (status = stream_grbl_leave_out(s, &r->gantry, err)) != NP_OK))
        *out_ending = NP_PLAN_RUN_REFUSED;
    if (status != NP_OK)
        return status;
    stream_grbl_init(&r->grbl, r->link, o->target, r->options->silence_s);
    r->grbl.stop = o->stop;
    report(r, "connecting", false);
    status = set_up(r, err);
    if (status == NP_OK)
        status = note_supplies(r, err);
    if (status == NP_OK) {
        warn(r);
        status = stream_grbl_mark_begin(s, &r->grbl, err);
    }
    if (status == NP_OK)
        status = make_dots(r, err);
    if (status == NP_OK && s->state.left == 0)
        status = stream_grbl_mark_end(s, &r->grbl, err);
    *out_ending = s->state.left ? NP_PLAN_RUN_PARTLY : NP_PLAN_RUN_DONE;
    if (status != NP_OK) {
        bool needle_is_out = r->has_moved ? withdraw(r) : true;
        if (r->made && needle_is_out && record(r, r->made, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_DONE, NULL) == NP_OK)
            s->known[r->made - r->dots] = NP_WIRE_OUTCOME_DONE;
        report(r, "holding", false);
        *out_ending = ending_of(r, status);
        return describe_end(r, status, needle_is_out, err);
    }
    report(r, "done", false);
    return NP_OK;
}

static np_status settle_verdict(stream_session *s, size_t i, np_error *err)
{
    const np_run_verdict *v = &s->options->verdicts[i];
    np_status status = stream_agree_record(s, v->dot_id, v->done ? NP_JOURNAL_DONE : NP_JOURNAL_NONE, "review", err);
    if (status == NP_OK && !stream_session_take_reviewed(s, s->orders[i], v->dot_id,
                                                         v->done ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_NONE))
        return np_error_pass(err, &s->journal_error);
    return status;
}

/* A person's verdicts: they go into the ledger and the only journal there is. */
static np_status settle_verdicts(stream_session *s, np_plan_run_state *out_ending, np_error *err)
{
    np_status status = stream_session_open_journal(s, err);
    *out_ending = NP_PLAN_RUN_REVIEWED;
    if (status == NP_OK)
        status = stream_agree_open(s, err);
    for (size_t i = 0; i < s->options->n_verdicts && status == NP_OK; i++)
        status = settle_verdict(s, i, err);
    return status == NP_OK ? stream_session_end_of_review(s, err) : status;
}

np_status np_grbl_stop(const char *target, double timeout_s, np_error *err)
{
    np_text_link *link;
    stream_grbl grbl;
    np_status status = np_text_link_open(target, &link, err);
    if (status != NP_OK)
        return status;
    stream_grbl_init(&grbl, link, target, timeout_s);
    status = stream_grbl_halt(&grbl, timeout_s, err);
    np_text_link_close(&link);
    return status;
}

np_status np_grbl_session(stream_session *s, np_plan_run_state *out_ending, np_error *err)
{
    np_error mine = {0};
    if (!err)
        err = &mine;
    grbl_run r = {.s = s, .options = s->options->gantry, .timeout_s = s->options->connect_timeout_s};
    size_t n;
    np_status status = stream_grbl_check_runs(s, err);
    if (status == NP_OK && s->options->needle_life)
        status = np_error_set(err, NP_ERR_USAGE,
                              "--needle-life: a gantry has nobody who confirms a needle change; change it between "
                              "runs, and name it with --cartridge");
    if (status == NP_OK && s->load.n_cartridges > 1)
        status =
            np_error_set(err, NP_ERR_INVALID,
                         "session %d takes %u cartridges, and a gantry has nobody who confirms a change: export its "
                         "program, which stops for each (`needlepath export --format gcode`), or plan in one shade",
                         s->options->session, s->load.n_cartridges);
    if (status == NP_OK && s->options->n_verdicts)
        return settle_verdicts(s, out_ending, err);
    if (status == NP_OK)
        status = stream_grbl_check_session(s, &r.gantry, err);
    if (status != NP_OK)
        return status;
    r.dots = np_plan_session_dots(s->plan, s->options->session, &n);
    r.timeout_s = r.timeout_s > 0 ? r.timeout_s : DEFAULT_TIMEOUT_S;
    status = run(&r, out_ending, err);
    np_text_link_close(&r.link);
    return status;
}
