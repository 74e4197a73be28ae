/* Frames out of the sender: urgent first, then heartbeats, then the phase's request, then dots. */
#include "protocol/private/sender.h"

#include <assert.h>
#include <string.h>

#define HELLO_RETRY_US 150000
#define URGENT_RETRY_US 20000
#define REQUEST_RETRY_US 150000
#define ARM_RETRY_US 100000
#define ECHO_US 100000 /* at least so often the round trip is measured */
#define FIRST_RESEND_US 250000
#define RESEND_MARGIN_US 30000
#define ABORT_PATIENCE_US 1000000

static size_t pack(np_wire_sender *s, uint64_t now_us, const np_wire_message *m, uint8_t out_frame[NP_WIRE_FRAME_MAX])
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    np_wire_frame f = {.type = m->type, .epoch = s->epoch, .payload = payload};
    size_t size = 0;
    if (np_wire_message_encode(m, payload, sizeof payload, &f.payload_size) != NP_WIRE_OK)
        return 0;
    assert(s->epoch == 0 || s->sent_sequence < UINT32_MAX);
    f.sequence = s->epoch ? ++s->sent_sequence : ++s->hello_sequence;
    np_wire_frame_encode(&f, s->epoch ? s->key : s->link.hello_key, out_frame, &size);
    s->last_frame_us = now_us + (s->config.line_bytes_per_s ? size * 1000000ull / s->config.line_bytes_per_s : 0);
    return size;
}

static size_t pack_bare(np_wire_sender *s, uint64_t now_us, np_wire_message_type type, uint8_t *out_frame)
{
    np_wire_message m = {.type = (uint8_t)type};
    return pack(s, now_us, &m, out_frame);
}

/* How long an answer may take before a request is repeated. */
static uint64_t retry_us(const np_wire_sender *s)
{
    uint64_t patient = 3 * s->round_trip_us;
    return patient > REQUEST_RETRY_US ? patient : REQUEST_RETRY_US;
}

static uint64_t resend_us(const np_wire_sender *s)
{
    return s->round_trip_us ? 2 * s->round_trip_us + RESEND_MARGIN_US : FIRST_RESEND_US;
}

static bool is_moving(const np_wire_sender *s)
{
    return s->request_open || s->phase == NP_WIRE_PHASE_RUNNING || s->events.state == NP_WIRE_STATE_ARMED ||
           s->events.state == NP_WIRE_STATE_RUNNING;
}

/* ---- urgent ---- */

/* What the operator's wishes want sent now; 0: nothing. */
static np_wire_message_type urgent_type(np_wire_sender *s, uint64_t now_us)
{
    if (s->wants_estop)
        return s->events.state == NP_WIRE_STATE_ESTOP ? 0 : NP_WIRE_MSG_ESTOP;
    if (s->wants_abort && s->phase != NP_WIRE_PHASE_FAILED) {
        if (!s->abort_us)
            s->abort_us = now_us;
        /* Hold first, so that the last outcomes are still reported; then unload. */
        if (is_moving(s) || (!wire_sender_is_settled(s) && now_us - s->abort_us < ABORT_PATIENCE_US))
            return NP_WIRE_MSG_HOLD;
        return NP_WIRE_MSG_ABORT;
    }
    /* A run that failed on our side must not go on over there either. */
    return (s->wants_hold || s->phase == NP_WIRE_PHASE_FAILED) && is_moving(s) ? NP_WIRE_MSG_HOLD : 0;
}

static size_t send_urgent(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    np_wire_message_type type = urgent_type(s, now_us);
    if (!type || now_us < s->next_urgent_us) {
        s->urgent = s->urgent && type;
        return 0;
    }
    s->urgent = false;
    s->next_urgent_us = now_us + URGENT_RETRY_US;
    /* A request to arm that is still out is void now: its number is never used again. */
    if (s->phase == NP_WIRE_PHASE_ARMING)
        wire_sender_enter_holding(s, s->reason);
    s->request_open = false;
    size_t size = pack_bare(s, now_us, type, out_frame);
    if (type == NP_WIRE_MSG_ABORT && s->events_known && s->events.state <= NP_WIRE_STATE_AUTHENTICATED)
        wire_sender_fail(s, now_us, NP_WIRE_REASON_ABORT, NULL);
    return size;
}

bool np_wire_sender_is_urgent(const np_wire_sender *s)
{
    return s->urgent;
}

/* ---- heartbeats and poses ---- */

/* Any frame keeps the lease, so that where dots flow a heartbeat is only due for what it carries: the acknowledgement, and
 * the time that comes back as an echo. */
static uint64_t heartbeat_at(const np_wire_sender *s)
{
    uint64_t silent = s->last_frame_us + NP_WIRE_HEARTBEAT_US, echo = s->last_heartbeat_us + ECHO_US;
    uint64_t acknowledge = s->acknowledge_due ? s->last_heartbeat_us + s->config.acknowledge_us : UINT64_MAX;
    uint64_t at = silent < echo ? silent : echo;
    return acknowledge < at ? acknowledge : at;
}

static size_t send_heartbeat(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    if (now_us < heartbeat_at(s))
        return 0;
    np_wire_message m = {.type = NP_WIRE_MSG_HEARTBEAT};
    m.u.heartbeat.acknowledged = s->acknowledged;
    m.u.heartbeat.time_us = now_us;
    s->last_heartbeat_us = now_us;
    s->acknowledge_due = false;
    return pack(s, now_us, &m, out_frame);
}

static size_t send_pose(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    np_wire_message m = {.type = NP_WIRE_MSG_POSE};
    if (!s->pose_due)
        return 0;
    s->pose_due = false;
    m.u.tracking = s->pose;
    m.u.tracking.age_us = now_us > s->pose_time_us ? now_us - s->pose_time_us : 0;
    return pack(s, now_us, &m, out_frame);
}

/* ---- requests ---- */

static void fill_chunks(const np_wire_sender *s, np_wire_chunks *c)
{
    uint32_t count = np_wire_chunk_count(s->config.n_dots), first = s->chunks_held - 1;
    c->first = first;
    for (; c->n < NP_WIRE_HASHES_PER_FRAME && first + c->n < count; c->n++) {
        uint32_t chunk = first + c->n;
        np_wire_chunk_hash(s->config.load.session, chunk, s->config.dots + (size_t)chunk * NP_WIRE_CHUNK_DOTS,
                           np_wire_chunk_dots(s->config.n_dots, chunk), s->config.stops, c->hashes[c->n]);
    }
}

/* A new number for a request, or the one that is still unanswered. */
static uint32_t number(np_wire_sender *s)
{
    if (!s->request_open)
        s->request++;
    s->request_open = true;
    return s->request;
}

static bool fill_request(np_wire_sender *s, np_wire_message *m)
{
    switch (s->phase) {
    case NP_WIRE_PHASE_LOADING:
        if (s->chunks_held) {
            m->type = NP_WIRE_MSG_CHUNKS;
            fill_chunks(s, &m->u.chunks);
            return m->u.chunks.n > 0;
        }
        m->type = NP_WIRE_MSG_LOAD;
        m->u.load = s->config.load;
        if (s->welcome.supplies == NP_WIRE_SUPPLIES_NONE)
            m->u.load.reload_every = 0; /* said in words when we were welcomed */
        return true;
    case NP_WIRE_PHASE_COMPARING:
        if (s->compared < s->config.n_dots) {
            m->type = NP_WIRE_MSG_MAP;
            m->u.map_request.first = s->compared;
        } else if (!wire_sender_next_verdict(s, &m->u.review.order, &m->u.review.outcome)) {
            m->type = NP_WIRE_MSG_SUPPLIES;
            m->u.supplies_request.first = s->supplies - s->supplies_behind;
        } else {
            m->type = NP_WIRE_MSG_REVIEW;
            m->u.review.request = number(s);
            m->u.review.id = s->config.dots[m->u.review.order].id;
        }
        return true;
    case NP_WIRE_PHASE_ARMING:
        m->type = s->events.state == NP_WIRE_STATE_HOLDING ? NP_WIRE_MSG_RESUME : NP_WIRE_MSG_ARM;
        m->u.arm.request = number(s);
        return s->events_known && !s->wants_hold;
    case NP_WIRE_PHASE_ENDING:
        if (wire_sender_lacks_supplies(s))
            return false; /* after END nobody could tell them */
        m->type = NP_WIRE_MSG_END;
        m->u.arm.request = number(s);
        return true;
    case NP_WIRE_PHASE_FAILED:
        m->type = NP_WIRE_MSG_QUERY;
        return !s->asked_status && s->events_known && s->events.state >= NP_WIRE_STATE_FAULT;
    default:
        return false;
    }
}

static size_t send_request(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    np_wire_message m = {0};
    if (now_us < s->next_request_us || !fill_request(s, &m))
        return 0;
    s->next_request_us = now_us + (s->phase == NP_WIRE_PHASE_ARMING ? ARM_RETRY_US : retry_us(s));
    return pack(s, now_us, &m, out_frame);
}

/* Reloads and needle changes that EVENTS told of, beside whatever else is asked. */
static size_t send_supplies_request(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    np_wire_message m = {.type = NP_WIRE_MSG_SUPPLIES};
    if (!wire_sender_lacks_supplies(s) || now_us < s->next_supplies_us)
        return 0;
    s->next_supplies_us = now_us + retry_us(s);
    m.u.supplies_request.first = s->supplies - s->supplies_behind;
    return pack(s, now_us, &m, out_frame);
}

/* ---- dots ---- */

static bool is_received(const np_wire_events *e, uint32_t order)
{
    uint32_t i = order - e->received;
    return i < 8 * e->bitmap_size && (e->bitmap[i / 8] >> i % 8 & 1);
}

/* Bytes of a frame that a dot takes at most, without its stops. */
#define DOT_BYTES 82
#define LIST_BYTES 8 /* of the arrays around them */

/* Puts a dot and its stops into a frame.  False: there is no room left for it. */
static bool add_dot(const np_wire_sender *s, const np_wire_dot *dot, np_wire_dots *dots)
{
    uint32_t n = np_wire_dot_stop_count(dot), all = dots->n_stops + n;
    if (dots->n == s->config.dots_per_frame ||
        (dots->n > 0 &&
         (dots->n + 1) * DOT_BYTES + (size_t)all * NP_WIRE_STOP_RECORD_BYTES > NP_WIRE_PAYLOAD_MAX - LIST_BYTES))
        return false;
    assert(all <= NP_WIRE_DOT_STOPS);
    np_wire_dot *added = &dots->dots[dots->n++];
    *added = *dot;
    added->first_stop = dots->n_stops;
    for (uint32_t i = 0; i < n; i++)
        dots->stops[dots->n_stops++] = s->config.stops[dot->first_stop + i];
    return true;
}

/* The next dots that the executor has room for, does not have, and was not sent lately. */
static size_t send_dots(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    const np_wire_events *e = &s->events;
    np_wire_message m = {.type = NP_WIRE_MSG_DOTS};
    uint32_t end = e->window < s->config.n_dots ? e->window : s->config.n_dots;
    if (s->phase != NP_WIRE_PHASE_RUNNING || s->wants_hold || s->wants_abort || s->wants_estop)
        return 0;
    /* First it has to be heard which cartridge was put in: the owner holds if that is another's. */
    if (s->config.load.n_cartridges && wire_sender_lacks_supplies(s))
        return 0;
    /* Before the first dot of an arming: whatever is final by now was so before. */
    if (s->arming_is_new && e->window) {
        s->arming_is_new = false;
        s->sent_end = e->next;
    }
    for (uint32_t o = e->received; o < end && o - e->received < WIRE_SENDER_WINDOW; o++) {
        wire_sent *sent = &s->sent[o % WIRE_SENDER_WINDOW];
        bool before = sent->order == o && sent->at_us;
        if (is_received(e, o) || (before && now_us - sent->at_us < resend_us(s)))
            continue;
        assert(s->config.dots[o].order == o);
        if (!add_dot(s, &s->config.dots[o], &m.u.dots))
            break;
        s->sent_end = o < s->sent_end ? s->sent_end : o + 1;
        s->dots_resent += before;
        s->dots_sent++;
        *sent = (wire_sent){o, now_us ? now_us : 1};
    }
    return m.u.dots.n ? pack(s, now_us, &m, out_frame) : 0;
}

/* ---- in turn ---- */

static size_t send_hello(np_wire_sender *s, uint64_t now_us, uint8_t *out_frame)
{
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO};
    if (s->wants_abort || s->wants_estop) {
        /* Nobody there to be told. */
        wire_sender_fail(s, now_us, s->wants_estop ? NP_WIRE_REASON_ESTOP : NP_WIRE_REASON_ABORT, NULL);
        return 0;
    }
    s->urgent = false;
    if (now_us < s->next_request_us)
        return 0;
    s->next_request_us = now_us + HELLO_RETRY_US;
    m.u.hello = s->hello;
    return pack(s, now_us, &m, out_frame);
}

/* Silence: the executor is gone, or knows this epoch no more. */
static void check_silence(np_wire_sender *s, uint64_t now_us)
{
    if (now_us < s->silent_since_us || now_us - s->silent_since_us < NP_WIRE_SILENCE_US)
        return;
    if (s->phase == NP_WIRE_PHASE_FAILED)
        s->failing = false;
    else
        wire_sender_connect(s);
}

size_t np_wire_sender_send(np_wire_sender *s, uint64_t now_us, uint8_t out_frame[NP_WIRE_FRAME_MAX])
{
    size_t size;
    wire_sender_note_time(s, now_us);
    if (s->phase == NP_WIRE_PHASE_DONE || (s->phase == NP_WIRE_PHASE_FAILED && !s->failing))
        return 0;
    if (s->phase != NP_WIRE_PHASE_CONNECTING)
        check_silence(s, now_us);
    if (s->phase == NP_WIRE_PHASE_CONNECTING)
        return send_hello(s, now_us, out_frame);
    if (s->phase == NP_WIRE_PHASE_FAILED) {
        bool latched = s->events_known && s->events.state >= NP_WIRE_STATE_FAULT;
        bool told = wire_sender_is_settled(s) && (s->asked_status || !latched) && !s->acknowledge_due;
        if (told || now_us >= s->give_up_us)
            s->failing = false;
    }
    if ((size = send_urgent(s, now_us, out_frame)) || (size = send_heartbeat(s, now_us, out_frame)) ||
        (size = send_pose(s, now_us, out_frame)) || (size = send_request(s, now_us, out_frame)) ||
        (size = send_supplies_request(s, now_us, out_frame)))
        return size;
    wire_sender_check(s);
    return send_dots(s, now_us, out_frame);
}

uint64_t np_wire_sender_deadline(const np_wire_sender *s, uint64_t now_us)
{
    uint64_t at = s->next_request_us;
    if (s->phase == NP_WIRE_PHASE_DONE || (s->phase == NP_WIRE_PHASE_FAILED && !s->failing))
        return UINT64_MAX;
    if (s->urgent || s->pose_due)
        return now_us;
    if (s->phase != NP_WIRE_PHASE_CONNECTING) {
        uint64_t beat = heartbeat_at(s);
        bool asks = s->phase == NP_WIRE_PHASE_LOADING || s->phase == NP_WIRE_PHASE_COMPARING ||
                    s->phase == NP_WIRE_PHASE_ARMING ||
                    (s->phase == NP_WIRE_PHASE_ENDING && !wire_sender_lacks_supplies(s));
        at = asks && at < beat ? at : beat;
        if (wire_sender_lacks_supplies(s) && s->next_supplies_us < at)
            at = s->next_supplies_us;
    }
    return at > now_us ? at : now_us;
}
