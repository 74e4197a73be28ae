/* The journal in the plan file on a disk that crashes, fails or is full at any one call (crash_vfs.h): what
 * was confirmed is there afterwards, a batch is there whole or not at all, and nothing is there that was
 * never recorded. The executor's record decides what is fired; this one must never claim more than happened,
 * nor forget what it said. */
#include "fixture.h"

#include "crash_vfs.h"
#include "plan/journal.h"

#define DOTS 60
#define BATCHES 6
#define BATCH 3 /* of the 20 dots of session 1 */

/* Under sanitizers a sample. */
#ifdef NP_SANITIZED
#define STRIDE 7
#else
#define STRIDE 1
#endif

static np_plan *plan;
static char path[128];

static int set_up(void **state)
{
    (void)state;
    np_error err = {0};
    plan = fixture_plan(DOTS);
    snprintf(path, sizeof path, "%s", fixture_path("run.needleplan"));
    return np_plan_write(plan, path, true, &err) == NP_OK && disk_install() ? 0 : -1;
}

static int tear_down(void **state)
{
    disk_reset(0);
    np_plan_destroy(plan);
    return fixture_remove(state);
}

static bool record(np_journal *j, int batch)
{
    np_journal_event events[BATCH];
    np_error err = {0};
    for (int i = 0; i < BATCH; i++)
        events[i] = (np_journal_event){.dot_id = plan->dots[batch * BATCH + i].id,
                                       .state = NP_JOURNAL_DONE,
                                       .time_unix_us = 5,
                                       .depth_mm = 0.5,
                                       .outcome = NP_WIRE_OUTCOME_DONE};
    return np_journal_record(j, events, BATCH, &err) == NP_OK;
}

/* A run that records its batches one by one.  Sets in CONFIRMED those that were; AGAIN: a batch that failed
 * is tried once more, as a run that goes on would.  CLOSE: ends the run, which folds the journal back into
 * one file. */
static void run(bool confirmed[BATCHES], bool again, bool close)
{
    np_error err = {0};
    np_journal *j;
    if (np_journal_open(path, plan, 1, "x", 1, &j, &err) != NP_OK)
        return;
    for (int b = 0; b < BATCHES; b++)
        confirmed[b] = confirmed[b] || record(j, b) || (again && record(j, b));
    np_journal_close(&j, close ? NP_PLAN_RUN_DONE : NP_PLAN_RUN_RUNNING, &err);
}

/* Reads what the file says; true for each batch that is there.  Fails on half a batch. */
static void read_batches(bool out[BATCHES], const char *what, uint64_t call)
{
    np_journal_state states[DOTS / 3];
    np_error err = {0};
    if (np_journal_read(path, 1, states, DOTS / 3, &err) != NP_OK)
        fail_msg("%s at call %d: %s", what, (int)call, err.text);
    for (int b = 0; b < BATCHES; b++) {
        out[b] = states[b * BATCH] == NP_JOURNAL_DONE;
        for (int i = 0; i < BATCH; i++)
            if (states[b * BATCH + i] != (out[b] ? NP_JOURNAL_DONE : NP_JOURNAL_NONE))
                fail_msg("%s at call %d: half of batch %d is there", what, (int)call, b);
    }
    for (int i = BATCH * BATCHES; i < DOTS / 3; i++)
        assert_int_equal(states[i], NP_JOURNAL_NONE);
}

static void check(const bool confirmed[BATCHES], const char *what, uint64_t call)
{
    bool there[BATCHES];
    np_error err = {0};
    np_plan *back;
    read_batches(there, what, call);
    for (int b = 0; b < BATCHES; b++)
        if (confirmed[b] && !there[b])
            fail_msg("%s at call %d: batch %d was confirmed and is gone", what, (int)call, b);
    for (int b = 1; b < BATCHES; b++)
        if (there[b] && !there[b - 1] && !confirmed[b])
            fail_msg("%s at call %d: batch %d is there without the one before", what, (int)call, b);
    if (np_plan_read(path, &back, &err) != NP_OK)
        fail_msg("%s at call %d: %s", what, (int)call, err.text);
    assert_memory_equal(back->digest, plan->digest, sizeof plan->digest);
    np_plan_destroy(back);
}

/* Dead at each write, truncation, sync and deletion from the opening of the journal to its folding back, four
 * seeds each; and the run after it goes on to the end. */
static void a_crash_at_any_call_keeps_what_was_confirmed(void **state)
{
    (void)state;
    uint64_t calls = UINT64_MAX;
    for (uint64_t call = 1; call <= calls; call += STRIDE)
        for (uint64_t seed = 0; seed < 4; seed++) {
            bool confirmed[BATCHES] = {0};
            disk_reset(call * 4 + seed);
            disk.crash_at = call;
            run(confirmed, false, true);
            if (!disk.dead)
                calls = 0; /* there is no call of that number */
            disk_come_up();
            check(confirmed, "crash", call);
            run(confirmed, false, true);
            for (int b = 0; b < BATCHES; b++)
                assert_true(confirmed[b]);
            check(confirmed, "crash and a second run", call);
        }
}

/* A full disk or a sync that fails, once or for a while, and then a crash: a batch that was refused may be
 * recorded again, one that was confirmed is there. */
static void a_disk_that_fails_at_any_call_keeps_what_was_confirmed(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {1, 2, 7, 1000000};
    for (uint64_t call = 1; call < 60; call += STRIDE)
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            bool confirmed[BATCHES] = {0};
            disk_reset(call);
            disk.fail_from = call;
            disk.fail_calls = lengths[k];
            run(confirmed, true, k % 2);
            disk_come_up(); /* the power goes, too */
            disk.fail_calls = 0;
            check(confirmed, "failure", call);
            run(confirmed, false, true);
            for (int b = 0; b < BATCHES; b++)
                assert_true(confirmed[b]);
            check(confirmed, "failure and a second run", call);
        }
}

/* The write-ahead log cut at each byte of its last 4 KiB: the batches that are left are the first ones. */
static void a_cut_log_loses_the_last_batches_only(void **state)
{
    (void)state;
    bool confirmed[BATCHES] = {0}, there[BATCHES];
    char name[140];
    np_error err = {0};
    np_journal *j;
    disk_reset(1);
    assert_int_equal(np_journal_open(path, plan, 1, "x", 1, &j, &err), NP_OK);
    for (int b = 0; b < BATCHES; b++)
        assert_true(confirmed[b] = record(j, b));
    disk.dead = true; /* gone before anything is folded back */
    np_journal_close(&j, NP_PLAN_RUN_RUNNING, &err);
    disk.dead = false;
    snprintf(name, sizeof name, "%s-wal", path);
    crash_file *log = disk_find(name), *file = disk_find(path);
    crash_image whole = {0}, base = {0};
    image_copy(&whole, &log->now);
    image_copy(&base, &file->now);
    assert_true(whole.size > 4096);
    int fewest = BATCHES;
    for (size_t cut = 0; cut <= 4096; cut += STRIDE) {
        image_copy(&file->now, &base);
        image_copy(&log->now, &whole);
        image_resize(&log->now, whole.size - cut);
        disk_forget_shm();
        read_batches(there, "cut", cut);
        int n = 0;
        while (n < BATCHES && there[n])
            n++;
        for (int b = n; b < BATCHES; b++)
            assert_false(there[b]);
        assert_true(cut > 0 || n == BATCHES);
        fewest = n < fewest ? n : fewest;
    }
    assert_in_range(fewest, 1, BATCHES - 1);
    free(whole.bytes);
    free(base.bytes);
}

/* The plan file with its journal folded in, cut at each byte of its last 4 KiB: refused. */
static void a_cut_plan_file_is_refused(void **state)
{
    (void)state;
    bool confirmed[BATCHES] = {0};
    disk_reset(1);
    run(confirmed, false, true);
    crash_file *file = disk_find(path);
    size_t size = file->now.size;
    for (size_t cut = 1; cut <= 4096; cut += STRIDE) {
        np_error err = {0};
        np_plan *back = plan;
        image_resize(&file->now, size - cut);
        np_status status = np_plan_read(path, &back, &err);
        if (status != NP_ERR_FORMAT || back)
            fail_msg("%zu bytes cut off: %s %s", cut, np_status_name(status), err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_at_any_call_keeps_what_was_confirmed),
        cmocka_unit_test(a_disk_that_fails_at_any_call_keeps_what_was_confirmed),
        cmocka_unit_test(a_cut_log_loses_the_last_batches_only),
        cmocka_unit_test(a_cut_plan_file_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
