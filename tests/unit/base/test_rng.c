/* Philox against its published vectors, and the distributions that are made of it. */
#include "base/rng.h"

#include "../test.h"

/* Known-answer vectors of Random123 1.14 (kat_vectors: philox4x32 10). */
static void known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } kat[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof kat / sizeof kat[0]; i++) {
        np_philox_block b = np_philox4x32(kat[i].counter, kat[i].key);
        assert_memory_equal(b.word, kat[i].answer, sizeof kat[i].answer);
    }
}

static void uniform_and_normal_have_their_moments(void **state)
{
    (void)state;
    enum { N = 200000 };
    double sum = 0, sum2 = 0, nsum = 0, nsum2 = 0;
    for (uint64_t i = 0; i < N; i++) {
        double u = np_rng_uniform(42, 7, i, 0), g = np_rng_normal(42, 8, i, 0);
        assert_true(u >= 0);
        assert_true(u < 1);
        sum += u;
        sum2 += u * u;
        nsum += g;
        nsum2 += g * g;
    }
    assert_near(sum / N, 0.5, 0.003);
    assert_near(sum2 / N, 1.0 / 3, 0.003);
    assert_near(nsum / N, 0, 0.01);
    assert_near(nsum2 / N, 1, 0.015);
}

static void streams_and_draws_differ(void **state)
{
    (void)state;
    assert_int_not_equal(np_rng_u32(1, 1, 1, 1), np_rng_u32(1, 1, 1, 2));
    assert_int_not_equal(np_rng_u32(1, 1, 1, 1), np_rng_u32(1, 2, 1, 1));
    assert_int_not_equal(np_rng_u32(1, 1, 1, 1), np_rng_u32(2, 1, 1, 1));
    assert_int_not_equal(np_rng_u32(1, 1, 1, 1), np_rng_u32(1, 1, UINT64_C(1) << 32 | 1, 1));
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(np_rng_below(3, 1, i, 0, 7) < 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(uniform_and_normal_have_their_moments),
        cmocka_unit_test(streams_and_draws_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
