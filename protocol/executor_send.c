/* Frames out of the executor: answers first, then EVENTS, which are its heartbeat. */
#include "protocol/private/executor.h"

#include <assert.h>
#include <string.h>

#include "protocol/private/print.h"

static size_t pack(np_wire_executor *x, const np_wire_message *m, uint32_t epoch, uint32_t *sequence,
                   const uint8_t *key, uint8_t out_frame[NP_WIRE_FRAME_MAX])
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    np_wire_frame f = {.type = m->type, .from_executor = true, .epoch = epoch, .payload = payload};
    size_t size = 0;
    if (np_wire_message_encode(m, payload, sizeof payload, &f.payload_size) != NP_WIRE_OK)
        return 0;
    f.sequence = ++*sequence;
    assert(epoch == 0 || epoch == x->epoch);
    np_wire_frame_encode(&f, key, out_frame, &size);
    assert(size > 0);
    (void)x; /* for the assertion */
    return size;
}

static void fill_welcome(const np_wire_executor *x, np_wire_welcome *w)
{
    w->version = NP_WIRE_PROTOCOL_VERSION;
    memcpy(w->schema, x->schema, sizeof w->schema);
    memcpy(w->sender_nonce, x->pending.hello.nonce, sizeof w->sender_nonce);
    memcpy(w->nonce, x->pending.nonce, sizeof w->nonce);
    w->epoch = x->pending.epoch;
    w->authenticated = x->link.present;
    w->state = x->state;
    w->buffer_dots = x->config.buffer_dots;
    w->max_dots = x->config.max_dots;
    w->durable = x->config.durable;
    memcpy(w->name, x->name, sizeof w->name);
    w->supplies = x->config.supplies;
    memcpy(w->identity, x->identity, sizeof w->identity);
    w->clock = wire_executor_has_clock(x);
}

static void fill_loaded(const np_wire_executor *x, np_wire_loaded *l)
{
    l->reason = x->load_reason;
    l->chunks = x->chunks_held;
    l->complete = x->load_complete;
    l->done = x->done;
    l->in_doubt = x->in_doubt;
    l->other = x->other;
    memcpy(l->text, x->load_text, sizeof l->text);
}

static void fill_status(const np_wire_executor *x, np_wire_status_info *s)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(x, &info);
    s->state = info.state;
    s->reason = info.reason;
    s->epoch = info.epoch;
    s->pedal = x->pedal;
    s->done = info.done;
    s->in_doubt = info.in_doubt;
    s->other = info.other;
    memcpy(s->text, info.text, sizeof s->text);
}

static void fill_map(const np_wire_executor *x, np_wire_resume_info *r)
{
    uint32_t left = x->n_dots - x->map_first;
    memcpy(r->digest, x->load.digest, sizeof r->digest);
    r->session = x->load.session;
    r->first = x->map_first;
    r->n_dots = left < NP_WIRE_MAP_DOTS ? left : NP_WIRE_MAP_DOTS;
    r->map_size = (uint32_t)NP_WIRE_MAP_BYTES(r->n_dots);
    memcpy(r->map, x->map + x->map_first / 2, r->map_size);
}

/* Which orders behind `received` are here as well. */
static void fill_bitmap(const np_wire_executor *x, np_wire_events *e)
{
    uint32_t window = wire_executor_window(x);
    for (uint32_t i = 1; x->received + i < window && i < 8 * NP_WIRE_BITMAP_BYTES; i++) {
        if (!x->present[(x->received + i) % x->config.buffer_dots])
            continue;
        e->bitmap[i / 8] |= (uint8_t)(1u << i % 8);
        e->bitmap_size = i / 8 + 1;
    }
}

static void fill_events(const np_wire_executor *x, np_wire_events *e)
{
    e->state = x->state;
    e->reason = x->reason;
    e->waiting = x->waiting;
    e->busy = x->busy;
    e->echo_us = x->echo_us;
    e->received = x->received;
    e->window = wire_executor_window(x);
    e->next = x->next;
    e->first = x->acknowledged;
    e->supplies = x->supplies;
    fill_bitmap(x, e);
    if (!x->load_complete)
        return;
    for (uint32_t o = x->acknowledged; o < x->next && e->n < NP_WIRE_EVENTS_PER_FRAME; o++) {
        const wire_detail *d = &x->details[o % x->config.buffer_dots];
        np_wire_event *event = &e->events[e->n++];
        event->outcome = np_wire_map_get(x->map, o);
        if (d->order != o)
            continue;
        event->time_us = d->time_us;
        event->depth_um = d->depth_um;
        event->force_mn = d->force_mn;
    }
}

/* Whom the pedal arms, or has armed; else why not. */
static void fill_armed_text(const np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES])
{
    char who[WIRE_EXECUTOR_WHO_BYTES];
    if (x->arm_granted)
        wire_print(out_text, NP_WIRE_TEXT_BYTES, "%s %s", wire_executor_granted(x), wire_executor_who(x, who));
    else if (x->arm_reason == NP_WIRE_REASON_PEDAL)
        wire_print(out_text, NP_WIRE_TEXT_BYTES, "the pedal arms %s", wire_executor_who(x, who));
    else if (x->arm_reason == NP_WIRE_REASON_MOVED)
        wire_executor_tell_moved(x, out_text);
    else
        strcpy(out_text, np_wire_reason_text(x->arm_reason));
}

/* The answers that need an epoch.  Clears what it fills in. */
static bool fill_answer(np_wire_executor *x, np_wire_message *m)
{
    unsigned bit = x->answers & ~(x->answers - 1); /* the lowest */
    x->answers &= ~bit;
    switch (bit) {
    case WIRE_ANSWER_REFUSED:
        m->type = NP_WIRE_MSG_REFUSED;
        m->u.refused = x->refused;
        return true;
    case WIRE_ANSWER_STATUS:
        m->type = NP_WIRE_MSG_STATUS;
        fill_status(x, &m->u.status);
        return true;
    case WIRE_ANSWER_ARMED:
        m->type = NP_WIRE_MSG_ARMED;
        m->u.armed.request = x->arm_request;
        m->u.armed.granted = x->arm_granted;
        m->u.armed.reason = x->arm_reason;
        fill_armed_text(x, m->u.armed.text);
        return x->arm_request > 0;
    case WIRE_ANSWER_LOADED:
        m->type = NP_WIRE_MSG_LOADED;
        fill_loaded(x, &m->u.loaded);
        return true;
    case WIRE_ANSWER_MAP:
        m->type = NP_WIRE_MSG_RESUME_INFO;
        fill_map(x, &m->u.resume_info);
        return x->load_complete;
    case WIRE_ANSWER_REVIEWED:
        m->type = NP_WIRE_MSG_REVIEWED;
        m->u.reviewed = x->reviewed;
        return x->review_request > 0;
    case WIRE_ANSWER_SUPPLIED:
        m->type = NP_WIRE_MSG_SUPPLIED;
        wire_executor_fill_supplied(x, &m->u.supplied);
        return x->load_complete;
    case WIRE_ANSWER_ENDED:
        m->type = NP_WIRE_MSG_ENDED;
        m->u.ended = x->ended;
        return x->end_request > 0;
    default:
        return false;
    }
}

/* WELCOME and REFUSED travel outside the epochs. */
static size_t send_to_stranger(np_wire_executor *x, uint8_t *out_frame)
{
    np_wire_message m = {0};
    if (x->answers & WIRE_ANSWER_WELCOME) {
        x->answers &= ~(unsigned)WIRE_ANSWER_WELCOME;
        m.type = NP_WIRE_MSG_WELCOME;
        fill_welcome(x, &m.u.welcome);
        return x->pending.valid ? pack(x, &m, 0, &x->hello_sequence, x->link.hello_key, out_frame) : 0;
    }
    if ((x->answers & WIRE_ANSWER_REFUSED) && !x->refused_in_epoch) {
        x->answers &= ~(unsigned)WIRE_ANSWER_REFUSED;
        m.type = NP_WIRE_MSG_REFUSED;
        m.u.refused = x->refused;
        return pack(x, &m, 0, &x->hello_sequence, x->refused_without_mac ? NULL : x->link.hello_key, out_frame);
    }
    return 0;
}

static uint64_t events_at(const np_wire_executor *x)
{
    if (x->events_urgent)
        return 0;
    return x->last_events_us + (x->events_due ? x->config.events_interval_us : NP_WIRE_HEARTBEAT_US);
}

size_t np_wire_executor_send(np_wire_executor *x, uint64_t now_us, uint8_t out_frame[NP_WIRE_FRAME_MAX])
{
    size_t size = send_to_stranger(x, out_frame);
    if (size || !x->established)
        return size;
    if (!x->events_urgent && !x->answers && now_us < events_at(x))
        return 0;
    wire_executor_sync(x); /* nothing is reported before it is durable; a failure is reported as the fault it is */
    np_wire_message m = {0};
    /* A change of state overtakes every answer. */
    if (!x->events_urgent) {
        while (x->answers)
            if (fill_answer(x, &m))
                return pack(x, &m, x->epoch, &x->sent_sequence, x->key, out_frame);
    }
    if (now_us < events_at(x))
        return 0;
    assert(!x->unsynced); /* a fault has taken the outcome back */
    m.type = NP_WIRE_MSG_EVENTS;
    fill_events(x, &m.u.events);
    /* More outcomes than fit one frame: the next follows soon. */
    x->events_due = m.u.events.n == NP_WIRE_EVENTS_PER_FRAME;
    x->events_urgent = false;
    x->last_events_us = now_us;
    return pack(x, &m, x->epoch, &x->sent_sequence, x->key, out_frame);
}

uint64_t np_wire_executor_deadline(const np_wire_executor *x, uint64_t now_us)
{
    uint64_t at = UINT64_MAX;
    if (x->answers || (x->established && x->events_urgent))
        return now_us;
    if (x->established)
        at = events_at(x);
    if ((wire_executor_is_armed(x) || x->arm_waits) && wire_executor_lease_is_over(x, now_us))
        at = now_us;
    else if ((wire_executor_is_armed(x) || x->arm_waits) && x->last_valid_us + NP_WIRE_LEASE_US < at)
        at = x->last_valid_us + NP_WIRE_LEASE_US;
    bool asks = wire_executor_is_armed(x) &&
                (wire_executor_has_to_ask(x) || (wire_executor_only_asks(x) && x->next < x->verified &&
                                                 x->next < x->acknowledged + x->config.buffer_dots));
    return at > now_us && !asks ? at : now_us;
}

size_t np_wire_stop_frame(uint8_t out_frame[NP_WIRE_FRAME_MAX])
{
    static const uint8_t nothing[1] = {0x90}; /* an empty msgpack array */
    np_wire_frame f = {.type = NP_WIRE_MSG_STOP, .payload = nothing, .payload_size = sizeof nothing};
    size_t size = 0;
    np_wire_frame_encode(&f, NULL, out_frame, &size);
    return size;
}
