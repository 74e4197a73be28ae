/* Who may move the arm: replay, reflection, stale epochs, forgery, and what a stranger can do (stop, and
 * nothing else). */
#include "peer.h"

static const uint8_t link_key[32] = {3, 1, 4, 1, 5};

/* A peer that holds the link key, with a session armed and everything it sent recorded. */
#define RECORDED 64

typedef struct tape {
    uint8_t bytes[RECORDED][NP_WIRE_FRAME_MAX];
    size_t size[RECORDED];
    unsigned n;
} tape;

static void record(peer *p, tape *t, const np_wire_message *m)
{
    t->size[t->n] = p->epoch ? peer_seal(p, m, p->epoch, ++p->sequence, p->key, t->bytes[t->n])
                             : peer_seal(p, m, 0, 1, p->link.hello_key, t->bytes[t->n]);
    assert_int_equal(peer_frame(p, t->bytes[t->n], t->size[t->n]), NP_WIRE_OK);
    t->n++;
    peer_listen(p);
}

static void record_session(peer *p, tape *t)
{
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO};
    peer_hello(p); /* one that is overtaken */
    p->epoch = 0;
    random_fill(&p->j.random, p->hello.nonce, sizeof p->hello.nonce);
    m.u.hello = p->hello;
    record(p, t, &m);
    peer_accept_welcome(p);
    m = (np_wire_message){.type = NP_WIRE_MSG_LOAD, .u.load = p->j.plan.load};
    record(p, t, &m);
    for (uint32_t c = 0; c < np_wire_chunk_count(p->j.plan.n); c++) {
        m = (np_wire_message){.type = NP_WIRE_MSG_CHUNKS, .u.chunks = {.first = c, .n = 1}};
        np_wire_chunk_hash(1, c, p->j.plan.dots + 64 * c, np_wire_chunk_dots(p->j.plan.n, c), p->j.plan.stops,
                           m.u.chunks.hashes[0]);
        record(p, t, &m);
    }
    m = (np_wire_message){.type = NP_WIRE_MSG_ARM, .u.arm.request = 1};
    record(p, t, &m);
    peer_press(p);
    for (uint32_t o = 0; o < p->j.plan.n;) {
        m = (np_wire_message){.type = NP_WIRE_MSG_DOTS};
        while (o < p->j.plan.n && plan_put(&p->j.plan, o, &m.u.dots))
            o++;
        record(p, t, &m);
    }
}

static void the_key_is_needed_and_enough(void **state)
{
    (void)state;
    static tape t;
    peer *p = peer_new(100, link_key);
    t.n = 0;
    record_session(p, &t);
    assert_true(peer_info(p).authenticated);
    peer_wait(p, 500, true);
    assert_int_equal(peer_info(p).done, 100);
    peer_free(p);
}

/* Everything that was ever sent, sent again: at once, while holding, in a later epoch. */
static void nothing_counts_twice(void **state)
{
    (void)state;
    static tape t;
    peer *p = peer_new(100, link_key);
    t.n = 0;
    record_session(p, &t);
    for (unsigned i = 1; i < t.n; i++)
        assert_int_equal(peer_frame(p, t.bytes[i], t.size[i]), NP_WIRE_STALE);
    peer_say(p, NP_WIRE_MSG_HOLD);
    for (unsigned i = 0; i < t.n; i++)
        peer_frame(p, t.bytes[i], t.size[i]);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).epoch, p->epoch);
    uint32_t old = p->epoch;
    peer_connect(p);
    assert_true(p->epoch > old);
    for (unsigned i = 0; i < t.n; i++)
        peer_frame(p, t.bytes[i], t.size[i]);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    assert_int_equal(peer_info(p).epoch, p->epoch);
    /* And after a restart of the executor, whose epochs go on from the journal. */
    peer_restart(p);
    for (unsigned i = 0; i < t.n; i++)
        assert_int_not_equal(peer_frame(p, t.bytes[i], t.size[i]) == NP_WIRE_OK && i > 0, true);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOCKED);
    peer_free(p);
}

static void a_late_frame_is_taken_once_and_only_if_it_carries_dots(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    uint8_t dots[NP_WIRE_FRAME_MAX], hold[NP_WIRE_FRAME_MAX];
    np_wire_message m = {.type = NP_WIRE_MSG_DOTS};
    assert_true(plan_put(&p->j.plan, 0, &m.u.dots));
    size_t dots_size = peer_seal(p, &m, p->epoch, ++p->sequence, p->key, dots);
    m = (np_wire_message){.type = NP_WIRE_MSG_ABORT};
    size_t hold_size = peer_seal(p, &m, p->epoch, ++p->sequence, p->key, hold);
    uint64_t seen = p->j.now_us;
    peer_say(p, NP_WIRE_MSG_QUERY);
    assert_int_equal(peer_frame(p, hold, hold_size), NP_WIRE_STALE);
    p->j.now_us += 60000;
    assert_int_equal(peer_frame(p, dots, dots_size), NP_WIRE_OK);
    assert_int_equal(peer_frame(p, dots, dots_size), NP_WIRE_STALE);
    /* It does not renew the lease. */
    np_wire_executor_tick(p->j.executor, seen + NP_WIRE_LEASE_US - 1);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    np_wire_executor_tick(p->j.executor, seen + NP_WIRE_LEASE_US);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    /* More than 64 frames late is too late for dots as well. */
    for (int i = 0; i < 70; i++)
        peer_say(p, NP_WIRE_MSG_QUERY);
    m = (np_wire_message){.type = NP_WIRE_MSG_DOTS};
    m.u.dots = (np_wire_dots){0};
    assert_true(plan_put(&p->j.plan, 1, &m.u.dots));
    dots_size = peer_seal(p, &m, p->epoch, p->sequence - 65, p->key, dots);
    assert_int_equal(peer_frame(p, dots, dots_size), NP_WIRE_STALE);
    peer_free(p);
}

static void our_own_frames_are_not_taken_back(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    size_t size;
    unsigned n = 0;
    for (int i = 0; i < 100; i++) {
        p->j.now_us += 5000;
        while ((size = np_wire_executor_send(p->j.executor, p->j.now_us, bytes))) {
            assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_DIRECTION);
            /* Turned round, its MAC does not hold. */
            bytes[2] ^= 1;
            uint32_t crc = np_wire_crc32c(bytes, size - 4);
            for (size_t k = 0; k < 4; k++)
                bytes[size - 4 + k] = (uint8_t)(crc >> (24 - 8 * k));
            assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_MAC);
            n++;
        }
    }
    assert_true(n > 10);
    peer_free(p);
}

/* A HELLO that somebody recorded brings a WELCOME and nothing more: the epoch changes only with a frame under
 * its new key. */
static void a_replayed_hello_changes_nothing(void **state)
{
    (void)state;
    static tape t;
    peer *p = peer_new(100, link_key);
    t.n = 0;
    record_session(p, &t);
    peer_say(p, NP_WIRE_MSG_HOLD);
    peer *copy = peer_new(1, link_key);
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO, .u.hello = p->hello};
    m.u.hello.nonce[0] ^= 1; /* recorded long ago, from the same holder of the key */
    uint8_t hello[NP_WIRE_FRAME_MAX];
    size_t size = peer_seal(copy, &m, 0, 1, copy->link.hello_key, hello);
    assert_int_equal(peer_frame(p, hello, size), NP_WIRE_OK);
    unsigned welcomes = p->count[NP_WIRE_MSG_WELCOME];
    peer_listen(p);
    assert_int_equal(p->count[NP_WIRE_MSG_WELCOME], welcomes + 1);
    assert_int_equal(peer_info(p).epoch, p->epoch);
    assert_int_equal(peer_say(p, NP_WIRE_MSG_QUERY), NP_WIRE_OK);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    peer_free(copy);
    peer_free(p);
}

/* One that was welcomed before the present sender armed may not take over while it runs. */
static void a_running_session_is_not_taken_over(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(100);
    np_wire_hello first = p->hello;
    uint32_t epoch = p->epoch, sequence = p->sequence;
    uint8_t key[32];
    memcpy(key, p->key, sizeof key);
    peer_hello(p);
    peer_accept_welcome(p);
    uint32_t second_epoch = p->epoch;
    uint8_t second_key[32];
    memcpy(second_key, p->key, sizeof key);
    p->hello = first, p->epoch = epoch, p->sequence = sequence;
    memcpy(p->key, key, sizeof key);
    peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    np_wire_message m = {.type = NP_WIRE_MSG_QUERY};
    size_t size = peer_seal(p, &m, second_epoch, 1, second_key, bytes);
    assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_STALE);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    /* Its lease over, the other may. */
    p->j.now_us += NP_WIRE_LEASE_US;
    assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_OK);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    peer_free(p);
}

/* Ten thousand attempts without the right key: nothing accepted, the session runs on, and STOP still works.
 */
static void forgery_gets_nowhere_and_stop_always_works(void **state)
{
    (void)state;
    static tape t;
    peer *p = peer_new(100, link_key);
    job_random r = {77};
    uint8_t bytes[NP_WIRE_FRAME_MAX], wrong[32];
    t.n = 0;
    record_session(p, &t);
    for (int i = 0; i < 10000; i++) {
        unsigned k = (unsigned)(random_next(&r) % t.n);
        size_t size = t.size[k];
        memcpy(bytes, t.bytes[k], size);
        if (i % 3 == 0) {
            /* Someone who knows the format and has another key. */
            np_wire_frame f;
            random_fill(&r, wrong, sizeof wrong);
            np_wire_frame_decode(t.bytes[k], size, &f);
            f.sequence = p->sequence + 1 + (uint32_t)(random_next(&r) % 100);
            f.epoch = i % 2 ? p->epoch : 0;
            assert_int_equal(np_wire_frame_encode(&f, wrong, bytes, &size), NP_WIRE_OK);
        } else {
            /* Someone who changes what he recorded and mends the checksum. */
            bytes[random_next(&r) % (size - 4)] ^= (uint8_t)(1u << random_next(&r) % 8);
            uint32_t crc = np_wire_crc32c(bytes, size - 4);
            for (size_t b = 0; b < 4; b++)
                bytes[size - 4 + b] = (uint8_t)(crc >> (24 - 8 * b));
        }
        assert_int_not_equal(peer_frame(p, bytes, size), NP_WIRE_OK);
    }
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    assert_true(peer_info(p).refused_macs > 5000);
    peer_listen(p);
    assert_true(p->count[NP_WIRE_MSG_REFUSED] <= 1); /* and the answers are few */
    assert_int_equal(peer_frame(p, bytes, np_wire_stop_frame(bytes)), NP_WIRE_OK);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_STOP);
    peer_free(p);
}

/* Somebody whom the link knows not to be on its list: even with every key of the frames he moves nothing, is told so few
 * times, and may stop. */
static void the_unlisted_may_stop_and_nothing_else(void **state)
{
    (void)state;
    static tape t;
    peer *p = peer_new(100, link_key);
    job_random r = {78};
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    t.n = 0;
    record_session(p, &t);
    np_wire_executor *x = p->j.executor;
    uint32_t epoch = peer_info(p).epoch;
    for (int i = 0; i < 10000; i++) {
        /* what was sent before, and new frames that are right in every bit */
        const np_wire_message_type types[] = {NP_WIRE_MSG_ABORT, NP_WIRE_MSG_ESTOP, NP_WIRE_MSG_HOLD,
                                              NP_WIRE_MSG_HEARTBEAT};
        np_wire_message m = {.type = (uint8_t)types[i % 4]};
        unsigned k = (unsigned)(random_next(&r) % t.n);
        size_t size = t.size[k];
        memcpy(bytes, t.bytes[k], size);
        if (i % 2)
            size = peer_seal(p, &m, p->epoch, p->sequence + 1 + (uint32_t)i, p->key, bytes);
        assert_int_not_equal(np_wire_executor_receive_unlisted(x, p->j.now_us, bytes, size), NP_WIRE_OK);
    }
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    assert_int_equal(peer_info(p).epoch, epoch);

    /* A new handshake is refused in words, and none is pending afterwards. */
    np_wire_message hello = {.type = NP_WIRE_MSG_HELLO, .u.hello = p->hello};
    peer_say(p, NP_WIRE_MSG_HOLD);
    hello.u.hello.nonce[0] ^= 1;
    peer_listen(p);
    unsigned welcomes = p->count[NP_WIRE_MSG_WELCOME], refusals = p->count[NP_WIRE_MSG_REFUSED];
    p->j.now_us += 1000000;
    for (int i = 0; i < 50; i++) {
        size_t size = peer_seal(p, &hello, 0, 1, p->link.hello_key, bytes);
        assert_int_equal(np_wire_executor_receive_unlisted(x, p->j.now_us, bytes, size), NP_WIRE_MAC);
        peer_listen(p);
    }
    assert_int_equal(p->count[NP_WIRE_MSG_WELCOME], welcomes);
    assert_int_equal(p->count[NP_WIRE_MSG_REFUSED], refusals + 1);
    assert_int_equal(p->got[NP_WIRE_MSG_REFUSED].u.refused.reason, NP_WIRE_REASON_KEY);
    assert_non_null(strstr(p->got[NP_WIRE_MSG_REFUSED].u.refused.text, "may only STOP"));
    peer_free(p);

    p = peer_new_armed(100);
    size_t size = np_wire_stop_frame(bytes);
    bytes[5] ^= 1; /* damaged */
    assert_int_equal(np_wire_executor_receive_unlisted(p->j.executor, p->j.now_us, bytes, size), NP_WIRE_CHECKSUM);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    assert_int_equal(np_wire_executor_receive_unlisted(p->j.executor, p->j.now_us, bytes, np_wire_stop_frame(bytes)),
                     NP_WIRE_OK);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_STOP);
    peer_free(p);
}

/* The sender's side of it: nobody else's word counts, and none counts twice. */
static void the_sender_believes_its_executor_only(void **state)
{
    (void)state;
    static const job_faults calm = {.pipe.delay_us = 500, .motion_us = 3000};
    job *j = malloc(sizeof *j);
    job_init(j, 200, 3, &calm);
    j->sender_key = j->executor_key = link_key;
    job_start(j);
    unsigned heard = 0;
    for (int i = 0; i < 2000; i++) {
        const job_packet *p;
        job_executor_step(j);
        while (pipe_take(&j->to_sender, j->now_us, &p)) {
            heard += np_wire_sender_receive(j->sender, j->now_us, p->bytes, p->size) == NP_WIRE_OK;
            np_wire_frame f;
            np_wire_frame_decode(p->bytes, p->size, &f);
            if (f.epoch)
                assert_int_equal(np_wire_sender_receive(j->sender, j->now_us, p->bytes, p->size), NP_WIRE_STALE);
            /* The same news from someone without the key, with a number that would be next. */
            uint8_t forged[NP_WIRE_FRAME_MAX], wrong[32] = {9};
            size_t size;
            f.sequence += 1000;
            np_wire_frame_encode(&f, wrong, forged, &size);
            assert_int_equal(np_wire_sender_receive(j->sender, j->now_us, forged, size), NP_WIRE_MAC);
            f.from_executor = false;
            np_wire_frame_encode(&f, wrong, forged, &size);
            assert_int_equal(np_wire_sender_receive(j->sender, j->now_us, forged, size), NP_WIRE_DIRECTION);
        }
        job_sender_step(j);
        job_advance(j);
    }
    assert_true(heard > 100);
    assert_string_equal(j->trouble, "");
    np_wire_sender_info info;
    np_wire_sender_get_info(j->sender, &info);
    assert_int_equal(info.phase, NP_WIRE_PHASE_DONE);
    job_free(j);
    free(j);
}

static void unknown_and_misplaced_messages_are_refused(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(10);
    uint8_t bytes[NP_WIRE_FRAME_MAX], payload[1] = {0x90};
    np_wire_frame f = {.type = 77, .epoch = p->epoch, .sequence = ++p->sequence, .payload = payload, .payload_size = 1};
    size_t size;
    np_wire_frame_encode(&f, p->key, bytes, &size);
    assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_UNKNOWN);
    peer_listen(p);
    assert_string_equal(p->got[NP_WIRE_MSG_REFUSED].u.refused.text, "message 77 is unknown");
    f.type = NP_WIRE_MSG_ARM, f.sequence = ++p->sequence;
    np_wire_frame_encode(&f, p->key, bytes, &size);
    assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_FORMAT);
    np_wire_message m = {.type = NP_WIRE_MSG_ENDED, .u.ended.request = 1}; /* an executor's word */
    assert_int_equal(peer_send(p, &m), NP_WIRE_UNKNOWN);
    assert_int_equal(peer_say(p, NP_WIRE_MSG_QUERY), NP_WIRE_OK);
    /* Outside an epoch only HELLO and STOP mean anything. */
    m = (np_wire_message){.type = NP_WIRE_MSG_ARM, .u.arm.request = 1};
    size = peer_seal(p, &m, 0, 1, p->link.hello_key, bytes);
    assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_STALE);
    size = peer_seal(p, &m, p->epoch + 5, 1, p->key, bytes);
    assert_int_equal(peer_frame(p, bytes, size), NP_WIRE_STALE);
    peer_free(p);
}

static void another_schema_or_version_is_refused_in_words(void **state)
{
    (void)state;
    peer *p = peer_new(10, link_key);
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO};
    peer_hello(p);
    m.u.hello = p->hello;
    m.u.hello.schema[0] ^= 1;
    peer_send(p, &m), peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_REFUSED].u.refused.reason, NP_WIRE_REASON_SCHEMA);
    m.u.hello = p->hello;
    m.u.hello.version = 1;
    peer_send(p, &m), peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_REFUSED].u.refused.reason, NP_WIRE_REASON_VERSION);
    assert_string_equal(p->got[NP_WIRE_MSG_REFUSED].u.refused.text,
                        "harness 1 speaks version 2 of the protocol, peer speaks 1: update the older");
    peer_free(p);
}

static void every_input_changes_the_session_key(void **state)
{
    (void)state;
    wire_link_key a, b;
    np_wire_hello hello = {.session = 1};
    uint8_t nonce[16] = {0}, base[32], other[32];
    wire_link_key_init(&a, link_key);
    wire_link_key_init(&b, NULL);
    wire_session_key(&a, &hello, nonce, 1, base);
    wire_session_key(&b, &hello, nonce, 1, other);
    assert_memory_not_equal(base, other, 32);
    wire_session_key(&a, &hello, nonce, 2, other);
    assert_memory_not_equal(base, other, 32);
    nonce[15] = 1, wire_session_key(&a, &hello, nonce, 1, other), nonce[15] = 0;
    assert_memory_not_equal(base, other, 32);
    hello.nonce[0] = 1, wire_session_key(&a, &hello, nonce, 1, other), hello.nonce[0] = 0;
    assert_memory_not_equal(base, other, 32);
    hello.digest[31] = 1, wire_session_key(&a, &hello, nonce, 1, other), hello.digest[31] = 0;
    assert_memory_not_equal(base, other, 32);
    hello.session = 2, wire_session_key(&a, &hello, nonce, 1, other);
    assert_memory_not_equal(base, other, 32);
    uint8_t none[8] = {0};
    assert_memory_equal(b.id, none, 8);
    assert_memory_not_equal(a.id, none, 8);
}

/* After the last epoch that there is nobody is welcomed: number 0 is outside of any. */
static void epochs_do_not_wrap(void **state)
{
    (void)state;
    peer *p = peer_new(10, NULL);
    np_wire_record last = {.kind = NP_WIRE_RECORD_EPOCH, .session = 1, .epoch = UINT32_MAX - 1};
    last.serial = (uint32_t)(p->j.file_size / NP_WIRE_RECORD_BYTES); /* behind its identity */
    uint8_t bytes[NP_WIRE_RECORD_BYTES];
    np_wire_record_encode(&last, bytes);
    storage_append(&p->j, bytes, sizeof bytes), storage_sync(&p->j);
    peer_restart(p);
    peer_connect(p);
    assert_int_equal(peer_info(p).epoch, UINT32_MAX);
    peer_hello(p);
    assert_int_equal(p->got[NP_WIRE_MSG_REFUSED].u.refused.reason, NP_WIRE_REASON_JOURNAL);
    assert_int_equal(peer_info(p).epoch, UINT32_MAX);
    peer_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_is_needed_and_enough),
        cmocka_unit_test(nothing_counts_twice),
        cmocka_unit_test(a_late_frame_is_taken_once_and_only_if_it_carries_dots),
        cmocka_unit_test(our_own_frames_are_not_taken_back),
        cmocka_unit_test(a_replayed_hello_changes_nothing),
        cmocka_unit_test(a_running_session_is_not_taken_over),
        cmocka_unit_test(forgery_gets_nowhere_and_stop_always_works),
        cmocka_unit_test(the_unlisted_may_stop_and_nothing_else),
        cmocka_unit_test(the_sender_believes_its_executor_only),
        cmocka_unit_test(unknown_and_misplaced_messages_are_refused),
        cmocka_unit_test(another_schema_or_version_is_refused_in_words),
        cmocka_unit_test(every_input_changes_the_session_key),
        cmocka_unit_test(epochs_do_not_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
