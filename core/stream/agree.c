/* Whether the plan's journal and the ledger say the same of a session on a gantry, and what if not.
 *
 * A dot's rows come in this order: in doubt in the plan, in doubt in the ledger, the lines, done in the ledger, done in the plan.  So
 * a crash leaves at most one dot in doubt in the plan that the ledger has not (nothing was sent) or has as done (it is).  Any
 * other difference means that one of the two is not the one that went with the last run: the plan is an older copy, or the ledger
 * was lost.  What either knows to be made is made: the ledger wins where it knows more, and the plan where the operator vouches for it.
 *
 * A gantry is known by the name of its port alone, so that what the ledger has under another name counts as well: a person who has
 * looked at the skin can say that it was no part of it. */
#include "stream/private/agree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stream/private/place.h"
#include "stream/private/prepare.h"
#include "stream/private/run.h"
#include "stream/private/whose.h"

typedef struct difference {
    uint32_t n;
    char list[400]; /* the first few dots */
} difference;

/* The dots on which the two differ. */
typedef struct comparison {
    difference ahead;     /* of which the ledger knows more, at this target */
    difference elsewhere; /* likewise, at another one, or in another ledger */
    difference behind;    /* which the plan has as made and the ledger has not */
    bool begun;           /* either knows anything of a dot */
} comparison;

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

static np_status compare(stream_session *s, bool blank, comparison *out, np_error *err)
{
    np_status status = NP_OK;
    for (uint32_t i = 0; i < s->n_dots && status == NP_OK; i++) {
        uint32_t id = s->dots[i].id;
        np_journal_state plan = np_journal_state_of(s->journal, id), anywhere = NP_JOURNAL_NONE, here = NP_JOURNAL_NONE;
        /* what is made is made at whatever target, and a person's verdict holds for all of them */
        status = np_ledger_state_of(s->ledger, id, NP_LEDGER_ANYWHERE, &anywhere, err);
        if (status == NP_OK && anywhere != NP_JOURNAL_NONE)
            status = np_ledger_state_of(s->ledger, id, NP_LEDGER_HERE, &here, err);
        out->begun |= plan != NP_JOURNAL_NONE || anywhere != NP_JOURNAL_NONE;
        if (plan == NP_JOURNAL_NONE && anywhere != NP_JOURNAL_NONE)
            note_dot(here != NP_JOURNAL_NONE ? &out->ahead : &out->elsewhere, id, anywhere);
        else if ((plan == NP_JOURNAL_DONE && anywhere != NP_JOURNAL_DONE) || (plan == NP_JOURNAL_IN_DOUBT && blank))
            note_dot(&out->behind, id, plan);
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
        .hearing = NP_JOURNAL_LEARNT,
    };
    return np_journal_record(s->journal, &event, 1, err);
}

/* What either knows goes to the other; what is known of elsewhere only where the operator says that it counts. */
static np_status settle(stream_session *s, np_error *err)
{
    np_status status = NP_OK;
    for (uint32_t i = 0; i < s->n_dots && status == NP_OK; i++) {
        uint32_t id = s->dots[i].id;
        np_journal_state plan = np_journal_state_of(s->journal, id), here = NP_JOURNAL_NONE;
        np_ledger_scope scope =
            plan == NP_JOURNAL_NONE && s->options->take_ledger ? NP_LEDGER_ANYWHERE : NP_LEDGER_HERE;
        status = np_ledger_state_of(s->ledger, id, scope, &here, err);
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

static np_status refuse_elsewhere(const stream_session *s, const difference *d, np_error *err)
{
    char where[300];
    np_status status = np_ledger_elsewhere(s->ledger, where, sizeof where, err);
    if (status != NP_OK)
        return status;
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: this machine's ledger (%s) knows of %u dots of session %d that the plan file does not, made %s: %s. If "
        "that is this skin, at this gantry under another name or at another one, take the newest copy of the plan; or, "
        "if there is none, let this one learn those dots with --take-ledger. If it was none of this skin (a trial, "
        "say), "
        "look at the skin, then give the same command with --other-executor REASON, which makes them here. Nothing was "
        "made",
        s->options->plan_path, np_ledger_path(s->ledger), d->n, s->options->session, where, d->list);
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
static void tell(const stream_session *s, const comparison *c)
{
    const np_run_options *o = s->options;
    uint32_t learnt = c->ahead.n + (o->take_ledger ? c->elsewhere.n : 0);
    char text[120];
    if (!o->log)
        return;
    snprintf(text, sizeof text, "%u dots were learnt from this machine's ledger, and %u written into it", learnt,
             c->behind.n);
    if (learnt || c->behind.n)
        o->log(o->report_context, text);
}

np_status stream_agree_open(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    if (o->air)
        return NP_OK;
    return np_ledger_open(o->state_folder, s->plan, o->session, o->target, &s->ledger, err);
}

/* The first difference on which the operator's options say nothing. */
static np_status refuse(const stream_session *s, const comparison *c, np_error *err)
{
    const np_run_options *o = s->options;
    if (c->ahead.n && !o->take_ledger)
        return refuse_ahead(s, &c->ahead, err);
    if (c->elsewhere.n && !o->take_ledger && !o->other_executor)
        return refuse_elsewhere(s, &c->elsewhere, err);
    if (c->behind.n && !o->ledger_lost)
        return refuse_behind(s, &c->behind, err);
    return NP_OK;
}

/* Dots that are learnt were made where the ledger says that the head was then, not where the plan file has it. */
static np_status check_place(const stream_session *s, const comparison *c, np_error *err)
{
    const np_run_options *o = s->options;
    char name[NP_LEDGER_NAME_BYTES];
    np_plan_registration last;
    bool is_known, is_learning = c->ahead.n || (c->elsewhere.n && o->take_ledger);
    if (o->moved || !c->begun)
        return NP_OK;
    np_status status = np_ledger_last_place(s->ledger, name, &last, &is_known, err);
    if (status != NP_OK)
        return status;
    double apart_mm = is_known ? stream_place_apart_mm(s, &last) : 0;
    if (apart_mm > STREAM_PLACE_SAME_MM)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%s: by this machine's ledger (%s) the head lay elsewhere (%s), or was said to: the dots of "
            "session %d would now lie up to %.2f mm from where they were to lie; measure the head, and "
            "give --fiducials FILE, with --moved if it lies elsewhere than it did. Nothing was made",
            o->plan_path, np_ledger_path(s->ledger), name, o->session, apart_mm);
    if (!is_known && is_learning)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%s: this machine's ledger (%s) does not say where the head was as the dots were made "
            "that this file is to learn; measure the head anew, and give --fiducials FILE with --moved. "
            "Nothing was made",
            o->plan_path, np_ledger_path(s->ledger));
    return NP_OK;
}

np_status stream_agree(stream_session *s, np_error *err)
{
    comparison c = {0};
    bool blank;
    if (!s->ledger)
        return NP_OK;
    np_status status = np_ledger_is_blank(s->ledger, &blank, err);
    if (status == NP_OK)
        status = compare(s, blank, &c, err);
    if (status == NP_OK)
        status = refuse(s, &c, err);
    if (status == NP_OK && !s->options->n_verdicts)
        status = check_place(s, &c, err);
    if (status == NP_OK && !s->options->n_verdicts)
        status = np_ledger_record_place(s->ledger, &s->place, err);
    if (status == NP_OK && c.elsewhere.n && s->options->other_executor)
        status = stream_whose_note_gantry(s, err);
    if (status != NP_OK)
        return status;
    tell(s, &c);
    status = settle(s, err);
    stream_session_fill_known(s);
    return status;
}

np_status stream_agree_record(stream_session *s, uint32_t dot_id, np_journal_state state, const char *origin,
                              np_error *err)
{
    return s->ledger ? np_ledger_record(s->ledger, dot_id, state, origin, stream_session_unix_us(), err) : NP_OK;
}
