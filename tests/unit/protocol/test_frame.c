/* Frames: checksums, keys, byte stuffing, noise between them. */
#include "../test.h"

#include "protocol/frame.h"

static const uint8_t key[32] = {1, 2, 3};

static size_t make(uint8_t *out, size_t payload_size, const uint8_t *with_key)
{
    static uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    for (size_t i = 0; i < payload_size; i++)
        payload[i] = (uint8_t)(i * 7 % 5 ? i : 0);
    np_wire_frame f = {
        .type = 12, .epoch = 0x01020304, .sequence = 99, .payload = payload, .payload_size = payload_size};
    size_t size;
    assert_int_equal(np_wire_frame_encode(&f, with_key, out, &size), NP_WIRE_OK);
    return size;
}

static void crc_is_castagnoli(void **state)
{
    (void)state;
    /* The check value, and the vectors of RFC 3720, appendix B.4. */
    assert_int_equal(np_wire_crc32c((const uint8_t *)"123456789", 9), 0xe3069283);
    uint8_t zeros[32] = {0}, ones[32], rising[32];
    memset(ones, 0xff, sizeof ones);
    for (int i = 0; i < 32; i++)
        rising[i] = (uint8_t)i;
    assert_int_equal(np_wire_crc32c(zeros, 32), 0x8a9136aa);
    assert_int_equal(np_wire_crc32c(ones, 32), 0x62a8ab43);
    assert_int_equal(np_wire_crc32c(rising, 32), 0x46dd794e);
    assert_int_equal(np_wire_crc32c(NULL, 0), 0);
}

static void frames_come_back(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    for (size_t n = 0; n <= NP_WIRE_PAYLOAD_MAX; n += n < 40 ? 1 : 61) {
        for (int with = 0; with < 2; with++) {
            np_wire_frame f;
            size_t size = make(bytes, n, with ? key : NULL);
            assert_int_equal(size, NP_WIRE_HEADER_BYTES + n + (with ? NP_WIRE_MAC_BYTES : 0) + NP_WIRE_CRC_BYTES);
            assert_int_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_OK);
            assert_int_equal(f.type, 12);
            assert_int_equal(f.epoch, 0x01020304);
            assert_int_equal(f.sequence, 99);
            assert_int_equal(f.payload_size, n);
            assert_false(f.from_executor);
            assert_int_equal(f.has_mac, with);
            assert_int_equal(np_wire_frame_verify(bytes, size, key), with ? NP_WIRE_OK : NP_WIRE_MAC);
        }
    }
}

static void a_payload_that_is_too_long_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_FRAME_MAX + 1] = {0}, payload[NP_WIRE_PAYLOAD_MAX + 1] = {0};
    np_wire_frame f = {.payload = payload, .payload_size = sizeof payload};
    size_t size;
    assert_int_equal(np_wire_frame_encode(&f, NULL, bytes, &size), NP_WIRE_TOO_LONG);
    assert_int_equal(size, 0);
    assert_int_equal(np_wire_frame_decode(bytes, sizeof bytes, &f), NP_WIRE_TOO_LONG);
}

static void every_single_bit_flip_is_found(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    np_wire_frame f;
    size_t size = make(bytes, 100, key);
    for (size_t bit = 0; bit < size * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_OK);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < size; n++)
        assert_int_not_equal(np_wire_frame_decode(bytes, n, &f), NP_WIRE_OK);
}

static void reseal(uint8_t *bytes, size_t size)
{
    uint32_t crc = np_wire_crc32c(bytes, size - 4);
    for (int i = 0; i < 4; i++)
        bytes[size - 4 + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
}

static void what_a_stranger_writes_is_told_apart(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    np_wire_frame f;
    size_t size = make(bytes, 5, key);
    bytes[0] = NP_WIRE_PROTOCOL_VERSION + 1;
    reseal(bytes, size);
    assert_int_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_OTHER_VERSION);
    bytes[0] = NP_WIRE_PROTOCOL_VERSION;
    bytes[2] |= 4; /* an unknown flag */
    reseal(bytes, size);
    assert_int_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_FORMAT);
    bytes[2] ^= 4;
    bytes[3] = 1;
    reseal(bytes, size);
    assert_int_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_FORMAT);
    /* A frame that says it has a MAC and is too short for one. */
    size = make(bytes, 5, NULL);
    bytes[2] |= 2;
    reseal(bytes, size);
    assert_int_equal(np_wire_frame_decode(bytes, size, &f), NP_WIRE_TRUNCATED);
    assert_int_equal(np_wire_frame_verify(bytes, size, key), NP_WIRE_MAC);
}

static void a_mac_knows_its_key_direction_and_place(void **state)
{
    (void)state;
    uint8_t bytes[NP_WIRE_FRAME_MAX], other[32] = {1, 2, 4};
    size_t size = make(bytes, 50, key);
    assert_int_equal(np_wire_frame_verify(bytes, size, other), NP_WIRE_MAC);
    for (size_t i = 0; i < NP_WIRE_HEADER_BYTES + 50; i++) {
        bytes[i] ^= i == 2 ? 1 : 0x10; /* byte 2: the direction */
        assert_int_equal(np_wire_frame_verify(bytes, size, key), NP_WIRE_MAC);
        bytes[i] ^= i == 2 ? 1 : 0x10;
    }
    assert_int_equal(np_wire_frame_verify(bytes, size, key), NP_WIRE_OK);
}

static void cobs_agrees_with_the_paper(void **state)
{
    (void)state;
    static const struct {
        uint8_t plain[8], coded[8];
        size_t n_plain, n_coded;
    } examples[] = {
        {{0}, {1, 1}, 1, 2},
        {{0, 0}, {1, 1, 1}, 2, 3},
        {{0x11, 0x22, 0, 0x33}, {3, 0x11, 0x22, 2, 0x33}, 4, 5},
        {{0x11, 0x22, 0x33, 0x44}, {5, 0x11, 0x22, 0x33, 0x44}, 4, 5},
        {{0x11, 0, 0, 0}, {2, 0x11, 1, 1, 1}, 4, 5},
    };
    uint8_t out[16];
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        size_t n = np_wire_cobs_encode(examples[i].plain, examples[i].n_plain, out);
        assert_int_equal(n, examples[i].n_coded);
        assert_memory_equal(out, examples[i].coded, n);
    }
    /* 254 bytes without a zero fill one block exactly, 255 begin a second. */
    uint8_t run[255], coded[300], back[300];
    size_t size;
    memset(run, 9, sizeof run);
    assert_int_equal(np_wire_cobs_encode(run, 254, coded), 255);
    assert_int_equal(coded[0], 255);
    assert_int_equal(np_wire_cobs_encode(run, 255, coded), 257);
    assert_true(np_wire_cobs_decode(coded, 257, back, &size));
    assert_int_equal(size, 255);
    assert_memory_equal(back, run, 255);
}

static void cobs_comes_back_and_holds_no_zero(void **state)
{
    (void)state;
    uint8_t plain[NP_WIRE_FRAME_MAX] = {0}, coded[NP_WIRE_COBS_MAX], back[NP_WIRE_COBS_MAX];
    uint32_t x = 1;
    for (size_t n = 0; n <= NP_WIRE_FRAME_MAX; n += n < 600 ? 1 : 57) {
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525 + 1013904223;
            plain[i] = (uint8_t)(n % 3 ? x >> 24 : (x >> 24) % 200 == 0 ? 0 : 7);
        }
        size_t size, coded_size = np_wire_cobs_encode(plain, n, coded);
        assert_true(coded_size <= NP_WIRE_COBS_MAX);
        assert_null(memchr(coded, 0, coded_size));
        assert_true(np_wire_cobs_decode(coded, coded_size, back, &size));
        assert_int_equal(size, n);
        assert_memory_equal(back, plain, n);
    }
    assert_false(np_wire_cobs_decode((const uint8_t[]){5, 1, 2}, 3, back, &(size_t){0}));
    assert_false(np_wire_cobs_decode((const uint8_t[]){3, 0, 2}, 3, back, &(size_t){0}));
    assert_false(np_wire_cobs_decode(NULL, 0, back, &(size_t){0}));
}

/* Feeds bytes; returns the number of frames that came out and checks that each is WANT. */
static int feed(np_wire_decoder *d, const uint8_t *bytes, size_t size, const uint8_t *want, size_t want_size)
{
    int n = 0;
    for (size_t i = 0; i < size; i++) {
        const uint8_t *frame;
        size_t frame_size;
        if (!np_wire_decoder_push(d, bytes[i], &frame, &frame_size))
            continue;
        assert_int_equal(frame_size, want_size);
        assert_memory_equal(frame, want, want_size);
        n++;
    }
    return n;
}

static void a_zero_byte_aborts_what_was_in_progress(void **state)
{
    (void)state;
    uint8_t frame[NP_WIRE_FRAME_MAX], serial[NP_WIRE_SERIAL_MAX];
    np_wire_decoder d = {0};
    size_t size = make(frame, 200, key), n = np_wire_serial_encode(frame, size, serial);
    assert_int_equal(serial[0], 0);
    assert_int_equal(serial[n - 1], 0);
    assert_int_equal(feed(&d, serial, n, frame, size), 1);
    /* Cut short and begun anew: only whole frames come out; the fragment is no frame of that size. */
    for (size_t cut = 1; cut < n - 1; cut++) {
        memset(&d, 0, sizeof d);
        const uint8_t *out;
        size_t out_size;
        np_wire_frame f;
        for (size_t i = 0; i < cut; i++)
            assert_false(np_wire_decoder_push(&d, serial[i], &out, &out_size));
        /* The zero that starts the next frame ends the fragment, which no checksum lets pass. */
        if (np_wire_decoder_push(&d, serial[0], &out, &out_size))
            assert_int_not_equal(np_wire_frame_decode(out, out_size, &f), NP_WIRE_OK);
        assert_int_equal(feed(&d, serial + 1, n - 1, frame, size), 1);
    }
}

static void noise_of_any_length_is_dropped(void **state)
{
    (void)state;
    uint8_t frame[NP_WIRE_FRAME_MAX], serial[NP_WIRE_SERIAL_MAX];
    np_wire_decoder d = {0};
    const uint8_t *out;
    size_t out_size, size = make(frame, NP_WIRE_PAYLOAD_MAX, key), n = np_wire_serial_encode(frame, size, serial);
    for (int i = 0; i < 5000; i++)
        assert_false(np_wire_decoder_push(&d, 0x55, &out, &out_size));
    assert_int_equal(feed(&d, serial, n, frame, size), 1);
    assert_int_equal(d.dropped, 1);
    /* As long as COBS may be, and one byte more than a frame may be when decoded. */
    for (int i = 0; i < NP_WIRE_COBS_MAX; i++)
        assert_false(np_wire_decoder_push(&d, 1, &out, &out_size));
    assert_false(np_wire_decoder_push(&d, 0, &out, &out_size));
    assert_int_equal(d.dropped, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_is_castagnoli),
        cmocka_unit_test(frames_come_back),
        cmocka_unit_test(a_payload_that_is_too_long_is_refused),
        cmocka_unit_test(every_single_bit_flip_is_found),
        cmocka_unit_test(what_a_stranger_writes_is_told_apart),
        cmocka_unit_test(a_mac_knows_its_key_direction_and_place),
        cmocka_unit_test(cobs_agrees_with_the_paper),
        cmocka_unit_test(cobs_comes_back_and_holds_no_zero),
        cmocka_unit_test(a_zero_byte_aborts_what_was_in_progress),
        cmocka_unit_test(noise_of_any_length_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
