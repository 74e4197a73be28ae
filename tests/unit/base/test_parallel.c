/* Parallel loops visit every item once and give the same sums on any number of threads. */
#include "base/parallel.h"

#include "../test.h"

typedef struct sums {
    double partial[64];
    int seen[1000];
} sums;

static void body(void *context, size_t begin, size_t end, size_t block)
{
    sums *s = context;
    for (size_t i = begin; i < end; i++) {
        s->partial[block] += 1.0 / (double)(i + 1);
        s->seen[i]++;
    }
}

static void every_item_once_in_fixed_blocks(void **state)
{
    (void)state;
    static sums s;
    np_parallel_for(1000, 16, body, &s);
    double total = 0, serial = 0;
    for (size_t b = 0; b < np_parallel_blocks(1000, 16); b++)
        total += s.partial[b];
    for (size_t b = 0; b < 63; b++) {
        double part = 0;
        for (size_t i = b * 16; i < (b + 1) * 16 && i < 1000; i++)
            part += 1.0 / (double)(i + 1);
        serial += part;
    }
    assert_true(total == serial);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(s.seen[i], 1);
    assert_int_equal(np_parallel_blocks(0, 16), 0);
    assert_int_equal(np_parallel_blocks(17, 16), 2);
    np_parallel_for(0, 0, body, &s);
    assert_true(np_parallel_threads() >= 1);
}

static void inner(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    for (size_t i = begin; i < end; i++)
        ((int *)context)[i]++; /* no thread but the outer body's may be here */
}

static void outer(void *context, size_t begin, size_t end, size_t block)
{
    int(*seen)[100] = context;
    (void)block;
    for (size_t i = begin; i < end; i++)
        for (int again = 0; again < 3; again++)
            np_parallel_for(100, 7, inner, seen[i]);
}

static void a_loop_inside_a_loop_visits_every_item_once(void **state)
{
    (void)state;
    static int seen[50][100];
    np_parallel_for(50, 1, outer, seen);
    for (size_t i = 0; i < 50; i++)
        for (size_t k = 0; k < 100; k++)
            assert_int_equal(seen[i][k], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_item_once_in_fixed_blocks),
                                       cmocka_unit_test(a_loop_inside_a_loop_visits_every_item_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
