/* The loop of a run: frames in, outcomes into the journal, frames out, wait.
 *
 * All that is decided is decided by the sender (protocol/) and the executor; here the clock, the link, the journal and the
 * operator's wishes are brought to it.  One thread, so that the sender's heartbeats vouch for the loop that writes the
 * journal. */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/version.h"
#include "link/key.h"
#include "stream/private/approval.h"
#include "stream/private/cartridge.h"
#include "stream/private/lots.h"
#include "stream/private/place.h"
#include "stream/private/prepare.h"
#include "stream/private/review.h"
#include "stream/private/run.h"
#include "stream/private/session.h"
#include "stream/private/turn.h"
#include "stream/private/whose.h"

enum {
    WAIT_US = 50000,    /* at most between two looks at the stop flag */
    REPORT_US = 100000, /* between two reports */
    RATE_US = 2000000,  /* over which the rate is taken */
    SETTLE_US = 3000000 /* for the dot in progress to end after a stop */
};
static const double DEFAULT_TIMEOUT_S = 10;

/* ---- what the sender calls ---- */

static void random_bytes(void *context, uint8_t *out_bytes, size_t size)
{
    (void)context;
    randombytes_buf(out_bytes, size);
}

static bool commit(void *context)
{
    stream_session *s = context;
    size_t n = s->n_events;
    s->n_events = 0;
    return np_journal_record(s->journal, s->events, n, &s->journal_error) == NP_OK;
}

static np_journal_state journal_state(uint32_t outcome)
{
    if (outcome == NP_WIRE_OUTCOME_DONE || outcome == NP_WIRE_OUTCOME_TOO_DEEP)
        return NP_JOURNAL_DONE;
    return outcome == NP_WIRE_OUTCOME_IN_DOUBT ? NP_JOURNAL_IN_DOUBT : NP_JOURNAL_FAILED;
}

int64_t stream_session_unix_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* How an outcome is heard of that the executor tells now.  What comes with the map of a session that is loaded, and what waited while this
 * program stood still, was made nobody knows when. */
static np_journal_hearing hearing_of(stream_session *s)
{
    np_wire_sender_info info;
    np_wire_sender_get_info(s->sender, &info);
    stream_whose_meet(s, &info);
    bool late = s->turn_before_us && np_clock_us() - s->turn_before_us > NP_WIRE_SILENCE_US;
    if (s->may_have_made && info.phase != NP_WIRE_PHASE_COMPARING && !late)
        return NP_JOURNAL_MADE;
    return s->follows ? NP_JOURNAL_LEARNT_LAST : NP_JOURNAL_LEARNT;
}

static bool take_event(void *context, const np_wire_event *event)
{
    stream_session *s = context;
    if (s->load.air == NP_WIRE_AIR_REACH)
        s->reached[event->order] = (uint8_t)event->outcome;
    if (!s->journal || event->outcome == NP_WIRE_OUTCOME_LEFT) /* which is none */
        return true;
    np_journal_state state = journal_state(event->outcome);
    np_journal_hearing hearing = hearing_of(s);
    s->learnt += hearing != NP_JOURNAL_MADE && state == NP_JOURNAL_DONE;
    s->events[s->n_events++] = (np_journal_event){
        .dot_id = event->id,
        .state = state,
        .time_unix_us = stream_session_unix_us(),
        .depth_mm = event->depth_um ? event->depth_um * 1e-3 : NAN,
        .force_n = event->force_mn * 1e-3,
        .outcome = event->outcome,
        .hearing = hearing,
    };
    return s->n_events < STREAM_SESSION_BATCH || commit(s);
}

/* What was told of runs before is theirs, and written down before this one has a place. */
static bool take_armed(void *context)
{
    stream_session *s = context;
    if (s->n_events && !commit(s))
        return false;
    return stream_place_record(s, &s->journal_error) == NP_OK;
}

static bool take_supply(void *context, uint32_t number, const np_wire_supply *supply)
{
    stream_session *s = context;
    np_journal_supply row = {.number = number,
                             .kind = (int)supply->kind,
                             .order = supply->order,
                             .lot = supply->lot,
                             .time_unix_us = stream_session_unix_us(),
                             .executor_time_us = supply->time_us};
    if (supply->kind == NP_WIRE_SUPPLY_NEEDLE)
        stream_cartridge_take(s, supply);
    /* What was made before it is written down before it. */
    return (s->n_events == 0 || commit(s)) && stream_lots_take(s, supply) &&
           np_journal_record_supply(s->journal, &row, &s->journal_error) == NP_OK;
}

static void take_difference(void *context, uint32_t order, uint32_t id, uint32_t known, uint32_t executor)
{
    stream_session *s = context;
    (void)order;
    if (s->n_differences < STREAM_SESSION_NAMED) {
        s->differences[s->n_differences].id = id;
        s->differences[s->n_differences].known = known;
        s->differences[s->n_differences].executor = executor;
    }
    s->n_differences++;
}

static void take_log(void *context, const char *text)
{
    stream_session *s = context;
    const np_run_options *o = s->options;
    /* What was said while the arm was asked what it reaches is not said again as it begins to move. */
    for (uint32_t i = 0; i < s->n_said; i++)
        if (strcmp(s->said[i], text) == 0)
            return;
    if (s->load.air == NP_WIRE_AIR_REACH && s->n_said < STREAM_SESSION_SAID)
        snprintf(s->said[s->n_said++], sizeof *s->said, "%s", text);
    if (o->log)
        o->log(o->report_context, text);
}

static np_status start_sender(stream_session *s, np_error *err)
{
    if (!s->plan->moves.hover_um)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%s: the plan has no moves, as it was made before plans had them: no executor takes it; plan the "
            "case again with `needlepath plan`",
            s->options->plan_path);
    np_wire_sender_config config = {
        .dots = s->dots,
        .n_dots = s->n_dots,
        .stops = s->stops,
        .load = s->load,
        .known = s->journal ? s->known : NULL,
        .context = s,
        .random = random_bytes,
        .event = take_event,
        .commit = commit,
        .supply = take_supply,
        .known_supplies = s->journal ? np_journal_supply_count(s->journal) : 0,
        .reviewed = stream_session_take_reviewed,
        .supplies_behind = s->noted.supplies_behind,
        .note = stream_whose_note,
        .armed = take_armed,
        .settle = s->options->other_executor != NULL,
        .difference = take_difference,
        .log = take_log,
        .name = "needlepath " NP_VERSION,
        .link_key = s->options->link_key ? s->link_key : NULL,
        .link_knows_peers = s->curve.server_key != NULL,
        .ask_after_hold = true,
    };
    stream_set_pace(s->link, &config);
    size_t size = np_wire_sender_size(&config);
    char text[NP_WIRE_TEXT_BYTES];
    stream_session_free_sender(s);
    s->memory = malloc(size);
    if (!s->memory)
        return np_error_no_memory(err, "the sender");
    s->memory_size = size;
    if (s->options->link_key)
        np_link_lock_key(s->memory, size, s->options->log, s->options->report_context);
    np_wire_status status = np_wire_sender_init(&config, np_clock_us(), s->memory, size, &s->sender, text);
    if (status == NP_WIRE_OK) {
        stream_session_give_verdicts(s);
        return NP_OK;
    }
    return np_error_set(err, status == NP_WIRE_RANGE ? NP_ERR_UNSAFE : NP_ERR_INTERNAL,
                        "%s: session %d cannot be sent: %s", s->options->plan_path, s->options->session, text);
}

/* ---- one turn of the loop ---- */

/* The operator's wish to stop, if it was not heeded yet. */
static bool is_news(const stream_session *s)
{
    const volatile sig_atomic_t *stop = s->options->stop;
    return stop && *stop && !s->stopped_us;
}

/* By the pace of this run; the plan's counts as much as so many dots of it, so that the first ones do not make it jump. */
static double seconds_left(stream_session *s, uint32_t finished, bool is_running, uint64_t now_us)
{
    const double n_planned = 60;
    double planned_s = s->plan->sessions[s->options->session - 1].tour_time_s / fmax(s->n_dots, 1);
    if (is_running && s->ran_until_us) {
        s->running_s += (double)(now_us - s->ran_until_us) * 1e-6;
        s->made += finished > s->finished_before ? finished - s->finished_before : 0;
    }
    s->ran_until_us = is_running ? now_us : 0;
    s->finished_before = finished;
    return (s->n_dots - finished - s->state.left) * (s->running_s + n_planned * planned_s) / (s->made + n_planned);
}

void stream_session_count_known(stream_session *s)
{
    np_run_state *r = &s->state;
    r->total = s->n_dots;
    r->done = r->in_doubt = r->failed = 0;
    for (uint32_t i = 0; i < s->n_dots; i++) {
        bool is_done = s->known[i] == NP_WIRE_OUTCOME_DONE || s->known[i] == NP_WIRE_OUTCOME_TOO_DEEP;
        r->done += is_done;
        r->in_doubt += s->known[i] == NP_WIRE_OUTCOME_IN_DOUBT;
        r->failed += !is_done && s->known[i] != NP_WIRE_OUTCOME_NONE && s->known[i] != NP_WIRE_OUTCOME_IN_DOUBT;
    }
}

void stream_session_report(stream_session *s, const char *phase, uint32_t done, uint32_t in_doubt, uint32_t failed,
                           bool is_running, uint64_t now_us)
{
    np_run_state *r = &s->state;
    r->total = s->n_dots;
    r->done = done;
    r->in_doubt = in_doubt;
    r->failed = failed;
    r->phase = phase;
    uint32_t finished = r->done + r->in_doubt + r->failed;
    if (!is_running) {
        s->mark_us = 0;
    } else if (s->mark_us == 0) {
        s->mark_us = now_us;
        s->done_at_mark = finished;
    } else if (now_us - s->mark_us >= RATE_US || r->dots_per_s <= 0) {
        r->dots_per_s = (finished - s->done_at_mark) / ((double)(now_us - s->mark_us + 1) * 1e-6);
        if (now_us - s->mark_us >= RATE_US) {
            s->mark_us = now_us;
            s->done_at_mark = finished;
        }
    }
    r->seconds_left = seconds_left(s, finished, is_running, now_us);
    if (s->options->report && now_us >= s->next_report_us) {
        s->next_report_us = now_us + REPORT_US;
        s->options->report(s->options->report_context, r);
    }
}

static void report(stream_session *s, const np_wire_sender_info *info, uint64_t now_us)
{
    bool asks = s->load.air == NP_WIRE_AIR_REACH;
    s->state.left = info->left;
    s->state.asked_for |= info->compared && !asks;
    /* what went too deep is in the skin, as the plan's journal counts it */
    const char *phase = asks && info->phase == NP_WIRE_PHASE_RUNNING ? "reach" : np_wire_phase_text(info->phase);
    stream_session_report(s, phase, info->done + info->too_deep, info->in_doubt, info->other - info->too_deep,
                          info->phase == NP_WIRE_PHASE_RUNNING, now_us);
    if (asks) { /* what was shown was asked, and nothing was made */
        stream_session_count_known(s);
        s->state.left = 0;
    }
}

/* ---- how it ended ---- */

/* What the same command does when it is given again. */
static const char *how_to_go_on(const stream_session *s)
{
    return s->options->air ? "the same command begins anew" : "run the same command again to go on";
}

static const char *what_is_done(const stream_session *s)
{
    return s->options->air ? "rehearsed" : "done";
}

static const char *who_stopped(np_wire_reason reason)
{
    switch (reason) {
    case NP_WIRE_REASON_STOP:
        return " by somebody on the link";
    case NP_WIRE_REASON_DEPTH:
        return ", as a dot went deeper than planned: look at the needle first";
    case NP_WIRE_REASON_REVOKED:
        return ", as the plan was revoked at the executor";
    default:
        return "";
    }
}

static np_status end_of_link(const stream_session *s, const np_wire_sender_info *info, double timeout_s, np_error *err)
{
    const np_run_options *o = s->options;
    const char *trouble = np_link_trouble(s->link);
    if (info->reason == NP_WIRE_REASON_BUSY)
        return np_error_set(err, NP_ERR_DEVICE, "%s: %s", o->target, info->text);
    if (info->last_heard_us == 0)
        return np_error_set(err, NP_ERR_LINK, "%s: no executor answered within %g s%s%s; start it, or check the target",
                            o->target, timeout_s, trouble ? ": " : "", trouble ? trouble : "");
    return np_error_set(err, NP_ERR_LINK,
                        "%s: nothing was heard of the executor for %g s%s%s; %u of %u dots are %s; "
                        "%s",
                        o->target, timeout_s, trouble ? ": " : "", trouble ? trouble : "", s->state.done, s->n_dots,
                        what_is_done(s), how_to_go_on(s));
}

/* Trying on would be in vain: the two ends do not fit. */
static np_status end_of_failed_link(const stream_session *s, np_error *err)
{
    return np_error_set(err, NP_ERR_LINK, "%s: %s; %u of %u dots are %s", s->options->target, np_link_failure(s->link),
                        s->state.done, s->n_dots, what_is_done(s));
}

/* A stop that the executor did not answer: what it has begun since, nobody here knows. */
static np_status end_of_unanswered_stop(const stream_session *s, np_error *err)
{
    return np_error_set(err, NP_ERR_LINK,
                        "stopped, but %s has not said within %d s that it stands: look at the arm; as far as is known "
                        "%u of %u dots of session %d are %s, and it may have begun others, which the next run asks it; "
                        "%s",
                        s->options->target, SETTLE_US / 1000000, s->state.done, s->n_dots, s->options->session,
                        what_is_done(s), how_to_go_on(s));
}

static np_status end_of_stop(const stream_session *s, const np_wire_sender_info *info, np_error *err)
{
    if (s->held_cartridge)
        return stream_cartridge_end(s, err);
    return np_error_set(err, NP_ERR_STOPPED, "stopped%s: %u of %u dots of session %d are %s; %s",
                        who_stopped(info->reason), s->state.done, s->n_dots, s->options->session, what_is_done(s),
                        info->reason == NP_WIRE_REASON_REVOKED ? "to go on " STREAM_APPROVAL_ANEW : how_to_go_on(s));
}

/* Made here, and not begun or in doubt there: what the executor's journal has lost, a person's word gives back to it. */
static bool can_be_settled(const stream_session *s)
{
    for (uint32_t i = 0; i < s->n_differences && i < STREAM_SESSION_NAMED; i++)
        if (s->differences[i].executor > NP_WIRE_OUTCOME_IN_DOUBT)
            return false;
    return true;
}

/* An outcome without the text that explains it. */
static const char *in_a_word(uint32_t outcome)
{
    static const char *const words[] = {"not done", "in doubt",   "done",    "skipped",
                                        "too deep", "no contact", "left out"};
    _Static_assert(sizeof words / sizeof *words == NP_WIRE_OUTCOME_COUNT, "a word for each");
    return outcome < NP_WIRE_OUTCOME_COUNT ? words[outcome] : np_wire_outcome_text(outcome);
}

static np_status end_of_difference(const stream_session *s, np_error *err)
{
    char list[800] = "", ids[120] = "", advice[sizeof err->text] = "find out which of the two saw this patient";
    const np_run_options *o = s->options;
    size_t used = 0, n_ids = 0;
    for (uint32_t i = 0; i < s->n_differences && i < STREAM_SESSION_NAMED; i++) {
        used += (size_t)snprintf(list + used, sizeof list - used, "%sdot %u (%s here, %s there)", i ? ", " : "",
                                 s->differences[i].id, in_a_word(s->differences[i].known),
                                 in_a_word(s->differences[i].executor));
        n_ids += (size_t)snprintf(ids + n_ids, sizeof ids - n_ids, "%s%u", i ? "," : "", s->differences[i].id);
    }
    if (can_be_settled(s))
        snprintf(
            advice, sizeof advice,
            "the executor's journal has lost them, or is another's: look at the skin; if they are there, `needlepath "
            "review "
            "%s --session %d --to %s --done %s`, or the same run with --other-executor REASON for all at once",
            o->plan_path, o->session, o->target, ids);
    return np_error_set(
        err, NP_ERR_DEVICE,
        "the plan's journal and the executor's contradict each other on %u dots: %s%s; nothing was fired: %s",
        s->n_differences, list, s->n_differences > STREAM_SESSION_NAMED ? ", ..." : "", advice);
}

/* What was written down of the run so far is all that there is: it stops. */
static np_status end_without_journal(const stream_session *s, np_plan_run_state *out_ending, np_error *err)
{
    *out_ending = NP_PLAN_RUN_RUNNING;
    return np_error_prefix(err, np_error_pass(err, &s->journal_error), "the run was stopped");
}

static np_status end_of_failure(const stream_session *s, const np_wire_sender_info *info, np_plan_run_state *out_ending,
                                np_error *err)
{
    bool latched = info->executor_state == NP_WIRE_STATE_FAULT || info->executor_state == NP_WIRE_STATE_ESTOP;
    *out_ending = latched ? NP_PLAN_RUN_FAULT : NP_PLAN_RUN_REFUSED;
    if (s->n_differences)
        return end_of_difference(s, err);
    if (s->journal_error.status != NP_OK)
        return end_without_journal(s, out_ending, err);
    if (info->reason == NP_WIRE_REASON_RECORD && s->has_noted)
        return stream_whose_refused(s, info, err);
    char advice[sizeof err->text], place[sizeof err->text] = "";
    stream_approval_advise(s, info, advice, sizeof advice);
    if (info->reason == NP_WIRE_REASON_MOVED)
        stream_place_advise(s, place, sizeof place);
    return np_error_set(err, NP_ERR_DEVICE, "%s (%s) %s: %s%s; %u of %u dots are %s%s", s->options->target,
                        info->executor[0] ? info->executor : "the executor",
                        info->reason == NP_WIRE_REASON_ANSWER ? "gave an answer that cannot be true, and was held"
                        : latched                             ? "stands in fault and wants a person to reset it"
                                                              : "refused",
                        info->text, place, s->state.done, s->n_dots, what_is_done(s), advice);
}

/* What there is to say at the end of a run by itself. */
static np_status end_of_sender(const stream_session *s, const np_wire_sender_info *info, np_plan_run_state *out_ending,
                               np_error *err)
{
    if (info->phase == NP_WIRE_PHASE_DONE) {
        *out_ending = info->left ? NP_PLAN_RUN_PARTLY : NP_PLAN_RUN_DONE;
        return stream_session_end_of_review(s, err);
    }
    if (info->stopped) {
        *out_ending = NP_PLAN_RUN_ABORTED;
        return end_of_stop(s, info, err);
    }
    return end_of_failure(s, info, out_ending, err);
}

/* ---- the loop ---- */

/* Holds after which somebody has to look first, and then runs the session again. */
static bool ends_the_run(np_wire_reason reason)
{
    return reason == NP_WIRE_REASON_STOP || reason == NP_WIRE_REASON_DEPTH || reason == NP_WIRE_REASON_REVOKED;
}

/* Nothing moves at the executor on our word any more.  One that is looked for anew after it was armed may be at work still, until it has told. */
static bool has_come_to_rest(const stream_session *s, const np_wire_sender_info *info)
{
    if (info->phase < NP_WIRE_PHASE_ARMING)
        return !s->may_have_made || (info->compared && info->settled);
    return info->phase == NP_WIRE_PHASE_HOLDING && info->settled;
}

/* Why the loop ends. */
typedef enum ending {
    GOES_ON,
    BY_ITSELF,    /* the sender has finished */
    REVIEWED,     /* all verdicts were given */
    HELD,         /* on the operator's wish, or where somebody has to look first */
    UNANSWERED,   /* held on the operator's wish, and the executor does not say that it stands */
    LINK_UNFIT,   /* the two ends of the link do not fit */
    LINK_IS_QUIET /* longer than is waited for */
} ending;

static ending ending_of(const stream_session *s, const np_wire_sender_info *info, uint64_t now_us, double quiet_s,
                        double timeout_s)
{
    bool rests = info->phase == NP_WIRE_PHASE_HOLDING && info->settled;
    if (info->finished)
        return BY_ITSELF;
    if (s->options->n_verdicts && rests)
        return REVIEWED;
    if (rests && (ends_the_run(info->reason) || s->held_cartridge))
        return HELD;
    if (s->stopped_us && has_come_to_rest(s, info))
        return HELD;
    if (s->stopped_us && now_us - s->stopped_us >= SETTLE_US)
        return UNANSWERED;
    if (np_link_failure(s->link))
        return LINK_UNFIT;
    return quiet_s >= timeout_s ? LINK_IS_QUIET : GOES_ON;
}

static np_status end_of(const stream_session *s, ending why, const np_wire_sender_info *info, double timeout_s,
                        np_plan_run_state *out_ending, np_error *err)
{
    static const np_plan_run_state states[] = {[REVIEWED] = NP_PLAN_RUN_REVIEWED,
                                               [HELD] = NP_PLAN_RUN_HELD,
                                               [UNANSWERED] = NP_PLAN_RUN_LINK_LOST,
                                               [LINK_UNFIT] = NP_PLAN_RUN_LINK_LOST,
                                               [LINK_IS_QUIET] = NP_PLAN_RUN_LINK_LOST};
    if (why == BY_ITSELF)
        return end_of_sender(s, info, out_ending, err);
    *out_ending = states[why];
    switch (why) {
    case REVIEWED:
        return stream_session_end_of_review(s, err);
    case HELD:
        return end_of_stop(s, info, err);
    case UNANSWERED:
        return end_of_unanswered_stop(s, err);
    case LINK_UNFIT:
        return end_of_failed_link(s, err);
    default:
        return end_of_link(s, info, timeout_s, err);
    }
}

/* What the executor had made already is not this run's work. */
static void say_what_was_learnt(const stream_session *s)
{
    char text[120];
    if (!s->learnt || !s->options->log)
        return;
    snprintf(text, sizeof text,
             "%u dots were learnt from the executor's record: they were made before this run heard of them", s->learnt);
    s->options->log(s->options->report_context, text);
}

/* Brings the operator's wishes to the sender.  False: his lots could not be written down. */
static bool heed_operator(stream_session *s, const np_wire_sender_info *info, uint64_t now_us)
{
    if (info->compared && s->journal && !s->lots_noted && !s->options->n_verdicts && !stream_lots_note(s, info->next))
        return false;
    stream_cartridge_ask(s, info);
    if (info->compared)
        stream_cartridge_hold(s);
    if (!info->finished && is_news(s)) {
        s->stopped_us = now_us;
        np_wire_sender_hold(s->sender);
    }
    return true;
}

np_status stream_session_run(stream_session *s, np_plan_run_state *out_ending, np_wire_reason *out_reason,
                             np_error *err)
{
    const np_run_options *o = s->options;
    double timeout_s = o->connect_timeout_s > 0 ? o->connect_timeout_s : DEFAULT_TIMEOUT_S;
    uint64_t started_us = np_clock_us();
    *out_ending = NP_PLAN_RUN_REFUSED;
    *out_reason = NP_WIRE_REASON_NONE;
    s->stopped_us = s->turn_us = 0;
    np_status status = start_sender(s, err);
    if (status != NP_OK)
        return status;
    if (s->journal) {
        stream_lots_read(s);
        stream_cartridge_check_noted(s);
    }
    for (;;) {
        np_wire_sender_info info;
        s->turn_before_us = s->turn_us;
        s->turn_us = np_clock_us();
        stream_turn(s->link, s->sender, WAIT_US, s->stopped_us ? NULL : o->stop);
        np_wire_sender_get_info(s->sender, &info);
        stream_whose_meet(s, &info);
        uint64_t now = np_clock_us(), heard = info.last_heard_us > started_us ? info.last_heard_us : started_us;
        report(s, &info, now);
        *out_reason = info.reason;
        if (!heed_operator(s, &info, now))
            return end_without_journal(s, out_ending, err);
        ending why = ending_of(s, &info, now, now > heard ? (double)(now - heard) * 1e-6 : 0, timeout_s);
        if (why == GOES_ON)
            continue;
        say_what_was_learnt(s);
        return end_of(s, why, &info, timeout_s, out_ending, err);
    }
}
