/* Clocks that wrap and jump, in virtual time: whatever they show, no dot begins after the lease, and the session goes on. */
#include "sender_job.h"

#define US_32 UINT64_C(0xffffffff)

static uint32_t punctures(const job *j)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->plan.n; i++)
        n += j->punctures[i];
    return n;
}

/* The executor alone, as the sender has died. */
static void pass_without_sender(job *j, double s)
{
    for (uint64_t end = j->now_us + (uint64_t)(s * 1e6); j->now_us < end; job_advance(j))
        job_executor_step(j);
    assert_string_equal(j->trouble, "");
}

/* A job whose executor's clock, of 32 bits, wraps in a second. */
static job *job_before_wrap(void)
{
    job *j = job_new(2000);
    j->executor_mask = US_32;
    j->executor_ahead_us = US_32 - j->now_us - 1000000;
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    return j;
}

/* The sender dies when 50 ms of its lease are behind the wrap: that ends it, not 71 minutes later. */
static void a_wrap_does_not_keep_the_lease(void **state)
{
    (void)state;
    job *j = job_before_wrap();
    while (job_executor_us(j) < US_32 - 50000)
        pass(j, 0.001);
    assert_int_equal(state_of(j), NP_WIRE_STATE_RUNNING);
    uint32_t before = punctures(j);
    pass_without_sender(j, 0.11);
    assert_int_equal(state_of(j), NP_WIRE_STATE_HOLDING);
    uint32_t after = punctures(j);
    assert_in_range(after - before, 1, 20);
    np_wire_executor_info info;
    np_wire_executor_get_info(j->executor, &info);
    assert_int_equal(info.reason, NP_WIRE_REASON_LEASE);
    assert_string_equal(info.text, "the executor's clock went back");
    pass_without_sender(j, 20);
    assert_int_equal(punctures(j), after);
    job_destroy(j);
}

/* With a sender that is there it is a hold like any other: a person presses the pedal, and everything is made once. */
static void a_session_outlives_wraps_of_either_clock(void **state)
{
    (void)state;
    job *j = job_before_wrap();
    assert_true(job_run(j, 100));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).done, 2000);
    job_destroy(j);
    j = job_new(2000);
    j->sender_mask = US_32;
    j->sender_ahead_us = US_32 - j->now_us - 1000000;
    job_start(j);
    assert_true(job_run(j, 100));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).connects, 1); /* the executor does not notice */
    job_destroy(j);
}

static void a_session_outlives_jumps_of_both_clocks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        job *j = malloc(sizeof *j);
        job_init(j, 300, seed, &calm);
        job_start(j);
        for (int i = 0; i < 20 && info_of(j).phase != NP_WIRE_PHASE_DONE; i++) {
            pass(j, 0.1 + 1e-6 * (double)(random_next(&j->random) % 400000));
            job_jump(j, random_next(&j->random) & 1 ? &j->executor_ahead_us : &j->sender_ahead_us, 1000);
        }
        if (info_of(j).phase != NP_WIRE_PHASE_DONE && !job_run(j, 60))
            fail_msg("seed %u: %s", (unsigned)seed, j->trouble);
        if (!job_check(j))
            fail_msg("seed %u: %s", (unsigned)seed, j->trouble);
        assert_int_equal(punctures(j), 300);
        job_destroy(j);
    }
}

/* The clock goes back by less than the lease, again and again: each time it holds, so that no lease grows. */
static void small_steps_back_do_not_stretch_the_lease(void **state)
{
    (void)state;
    job *j = job_new(2000);
    j->executor_ahead_us = 10000000;
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.2);
    assert_int_equal(state_of(j), NP_WIRE_STATE_RUNNING);
    pass_without_sender(j, 0.05);
    assert_int_equal(state_of(j), NP_WIRE_STATE_RUNNING);
    j->executor_ahead_us -= 40000; /* still after the last frame */
    pass_without_sender(j, 0.012);
    assert_int_equal(state_of(j), NP_WIRE_STATE_HOLDING);
    job_destroy(j);
}

/* A pose from before the clock was set back does not count as fresh, and later ones count again. */
static void poses_start_anew(void **state)
{
    (void)state;
    job *j = job_new(100);
    np_wire_pose pose = {{1000000}, {5, 6, 7}};
    j->sender_ahead_us = 10000000;
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    np_wire_sender_pose(j->sender, job_sender_us(j), 900000, &pose);
    j->sender_ahead_us -= 5000000;
    uint64_t now = job_sender_us(j);
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    while ((size = np_wire_sender_send(j->sender, now, frame)) > 0) {
        assert_int_not_equal(frame[1], NP_WIRE_MSG_POSE);
        job_put(j, &j->to_executor, frame, size);
    }
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrap_does_not_keep_the_lease),
        cmocka_unit_test(a_session_outlives_wraps_of_either_clock),
        cmocka_unit_test(a_session_outlives_jumps_of_both_clocks),
        cmocka_unit_test(small_steps_back_do_not_stretch_the_lease),
        cmocka_unit_test(poses_start_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
