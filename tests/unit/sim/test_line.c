/* The simulated line: its speed, its buffer, and faults that hang on the seed and the bytes alone. */
#include "../test.h"

#include <math.h>

#include "base/rng.h"
#include "sim/line.h"

#define START_US 1000000u

static sim_line line_of(int baud, size_t buffer, sim_line_faults faults)
{
    sim_line l;
    np_error err = {0};
    sim_line_config config = {.baud = baud, .buffer_bytes = buffer, .faults = faults};
    if (sim_line_init(&l, &config, START_US, &err) != NP_OK)
        fail_msg("%s", err.text);
    return l;
}

/* Byte I of a stream of frames of 9 bytes and a zero. */
static uint8_t stream_byte(size_t i)
{
    return (uint8_t)(i % 10 == 9 ? 0 : 1 + i % 200);
}

/* Sends N bytes of it, giving the line what it takes at STEP_US; returns when the last one came.  OUT (of CAPACITY) gets
 * what arrived, *OUT_N how much. */
static uint64_t play(sim_line *l, size_t n, uint64_t step_us, uint8_t *out, size_t capacity, size_t *out_n)
{
    uint64_t now = START_US, last = now;
    size_t sent = 0;
    *out_n = 0;
    while (sent < n || sim_line_deadline(l, now) != UINT64_MAX) {
        uint8_t bytes[64];
        size_t room = sim_line_room(l, now, now);
        size_t some = n - sent < room ? n - sent : room;
        some = some < sizeof bytes ? some : sizeof bytes;
        for (size_t i = 0; i < some; i++)
            bytes[i] = stream_byte(sent + i);
        if (some > 0)
            sim_line_put(l, now, bytes, some);
        sent += some;
        now += step_us;
        size_t got = sim_line_get(l, now, out + *out_n, capacity - *out_n);
        *out_n += got;
        last = got ? now : last;
    }
    return last - START_US;
}

static void test_speed(void **state)
{
    (void)state;
    static uint8_t out[20000];
    size_t n;
    const int bauds[] = {9600, 115200, 4000000};
    for (int b = 0; b < 3; b++) {
        sim_line l = line_of(bauds[b], 16, (sim_line_faults){0});
        uint64_t took = play(&l, 10000, 10, out, sizeof out, &n);
        double want = 1e5 / bauds[b] * 1e6;
        assert_int_equal(n, 10000);
        assert_true(fabs((double)took - want) <= 0.01 * want + 20);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(out[i], stream_byte(i));
        sim_line_fini(&l);
    }
}

static void test_buffer(void **state)
{
    (void)state;
    sim_line l = line_of(100000, 16, (sim_line_faults){0}); /* 100 us a byte */
    uint8_t bytes[64] = {0}, out[64];
    uint64_t now = START_US;
    assert_int_equal(sim_line_room(&l, now, now), 16);
    sim_line_put(&l, now, bytes, 16);
    assert_int_equal(sim_line_room(&l, now, now), 0);
    assert_int_equal(sim_line_room(&l, now + 1000, now + 1000), 10);
    assert_int_equal(sim_line_get(&l, now + 99, out, sizeof out), 0);
    assert_int_equal(sim_line_get(&l, now + 500, out, sizeof out), 5);
    assert_int_equal(sim_line_get(&l, now + 1600, out, 4), 4);
    assert_int_equal(sim_line_get(&l, now + 1600, out, sizeof out), 7);
    assert_int_equal(sim_line_deadline(&l, now + 1600), UINT64_MAX);

    /* one who woke late finds that what was waiting has gone over meanwhile, and no more than that */
    now += 10000;
    assert_int_equal(sim_line_room(&l, now - 2000, now), 36);
    sim_line_put(&l, now - 2000, bytes, 36);
    assert_int_equal(sim_line_get(&l, now, out, sizeof out), 20);
    assert_int_equal(sim_line_room(&l, now - 2000, now), 0);
    sim_line_fini(&l);
}

static void test_same_seed_same_faults(void **state)
{
    (void)state;
    static uint8_t one[40000], two[40000], other[40000];
    sim_line_faults f = {.seed = 5, .flip = 1e-3, .lose = 0.002, .drop = 0.05, .duplicate = 0.05, .jitter_us = 3000};
    size_t n1, n2, n3;
    sim_line a = line_of(115200, 16, f), b = line_of(115200, 64, f);
    play(&a, 20000, 100, one, sizeof one, &n1);
    play(&b, 20000, 777, two, sizeof two, &n2);
    assert_int_equal(n1, n2);
    assert_memory_equal(one, two, n1);
    assert_memory_equal(&a.counts, &b.counts, sizeof a.counts);
    f.seed = 6;
    sim_line c = line_of(115200, 16, f);
    play(&c, 20000, 100, other, sizeof other, &n3);
    assert_true(n3 != n1 || memcmp(one, other, n1) != 0);

    /* as often as was asked, within five standard deviations */
    const sim_line_counts *n = &a.counts;
    assert_int_equal(n->frames, 2000);
    assert_near((double)n->dropped_frames, 100, 49);
    assert_near((double)n->duplicated_frames, 100, 49);
    assert_near((double)n->flipped_bits, (double)n->line_bytes * 8e-3, 65);
    assert_near((double)n->lost_bytes, 40, 32);
    assert_int_equal(n->bytes_out, n1);
    sim_line_fini(&a);
    sim_line_fini(&b);
    sim_line_fini(&c);
}

static void test_drop_and_duplicate(void **state)
{
    (void)state;
    static uint8_t out[4000];
    size_t n;
    sim_line l = line_of(115200, 16, (sim_line_faults){.duplicate = 1});
    play(&l, 1000, 100, out, sizeof out, &n);
    assert_int_equal(n, 2000);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(out[i], stream_byte(i / 20 * 10 + i % 10));
    sim_line_fini(&l);

    l = line_of(115200, 16, (sim_line_faults){.drop = 1});
    play(&l, 1000, 100, out, sizeof out, &n);
    assert_int_equal(n, 0);
    assert_int_equal(l.counts.dropped_frames, 100);
    sim_line_fini(&l);
}

static void test_delay_cut_and_freeze(void **state)
{
    (void)state;
    sim_line l = line_of(100000, 16, (sim_line_faults){.delay_us = 5000});
    uint8_t bytes[8] = {1, 2, 3, 0, 4, 5, 6, 0}, out[16];
    sim_line_put(&l, START_US, bytes, 4);
    assert_int_equal(sim_line_get(&l, START_US + 5300, out, sizeof out), 3);
    sim_line_delay(&l, 2000);
    assert_int_equal(sim_line_get(&l, START_US + 7399, out, sizeof out), 0);
    assert_int_equal(sim_line_get(&l, START_US + 7400, out, sizeof out), 1);
    sim_line_put(&l, START_US + 8000, bytes + 4, 4);
    sim_line_cut(&l, START_US + 8200);
    assert_int_equal(l.counts.cut_bytes, 4);
    assert_int_equal(sim_line_get(&l, START_US + 90000, out, sizeof out), 0);
    assert_int_equal(sim_line_room(&l, START_US + 8200, START_US + 8200), 16);
    sim_line_fini(&l);
    sim_line_fini(&l);
}

/* Frames longer than any, doubled short ones, a full queue: nothing is written where it should not be (ASan looks on). */
static void test_odd_input(void **state)
{
    (void)state;
    sim_line l = line_of(4000000, 4096, (sim_line_faults){.seed = 3, .duplicate = 1, .delay_us = 100});
    uint8_t bytes[4096], out[4096];
    uint64_t now = START_US, put = 0;
    for (uint64_t i = 0; i < 300; i++, now += 50) {
        size_t room = sim_line_room(&l, now > 1000 ? now - 1000 : 0, now);
        room = room < sizeof bytes ? room : sizeof bytes;
        for (size_t k = 0; k < room; k++)
            bytes[k] = np_rng_below(9, 0, put + k, 0, i / 30 % 2 ? 2 : 5000) ? 7 : 0;
        if (room > 0)
            sim_line_put(&l, now - 1000, bytes, room);
        put += room;
        if (i % 3)
            sim_line_get(&l, now, out, sizeof out);
    }
    assert_true(put > 1000);
    assert_int_equal(l.counts.bytes_in, put);
    sim_line_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_speed),
        cmocka_unit_test(test_buffer),
        cmocka_unit_test(test_same_seed_same_faults),
        cmocka_unit_test(test_drop_and_duplicate),
        cmocka_unit_test(test_delay_cut_and_freeze),
        cmocka_unit_test(test_odd_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
