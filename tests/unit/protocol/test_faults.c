/* Whole sessions in virtual time, with everything going wrong that can (harness.h).  With arguments it is the
 * soak program:
 *
 *   protocol_test_faults --mix 2 --dots 200 --seed 17          plays one job again
 *   protocol_test_faults --jobs 1000 --dots 10000 --seed 1     plays the mixes in turn (./dev soak)
 */
#include "../test.h"

#include <stdio.h>

#include "harness.h"

typedef struct mix {
    const char *name;
    job_faults faults;
} mix;

static const mix mixes[] = {
    {"clean", {.delay_us = 500, .motion_us = 5000}},
    {"noise",
     {.lose = 0.1, .twice = 0.05, .flip = 0.05, .delay_us = 1000, .jitter_us = 8000, .motion_us = 8000}},
    {"crashes",
     {.lose = 0.02,
      .twice = 0.02,
      .delay_us = 1000,
      .jitter_us = 2000,
      .cut = 0.1,
      .crash_sender = 0.15,
      .crash_executor = 0.15,
      .tear = 0.7,
      .motion_us = 8000}},
    {"broken disk and arm",
     {.delay_us = 1000,
      .cut = 0.02,
      .crash_executor = 0.05,
      .tear = 1,
      .fail_sync = 0.002,
      .motion_fault = 0.002,
      .motion_us = 8000}},
    {"serial at 115200",
     {.lose = 0.01, .flip = 0.02, .byte_ns = 86806, .delay_us = 1000, .cut = 0.02, .motion_us = 4000}},
    {"far away",
     {.lose = 0.1,
      .twice = 0.05,
      .flip = 0.02,
      .delay_us = 250000,
      .jitter_us = 50000,
      .cut = 0.01,
      .motion_us = 8000}},
    {"out of order",
     {.lose = 0.05, .twice = 0.05, .jitter_us = 150000, .crash_sender = 0.01, .motion_us = 8000}},
};
#define MIXES (sizeof mixes / sizeof mixes[0])

/* Sets up job number SEED of a mix: the seed also decides on key, buffer and frame size. */
static void set_up(job *j, const mix *m, uint32_t dots, uint64_t seed)
{
    static const uint8_t key[32] = "a link key for the harness only";
    job_init(j, dots, seed, &m->faults);
    j->sender_key = j->executor_key = (seed & 1) ? key : NULL;
    j->buffer_dots = 64u << (seed % 3);
    j->dots_per_frame = m->faults.byte_ns ? 5 : 1 + (uint32_t)(seed % NP_WIRE_DOTS_PER_FRAME);
    job_start(j);
}

/* What a number of jobs came to. */
typedef struct tally {
    uint64_t jobs, failed, dots, done, in_doubt, doubled, crashes;
    double seconds;
} tally;

static void count(tally *t, const job *j, bool ok)
{
    t->jobs++;
    t->failed += !ok;
    t->dots += j->plan.n;
    t->crashes += j->crashes;
    t->seconds += (double)j->now_us * 1e-6;
    for (uint32_t i = 0; i < j->plan.n; i++) {
        t->done += j->journal_committed[i] == NP_WIRE_OUTCOME_DONE;
        t->in_doubt += j->journal_committed[i] == NP_WIRE_OUTCOME_IN_DOUBT;
        t->doubled += j->punctures[i] > 1;
    }
}

/* T may be NULL. */
static bool play(const mix *m, uint32_t dots, uint64_t seed, tally *t)
{
    job *j = malloc(sizeof *j);
    set_up(j, m, dots, seed);
    bool ok = job_run(j, 20.0 * dots + 600);
    ok = job_check(j) && ok;
    if (!ok)
        printf("FAILED: %s: %s\n  again: build/release/tests/protocol_test_faults --mix %d --dots %u --seed "
               "%llu\n",
               m->name, j->trouble, (int)(m - mixes), dots, (unsigned long long)seed);
    if (t)
        count(t, j, ok);
    job_free(j);
    free(j);
    return ok;
}

static void play_many(const mix *m, unsigned jobs, uint32_t dots)
{
#ifdef NP_SANITIZED
    jobs = jobs / 5 + 1;
#endif
    for (uint64_t seed = 1; seed <= jobs; seed++)
        if (!play(m, dots + (uint32_t)seed, seed, NULL))
            fail_msg("a job failed, see above");
}

static void a_clean_session_ends(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 400; n += 63)
        assert_true(play(&mixes[0], n, n, NULL));
}

static void nothing_is_lost_or_doubled_in_noise(void **state)
{
    (void)state;
    play_many(&mixes[1], 60, 200);
}

static void nothing_is_lost_or_doubled_in_crashes(void **state)
{
    (void)state;
    play_many(&mixes[2], 60, 200);
}

static void a_broken_disk_or_arm_leaves_doubt_and_no_more(void **state)
{
    (void)state;
    play_many(&mixes[3], 60, 200);
}

static void slow_and_far_links_get_there(void **state)
{
    (void)state;
    play_many(&mixes[4], 10, 150);
    play_many(&mixes[5], 6, 150);
    play_many(&mixes[6], 4, 100);
}

/* The executor dies at each single storage call of a short session, and the tear takes what was not synced.
 */
static void a_crash_at_any_write_or_sync_is_survived(void **state)
{
    (void)state;
    for (uint64_t call = 1; call < 80; call++) {
        for (int tear = 0; tear < 2; tear++) {
            job *j = malloc(sizeof *j);
            mix m = mixes[0];
            m.faults.tear = tear;
            set_up(j, &m, 15, call);
            j->crash_at_call = call;
            bool ok = job_run(j, 100);
            ok = job_check(j) && ok;
            if (!ok)
                fail_msg("crash at storage call %d, tear %d: %s", (int)call, tear, j->trouble);
            uint32_t in_doubt = 0;
            for (uint32_t i = 0; i < j->plan.n; i++)
                in_doubt += j->journal_committed[i] == NP_WIRE_OUTCOME_IN_DOUBT;
            assert_true(in_doubt <= 1);
            job_free(j);
            free(j);
        }
    }
}

/* The sender dies at each step of a short session. */
static void a_sender_that_dies_at_any_step_goes_on(void **state)
{
    (void)state;
    for (uint64_t step = 1; step < 200; step += 3) {
        job *j = malloc(sizeof *j);
        set_up(j, &mixes[0], 20, step);
        for (uint64_t i = 0; i < step; i++) {
            job_executor_step(j);
            job_sender_step(j);
            job_advance(j);
        }
        j->sender = NULL;
        j->sender_off_until_us = j->now_us + 30000;
        bool ok = job_run(j, 100);
        ok = job_check(j) && ok;
        if (!ok)
            fail_msg("sender killed after step %d: %s", (int)step, j->trouble);
        for (uint32_t i = 0; i < j->plan.n; i++)
            assert_int_equal(j->journal_committed[i], NP_WIRE_OUTCOME_DONE);
        job_free(j);
        free(j);
    }
}

/* ---- soak ---- */

typedef struct soak_arguments {
    unsigned long long jobs, dots, seed;
    int only; /* the mix; -1: each in turn */
} soak_arguments;

static bool read_arguments(int argc, char **argv, soak_arguments *out)
{
    *out = (soak_arguments){1, 500, 1, -1};
    for (int i = 1; i < argc; i += 2) {
        char *end = NULL;
        unsigned long long v = i + 1 < argc ? strtoull(argv[i + 1], &end, 10) : 0;
        bool number = end && end != argv[i + 1] && !*end && argv[i + 1][0] != '-';
        if (number && !strcmp(argv[i], "--jobs") && v > 0)
            out->jobs = v;
        else if (number && !strcmp(argv[i], "--dots") && v > 0 && v <= NP_WIRE_MAX_DOTS)
            out->dots = v;
        else if (number && !strcmp(argv[i], "--seed"))
            out->seed = v;
        else if (number && !strcmp(argv[i], "--mix") && v < MIXES)
            out->only = (int)v;
        else
            return false;
    }
    return true;
}

static void print_tally(const char *name, const tally *t)
{
    printf("%-20s %6llu %7llu %10llu %10llu %9llu %8llu %8llu %10.0f\n", name, (unsigned long long)t->jobs,
           (unsigned long long)t->failed, (unsigned long long)t->dots, (unsigned long long)t->done,
           (unsigned long long)t->in_doubt, (unsigned long long)t->doubled, (unsigned long long)t->crashes,
           t->seconds);
}

static int soak(int argc, char **argv)
{
    soak_arguments a;
    tally all[MIXES] = {0}, sum = {0};
    if (!read_arguments(argc, argv, &a)) {
        fprintf(stderr, "usage: %s [--jobs N] [--dots 1..%d] [--seed S] [--mix 0..%d]\n", argv[0],
                NP_WIRE_MAX_DOTS, (int)MIXES - 1);
        return 2;
    }
    for (unsigned long long i = 0; i < a.jobs; i++) {
        size_t m = a.only >= 0 ? (size_t)a.only : (size_t)((a.seed + i) % MIXES);
        play(&mixes[m], (uint32_t)a.dots, a.seed + i, &all[m]);
    }
    printf("%-20s %6s %7s %10s %10s %9s %8s %8s %10s\n", "", "jobs", "failed", "dots", "done", "in doubt",
           "doubled", "crashes", "virtual s");
    for (size_t m = 0; m < MIXES; m++) {
        const tally *t = &all[m];
        if (t->jobs)
            print_tally(mixes[m].name, t);
        sum = (tally){sum.jobs + t->jobs,         sum.failed + t->failed,
                      sum.dots + t->dots,         sum.done + t->done,
                      sum.in_doubt + t->in_doubt, sum.doubled + t->doubled,
                      sum.crashes + t->crashes,   sum.seconds + t->seconds};
    }
    print_tally("all", &sum);
    printf("%llu jobs of %llu dots: %llu failed\n", a.jobs, a.dots, (unsigned long long)sum.failed);
    return sum.failed > 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_session_ends),
        cmocka_unit_test(nothing_is_lost_or_doubled_in_noise),
        cmocka_unit_test(nothing_is_lost_or_doubled_in_crashes),
        cmocka_unit_test(a_broken_disk_or_arm_leaves_doubt_and_no_more),
        cmocka_unit_test(slow_and_far_links_get_there),
        cmocka_unit_test(a_crash_at_any_write_or_sync_is_survived),
        cmocka_unit_test(a_sender_that_dies_at_any_step_goes_on),
    };
    return argc > 1 ? soak(argc, argv) : cmocka_run_group_tests(tests, NULL, NULL);
}
