/* Frames into the sender: what each answer of the executor moves. */
#include "protocol/private/sender.h"

#include <stdio.h>
#include <string.h>

/* ---- the handshake ---- */

static void take_welcome(np_wire_sender *s, uint64_t now_us, const np_wire_welcome *w)
{
    if (s->phase != NP_WIRE_PHASE_CONNECTING || memcmp(w->sender_nonce, s->hello.nonce, sizeof s->hello.nonce) != 0)
        return; /* a late or foreign answer */
    if (!wire_sender_trusts_welcome(s, now_us, w))
        return;
    s->welcome = *w;
    s->epoch = w->epoch;
    wire_session_key(&s->link, &s->hello, w->nonce, w->epoch, s->key);
    s->received_sequence = s->sent_sequence = 0;
    s->request = 0;
    s->connects++;
    s->last_heard_us = s->silent_since_us = now_us;
    if (!w->durable)
        wire_sender_say(s, "the executor keeps its journal in memory only: it will not survive a restart there");
    if (s->config.load.terms.not_after_s && !w->clock)
        wire_sender_say(s, "the executor has no clock: when the approval ends is judged by this computer's");
    if (w->supplies == NP_WIRE_SUPPLIES_NONE && s->config.load.reload_every && !s->config.load.air)
        wire_sender_say(s, "the executor stops for no reload of pigment, which the plan wants: see to it yourself");
    wire_sender_enter(s, NP_WIRE_PHASE_LOADING);
}

static void take_refused(np_wire_sender *s, uint64_t now_us, const np_wire_refused *r, bool proven)
{
    static const uint8_t nobody[NP_WIRE_NONCE_BYTES];
    bool ours = memcmp(r->sender_nonce, s->hello.nonce, sizeof nobody) == 0;
    bool unreadable = r->reason == NP_WIRE_REASON_VERSION && memcmp(r->sender_nonce, nobody, sizeof nobody) == 0;
    if (s->phase != NP_WIRE_PHASE_CONNECTING || !(ours || unreadable))
        return;
    /* Without a shared key nothing can be proven; then only what explains itself is believed. */
    if (!proven && r->reason != NP_WIRE_REASON_KEY && r->reason != NP_WIRE_REASON_VERSION)
        return;
    if (r->reason == NP_WIRE_REASON_BUSY) {
        s->reason = NP_WIRE_REASON_BUSY; /* its lease may run out; we go on asking */
        snprintf(s->text, sizeof s->text, "%s", r->text);
        return;
    }
    wire_sender_fail(s, now_us, (np_wire_reason)r->reason, r->text);
}

static np_wire_status receive_outside(np_wire_sender *s, uint64_t now_us, const np_wire_frame *frame,
                                      const uint8_t *bytes, size_t size)
{
    np_wire_message m;
    bool proven = np_wire_frame_verify(bytes, size, s->link.hello_key) == NP_WIRE_OK;
    np_wire_status status = np_wire_message_decode(frame->type, frame->payload, frame->payload_size, &m, NULL);
    if (status != NP_WIRE_OK)
        return status;
    if (m.type == NP_WIRE_MSG_REFUSED) {
        take_refused(s, now_us, &m.u.refused, proven);
        return NP_WIRE_OK;
    }
    if (!proven)
        return NP_WIRE_MAC;
    if (m.type != NP_WIRE_MSG_WELCOME)
        return NP_WIRE_STALE;
    take_welcome(s, now_us, &m.u.welcome);
    return NP_WIRE_OK;
}

/* ---- loading and comparing ---- */

static void take_loaded(np_wire_sender *s, uint64_t now_us, const np_wire_loaded *l)
{
    if (s->phase != NP_WIRE_PHASE_LOADING)
        return;
    if (l->reason == NP_WIRE_REASON_STATE)
        return; /* a dot is still in progress there: asked again */
    if (!wire_sender_trusts_loaded(s, now_us, l))
        return;
    if (l->reason != NP_WIRE_REASON_NONE) {
        wire_sender_fail(s, now_us, (np_wire_reason)l->reason, l->text);
        return;
    }
    if (l->complete) {
        if (l->text[0])
            wire_sender_say(s, l->text);
        wire_sender_enter(s, NP_WIRE_PHASE_COMPARING);
        s->compared = 0;
        return;
    }
    /* 0 would mean that LOAD has not been answered yet. */
    s->chunks_held = l->chunks + 1;
    s->next_request_us = 0;
}

static void fail_storage(np_wire_sender *s, uint64_t now_us)
{
    s->storage_failed = true;
    wire_sender_fail(s, now_us, NP_WIRE_REASON_STORAGE, "the plan's journal could not be written");
}

static void fail_difference(np_wire_sender *s, uint64_t now_us)
{
    char text[NP_WIRE_TEXT_BYTES];
    snprintf(text, sizeof text, "the journals here and at the executor disagree on %lu dots (%.60s): nothing is fired",
             (unsigned long)s->differences, s->difference_text);
    wire_sender_fail(s, now_us, NP_WIRE_REASON_DIFFERENCE, text);
}

/* From here on the executor's journal knows what no other does: before anything is armed it is noted which one it is. */
static bool note_epoch(np_wire_sender *s)
{
    if (s->config.load.air)
        return true;
    memcpy(s->config.load.noted, s->welcome.nonce, sizeof s->config.load.noted);
    return !s->config.note || s->config.note(s->config.context, &s->welcome, s->supplies_behind);
}

/* All dots are compared and reviewed: where to go from here, once the supplies are compared as well. */
static void begin_session(np_wire_sender *s, uint64_t now_us)
{
    uint32_t o = 0, order, verdict;
    s->supplies_compared = s->supplies_compared || s->config.load.air;
    if (!s->supplies_compared || wire_sender_next_verdict(s, &order, &verdict))
        return;
    if (!note_epoch(s)) {
        fail_storage(s, now_us);
        return;
    }
    while (o < s->config.n_dots && np_wire_map_get(s->map, o) != NP_WIRE_OUTCOME_NONE)
        o++;
    s->acknowledged = o;
    s->sent_end = o < s->sent_end ? s->sent_end : o;
    s->has_compared = s->acknowledge_due = true;
    if (o == s->config.n_dots)
        wire_sender_enter(s, NP_WIRE_PHASE_ENDING);
    else
        wire_sender_enter(s, s->wants_hold ? NP_WIRE_PHASE_HOLDING : NP_WIRE_PHASE_ARMING);
}

static void take_map(np_wire_sender *s, uint64_t now_us, const np_wire_resume_info *r)
{
    uint32_t n = s->config.n_dots;
    if (s->phase != NP_WIRE_PHASE_COMPARING || !wire_sender_trusts_map(s, now_us, r) || r->first != s->compared ||
        s->compared == n)
        return; /* the last three: a repetition */
    for (uint32_t i = 0; i < r->n_dots; i++) {
        np_wire_event event = {.order = r->first + i, .outcome = np_wire_map_get(r->map, i)};
        uint32_t before = s->differences;
        if (!wire_sender_reconcile(s, &event) && s->differences == before) {
            fail_storage(s, now_us);
            return;
        }
    }
    if (!wire_sender_commit(s)) {
        fail_storage(s, now_us);
        return;
    }
    s->compared += r->n_dots;
    s->next_request_us = 0;
    if (s->compared < n)
        return;
    if (s->differences)
        fail_difference(s, now_us);
    else
        begin_session(s, now_us);
}

/* The verdict stands at the executor: in our journal too.  False: it cannot be written. */
static bool take_verdict(np_wire_sender *s, uint32_t order, uint32_t outcome)
{
    bool made = outcome == NP_WIRE_OUTCOME_DONE && np_wire_map_get(s->map, order) > NP_WIRE_OUTCOME_IN_DOUBT;
    if (made)
        return true; /* as it was before */
    wire_sender_set_outcome(s, order, outcome);
    return !s->config.reviewed || s->config.reviewed(s->config.context, order, s->config.dots[order].id, outcome);
}

static void take_reviewed(np_wire_sender *s, uint64_t now_us, const np_wire_reviewed *r)
{
    uint32_t order, verdict;
    if (s->phase != NP_WIRE_PHASE_COMPARING || r->request != s->request ||
        !wire_sender_next_verdict(s, &order, &verdict) || r->order != order)
        return;
    if (r->reason != NP_WIRE_REASON_NONE) {
        wire_sender_fail(s, now_us, (np_wire_reason)r->reason, NULL);
        return;
    }
    if (r->outcome != verdict) {
        wire_sender_say(s, "a dot under review was not in doubt at the executor: left as it is");
    } else if (!take_verdict(s, order, verdict)) {
        fail_storage(s, now_us);
        return;
    }
    wire_sender_note_told(s, order);
    s->request_open = false;
    s->next_request_us = 0;
    begin_session(s, now_us);
}

/* Every dot agrees, and no verdict is open. */
static bool dots_are_compared(const np_wire_sender *s)
{
    uint32_t order, verdict;
    return s->phase == NP_WIRE_PHASE_COMPARING && s->compared == s->config.n_dots && !s->differences &&
           !wire_sender_next_verdict(s, &order, &verdict);
}

static void take_supplied(np_wire_sender *s, uint64_t now_us, const np_wire_supplied *l)
{
    bool comparing = dots_are_compared(s);
    if (s->config.load.air || s->storage_failed || !(comparing || s->supplies_compared))
        return;
    if (comparing && s->config.settle && l->total + s->supplies_behind < s->supplies)
        s->supplies_behind = s->supplies - l->total;
    if (comparing && l->total + s->supplies_behind < s->supplies) {
        wire_sender_fail(s, now_us, NP_WIRE_REASON_DIFFERENCE,
                         "the executor knows of fewer reloads and needle changes than the plan's journal");
        return;
    }
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->first + i + s->supplies_behind != s->supplies)
            continue; /* a repetition */
        if (s->config.supply && !s->config.supply(s->config.context, s->supplies, &l->supplies[i])) {
            fail_storage(s, now_us);
            return;
        }
        s->supplies++;
        s->next_supplies_us = 0;
        if (comparing)
            s->next_request_us = 0;
    }
    if (comparing && l->total + s->supplies_behind == s->supplies) {
        s->supplies_compared = true;
        begin_session(s, now_us);
    }
}

/* ---- running ---- */

static bool asks_by_itself(const np_wire_sender *s, uint32_t reason)
{
    return s->config.ask_after_hold && !s->wants_hold &&
           (reason == NP_WIRE_REASON_LEASE || reason == NP_WIRE_REASON_TRACKING || reason == NP_WIRE_REASON_RECONNECT ||
            reason == NP_WIRE_REASON_PEDAL_RELEASED || reason == NP_WIRE_REASON_RELOAD ||
            reason == NP_WIRE_REASON_NEEDLE || reason == NP_WIRE_REASON_STATE);
}

/* It is armed, as ARMED says or EVENTS do. */
static void begin_running(np_wire_sender *s, uint64_t now_us)
{
    if (s->config.armed && !s->config.load.air && !s->config.armed(s->config.context)) {
        fail_storage(s, now_us);
        return;
    }
    wire_sender_enter(s, NP_WIRE_PHASE_RUNNING);
    wire_sender_forget_sent(s);
}

static void take_armed(np_wire_sender *s, uint64_t now_us, const np_wire_armed *a)
{
    if (s->phase != NP_WIRE_PHASE_ARMING || a->request != s->request || !s->request_open)
        return;
    if (a->granted) {
        begin_running(s, now_us);
        /* What EVENTS said before is about the time before; the next one counts. */
        s->events.state = NP_WIRE_STATE_ARMED;
        s->events.window = 0;
        return;
    }
    if (a->reason == NP_WIRE_REASON_REVOKED || a->reason == NP_WIRE_REASON_EXPIRED) {
        wire_sender_fail(s, now_us, (np_wire_reason)a->reason, a->text); /* asking on is in vain */
        return;
    }
    bool by_hand = a->reason == NP_WIRE_REASON_NEEDLE || a->reason == NP_WIRE_REASON_RELOAD ||
                   a->reason == NP_WIRE_REASON_PLACE || a->reason == NP_WIRE_REASON_MOVED;
    bool news = s->reason != (np_wire_reason)a->reason;
    s->reason = (np_wire_reason)a->reason;
    snprintf(s->text, sizeof s->text, "%s", a->text);
    if (by_hand && news)
        wire_sender_say(s, s->text);
    s->needle_refused = s->needle_refused || a->reason == NP_WIRE_REASON_NEEDLE;
    /* Somebody at the executor has to do something: asked with the same number until he has. */
    if (a->reason == NP_WIRE_REASON_PEDAL || by_hand)
        return;
    /* Withdrawn or out of place: a number arms at most once, so the next try takes a new one. */
    s->request_open = s->needle_refused = s->needle_asked = false;
    if (a->reason == NP_WIRE_REASON_SESSION_DONE) {
        wire_sender_enter(s, NP_WIRE_PHASE_COMPARING);
        s->compared = 0;
        s->supplies_compared = false;
    }
}

/* Outcomes from our acknowledgement on; earlier ones are repetitions. */
static void take_outcomes(np_wire_sender *s, uint64_t now_us, np_wire_events *e)
{
    for (uint32_t i = 0; i < e->n; i++) {
        np_wire_event *event = &e->events[i];
        event->order = e->first + i;
        if (event->order != s->acknowledged || event->order >= s->config.n_dots)
            continue;
        if (!wire_sender_reconcile(s, event)) {
            if (s->differences)
                fail_difference(s, now_us);
            else
                fail_storage(s, now_us);
            return;
        }
        s->acknowledged++;
        s->acknowledge_due = true;
        if (event->outcome == NP_WIRE_OUTCOME_TOO_DEEP)
            wire_sender_hold_too_deep(s);
    }
    if (!wire_sender_commit(s))
        fail_storage(s, now_us);
}

static void follow_state(np_wire_sender *s, uint64_t now_us)
{
    const np_wire_events *e = &s->events;
    bool moving = e->state == NP_WIRE_STATE_ARMED || e->state == NP_WIRE_STATE_RUNNING;
    if (e->state == NP_WIRE_STATE_FAULT || e->state == NP_WIRE_STATE_ESTOP) {
        wire_sender_fail(s, now_us, (np_wire_reason)e->reason, NULL);
    } else if (s->phase == NP_WIRE_PHASE_RUNNING && e->state == NP_WIRE_STATE_HOLDING) {
        bool again = asks_by_itself(s, e->reason);
        wire_sender_enter_holding(s, (np_wire_reason)e->reason);
        if (again)
            s->phase = NP_WIRE_PHASE_ARMING; /* for the same reason */
        wire_sender_say(s, s->text);
    } else if (s->phase == NP_WIRE_PHASE_ARMING && moving && !s->wants_hold) {
        begin_running(s, now_us);
    } else if (s->phase == NP_WIRE_PHASE_ARMING && s->wants_hold && !moving && !s->request_open) {
        wire_sender_enter_holding(s, NP_WIRE_REASON_HOLD);
    } else if (s->phase >= NP_WIRE_PHASE_ARMING && s->phase <= NP_WIRE_PHASE_HOLDING &&
               e->state <= NP_WIRE_STATE_AUTHENTICATED) {
        wire_sender_connect(s); /* it has lost the session: begin anew */
    }
}

/* It is asked for a needle from when the executor rests and all that it has made is told here: until then the next dot is a later one.
 * What it said before it refused to arm may be of an earlier dot, too. */
static void note_needle(np_wire_sender *s)
{
    const np_wire_events *e = &s->events;
    bool holds = e->state == NP_WIRE_STATE_HOLDING && e->reason == NP_WIRE_REASON_NEEDLE;
    bool moving = e->state == NP_WIRE_STATE_ARMED || e->state == NP_WIRE_STATE_RUNNING || e->busy;
    if (s->phase == NP_WIRE_PHASE_ARMING && (holds || s->needle_refused) && !moving && s->acknowledged == e->next)
        s->needle_asked = true;
}

static void take_events(np_wire_sender *s, uint64_t now_us, np_wire_events *e)
{
    if (s->distrusts || !wire_sender_trusts_events(s, now_us, e)) {
        s->events.state = e->state;
        s->events.busy = e->busy;
        return;
    }
    if (e->echo_us && e->echo_us != s->events.echo_us && now_us > e->echo_us) {
        uint64_t sample = now_us - e->echo_us;
        sample = sample < NP_WIRE_SILENCE_US ? sample : NP_WIRE_SILENCE_US; /* of a clock that jumped */
        s->round_trip_us = s->round_trip_us ? (7 * s->round_trip_us + sample) / 8 : sample;
    }
    bool compared =
        s->compared == s->config.n_dots && !s->differences && !s->storage_failed && s->phase != NP_WIRE_PHASE_COMPARING;
    s->events = *e;
    s->events_known = true;
    if (compared)
        take_outcomes(s, now_us, e);
    follow_state(s, now_us);
    note_needle(s);
    /* Also while it holds: a stop that came after the last dot leaves nothing to go on with. */
    bool at_it = s->phase >= NP_WIRE_PHASE_ARMING && s->phase <= NP_WIRE_PHASE_HOLDING;
    if (at_it && s->acknowledged == s->config.n_dots)
        wire_sender_enter(s, NP_WIRE_PHASE_ENDING);
}

/* The executor's own words on why it stands still. */
static void take_status(np_wire_sender *s, const np_wire_status_info *status)
{
    bool latched = status->state == NP_WIRE_STATE_FAULT || status->state == NP_WIRE_STATE_ESTOP;
    if (s->phase == NP_WIRE_PHASE_FAILED && latched && status->text[0]) {
        snprintf(s->text, sizeof s->text, "%s", status->text);
        s->asked_status = true;
    }
}

static void take_message(np_wire_sender *s, uint64_t now_us, np_wire_message *m)
{
    switch (m->type) {
    case NP_WIRE_MSG_LOADED:
        take_loaded(s, now_us, &m->u.loaded);
        break;
    case NP_WIRE_MSG_RESUME_INFO:
        take_map(s, now_us, &m->u.resume_info);
        break;
    case NP_WIRE_MSG_ARMED:
        take_armed(s, now_us, &m->u.armed);
        break;
    case NP_WIRE_MSG_EVENTS:
        take_events(s, now_us, &m->u.events);
        break;
    case NP_WIRE_MSG_STATUS:
        take_status(s, &m->u.status);
        break;
    case NP_WIRE_MSG_SUPPLIED:
        take_supplied(s, now_us, &m->u.supplied);
        break;
    case NP_WIRE_MSG_REVIEWED:
        take_reviewed(s, now_us, &m->u.reviewed);
        break;
    case NP_WIRE_MSG_ENDED:
        if (s->phase == NP_WIRE_PHASE_ENDING && m->u.ended.request == s->request &&
            wire_sender_trusts_ended(s, now_us, &m->u.ended))
            wire_sender_enter(s, NP_WIRE_PHASE_DONE);
        break;
    case NP_WIRE_MSG_REFUSED:
        wire_sender_fail(s, now_us, (np_wire_reason)m->u.refused.reason, m->u.refused.text);
        break;
    default:
        s->bad_frames++;
    }
}

/* ---- frames ---- */

static np_wire_status receive_inside(np_wire_sender *s, uint64_t now_us, const np_wire_frame *frame,
                                     const uint8_t *bytes, size_t size)
{
    char text[NP_WIRE_TEXT_BYTES];
    np_wire_message m;
    if (!s->epoch || frame->epoch != s->epoch)
        return NP_WIRE_STALE;
    if (np_wire_frame_verify(bytes, size, s->key) != NP_WIRE_OK)
        return NP_WIRE_MAC;
    if (frame->sequence <= s->received_sequence)
        return NP_WIRE_STALE;
    s->received_sequence = frame->sequence;
    s->last_heard_us = s->silent_since_us = now_us;
    np_wire_status status = np_wire_message_decode(frame->type, frame->payload, frame->payload_size, &m, text);
    if (status == NP_WIRE_OK && !np_wire_message_is_from_executor(m.type)) {
        snprintf(text, sizeof text, "%s is no message of an executor", np_wire_message_name(m.type));
        status = NP_WIRE_UNKNOWN;
    }
    if (status == NP_WIRE_OK)
        take_message(s, now_us, &m);
    else
        wire_sender_distrust(s, now_us, text);
    return status;
}

np_wire_status np_wire_sender_receive(np_wire_sender *s, uint64_t now_us, const uint8_t *frame, size_t size)
{
    np_wire_frame f;
    np_wire_status status = np_wire_frame_decode(frame, size, &f);
    wire_sender_note_time(s, now_us);
    if (status == NP_WIRE_OTHER_VERSION && s->phase == NP_WIRE_PHASE_CONNECTING) {
        char text[NP_WIRE_TEXT_BYTES];
        snprintf(text, sizeof text, "the executor speaks version %u of the protocol, %.40s speaks %d: update the older",
                 frame[0], s->name, NP_WIRE_PROTOCOL_VERSION);
        wire_sender_fail(s, now_us, NP_WIRE_REASON_VERSION, text);
    }
    if (status == NP_WIRE_OK && !f.from_executor)
        status = NP_WIRE_DIRECTION;
    if (status == NP_WIRE_OK)
        status = f.epoch ? receive_inside(s, now_us, &f, frame, size) : receive_outside(s, now_us, &f, frame, size);
    s->bad_frames += status != NP_WIRE_OK;
    wire_sender_check(s);
    return status;
}
