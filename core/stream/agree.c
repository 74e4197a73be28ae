/* Whether the plan's journal and the ledger say the same of a session on a gantry, and what if not.
 *
 * A dot's rows come in this order: in doubt in the plan, in doubt in the ledger, the lines, done in the ledger, done in the plan.  So
 * a crash leaves at most one dot in doubt in the plan that the ledger has not (nothing was sent) or has as done (it is).  Any
 * other difference means that one of the two is not the one that went with the last run: the plan is an older copy, or the ledger
 * was lost.  What either knows to be made is made: the ledger wins where it knows more, and the plan where the operator vouches for it. */
#include "stream/private/agree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stream/private/prepare.h"
#include "stream/private/run.h"

typedef struct difference {
    uint32_t n;
    char list[400]; /* the first few dots */
} difference;

static void note_dot(difference *d, uint32_t id, np_journal_state state)
{
    size_t used = strlen(d->list);
    if (d->n < STREAM_SESSION_NAMED)
        snprintf(d->list + used, sizeof d->list - used, "%s%u (%s)", d->n ? ", " : "", id,
                 state == NP_JOURNAL_DONE ? "done" : "in doubt");
    else if (d->n == STREAM_SESSION_NAMED)
        snprintf(d->list + used, sizeof d->list - used, ", ...");
    d->n++;
}

/* The dots of which the ledger knows more than the plan, and those that the plan has as made and the ledger has not. */
static np_status compare(stream_session *s, bool blank, difference *out_ahead, difference *out_behind, np_error *err)
{
    np_status status = NP_OK;
    for (uint32_t i = 0; i < s->n_dots && status == NP_OK; i++) {
        uint32_t id = s->dots[i].id;
        np_journal_state plan = np_journal_state_of(s->journal, id), ledger = NP_JOURNAL_NONE;
        /* what is made is made on whatever target; what the plan does not have counts on this one */
        status = np_ledger_state_of(s->ledger, id, plan == NP_JOURNAL_DONE, &ledger, err);
        if (plan == NP_JOURNAL_NONE && ledger != NP_JOURNAL_NONE)
            note_dot(out_ahead, id, ledger);
        else if ((plan == NP_JOURNAL_DONE && ledger != NP_JOURNAL_DONE) || (plan == NP_JOURNAL_IN_DOUBT && blank))
            note_dot(out_behind, id, plan);
    }
    return status;
}

static np_status to_plan(stream_session *s, uint32_t id, np_journal_state state, np_error *err)
{
    np_journal_event event = {
        .dot_id = id,
        .state = state,
        .time_unix_us = stream_session_unix_us(),
        .depth_mm = NAN,
        .outcome = state == NP_JOURNAL_DONE ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_IN_DOUBT,
        .learnt = true,
    };
    return np_journal_record(s->journal, &event, 1, err);
}

/* What either knows goes to the other. */
static np_status settle(stream_session *s, np_error *err)
{
    np_status status = NP_OK;
    for (uint32_t i = 0; i < s->n_dots && status == NP_OK; i++) {
        uint32_t id = s->dots[i].id;
        np_journal_state plan = np_journal_state_of(s->journal, id), here = NP_JOURNAL_NONE;
        status = np_ledger_state_of(s->ledger, id, false, &here, err);
        if (status != NP_OK || plan == here || plan == NP_JOURNAL_FAILED)
            continue;
        if (here == NP_JOURNAL_DONE || plan == NP_JOURNAL_NONE)
            status = to_plan(s, id, here, err);
        else
            status = np_ledger_record(s->ledger, id, plan, "plan", stream_session_unix_us(), err);
    }
    return status;
}

static np_status refuse_ahead(const stream_session *s, const difference *d, np_error *err)
{
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: this machine's ledger (%s) knows of %u dots of session %d that the plan file does not: %s; the "
        "file is an older copy, or comes from a backup. Take the newest one; or, if there is none, let this "
        "one learn those dots with --take-ledger. Nothing was made",
        s->options->plan_path, np_ledger_path(s->ledger), d->n, s->options->session, d->list);
}

static np_status refuse_behind(const stream_session *s, const difference *d, np_error *err)
{
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: the plan file says of %u dots of session %d what this machine's ledger (%s) does not know: %s; "
        "the ledger was lost, or another machine drove. Nothing here can tell whether the file is the "
        "newest of its copies: make sure that it is, then say once --ledger-lost. Nothing was made",
        s->options->plan_path, d->n, s->options->session, np_ledger_path(s->ledger), d->list);
}

/* The operator's answers are said, and stand in the ledger (origin "plan") and in the plan's journal (rows of this run). */
static void tell(const stream_session *s, const difference *ahead, const difference *behind)
{
    const np_run_options *o = s->options;
    char text[120];
    if (!o->log)
        return;
    snprintf(text, sizeof text, "%u dots were learnt from this machine's ledger, and %u written into it", ahead->n,
             behind->n);
    if (ahead->n || behind->n)
        o->log(o->report_context, text);
}

static void warn_of_other_target(stream_session *s)
{
    const np_run_options *o = s->options;
    char other[200], text[400];
    if (!o->log || np_ledger_other_target(s->ledger, other, sizeof other, NULL) != NP_OK || !other[0])
        return;
    snprintf(text, sizeof text,
             "by this machine's ledger the session was begun on %s as well: if that is this machine under another "
             "name, or the "
             "same person, stop, and take the newest copy of the plan",
             other);
    o->log(o->report_context, text);
}

np_status stream_agree_open(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    if (o->air)
        return NP_OK;
    return np_ledger_open(o->state_folder, s->plan, o->session, o->target, &s->ledger, err);
}

np_status stream_agree(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    difference ahead = {0}, behind = {0};
    bool blank;
    if (!s->ledger)
        return NP_OK;
    np_status status = np_ledger_is_blank(s->ledger, &blank, err);
    if (status == NP_OK)
        status = compare(s, blank, &ahead, &behind, err);
    if (status == NP_OK && ahead.n && !o->take_ledger)
        status = refuse_ahead(s, &ahead, err);
    if (status == NP_OK && behind.n && !o->ledger_lost)
        status = refuse_behind(s, &behind, err);
    if (status != NP_OK)
        return status;
    warn_of_other_target(s);
    tell(s, &ahead, &behind);
    status = settle(s, err);
    stream_session_fill_known(s);
    return status;
}

np_status stream_agree_record(stream_session *s, uint32_t dot_id, np_journal_state state, const char *origin,
                              np_error *err)
{
    return s->ledger ? np_ledger_record(s->ledger, dot_id, state, origin, stream_session_unix_us(), err) : NP_OK;
}
