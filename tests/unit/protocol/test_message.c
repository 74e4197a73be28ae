/* Messages and the reader below them. */
#include "../test.h"

#include <msgpack.h>
#include <stdio.h>

#include "protocol/message.h"
#include "protocol/private/reader.h"

static uint64_t random_state = 1;

static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static size_t encode(const np_wire_message *m, uint8_t *out)
{
    size_t size;
    assert_int_equal(np_wire_message_encode(m, out, NP_WIRE_PAYLOAD_MAX, &size), NP_WIRE_OK);
    return size;
}

static np_wire_dot a_dot(uint32_t order)
{
    return (np_wire_dot){.id = 4000000000u - order,
                         .order = order,
                         .position_um = {-399999, 399999, (int32_t)order},
                         .normal_ppm = {order % 2 ? 1000000 : -1000000, 0, 0},
                         .axis_ppm = {0, order % 2 ? -1000000 : 1000000, 0},
                         .depth_um = 700,
                         .dwell_us = 30000,
                         .tone_ppm = 1000000};
}

/* One message of every type, with values at both ends of what is allowed. */
static np_wire_message sample(uint8_t type, bool full)
{
    np_wire_message m = {.type = type};
    switch (type) {
    case NP_WIRE_MSG_HELLO:
        m.u.hello = (np_wire_hello){.version = 1, .session = full ? 8 : 1, .nonce = {1, 2}, .digest = {3}};
        memset(m.u.hello.name, full ? 'n' : 0, NP_WIRE_NAME_BYTES - 1);
        break;
    case NP_WIRE_MSG_WELCOME:
        m.u.welcome = (np_wire_welcome){
            .version = 1, .epoch = full ? UINT32_MAX : 1, .authenticated = full, .buffer_dots = 64, .max_dots = 1};
        break;
    case NP_WIRE_MSG_REFUSED:
        m.u.refused = (np_wire_refused){.reason = NP_WIRE_REASON_KEY, .text = "no"};
        break;
    case NP_WIRE_MSG_LOAD:
        m.u.load = (np_wire_load){.session = 1, .n_sessions = full ? 8 : 1, .registration = {{1000000}, {-1, 2, 3}}};
        m.u.load.sessions[0].n_dots = NP_WIRE_MAX_DOTS;
        m.u.load.limits = np_wire_limits_default();
        break;
    case NP_WIRE_MSG_CHUNKS:
        m.u.chunks.n = full ? NP_WIRE_HASHES_PER_FRAME : 1;
        m.u.chunks.hashes[0][31] = 9;
        break;
    case NP_WIRE_MSG_LOADED:
        m.u.loaded = (np_wire_loaded){.chunks = 3, .complete = full, .done = 5, .text = "fine"};
        break;
    case NP_WIRE_MSG_RESUME_INFO:
        m.u.resume_info = (np_wire_resume_info){.session = 1, .n_dots = 1, .map_size = full ? 512 : 1};
        break;
    case NP_WIRE_MSG_ARM:
    case NP_WIRE_MSG_RESUME:
    case NP_WIRE_MSG_END:
        m.u.arm.request = full ? UINT32_MAX : 1;
        break;
    case NP_WIRE_MSG_ARMED:
        m.u.armed = (np_wire_armed){.request = 1, .granted = full, .text = "go"};
        break;
    case NP_WIRE_MSG_DOTS:
        m.u.dots.n = full ? NP_WIRE_DOTS_PER_FRAME : 1;
        for (uint32_t i = 0; i < m.u.dots.n; i++)
            m.u.dots.dots[i] = a_dot(i * 1000);
        break;
    case NP_WIRE_MSG_EVENTS:
        m.u.events = (np_wire_events){.state = NP_WIRE_STATE_RUNNING, .echo_us = full ? INT64_MAX : 0};
        m.u.events.n = full ? NP_WIRE_EVENTS_PER_FRAME : 0;
        m.u.events.bitmap_size = full ? NP_WIRE_BITMAP_BYTES : 0;
        for (uint32_t i = 0; i < m.u.events.n; i++)
            m.u.events.events[i] = (np_wire_event){
                .outcome = 1 + i % 5, .time_us = INT64_MAX, .depth_um = INT32_MIN, .force_mn = INT32_MAX};
        break;
    case NP_WIRE_MSG_HEARTBEAT:
        m.u.heartbeat = (np_wire_heartbeat){full ? NP_WIRE_MAX_DOTS : 0, 123456789};
        break;
    case NP_WIRE_MSG_POSE:
        m.u.tracking = (np_wire_tracking){.age_us = 5, .quality_ppm = 1000000, .pose = {{0, -1000000}, {9}}};
        break;
    case NP_WIRE_MSG_STATUS:
        m.u.status = (np_wire_status_info){.state = NP_WIRE_STATE_ESTOP, .text = "pressed"};
        break;
    case NP_WIRE_MSG_ENDED:
        m.u.ended = (np_wire_ended){1, 2, 3, 4, 5};
        break;
    case NP_WIRE_MSG_REVIEW:
        m.u.review = (np_wire_review){1, 2, 3, NP_WIRE_OUTCOME_DONE};
        break;
    case NP_WIRE_MSG_REVIEWED:
        m.u.reviewed = (np_wire_reviewed){1, 2, NP_WIRE_OUTCOME_TOO_DEEP, 0};
        break;
    case NP_WIRE_MSG_SUPPLIES:
        m.u.supplies_request.first = full ? UINT32_MAX : 0;
        break;
    case NP_WIRE_MSG_SUPPLIED:
        m.u.supplied =
            (np_wire_supplied){.total = full ? UINT32_MAX : 0, .first = 3, .n = full ? NP_WIRE_SUPPLIES_PER_FRAME : 0};
        for (uint32_t i = 0; i < m.u.supplied.n; i++)
            m.u.supplied.supplies[i] =
                (np_wire_supply){1 + i % 2, NP_WIRE_MAX_DOTS, INT64_MAX, "Gr\xc3\xb6\xc3\x9f\x65 7/24-A"};
        break;
    default:
        break;
    }
    return m;
}

static void every_message_comes_back(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        for (uint8_t type = 1; type <= 27; type++) {
            uint8_t bytes[NP_WIRE_PAYLOAD_MAX], again[NP_WIRE_PAYLOAD_MAX];
            char text[NP_WIRE_TEXT_BYTES];
            np_wire_message m = sample(type, full), back;
            size_t size = encode(&m, bytes);
            if (np_wire_message_decode(type, bytes, size, &back, text) != NP_WIRE_OK)
                fail_msg("%s: %s", np_wire_message_name(type), text);
            assert_int_equal(encode(&back, again), size);
            assert_memory_equal(bytes, again, size);
        }
    }
}

static void dots_and_events_keep_every_value(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_PAYLOAD_MAX];
    np_wire_message m = sample(NP_WIRE_MSG_DOTS, true), back;
    size_t size = encode(&m, bytes);
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_OK);
    assert_memory_equal(back.u.dots.dots, m.u.dots.dots, sizeof m.u.dots.dots);
    m = sample(NP_WIRE_MSG_EVENTS, true);
    size = encode(&m, bytes);
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_OK);
    assert_memory_equal(&back.u.events, &m.u.events, sizeof m.u.events);
}

/* Neighbouring dots travel as differences: a slow line carries 200 of them a second. */
static void a_dot_among_its_neighbours_is_small(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_PAYLOAD_MAX];
    np_wire_message m = {.type = NP_WIRE_MSG_DOTS};
    m.u.dots.n = 10;
    for (int i = 0; i < 10; i++)
        m.u.dots.dots[i] = (np_wire_dot){.id = 5000u + (uint32_t)(i * 37 % 11) * 90,
                                         .order = 700u + (uint32_t)i,
                                         .position_um = {40000 + 1500 * i, 20000 - 900 * i, 95000 - 300 * i},
                                         .normal_ppm = {500000 + 15000 * i, 250000 - 9000 * i, 829000 - 7000 * i},
                                         .axis_ppm = {-500000 - 11000 * i, -150000 + 9000 * i, -850000 + 7000 * i},
                                         .depth_um = 650 + i,
                                         .dwell_us = 30000,
                                         .tone_ppm = 600000 - 900 * i};
    assert_in_range(encode(&m, bytes), 1, 10 * 44);
}

static void a_field_out_of_range_refuses_the_message(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_PAYLOAD_MAX];
    size_t size;
    np_wire_message m = sample(NP_WIRE_MSG_HELLO, false);
    m.u.hello.session = 0;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
    m = sample(NP_WIRE_MSG_DOTS, false);
    m.u.dots.dots[0].id = 0;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
    m.u.dots.n = NP_WIRE_DOTS_PER_FRAME + 1;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
    m = sample(NP_WIRE_MSG_EVENTS, true);
    m.u.events.events[3].outcome = 0;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
    m = sample(NP_WIRE_MSG_EVENTS, false);
    m.u.events.echo_us = UINT64_MAX;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
    m = sample(NP_WIRE_MSG_LOAD, false);
    m.u.load.sessions[0].n_dots = NP_WIRE_MAX_DOTS + 1;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
    m = sample(NP_WIRE_MSG_RESUME_INFO, true);
    m.u.resume_info.map_size++;
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
}

static np_wire_status decode_array(uint8_t type, const int64_t *values, int n, char *text)
{
    msgpack_sbuffer b;
    msgpack_packer pk;
    np_wire_message m;
    msgpack_sbuffer_init(&b);
    msgpack_packer_init(&pk, &b, msgpack_sbuffer_write);
    msgpack_pack_array(&pk, (size_t)n);
    for (int i = 0; i < n; i++)
        msgpack_pack_int64(&pk, values[i]);
    np_wire_status status = np_wire_message_decode(type, (const uint8_t *)b.data, b.size, &m, text);
    msgpack_sbuffer_destroy(&b);
    return status;
}

static void what_is_read_is_checked_too(void **state)
{
    (void)state;
    char text[NP_WIRE_TEXT_BYTES];
    assert_int_equal(decode_array(NP_WIRE_MSG_HEARTBEAT, (int64_t[]){5, 6}, 2, text), NP_WIRE_OK);
    assert_int_equal(decode_array(NP_WIRE_MSG_HEARTBEAT, (int64_t[]){-1, 6}, 2, text), NP_WIRE_RANGE);
    assert_string_equal(text, "HEARTBEAT: field acknowledged is -1, 0..262144 was expected");
    assert_int_equal(decode_array(NP_WIRE_MSG_HEARTBEAT, (int64_t[]){5, -6}, 2, text), NP_WIRE_RANGE);
    assert_int_equal(decode_array(NP_WIRE_MSG_HEARTBEAT, (int64_t[]){5}, 1, text), NP_WIRE_FORMAT);
    assert_int_equal(decode_array(NP_WIRE_MSG_HELLO, (int64_t[]){1, 2, 3, 4, 5, 6, 7}, 7, text), NP_WIRE_FORMAT);
    assert_string_equal(text, "HELLO: field schema is missing or of another kind");
    assert_int_equal(decode_array(99, (int64_t[]){1}, 1, text), NP_WIRE_UNKNOWN);
    assert_string_equal(text, "message 99 is unknown");
    assert_int_equal(decode_array(0, (int64_t[]){1}, 1, NULL), NP_WIRE_UNKNOWN);
}

static void trailing_fields_are_skipped_and_rubbish_is_not(void **state)
{
    (void)state;
    np_wire_message m;
    /* HEARTBEAT with a nested field more. */
    const uint8_t more[] = {0x94, 5, 6, 0x92, 0xc0, 0x81, 1, 0xa1, 'x', 0xcb, 0, 0, 0, 0, 0, 0, 0, 0};
    assert_int_equal(np_wire_message_decode(NP_WIRE_MSG_HEARTBEAT, more, sizeof more, &m, NULL), NP_WIRE_OK);
    assert_int_equal(m.u.heartbeat.acknowledged, 5);
    const uint8_t behind[] = {0x92, 5, 6, 7};
    assert_int_equal(np_wire_message_decode(NP_WIRE_MSG_HEARTBEAT, behind, sizeof behind, &m, NULL), NP_WIRE_FORMAT);
    const uint8_t cut[] = {0x93, 5, 6, 0xcd, 1};
    assert_int_equal(np_wire_message_decode(NP_WIRE_MSG_HEARTBEAT, cut, sizeof cut, &m, NULL), NP_WIRE_FORMAT);
    /* An array that claims four thousand million elements. */
    const uint8_t huge[] = {0xdd, 0xff, 0xff, 0xff, 0xff, 5, 6, 7};
    assert_int_equal(np_wire_message_decode(NP_WIRE_MSG_HEARTBEAT, huge, sizeof huge, &m, NULL), NP_WIRE_FORMAT);
    const uint8_t nested[] = {0x93, 5, 6, 0xdd, 0xff, 0xff, 0xff, 0xff};
    assert_int_equal(np_wire_message_decode(NP_WIRE_MSG_HEARTBEAT, nested, sizeof nested, &m, NULL), NP_WIRE_FORMAT);
    assert_int_equal(np_wire_message_decode(NP_WIRE_MSG_HOLD, NULL, 0, &m, NULL), NP_WIRE_FORMAT);
}

/* Every message of a later version: more fields than ours, of any kind. */
static void later_versions_may_say_more(void **state)
{
    (void)state;
    static const uint8_t more[] = {0xc0, 0x82, 0xa1, 'a',  0x01, 0xa1,
                                   'b',  0x91, 0x07, 0xc4, 0x01, 0xff}; /* nil, map, bin */
    for (uint8_t type = 1; type <= 27; type++) {
        uint8_t bytes[NP_WIRE_PAYLOAD_MAX], longer[NP_WIRE_PAYLOAD_MAX + 32];
        np_wire_message m = sample(type, false), back;
        size_t size = encode(&m, bytes);
        unsigned fields = (bytes[0] & 0xf0) == 0x90 ? bytes[0] & 15u : bytes[2];
        size_t head = (bytes[0] & 0xf0) == 0x90 ? 1 : 3;
        longer[0] = 0xdc;
        longer[1] = 0;
        longer[2] = (uint8_t)(fields + 3);
        memcpy(longer + 3, bytes + head, size - head);
        memcpy(longer + 3 + size - head, more, sizeof more);
        size_t whole = 3 + size - head + sizeof more;
        assert_int_equal(np_wire_message_decode(type, longer, whole, &back, NULL), NP_WIRE_OK);
        uint8_t again[NP_WIRE_PAYLOAD_MAX];
        assert_int_equal(encode(&back, again), size);
        assert_memory_equal(again, bytes, size);
        assert_int_equal(np_wire_message_decode(type, longer, whole - 1, &back, NULL), NP_WIRE_FORMAT);
    }
}

static void texts_are_cut_and_cleaned(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_PAYLOAD_MAX];
    np_wire_message m = sample(NP_WIRE_MSG_REFUSED, false), back;
    snprintf(m.u.refused.text, sizeof m.u.refused.text, "red \x1b[31m\x7f");
    size_t size = encode(&m, bytes);
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_OK);
    assert_string_equal(back.u.refused.text, "red ?[31m?");
    memset(m.u.refused.text, 'a', sizeof m.u.refused.text); /* not even closed */
    size = encode(&m, bytes);
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_OK);
    assert_int_equal(strlen(back.u.refused.text), NP_WIRE_TEXT_BYTES - 1);
}

static void too_little_room_is_an_error_at_every_size(void **state)
{
    (void)state;
    for (uint8_t type = 1; type <= 27; type++) {
        uint8_t bytes[NP_WIRE_PAYLOAD_MAX];
        np_wire_message m = sample(type, true);
        size_t size = encode(&m, bytes), out;
        for (size_t room = 0; room < size; room++)
            assert_int_equal(np_wire_message_encode(&m, bytes, room, &out), NP_WIRE_SPACE);
    }
    np_wire_message none = {.type = 28};
    assert_int_equal(np_wire_message_encode(&none, NULL, 0, &(size_t){0}), NP_WIRE_UNKNOWN);
}

/* Whatever arrives, decoding ends, and what it accepts can be said again. */
static void noise_is_refused_or_makes_sense(void **state)
{
    (void)state;
    unsigned accepted = 0;
    for (int round = 0; round < 60000; round++) {
        uint8_t bytes[NP_WIRE_PAYLOAD_MAX], again[NP_WIRE_PAYLOAD_MAX];
        uint8_t type = (uint8_t)(1 + next_random() % 27);
        np_wire_message m = sample(type, next_random() & 1), back;
        size_t size = encode(&m, bytes), out;
        unsigned changes = (unsigned)(1 + next_random() % 3);
        while (changes-- && size)
            bytes[next_random() % size] = (uint8_t)next_random();
        if (next_random() % 4 == 0)
            size = next_random() % (size + 1);
        if (np_wire_message_decode(type, bytes, size, &back, NULL) != NP_WIRE_OK)
            continue;
        accepted++;
        assert_int_equal(np_wire_message_encode(&back, again, sizeof again, &out), NP_WIRE_OK);
    }
    assert_true(accepted > 1000);
}

/* ---- the reader against msgpack-c ---- */

static void integers_agree_with_msgpack(void **state)
{
    (void)state;
    static const int64_t corners[] = {
        0,   1,     -1,    31,     -31,    -32,   -33,   127,       128,       -127,       -128,      -129,     255,
        256, 32767, 32768, -32768, -32769, 65535, 65536, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < 2000; i++) {
        int64_t v =
            i < sizeof corners / sizeof corners[0] ? corners[i] : (int64_t)(next_random() >> next_random() % 64);
        v = i % 2 || i < 30 ? v : -v;
        msgpack_sbuffer b;
        msgpack_packer pk;
        msgpack_sbuffer_init(&b);
        msgpack_packer_init(&pk, &b, msgpack_sbuffer_write);
        msgpack_pack_int64(&pk, v);
        wire_reader r = {.next = (const uint8_t *)b.data, .end = (const uint8_t *)b.data + b.size};
        int64_t back;
        assert_true(wire_read_int(&r, &back));
        assert_true(back == v);
        assert_true(r.next == r.end);
        /* Every shorter piece fails, and stays failed. */
        for (size_t n = 0; n < b.size; n++) {
            r = (wire_reader){.next = (const uint8_t *)b.data, .end = (const uint8_t *)b.data + n};
            assert_false(wire_read_int(&r, &back));
            assert_false(wire_read_int(&r, &back));
        }
        msgpack_sbuffer_destroy(&b);
    }
    const uint8_t wide[] = {0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}; /* over INT64_MAX */
    wire_reader r = {.next = wide, .end = wide + sizeof wide};
    assert_false(wire_read_int(&r, &(int64_t){0}));
}

static void pack_random(msgpack_packer *pk, int depth)
{
    char bytes[300] = {0};
    size_t n = next_random() % (next_random() % 4 ? 20 : sizeof bytes);
    switch (next_random() % (depth > 3 ? 8 : 10)) {
    case 0:
        msgpack_pack_nil(pk);
        break;
    case 1:
        msgpack_pack_true(pk);
        break;
    case 2:
        msgpack_pack_double(pk, 1.5);
        break;
    case 3:
        msgpack_pack_float(pk, 1.5f);
        break;
    case 4:
        msgpack_pack_int64(pk, (int64_t)(next_random() >> next_random() % 64));
        break;
    case 5:
        msgpack_pack_str(pk, n), msgpack_pack_str_body(pk, bytes, n);
        break;
    case 6:
        msgpack_pack_bin(pk, n), msgpack_pack_bin_body(pk, bytes, n);
        break;
    case 7:
        msgpack_pack_ext(pk, n, 5), msgpack_pack_ext_body(pk, bytes, n);
        break;
    case 8:
        n %= 20;
        msgpack_pack_array(pk, n);
        while (n--)
            pack_random(pk, depth + 1);
        break;
    default:
        n %= 18;
        msgpack_pack_map(pk, n);
        for (n *= 2; n--;)
            pack_random(pk, depth + 1);
    }
}

static void skipping_agrees_with_msgpack(void **state)
{
    (void)state;
    for (int i = 0; i < 600; i++) {
        msgpack_sbuffer b;
        msgpack_packer pk;
        msgpack_sbuffer_init(&b);
        msgpack_packer_init(&pk, &b, msgpack_sbuffer_write);
        pack_random(&pk, 0);
        wire_reader r = {.next = (const uint8_t *)b.data, .end = (const uint8_t *)b.data + b.size};
        assert_true(wire_read_skip(&r));
        assert_true(r.next == r.end);
        size_t cut = next_random() % b.size;
        r = (wire_reader){.next = (const uint8_t *)b.data, .end = (const uint8_t *)b.data + cut};
        assert_false(wire_read_skip(&r));
        msgpack_sbuffer_destroy(&b);
    }
    const uint8_t never[] = {0xc1}; /* the one byte that msgpack never uses */
    wire_reader r = {.next = never, .end = never + 1};
    assert_false(wire_read_skip(&r));
}

static void names_and_directions(void **state)
{
    (void)state;
    uint8_t a[8], b[8];
    assert_string_equal(np_wire_message_name(NP_WIRE_MSG_RESUME_INFO), "RESUME_INFO");
    assert_string_equal(np_wire_message_name(200), "unknown");
    assert_true(np_wire_message_is_from_executor(NP_WIRE_MSG_EVENTS));
    assert_false(np_wire_message_is_from_executor(NP_WIRE_MSG_DOTS));
    assert_false(np_wire_message_is_from_executor(0));
    np_wire_schema_hash(a);
    np_wire_schema_hash(b);
    assert_memory_equal(a, b, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_comes_back),
        cmocka_unit_test(dots_and_events_keep_every_value),
        cmocka_unit_test(a_dot_among_its_neighbours_is_small),
        cmocka_unit_test(a_field_out_of_range_refuses_the_message),
        cmocka_unit_test(what_is_read_is_checked_too),
        cmocka_unit_test(trailing_fields_are_skipped_and_rubbish_is_not),
        cmocka_unit_test(later_versions_may_say_more),
        cmocka_unit_test(texts_are_cut_and_cleaned),
        cmocka_unit_test(too_little_room_is_an_error_at_every_size),
        cmocka_unit_test(noise_is_refused_or_makes_sense),
        cmocka_unit_test(integers_agree_with_msgpack),
        cmocka_unit_test(skipping_agrees_with_msgpack),
        cmocka_unit_test(names_and_directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
