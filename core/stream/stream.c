/* Streaming a session; see stream.h.  prepare.c reads the plan, run.c has the loop. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stream/grbl_run.h"

#include "base/realtime.h"
#include "link/link.h"
#include "stream/private/approval.h"
#include "stream/private/calendar.h"
#include "stream/private/prepare.h"
#include "stream/private/review.h"
#include "stream/private/run.h"
#include "stream/register.h"

/* True, with the state filled in, if our journal says that nothing is left to do: then nobody need be asked. */
static np_status is_finished(stream_session *s, bool *out_finished, np_error *err)
{
    np_run_state *r = &s->state;
    np_status status = stream_session_count(s, s->options->session, r, err);
    r->phase = "done";
    *out_finished = r->asked_for = r->done + r->in_doubt + r->failed == r->total;
    return status;
}

/* A plan may bear several approvals, and an executor may take only one of them: each is shown in turn. */
static np_status run_with_approvals(stream_session *s, np_plan_run_state *out_ending, np_wire_reason *out_reason,
                                    np_error *err)
{
    np_status status = NP_OK;
    *out_reason = NP_WIRE_REASON_OPERATOR;
    for (size_t i = 0; stream_approval_may_be_another(*out_reason) && stream_approval_choose(s, i); i++)
        status = stream_session_run(s, out_ending, out_reason, err);
    return status;
}

/* What was asked for and is not made is no success, though there is nothing left to do by itself. */
static np_status check_complete(const stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    const np_run_state *r = &s->state;
    if (o->n_verdicts || r->in_doubt + r->failed + r->left == 0)
        return NP_OK;
    if (o->air && r->failed == 0)
        return np_error_set(err, NP_ERR_INCOMPLETE,
                            "%u of %u dots of session %d were left out, as the arm does not reach them from here",
                            r->left, r->total, o->session);
    if (r->left > 0)
        return np_error_set(
            err, NP_ERR_INCOMPLETE,
            "%u of %u dots of session %d were left out and are not done (%u in doubt, %u failed): move the "
            "head, or the arm, measure where it is anew, and run again with --fiducials and --moved",
            r->left, r->total, o->session, r->in_doubt, r->failed);
    if (o->air)
        return np_error_set(err, NP_ERR_INCOMPLETE, "%u of %u dots of session %d could not be rehearsed", r->failed,
                            r->total, o->session);
    return np_error_set(err, NP_ERR_INCOMPLETE,
                        "session %d has ended, but %u of its %u dots are in doubt and %u failed: look at the skin; "
                        "`needlepath review %s --session %d` lists them",
                        o->session, r->in_doubt, r->total, r->failed, o->plan_path, o->session);
}

/* What the arm does not reach. */
typedef struct unreached {
    uint32_t n, behind, to_make; /* dots that it does not reach; that are left out besides; that are to be made */
    char list[STREAM_SESSION_NAMED * 12 + 16]; /* ids of the first of the first */
    uint32_t first;                            /* order of the first */
} unreached;

static unreached count_unreached(const stream_session *s)
{
    unreached u = {0};
    size_t used = 0;
    for (uint32_t i = 0; i < s->n_dots; i++) {
        bool open = s->known[i] == NP_WIRE_OUTCOME_NONE;
        u.to_make += open && s->reached[i] == NP_WIRE_OUTCOME_DONE;
        u.behind += open && s->reached[i] == NP_WIRE_OUTCOME_LEFT;
        if (s->reached[i] != NP_WIRE_OUTCOME_SKIPPED)
            continue;
        if (u.n == 0)
            u.first = i;
        if (u.n++ < STREAM_SESSION_NAMED)
            used += (size_t)snprintf(u.list + used, sizeof u.list - used, "%s%u", used ? ", " : "", s->dots[i].id);
    }
    if (u.n > STREAM_SESSION_NAMED)
        snprintf(u.list + used, sizeof u.list - used, ", ...");
    return u;
}

static np_status say_unreached(const stream_session *s, const unreached *u, np_error *err)
{
    const np_run_options *o = s->options;
    const np_wire_dot *first = &s->dots[u->first];
    const np_registration place = np_registration_from_wire(&s->load.registration);
    const int32_t *um = first->position_um;
    np_vec3 arm = np_registration_apply(&place, (np_vec3){um[0] * 1e-3, um[1] * 1e-3, um[2] * 1e-3});
    char behind[64] = "";
    if (u->behind > 0)
        snprintf(behind, sizeof behind, "; %u more lie behind them on the way", u->behind);
    return np_error_set(
        err, NP_ERR_DEVICE,
        "%s: %u of %u dots of session %d are out of the arm's reach, they or the ways to them: %s (dot %u "
        "lies at %.1f, %.1f, %.1f mm of the arm's frame)%s; "
        "nothing was moved: move the head, or the arm, and measure where it is anew%s",
        o->target, u->n, s->n_dots, o->session, u->list, first->id, arm.x, arm.y, arm.z, behind,
        o->only_reachable ? "; from here no dot can be made" : "; or make the others, with --only-reachable");
}

/* With only_reachable the run goes on, if there is something to make. */
static np_status heed_unreached(const stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    const unreached u = count_unreached(s);
    char text[400];
    if (u.n == 0)
        return NP_OK;
    if (!o->only_reachable || u.to_make == 0)
        return say_unreached(s, &u, err);
    snprintf(
        text, sizeof text,
        "%u dots are out of the arm's reach, they or the ways to them (%s), and %u more lie behind them on the way: "
        "%u are made, and the others left for another place",
        u.n, u.list, u.behind, u.to_make);
    if (o->log)
        o->log(o->report_context, text);
    return NP_OK;
}

/* Asks the executor for the whole session, all ways included, before anything moves.  One that cannot tell shows it as it gets
 * there, which is said. */
static np_status check_reach(stream_session *s, np_plan_run_state *out_ending, np_error *err)
{
    np_journal *journal = s->journal;
    const uint32_t air = s->load.air;
    np_wire_reason reason;
    s->journal = NULL; /* nothing is made */
    s->load.air = NP_WIRE_AIR_REACH;
    np_status status = run_with_approvals(s, out_ending, &reason, err);
    s->journal = journal;
    s->load.air = air;
    if (reason == NP_WIRE_REASON_REACH && !s->options->only_reachable) {
        if (s->options->log)
            s->options->log(s->options->report_context, np_wire_reason_text(reason));
        status = NP_OK;
    }
    *out_ending = status == NP_OK ? NP_PLAN_RUN_REFUSED : *out_ending;
    s->mark_us = 0;
    s->state = (np_run_state){0};
    stream_session_count_known(s);
    return status == NP_OK && reason != NP_WIRE_REASON_REACH ? heed_unreached(s, err) : status;
}

static np_status run_over_link(stream_session *s, np_plan_run_state *out_ending, np_error *err)
{
    np_wire_reason reason;
    np_status status = stream_session_open(s, err);
    if (status == NP_OK && !s->options->n_verdicts)
        status = check_reach(s, out_ending, err);
    return status == NP_OK ? run_with_approvals(s, out_ending, &reason, err) : status;
}

np_status np_run_session(const np_run_options *options, np_run_state *out_state, np_error *err)
{
    *out_state = (np_run_state){.phase = "preparing"};
    stream_session *s = calloc(1, sizeof *s);
    if (!s)
        return np_error_no_memory(err, "the session");
    s->options = options;
    bool finished = false;
    np_plan_run_state ending = NP_PLAN_RUN_RUNNING;
    np_status status = stream_session_prepare(s, err);
    if (status == NP_OK)
        status = stream_session_check_verdicts(s, err);
    if (status == NP_OK && !options->air && !options->n_verdicts)
        status = is_finished(s, &finished, err);
    if (status == NP_OK && !options->air && !options->n_verdicts && !finished)
        status = stream_calendar_check(s, (int64_t)time(NULL), err);
    /* Plans are read and checked as any program would; the link's threads are those that must not be late. */
    if (status == NP_OK && !finished && options->realtime)
        np_realtime_begin(options->cpu, options->log, options->report_context);
    if (status == NP_OK && !finished && np_link_is_text(options->target)) {
        status = np_grbl_session(s, &ending, err);
    } else if (status == NP_OK && !finished) {
        status = run_over_link(s, &ending, err);
    }
    if (status == NP_OK)
        status = check_complete(s, err);
    *out_state = s->state;
    np_error close_error = {0};
    np_status closed = stream_session_close(s, ending, &close_error);
    if ((status == NP_OK || status == NP_ERR_INCOMPLETE) && closed != NP_OK) {
        status = closed;
        if (err)
            *err = close_error;
    }
    free(s);
    return status;
}
