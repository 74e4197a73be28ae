/* Whole sessions in virtual time, with everything going wrong that can (harness.h).  With arguments it is the
 * soak program:
 *
 *   protocol_test_faults --mix 2 --dots 200 --seed 17          plays one job again
 *   protocol_test_faults --jobs 1000 --dots 10000 --seed 1     plays the mixes in turn (./dev soak), on every
 *                                                              processor unless --workers says how many
 */
#include "../test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

typedef struct mix {
    const char *name;
    job_faults faults;
    double bit_errors_max; /* 0, or each job has its own bit error rate between BIT_ERRORS_MIN and this */
    uint64_t latest_us;    /* 0, or each job has its own delay and jitter, together at most this */
} mix;

#define BIT_ERRORS_MIN 1e-5

static const mix mixes[] = {
    {"clean", {.pipe.delay_us = 500, .motion_us = 5000}, 0, 0},
    {"noise",
     {.pipe = {.lose = 0.1, .twice = 0.05, .flip = 0.05, .delay_us = 1000, .jitter_us = 8000}, .motion_us = 8000},
     0,
     0},
    {"crashes",
     {.pipe = {.lose = 0.02, .twice = 0.02, .delay_us = 1000, .jitter_us = 2000},
      .cut = 0.1,
      .crash_sender = 0.15,
      .crash_executor = 0.15,
      .tear = 0.7,
      .motion_us = 8000},
     0,
     0},
    {"broken disk and arm",
     {.pipe.delay_us = 1000,
      .cut = 0.02,
      .crash_executor = 0.05,
      .tear = 1,
      .fail_sync = 0.002,
      .motion_fault = 0.002,
      .motion_us = 8000},
     0,
     0},
    {"serial at 115200",
     {.pipe = {.lose = 0.01, .flip = 0.02, .burst = 0.01, .byte_ns = 86806, .delay_us = 1000},
      .cut = 0.02,
      .motion_us = 4000},
     0,
     0},
    {"far away",
     {.pipe = {.lose = 0.1, .twice = 0.05, .flip = 0.02, .delay_us = 250000, .jitter_us = 50000},
      .cut = 0.01,
      .motion_us = 8000},
     0,
     0},
    {"out of order",
     {.pipe = {.lose = 0.05, .twice = 0.05, .jitter_us = 150000}, .crash_sender = 0.01, .motion_us = 8000},
     0,
     0},
    {"bit errors", {.pipe.delay_us = 1000, .motion_us = 8000}, 1e-3, 0},
    {"overtaken",
     {.pipe = {.lose = 0.1, .twice = 0.05, .reorder = 0.1, .reorder_depth = 8}, .motion_us = 8000},
     0,
     300000},
    {"all at once",
     {.pipe = {.lose = 0.1, .twice = 0.05, .burst = 0.01, .reorder = 0.05, .reorder_depth = 8},
      .cut = 0.002, /* with answers this late a session takes half a minute to begin again */
      .crash_sender = 0.002,
      .crash_executor = 0.002,
      .tear = 0.7,
      .fail_sync = 0.0002,
      .motion_fault = 0.0002,
      .motion_us = 8000},
     1e-4,
     300000},
};
#define MIXES (sizeof mixes / sizeof mixes[0])

/* What differs from job to job of a mix. */
static job_faults faults_of(const mix *m, uint64_t seed)
{
    job_faults f = m->faults;
    job_random r = {seed ^ 0x6a09e667f3bcc909u};
    double errors = random_unit(&r), delay = random_unit(&r), jitter = random_unit(&r);
    if (m->bit_errors_max > 0)
        f.pipe.bit_errors = BIT_ERRORS_MIN * pow(m->bit_errors_max / BIT_ERRORS_MIN, errors);
    if (m->latest_us) {
        f.pipe.delay_us = (uint64_t)(delay * (double)m->latest_us);
        f.pipe.jitter_us = (uint64_t)(jitter * (double)(m->latest_us - f.pipe.delay_us));
    }
    return f;
}

/* How many dots a sender would put into a frame on such a line: one that is long is never whole among many
 * errors. */
static uint32_t dots_per_frame(const job_faults *f, uint64_t seed)
{
    if (f->pipe.bit_errors > 1e-4)
        return 1;
    return f->pipe.byte_ns ? 5 : 1 + (uint32_t)(seed % NP_WIRE_DOTS_PER_FRAME);
}

/* Sets up job number SEED of a mix: the seed also decides on key, buffer and frame size. */
static void set_up(job *j, const mix *m, uint32_t dots, uint64_t seed)
{
    static const uint8_t key[32] = "a link key for the harness only";
    job_faults f = faults_of(m, seed);
    job_init(j, dots, seed, &f);
    j->sender_key = j->executor_key = (seed & 1) ? key : NULL;
    j->buffer_dots = 64u << (seed % 3);
    /* Three jobs of four stop for pigment and needles, some by hand. */
    if (seed % 4) {
        j->faults.reload_every = 20 + (uint32_t)(seed * 7 % 50);
        j->faults.needle_life = seed % 4 == 3 ? 0 : 15 + (uint32_t)(seed * 5 % 60);
        j->faults.by_hand = seed % 8 < 4;
    }
    /* In one of three the head is moved and measured again now and then. */
    j->faults.move_head = seed % 3 == 1 ? 0.3 : 0;
    /* In two of five a part is out of reach, and left out. */
    if (seed % 5 >= 3) {
        j->gaps = 0.1 * (double)(seed % 3 + 1);
        j->buffer_dots = 128u << (seed % 2);
    }
    /* In one of four clocks jump, in one of seven the head is tracked. */
    j->faults.jump = seed % 4 == 2 ? 0.05 * (double)(1 + seed % 3) : 0;
    j->tracking = seed % 7 == 5;
    j->dots_per_frame = dots_per_frame(&f, seed);
    job_start(j);
}

/* What a number of jobs came to. */
typedef struct tally {
    uint64_t jobs, failed, dots, done, in_doubt, doubled, crashes, steps;
    double seconds;
} tally;

static void count(tally *t, const job *j, bool ok)
{
    t->jobs++;
    t->failed += !ok;
    t->dots += j->plan.n;
    t->crashes += j->crashes;
    t->steps += j->steps;
    t->seconds += (double)j->now_us * 1e-6;
    for (uint32_t i = 0; i < j->plan.n; i++) {
        t->done += j->journal_committed[i] == NP_WIRE_OUTCOME_DONE;
        t->in_doubt += j->journal_committed[i] == NP_WIRE_OUTCOME_IN_DOUBT;
        t->doubled += j->punctures[i] > 1;
    }
}

static void print_again(const mix *m, uint32_t dots, uint64_t seed)
{
    printf("  again: build/release/tests/protocol_test_faults --mix %d --dots %u --seed %llu\n", (int)(m - mixes), dots,
           (unsigned long long)seed);
    fflush(stdout);
}

/* T may be NULL. */
static bool play(const mix *m, uint32_t dots, uint64_t seed, tally *t)
{
    job *j = malloc(sizeof *j);
    set_up(j, m, dots, seed);
    /* A chunk in which nothing is reached has to come whole as well, with nothing made meanwhile. */
    double limit_s = (j->gaps > 0 ? 400.0 : 20.0) * dots + 600;
    bool ok = job_run(j, limit_s);
    ok = job_check(j) && ok;
    if (ok && j->gaps > 0) { /* what was left out is made from elsewhere */
        j->gaps = 0;
        j->plan.load.registration.translation_um[0] += 1000;
        j->plan.load.moved_um = 1000;
        j->sender = NULL;
        ok = job_run(j, limit_s);
        ok = job_check(j) && ok;
    }
    if (!ok) {
        printf("FAILED: %s: %s\n", m->name, j->trouble);
        print_again(m, dots, seed);
    }
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

static void bit_errors_and_late_frames_are_survived(void **state)
{
    (void)state;
    play_many(&mixes[7], 12, 100);
    play_many(&mixes[8], 8, 100);
    play_many(&mixes[9], 8, 100);
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
            assert_true(j->journal_committed[i] == NP_WIRE_OUTCOME_DONE || !job_can_be_made(j, i));
        job_free(j);
        free(j);
    }
}

/* ---- soak ---- */

#define WORKERS_MAX 64

typedef struct soak_arguments {
    unsigned long long jobs, dots, seed, workers;
    int only; /* the mix; -1: each in turn */
} soak_arguments;

/* What the processes of a soak share.  A job depends on its seed alone, so it does not matter who plays it.
 */
typedef struct soak_board {
    _Atomic uint64_t next;         /* job to be taken */
    uint64_t playing[WORKERS_MAX]; /* 1 + the job that worker is at; 0: none */
    tally tallies[WORKERS_MAX][MIXES];
} soak_board;

static bool read_arguments(int argc, char **argv, soak_arguments *out)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *out = (soak_arguments){1, 500, 1, processors < 1 ? 1 : (unsigned long long)processors, -1};
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
        else if (number && !strcmp(argv[i], "--workers") && v > 0 && v <= WORKERS_MAX)
            out->workers = v;
        else
            return false;
    }
    out->workers = out->workers > WORKERS_MAX ? WORKERS_MAX : out->workers;
    out->workers = out->workers > out->jobs ? out->jobs : out->workers;
    return true;
}

static size_t mix_of(const soak_arguments *a, uint64_t job_number)
{
    return a->only >= 0 ? (size_t)a->only : (size_t)((a->seed + job_number) % MIXES);
}

static void work(const soak_arguments *a, soak_board *board, size_t worker)
{
    for (uint64_t i; (i = board->next++) < a->jobs;) {
        size_t m = mix_of(a, i);
        board->playing[worker] = 1 + i;
        play(&mixes[m], (uint32_t)a->dots, a->seed + i, &board->tallies[worker][m]);
        board->playing[worker] = 0;
    }
}

/* A worker that did not end well takes its job with it: that one failed, too. */
static void reap(const soak_arguments *a, soak_board *board, size_t worker, pid_t pid)
{
    int status = 0;
    bool good = pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (good)
        return;
    uint64_t i = board->playing[worker] ? board->playing[worker] - 1 : 0;
    size_t m = mix_of(a, i);
    board->tallies[worker][m].jobs++;
    board->tallies[worker][m].failed++;
    printf("FAILED: the program itself ended with wait status %#x\n", (unsigned)status);
    print_again(&mixes[m], (uint32_t)a->dots, a->seed + i);
}

/* Plays the jobs on all workers; each line of a worker is written whole. */
static void play_on_workers(const soak_arguments *a, soak_board *board)
{
    pid_t pids[WORKERS_MAX];
    fflush(NULL);
    for (size_t w = 0; w < a->workers; w++) {
        pids[w] = fork();
        if (pids[w] == 0) {
            work(a, board, w);
            fflush(NULL);
            _exit(0);
        }
    }
    for (size_t w = 0; w < a->workers; w++)
        reap(a, board, w, pids[w]);
}

static void add_tally(tally *sum, const tally *t)
{
    *sum = (tally){sum->jobs + t->jobs,       sum->failed + t->failed,     sum->dots + t->dots,
                   sum->done + t->done,       sum->in_doubt + t->in_doubt, sum->doubled + t->doubled,
                   sum->crashes + t->crashes, sum->steps + t->steps,       sum->seconds + t->seconds};
}

static void print_tally(const char *name, const tally *t)
{
    printf("%-20s %6llu %7llu %10llu %10llu %9llu %8llu %8llu %11llu %10.0f\n", name, (unsigned long long)t->jobs,
           (unsigned long long)t->failed, (unsigned long long)t->dots, (unsigned long long)t->done,
           (unsigned long long)t->in_doubt, (unsigned long long)t->doubled, (unsigned long long)t->crashes,
           (unsigned long long)t->steps, t->seconds);
}

static int soak(int argc, char **argv)
{
    soak_arguments a;
    tally sum = {0};
    if (!read_arguments(argc, argv, &a)) {
        fprintf(stderr, "usage: %s [--jobs N] [--dots 1..%d] [--seed S] [--mix 0..%d] [--workers 1..%d]\n", argv[0],
                NP_WIRE_MAX_DOTS, (int)MIXES - 1, WORKERS_MAX);
        return 2;
    }
    soak_board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED) {
        perror("soak: no shared memory");
        return 1;
    }
    play_on_workers(&a, board);
    printf("%-20s %6s %7s %10s %10s %9s %8s %8s %11s %10s\n", "", "jobs", "failed", "dots", "done", "in doubt",
           "doubled", "crashes", "steps", "virtual s");
    for (size_t m = 0; m < MIXES; m++) {
        tally t = {0};
        for (size_t w = 0; w < a.workers; w++)
            add_tally(&t, &board->tallies[w][m]);
        if (t.jobs)
            print_tally(mixes[m].name, &t);
        add_tally(&sum, &t);
    }
    print_tally("all", &sum);
    printf("%llu jobs of %llu dots: %llu failed\n", a.jobs, a.dots, (unsigned long long)sum.failed);
    munmap(board, sizeof *board);
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
        cmocka_unit_test(bit_errors_and_late_frames_are_survived),
        cmocka_unit_test(a_sender_that_dies_at_any_step_goes_on),
    };
    return argc > 1 ? soak(argc, argv) : cmocka_run_group_tests(tests, NULL, NULL);
}
