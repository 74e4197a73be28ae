/* Crashes and failing disks, one at each point where there can be one (test_faults.c draws them at random).
 * Never a second puncture; at most one dot in doubt for each thing that broke. */
#include "../test.h"

#include "harness.h"

/* Under sanitizers a sample. */
#ifdef NP_SANITIZED
#define STRIDE 11
#else
#define STRIDE 1
#endif

static const job_faults calm = {.pipe.delay_us = 500, .motion_us = 5000};

static job *job_new(uint32_t dots, uint64_t seed)
{
    job *j = malloc(sizeof *j);
    job_init(j, dots, seed, &calm);
    j->buffer_dots = 64;
    job_start(j);
    return j;
}

static void job_destroy(job *j)
{
    job_free(j);
    free(j);
}

static uint32_t in_doubt(const job *j)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->plan.n; i++)
        n += j->journal_committed[i] == NP_WIRE_OUTCOME_IN_DOUBT;
    return n;
}

static void finish(job *j, const char *what, uint64_t call, size_t detail)
{
    bool ended = job_run(j, 100);
    if (!job_check(j) || !ended || in_doubt(j) > 1)
        fail_msg("%s at storage call %d (%zu): %s, %u in doubt", what, (int)call, detail, j->trouble, in_doubt(j));
}

/* ---- the executor's storage ---- */

/* Dead at each append, sync and cut of a session, from the first epoch to the end.  Of what was appended and
 * not synced nothing is left, or all, or a part that ends at a border or beside it. */
static void a_crash_at_any_call_is_survived(void **state)
{
    (void)state;
    static const size_t kept[] = {0, 1, 40, 63, 64, 65, 100, 127, 128};
    uint64_t calls = UINT64_MAX;
    unsigned tried = 0;
    for (uint64_t call = 4; call <= calls; call += STRIDE) /* the first three are those of the first start */
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++, tried++) {
            job *j = job_new(12, call);
            j->crash_at_call = call;
            j->keep_unsynced = kept[k];
            finish(j, "crash", call, kept[k]);
            if (j->crashes == 0)
                calls = 0; /* the session has no call of that number */
            job_destroy(j);
        }
    assert_true(tried * STRIDE > 9 * 24); /* each dot takes at least INTENT and RESULT */
}

/* Two crashes: the second while the first is recovered from, or at any call later on. */
static void a_crash_in_the_recovery_is_survived(void **state)
{
    (void)state;
    for (uint64_t first = 6; first < 18; first++)
        for (uint64_t second = first + 1; second < first + 12; second += STRIDE) {
            job *j = job_new(8, first);
            j->crash_at_call = first;
            j->keep_unsynced = 70;
            while (!j->crashes && !j->trouble[0])
                if (!job_run(j, 0.01))
                    j->trouble[0] = '\0'; /* not at the end yet */
            j->crash_at_call = second;
            bool ended = job_run(j, 100);
            if (!job_check(j) || !ended || in_doubt(j) > 2)
                fail_msg("crashes at calls %d and %d: %s", (int)first, (int)second, j->trouble);
            job_destroy(j);
        }
}

/* Appends and syncs that fail, once or for a while, without a crash: the executor stands in FAULT until a
 * person resets it, and nothing is fired whose INTENT may not be durable. */
static void a_disk_that_fails_at_any_call_is_survived(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {1, 2, 5};
    for (uint64_t call = 2; call < 40; call += STRIDE)
        for (size_t k = 0; k < 3; k++) {
            job *j = job_new(12, call);
            j->fail_from_call = call;
            j->fail_calls = lengths[k];
            finish(j, "failure", call, (size_t)lengths[k]);
            job_destroy(j);
        }
}

/* ---- journals cut by hand ---- */

/* What both sides and the skin had when both went away. */
typedef struct still {
    uint8_t *file, *journal;
    uint32_t *punctures;
    size_t size;
    uint32_t doubts_allowed;
} still;

static still stop_half_way(job *j, uint32_t dots_done)
{
    while (j->punctures[dots_done] == 0 && !j->trouble[0])
        if (!job_run(j, 0.002))
            j->trouble[0] = '\0';
    for (int i = 0; i < 200; i++) /* until the sender has heard of all that was done */
        if (!job_run(j, 0.0001))
            j->trouble[0] = '\0';
    uint32_t n = j->plan.n;
    still s = {malloc(j->file_size), malloc(n), malloc(n * sizeof *s.punctures), j->file_size, j->doubts_allowed};
    memcpy(s.file, j->file, j->file_size);
    memcpy(s.journal, j->journal_committed, n);
    memcpy(s.punctures, j->punctures, n * sizeof *s.punctures);
    return s;
}

static void still_free(still *s)
{
    free(s->file);
    free(s->journal);
    free(s->punctures);
}

/* Both begin again, with SIZE bytes of the executor's file and the first KNOWN outcomes of the sender's
 * journal. */
static void begin_again(job *j, const still *s, size_t size, uint32_t known)
{
    uint32_t n = j->plan.n;
    memcpy(j->file, s->file, size);
    j->file_size = size;
    j->file_synced = 0;
    memset(j->durable, 0, n);
    file_is_synced(j);
    memset(j->journal_committed, 0, n);
    memcpy(j->journal_committed, s->journal, known);
    memcpy(j->punctures, s->punctures, n * sizeof *s->punctures);
    j->to_executor.n = j->to_sender.n = 0;
    j->frame_epoch = j->frame_sequence = 0;
    j->last_begun = UINT32_MAX;
    j->differences = 0;
    j->doubts_allowed = s->doubts_allowed + 1;
    job_start(j);
}

/* The executor's file cut at each byte of its last 4 KiB, its synced records included: no crash does that, a
 * bad copy does.  The sender's journal knows of the lost dots: nothing is fired.  Where nothing is lost that
 * it knows of, the session goes on to its end. */
static void a_cut_executor_file_never_leads_to_a_second_puncture(void **state)
{
    (void)state;
    job *j = job_new(90, 3);
    still s = stop_half_way(j, 60);
    unsigned differed = 0, ended = 0;
    j->may_differ = true;
    assert_true(s.size > 4096);
    for (size_t cut = 0; cut <= 4096; cut += STRIDE) {
        size_t size = s.size - cut;
        begin_again(j, &s, size, j->plan.n);
        for (int i = 0; i < 4000 && j->differences == 0 && !j->trouble[0]; i++) {
            np_wire_sender_info info;
            job_executor_step(j);
            job_sender_step(j);
            np_wire_sender_get_info(j->sender, &info);
            if (info.phase == NP_WIRE_PHASE_DONE) {
                ended++;
                break;
            }
            job_advance(j);
        }
        if (j->trouble[0])
            fail_msg("cut to %zu of %zu bytes: %s", size, s.size, j->trouble);
        if (j->differences)
            assert_memory_equal(j->punctures, s.punctures, j->plan.n * sizeof *s.punctures);
        differed += j->differences > 0;
    }
    assert_true(differed > 3000 / STRIDE);
    assert_true(ended > 0);
    assert_int_equal(differed + ended, 4096 / STRIDE + 1);
    still_free(&s);
    job_destroy(j);
}

/* The sender's journal lost any number of its last outcomes: it learns them again from the executor's. */
static void a_sender_that_forgot_learns_again(void **state)
{
    (void)state;
    job *j = job_new(90, 4);
    still s = stop_half_way(j, 60);
    for (uint32_t known = 0; known <= 64; known += STRIDE) {
        begin_again(j, &s, s.size, known);
        finish(j, "forgot", known, 0);
    }
    still_free(&s);
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_at_any_call_is_survived),
        cmocka_unit_test(a_crash_in_the_recovery_is_survived),
        cmocka_unit_test(a_disk_that_fails_at_any_call_is_survived),
        cmocka_unit_test(a_cut_executor_file_never_leads_to_a_second_puncture),
        cmocka_unit_test(a_sender_that_forgot_learns_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
