/* Frames into the executor: what is believed, the handshake, and the requests of an authenticated sender. */
#include "protocol/private/executor.h"

#include <assert.h>
#include <string.h>

#include "protocol/private/print.h"

#define STRANGER_INTERVAL_US 100000 /* answers to frames that prove nothing */

/* ---- refusals ---- */

/* At most ten answers a second to frames that prove nothing, so that we amplify no flood. */
static bool may_answer_stranger(np_wire_executor *x, uint64_t now_us)
{
    if (x->last_stranger_us && now_us - x->last_stranger_us < STRANGER_INTERVAL_US)
        return false;
    x->last_stranger_us = now_us ? now_us : 1;
    return true;
}

static void refuse(np_wire_executor *x, const uint8_t *sender_nonce, np_wire_reason reason, const char *text)
{
    memset(&x->refused, 0, sizeof x->refused);
    if (sender_nonce)
        memcpy(x->refused.sender_nonce, sender_nonce, NP_WIRE_NONCE_BYTES);
    x->refused.reason = reason;
    wire_print(x->refused.text, sizeof x->refused.text, "%s", text ? text : np_wire_reason_text(reason));
    x->refused_in_epoch = x->refused_without_mac = false;
    x->answers |= WIRE_ANSWER_REFUSED;
}

/* ---- the handshake ---- */

/* Whether the two sides can talk at all.  Both versions and schemas are named, so that a person knows which
 * to update. */
static bool hello_fits(np_wire_executor *x, const np_wire_hello *hello)
{
    char text[NP_WIRE_TEXT_BYTES];
    if (hello->version != NP_WIRE_PROTOCOL_VERSION) {
        wire_print(text, sizeof text, "%.40s speaks version %d of the protocol, %.40s speaks %lu: update the older",
                   x->name, NP_WIRE_PROTOCOL_VERSION, hello->name, (unsigned long)hello->version);
        refuse(x, hello->nonce, NP_WIRE_REASON_VERSION, text);
        return false;
    }
    if (memcmp(hello->schema, x->schema, sizeof x->schema) != 0) {
        wire_print(text, sizeof text, "%.40s and %.40s have different message definitions: update the older", x->name,
                   hello->name);
        refuse(x, hello->nonce, NP_WIRE_REASON_SCHEMA, text);
        return false;
    }
    return true;
}

static void take_hello(np_wire_executor *x, uint64_t now_us, const np_wire_hello *hello)
{
    wire_pending *p = &x->pending;
    if (!hello_fits(x, hello))
        return;
    /* A late copy of the HELLO that opened the present epoch says nothing new. */
    if (x->established && memcmp(hello->nonce, x->hello.nonce, sizeof hello->nonce) == 0)
        return;
    if (wire_executor_is_armed(x) && !wire_executor_lease_is_over(x, now_us)) {
        refuse(x, hello->nonce, NP_WIRE_REASON_BUSY, NULL);
        return;
    }
    if (wire_executor_is_kept_from(x, now_us, hello)) {
        char text[NP_WIRE_TEXT_BYTES];
        wire_print(
            text, sizeof text,
            "a session of another plan, %.40s's, was held less than %d s ago: wait, or press the key at the executor",
            x->hello.name, NP_WIRE_KEPT_US / 1000000);
        refuse(x, hello->nonce, NP_WIRE_REASON_BUSY, text);
        return;
    }
    if (x->last_epoch == UINT32_MAX) {
        refuse(x, hello->nonce, NP_WIRE_REASON_JOURNAL,
               "the executor's journal has the last epoch that there is: a person has to look at it");
        return;
    }
    if (!p->valid || memcmp(&p->hello, hello, sizeof *hello) != 0) {
        p->hello = *hello;
        p->epoch = x->last_epoch + 1;
        x->config.random(x->config.context, p->nonce, sizeof p->nonce);
        wire_session_key(&x->link, hello, p->nonce, p->epoch, p->key);
        p->valid = true;
    }
    x->answers |= WIRE_ANSWER_WELCOME;
}

/* STOP, from whoever it comes; the log is rate-limited. */
static np_wire_status take_stop(np_wire_executor *x, uint64_t now_us)
{
    if (may_answer_stranger(x, now_us))
        wire_executor_say(x, "STOP received");
    wire_executor_enter_hold(x, NP_WIRE_REASON_STOP, NULL);
    return NP_WIRE_OK;
}

/* Frames of epoch 0: HELLO under the link key, STOP from anyone. */
static np_wire_status receive_stranger(np_wire_executor *x, uint64_t now_us, const np_wire_frame *frame,
                                       const uint8_t *bytes, size_t size)
{
    np_wire_message m;
    np_wire_status status = np_wire_message_decode(frame->type, frame->payload, frame->payload_size, &m, NULL);
    if (status != NP_WIRE_OK)
        return status;
    if (m.type == NP_WIRE_MSG_STOP)
        return take_stop(x, now_us);
    if (m.type != NP_WIRE_MSG_HELLO)
        return NP_WIRE_STALE;
    if (np_wire_frame_verify(bytes, size, x->link.hello_key) != NP_WIRE_OK) {
        x->refused_macs++;
        if (may_answer_stranger(x, now_us)) {
            refuse(x, m.u.hello.nonce, NP_WIRE_REASON_KEY,
                   x->link.present ? "the executor has another link key than the sender"
                                   : "the sender has a link key and the executor has none");
            x->refused_without_mac = true;
        }
        return NP_WIRE_MAC;
    }
    take_hello(x, now_us, &m.u.hello);
    return NP_WIRE_OK;
}

/* The first valid frame under the pending key: whoever sent it holds the link key now, not some time ago. The
 * new epoch begins, and whatever the old one had under way ends. */
static void confirm(np_wire_executor *x)
{
    assert(x->pending.epoch > x->epoch);
    np_wire_record record = {.kind = NP_WIRE_RECORD_EPOCH, .epoch = x->pending.epoch};
    wire_executor_enter_hold(x, NP_WIRE_REASON_RECONNECT, NULL);
    x->established = true;
    x->hello = x->pending.hello;
    x->epoch = x->last_epoch = x->pending.epoch;
    memcpy(x->key, x->pending.key, sizeof x->key);
    memcpy(record.token, x->pending.nonce, sizeof record.token);
    x->pending.valid = false;
    x->received_sequence = x->sent_sequence = 0;
    x->late_seen = 0;
    x->arm_request = x->end_request = x->review_request = 0;
    x->arm_waits = x->arm_granted = false;
    x->echo_us = 0;
    x->answers = 0;
    memcpy(record.digest, x->hello.digest, sizeof record.digest);
    record.session = (uint16_t)x->hello.session;
    if (wire_executor_is_latched(x))
        return; /* it may look, ask and acknowledge, no more */
    wire_executor_unload(x);
    if (!wire_executor_append(x, &record))
        return; /* now in FAULT, which the sender is told */
    wire_executor_set_state(x, NP_WIRE_STATE_AUTHENTICATED, NP_WIRE_REASON_NONE, NULL);
    if (!x->link.present && !x->config.link_knows_peers)
        wire_executor_say(x, "a sender connected, UNAUTHENTICATED");
}

/* ---- requests ---- */

/* Confirmed at the executor, and asked again. */
static void say_moved(np_wire_executor *x)
{
    char text[NP_WIRE_TEXT_BYTES];
    bool news = x->arm_reason != NP_WIRE_REASON_MOVED;
    x->arm_reason = NP_WIRE_REASON_MOVED;
    wire_executor_tell_moved(x, text);
    if (news)
        wire_executor_say(x, text);
}

static void take_arm(np_wire_executor *x, uint64_t now_us, uint32_t request, bool resume)
{
    np_wire_reason due = wire_executor_supply_due(x);
    np_wire_state wanted = resume ? NP_WIRE_STATE_HOLDING : NP_WIRE_STATE_LOADED;
    x->answers |= WIRE_ANSWER_ARMED;
    if (request < x->arm_request || (request == x->arm_request && (x->arm_granted || x->arm_waits)))
        return; /* a repetition: the answer stands */
    x->arm_request = request;
    x->arm_granted = x->arm_waits = false;
    if (wire_executor_is_latched(x))
        x->arm_reason = NP_WIRE_REASON_LATCHED;
    else if (!x->load_complete || x->state != wanted || x->busy || x->reloading || x->travelling)
        x->arm_reason = NP_WIRE_REASON_STATE;
    else if (x->revoked)
        x->arm_reason = NP_WIRE_REASON_REVOKED;
    else if (wire_executor_approval_is_over(x, &x->load.terms))
        x->arm_reason = NP_WIRE_REASON_EXPIRED;
    else if (x->next >= x->n_dots)
        x->arm_reason = NP_WIRE_REASON_SESSION_DONE;
    else if (x->moved_waits)
        say_moved(x);
    else if (!wire_executor_place_serves(x))
        x->arm_reason = NP_WIRE_REASON_PLACE; /* driven home, and asked again */
    else if (wire_executor_waits_for_supply(x, due))
        x->arm_reason = due; /* confirmed at the executor, and asked again: then the pedal */
    else if (wire_executor_only_asks(x))
        wire_executor_grant(x, now_us);
    else {
        /* Only an edge counts that comes from now on: a pedal that is held down must be released first. */
        x->arm_waits = true;
        x->arm_reason = NP_WIRE_REASON_PEDAL;
        char who[WIRE_EXECUTOR_WHO_BYTES], text[NP_WIRE_TEXT_BYTES];
        wire_print(text, sizeof text, "%s: ready: release the pedal, then press it", wire_executor_who(x, who));
        wire_executor_say(x, text);
    }
}

static void take_dots(np_wire_executor *x, const np_wire_dots *dots)
{
    uint32_t window = wire_executor_window(x), b = x->config.buffer_dots;
    x->events_due = true;
    for (uint32_t i = 0; i < dots->n; i++) {
        const np_wire_dot *dot = &dots->dots[i];
        if (dot->order < x->received || dot->order >= window || x->present[dot->order % b]) {
            x->duplicates++;
            continue;
        }
        assert(dot->order < x->n_dots);
        if (!wire_executor_keep_dot(x, dot, dots->stops))
            return;
        x->present[dot->order % b] = 1;
    }
    /* A slot counts as present only until the dots before it are here too; then `received` covers it. */
    while (x->received < window && x->present[x->received % b]) {
        x->present[x->received % b] = 0;
        x->received++;
    }
    wire_executor_verify_chunks(x);
}

static void take_heartbeat(np_wire_executor *x, const np_wire_heartbeat *heartbeat)
{
    uint32_t acknowledged = heartbeat->acknowledged < x->next ? heartbeat->acknowledged : x->next;
    if (acknowledged > x->acknowledged) {
        x->acknowledged = acknowledged;
        x->events_due = true;
    }
    x->echo_us = heartbeat->time_us;
}

/* A pose counts as still if it is near the one before, in place and in speed. */
static void take_pose(np_wire_executor *x, uint64_t now_us, const np_wire_tracking *pose)
{
    uint64_t time_us = now_us > pose->age_us ? now_us - pose->age_us : 0;
    const np_wire_executor_config *c = &x->config;
    if (x->pose_known && time_us <= x->pose_time_us)
        return;
    int64_t square = 0;
    for (int i = 0; i < 3; i++) {
        int64_t d = (int64_t)pose->pose.translation_um[i] - x->pose.pose.translation_um[i];
        square += d * d;
    }
    uint64_t step_us = time_us - x->pose_time_us, limit_um = c->pose_max_jump_um;
    /* In a second the speed allows more than any jump may have, or the jump is the tighter limit anyway. */
    uint64_t way_um = c->pose_max_speed_um_s * (step_us < 1000000 ? step_us : 1000000) / 1000000;
    limit_um = way_um < limit_um ? way_um : limit_um;
    x->pose_still = x->pose_known && (uint64_t)square <= limit_um * limit_um;
    x->pose = *pose;
    x->pose_time_us = time_us;
    x->pose_known = true;
}

static void take_abort(np_wire_executor *x)
{
    wire_executor_enter_hold(x, NP_WIRE_REASON_ABORT, NULL);
    if (wire_executor_is_latched(x))
        return;
    wire_executor_unload(x);
    wire_executor_set_state(x, NP_WIRE_STATE_AUTHENTICATED, NP_WIRE_REASON_ABORT, NULL);
}

static void take_end(np_wire_executor *x, uint32_t request)
{
    if (request > x->end_request && wire_executor_goes_home(x))
        return; /* answered when it is there; the sender asks again */
    x->answers |= WIRE_ANSWER_ENDED;
    if (request <= x->end_request)
        return;
    x->end_request = request;
    x->ended = (np_wire_ended){request, x->done, x->in_doubt - (x->busy && x->load_complete), x->other, x->left};
    wire_executor_enter_hold(x, NP_WIRE_REASON_NONE,
                             wire_executor_only_asks(x) ? "told what it reaches" : "the session has ended");
    if (wire_executor_is_latched(x))
        return;
    wire_executor_unload(x);
    wire_executor_set_state(x, NP_WIRE_STATE_AUTHENTICATED, NP_WIRE_REASON_NONE, NULL);
}

/* A person's verdict on a dot in doubt, or that one which was not punctured is to be fired again, written down before it counts. */
static void take_review(np_wire_executor *x, uint64_t now_us, const np_wire_review *review)
{
    x->answers |= WIRE_ANSWER_REVIEWED;
    if (review->request <= x->review_request)
        return;
    x->review_request = review->request;
    x->reviewed = (np_wire_reviewed){.request = review->request, .order = review->order};
    if (x->state != NP_WIRE_STATE_LOADED || x->arm_waits || x->load.air || x->load.only_reachable ||
        review->order >= x->n_dots) {
        x->reviewed.reason = NP_WIRE_REASON_STATE;
        return;
    }
    uint32_t before = np_wire_map_get(x->map, review->order);
    x->reviewed.outcome = before;
    bool again = review->outcome == NP_WIRE_OUTCOME_NONE && np_wire_outcome_can_be_taken_back(before);
    /* What is made by the other side's record, and not by ours, which was lost or is another's. */
    bool settles = review->outcome == NP_WIRE_OUTCOME_DONE && before == NP_WIRE_OUTCOME_NONE;
    if (before != NP_WIRE_OUTCOME_IN_DOUBT && !again && !settles)
        return;
    np_wire_record record = {.kind = NP_WIRE_RECORD_REVIEW,
                             .outcome = (uint8_t)review->outcome,
                             .session = (uint16_t)x->load.session,
                             .dot_id = review->id,
                             .order = review->order,
                             .epoch = x->epoch,
                             .time_us = now_us};
    memcpy(record.digest, x->load.digest, sizeof record.digest);
    /* Where the head was then is the place that the sender names. */
    bool placed =
        !settles || x->journal_pose_known || x->moved_waits || wire_executor_record_registration(x, now_us, false);
    if (!placed || !wire_executor_append(x, &record)) {
        x->reviewed.reason = NP_WIRE_REASON_STORAGE;
        return;
    }
    wire_executor_set_outcome(x, review->order, review->outcome);
    x->reviewed.outcome = review->outcome;
    /* A dot to be fired again comes first now. */
    if (review->outcome == NP_WIRE_OUTCOME_NONE && review->order < x->next)
        x->next = review->order;
    x->acknowledged = x->acknowledged < x->next ? x->acknowledged : x->next;
    wire_executor_skip_final(x);
    wire_executor_drop_buffer(x);
}

static void take_request(np_wire_executor *x, uint64_t now_us, const np_wire_message *m)
{
    switch (m->type) {
    case NP_WIRE_MSG_LOAD:
        wire_executor_take_load(x, &m->u.load);
        break;
    case NP_WIRE_MSG_CHUNKS:
        wire_executor_take_chunks(x, &m->u.chunks);
        break;
    case NP_WIRE_MSG_MAP:
        if (x->load_complete && m->u.map_request.first < x->n_dots) {
            x->map_first = m->u.map_request.first / NP_WIRE_MAP_DOTS * NP_WIRE_MAP_DOTS;
            x->answers |= WIRE_ANSWER_MAP;
        }
        break;
    case NP_WIRE_MSG_ARM:
    case NP_WIRE_MSG_RESUME:
        take_arm(x, now_us, m->u.arm.request, m->type == NP_WIRE_MSG_RESUME);
        break;
    case NP_WIRE_MSG_DOTS:
        take_dots(x, &m->u.dots);
        break;
    case NP_WIRE_MSG_HEARTBEAT:
        take_heartbeat(x, &m->u.heartbeat);
        break;
    case NP_WIRE_MSG_HOLD:
        wire_executor_enter_hold(x, NP_WIRE_REASON_HOLD, NULL);
        x->events_due = true;
        break;
    case NP_WIRE_MSG_STOP:
        wire_executor_enter_hold(x, NP_WIRE_REASON_STOP, NULL);
        break;
    case NP_WIRE_MSG_ABORT:
        take_abort(x);
        break;
    case NP_WIRE_MSG_ESTOP:
        np_wire_executor_estop(x, now_us);
        break;
    case NP_WIRE_MSG_POSE:
        take_pose(x, now_us, &m->u.tracking);
        break;
    case NP_WIRE_MSG_QUERY:
        x->answers |= WIRE_ANSWER_STATUS;
        break;
    case NP_WIRE_MSG_END:
        take_end(x, m->u.arm.request);
        break;
    case NP_WIRE_MSG_REVIEW:
        take_review(x, now_us, &m->u.review);
        break;
    case NP_WIRE_MSG_SUPPLIES:
        wire_executor_take_supplies(x, m->u.supplies_request.first);
        break;
    default: /* HELLO inside an epoch */
        x->bad_frames++;
    }
}

/* ---- frames ---- */

/* No frame counts twice, and nothing but dots (whose order does not matter) counts when it comes late: a HOLD
 * can not be undone by an ARM that was sent before it.  Bit i of late_seen: received_sequence - i was seen.
 */
static np_wire_status take_sequence(np_wire_executor *x, const np_wire_frame *frame)
{
    if (frame->sequence > x->received_sequence) {
        uint32_t step = frame->sequence - x->received_sequence;
        x->late_seen = (step < 64 ? x->late_seen << step : 0) | 1;
        x->received_sequence = frame->sequence;
        return NP_WIRE_OK;
    }
    uint32_t back = x->received_sequence - frame->sequence;
    if (frame->type != NP_WIRE_MSG_DOTS || back >= 64 || (x->late_seen >> back & 1))
        return NP_WIRE_STALE;
    x->late_seen |= UINT64_C(1) << back;
    return NP_WIRE_OK;
}

/* Which epoch a frame belongs to, proven by its MAC.  The pending one is taken over when it is proven. */
static np_wire_status authenticate(np_wire_executor *x, uint64_t now_us, const np_wire_frame *frame,
                                   const uint8_t *bytes, size_t size)
{
    if (x->established && frame->epoch == x->epoch) {
        if (np_wire_frame_verify(bytes, size, x->key) != NP_WIRE_OK) {
            x->refused_macs++;
            return NP_WIRE_MAC;
        }
        return take_sequence(x, frame);
    }
    if (x->pending.valid && frame->epoch == x->pending.epoch) {
        if (np_wire_frame_verify(bytes, size, x->pending.key) != NP_WIRE_OK) {
            x->refused_macs++;
            return NP_WIRE_MAC;
        }
        /* It was welcomed before the present sender armed: one sender at a time moves. */
        if ((wire_executor_is_armed(x) && !wire_executor_lease_is_over(x, now_us)) ||
            wire_executor_is_kept_from(x, now_us, &x->pending.hello))
            return NP_WIRE_STALE;
        confirm(x);
        return take_sequence(x, frame);
    }
    return NP_WIRE_STALE;
}

static np_wire_status receive_member(np_wire_executor *x, uint64_t now_us, const np_wire_frame *frame,
                                     const uint8_t *bytes, size_t size)
{
    char text[NP_WIRE_TEXT_BYTES];
    np_wire_message m;
    np_wire_status status = authenticate(x, now_us, frame, bytes, size);
    if (status != NP_WIRE_OK)
        return status;
    bool late = frame->sequence < x->received_sequence;
    /* The lease may have run out while nobody ticked; a frame that comes too late does not bring it back. */
    if (wire_executor_lease_is_over(x, now_us))
        wire_executor_enter_hold(x, NP_WIRE_REASON_LEASE, NULL);
    if (!late) {
        x->last_valid_us = now_us;
        x->lease_is_void = false;
    }
    status = np_wire_message_decode(frame->type, frame->payload, frame->payload_size, &m, text);
    if (status == NP_WIRE_OK && np_wire_message_is_from_executor(m.type))
        status = NP_WIRE_UNKNOWN;
    if (status != NP_WIRE_OK) {
        refuse(x, NULL, NP_WIRE_REASON_SCHEMA, text);
        x->refused_in_epoch = true;
        return status;
    }
    take_request(x, now_us, &m);
    return NP_WIRE_OK;
}

np_wire_status np_wire_executor_receive(np_wire_executor *x, uint64_t now_us, const uint8_t *frame, size_t size)
{
    np_wire_frame f;
    np_wire_status status = np_wire_frame_decode(frame, size, &f);
    x->frames++;
    if (status == NP_WIRE_OTHER_VERSION && may_answer_stranger(x, now_us)) {
        char text[NP_WIRE_TEXT_BYTES];
        wire_print(text, sizeof text, "%.40s speaks version %d of the protocol, the sender speaks %u: update the older",
                   x->name, NP_WIRE_PROTOCOL_VERSION, frame[0]);
        refuse(x, NULL, NP_WIRE_REASON_VERSION, text);
        x->refused_without_mac = true;
    }
    if (status == NP_WIRE_OK && f.from_executor)
        status = NP_WIRE_DIRECTION;
    if (status == NP_WIRE_OK)
        status = f.epoch ? receive_member(x, now_us, &f, frame, size) : receive_stranger(x, now_us, &f, frame, size);
    x->bad_frames += status != NP_WIRE_OK;
    wire_executor_check(x);
    return status;
}

np_wire_status np_wire_executor_receive_unlisted(np_wire_executor *x, uint64_t now_us, const uint8_t *frame,
                                                 size_t size)
{
    np_wire_frame f;
    np_wire_message m;
    np_wire_status status = np_wire_frame_decode(frame, size, &f);
    x->frames++;
    if (status == NP_WIRE_OK && f.from_executor)
        status = NP_WIRE_DIRECTION;
    if (status == NP_WIRE_OK && f.epoch)
        status = NP_WIRE_STALE;
    if (status == NP_WIRE_OK)
        status = np_wire_message_decode(f.type, f.payload, f.payload_size, &m, NULL);
    if (status == NP_WIRE_OK && m.type == NP_WIRE_MSG_STOP)
        return take_stop(x, now_us);
    x->bad_frames++;
    if (status != NP_WIRE_OK || m.type != NP_WIRE_MSG_HELLO)
        return status != NP_WIRE_OK ? status : NP_WIRE_STALE;
    x->refused_macs++;
    if (may_answer_stranger(x, now_us)) {
        refuse(x, m.u.hello.nonce, NP_WIRE_REASON_KEY,
               "the sender's CURVE key is not on the executor's list (--allow): it may only STOP");
        x->refused_without_mac = true;
    }
    return NP_WIRE_MAC;
}
