/* A sender by hand, for tests that want to say a particular thing at a particular time to an executor (of
 * harness.h). */
#ifndef NP_TESTS_UNIT_PROTOCOL_PEER_H
#define NP_TESTS_UNIT_PROTOCOL_PEER_H

#include "../test.h"

#include "harness.h"
#include "protocol/private/keys.h"
#include "protocol/message.h"

typedef struct peer {
    job j;
    wire_link_key link;
    np_wire_hello hello;
    uint8_t key[32];
    uint32_t epoch, sequence;
    np_wire_message got[32]; /* the last message of each type */
    unsigned count[32];
} peer;

static inline np_wire_status peer_frame(peer *p, const uint8_t *bytes, size_t size)
{
    return np_wire_executor_receive(p->j.executor, p->j.now_us, bytes, size);
}

/* Seals M as a frame of an epoch. */
static inline size_t peer_seal(peer *p, const np_wire_message *m, uint32_t epoch, uint32_t sequence, const uint8_t *key,
                               uint8_t *out)
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    np_wire_frame f = {.type = m->type, .epoch = epoch, .sequence = sequence, .payload = payload};
    size_t size;
    (void)p;
    assert_int_equal(np_wire_message_encode(m, payload, sizeof payload, &f.payload_size), NP_WIRE_OK);
    assert_int_equal(np_wire_frame_encode(&f, key, out, &size), NP_WIRE_OK);
    return size;
}

static inline np_wire_status peer_send(peer *p, const np_wire_message *m)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    size_t size = p->epoch ? peer_seal(p, m, p->epoch, ++p->sequence, p->key, bytes)
                           : peer_seal(p, m, 0, 1, p->link.hello_key, bytes);
    return peer_frame(p, bytes, size);
}

static inline np_wire_status peer_say(peer *p, np_wire_message_type type)
{
    np_wire_message m = {.type = (uint8_t)type};
    return peer_send(p, &m);
}

static inline np_wire_status peer_ask(peer *p, np_wire_message_type type, uint32_t request)
{
    np_wire_message m = {.type = (uint8_t)type, .u.arm.request = request};
    return peer_send(p, &m);
}

/* Takes everything the executor has to say. */
static inline void peer_listen(peer *p)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    size_t size;
    for (int i = 0; i < 100 && (size = np_wire_executor_send(p->j.executor, p->j.now_us, bytes)) > 0; i++) {
        np_wire_frame f;
        assert_int_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_OK);
        assert_true(f.from_executor);
        if (f.epoch)
            assert_int_equal(np_wire_frame_verify(bytes, size, p->key), NP_WIRE_OK);
        np_wire_message m;
        assert_int_equal(np_wire_message_decode(f.type, f.payload, f.payload_size, &m, NULL), NP_WIRE_OK);
        p->got[f.type] = m;
        p->count[f.type]++;
    }
}

/* Lets time pass in steps of a millisecond, with heartbeats, ticks and motion. */
static inline void peer_wait(peer *p, unsigned ms, bool alive)
{
    for (unsigned i = 0; i < ms; i++) {
        p->j.now_us += 1000;
        if (alive && i % 20 == 0 && p->epoch) {
            np_wire_message m = {.type = NP_WIRE_MSG_HEARTBEAT};
            m.u.heartbeat.acknowledged = p->got[NP_WIRE_MSG_EVENTS].u.events.next;
            m.u.heartbeat.time_us = p->j.now_us;
            peer_send(p, &m);
        }
        if (p->j.motion_busy && p->j.now_us >= p->j.motion_end_us) {
            p->j.motion_busy = false;
            p->j.place = p->j.bound;
            np_wire_executor_motion_done(p->j.executor, p->j.now_us, NP_WIRE_OUTCOME_DONE, 700, 90);
        }
        job_moves_step(&p->j);
        np_wire_executor_tick(p->j.executor, p->j.now_us);
        peer_listen(p);
    }
}

static inline np_wire_executor_info peer_info(peer *p)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(p->j.executor, &info);
    return info;
}

static inline np_wire_state peer_state(peer *p)
{
    return peer_info(p).state;
}

static inline void peer_hello(peer *p)
{
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO};
    p->hello = (np_wire_hello){.version = NP_WIRE_PROTOCOL_VERSION, .session = p->j.plan.load.session, .name = "peer"};
    np_wire_schema_hash(p->hello.schema);
    memcpy(p->hello.key_id, p->link.id, sizeof p->hello.key_id);
    memcpy(p->hello.digest, p->j.plan.load.digest, sizeof p->hello.digest);
    random_fill(&p->j.random, p->hello.nonce, sizeof p->hello.nonce);
    m.u.hello = p->hello;
    p->epoch = p->sequence = 0;
    peer_send(p, &m);
    peer_listen(p);
}

static inline void peer_accept_welcome(peer *p)
{
    const np_wire_welcome *w = &p->got[NP_WIRE_MSG_WELCOME].u.welcome;
    assert_memory_equal(w->sender_nonce, p->hello.nonce, sizeof w->sender_nonce);
    p->epoch = w->epoch;
    wire_session_key(&p->link, &p->hello, w->nonce, w->epoch, p->key);
}

static inline void peer_connect(peer *p)
{
    peer_hello(p);
    peer_accept_welcome(p);
    peer_say(p, NP_WIRE_MSG_QUERY);
    peer_listen(p);
}

static inline void peer_load(peer *p)
{
    np_wire_message m = {.type = NP_WIRE_MSG_LOAD};
    m.u.load = p->j.plan.load;
    peer_send(p, &m);
    for (uint32_t c = 0; c < np_wire_chunk_count(p->j.plan.n); c++) {
        m = (np_wire_message){.type = NP_WIRE_MSG_CHUNKS};
        m.u.chunks.first = c;
        m.u.chunks.n = 1;
        np_wire_chunk_hash(p->j.plan.load.session, c, p->j.plan.dots + 64 * c, np_wire_chunk_dots(p->j.plan.n, c),
                           p->j.plan.stops, m.u.chunks.hashes[0]);
        peer_send(p, &m);
    }
    peer_listen(p);
}

static inline void peer_press(peer *p)
{
    np_wire_executor_pedal(p->j.executor, p->j.now_us, false);
    np_wire_executor_pedal(p->j.executor, p->j.now_us, true);
    peer_listen(p);
}

static inline void peer_dots(peer *p, uint32_t first, uint32_t n)
{
    while (n) {
        np_wire_message m = {.type = NP_WIRE_MSG_DOTS};
        for (; n && plan_put(&p->j.plan, first, &m.u.dots); n--)
            first++;
        peer_send(p, &m);
    }
    peer_listen(p);
}

/* The executor anew, with a configuration of the test's. */
static inline void peer_start(peer *p, const np_wire_executor_config *c)
{
    assert_int_equal(np_wire_executor_init(c, p->j.executor_memory, np_wire_executor_size(c), &p->j.executor),
                     NP_WIRE_OK);
    p->j.place = (job_place){JOB_AT_HOME, 0};
    np_wire_executor_at_home(p->j.executor, p->j.now_us);
}

/* The executor anew; whoever restarts it has driven the arm home. */
static inline void peer_restart(peer *p)
{
    p->j.place = (job_place){JOB_AT_HOME, 0};
    job_start_executor(&p->j);
}

/* An executor with N dots to do, not connected. */
static inline peer *peer_new(uint32_t n, const uint8_t *key)
{
    static const job_faults none = {.motion_us = 3000};
    peer *p = calloc(1, sizeof *p);
    job_init(&p->j, n, 42, &none);
    p->j.executor_key = key;
    wire_link_key_init(&p->link, key);
    job_start_executor(&p->j);
    /* The lease check of the skin needs the executor's time, which these tests set by hand. */
    p->j.last_frame_us = UINT64_MAX / 2;
    return p;
}

static inline peer *peer_new_loaded(uint32_t n)
{
    peer *p = peer_new(n, NULL);
    peer_connect(p);
    peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    return p;
}

static inline peer *peer_new_armed(uint32_t n)
{
    peer *p = peer_new_loaded(n);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    return p;
}

static inline void peer_free(peer *p)
{
    job_free(&p->j);
    free(p);
}

#endif
