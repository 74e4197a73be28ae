/* The executor compares each dot with those it has made: the same place twice is a fault, whatever its number. */
#include "sender_job.h"

static const uint32_t KEPT = 100;

/* N dots in a row, 0.45 mm apart, of which PLACE stands where OTHER does, but for OFF_UM. */
static job *row_of_dots(uint32_t n, uint32_t place, uint32_t other, int32_t off_um)
{
    job *j = job_new(n);
    j->spacing_dots = KEPT;
    for (uint32_t i = 0; i < n; i++) {
        j->plan.dots[i].position_um[0] = (int32_t)i * 450 - 60000;
        j->plan.dots[i].position_um[1] = 0;
    }
    if (place != other) {
        j->plan.dots[place].position_um[0] = j->plan.dots[other].position_um[0];
        j->plan.dots[place].position_um[2] += off_um;
    }
    plan_seal(&j->plan);
    job_start(j);
    return j;
}

static uint32_t made(const job *j)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->plan.n; i++)
        n += j->punctures[i];
    return n;
}

static void a_spaced_session_is_made(void **state)
{
    (void)state;
    job *j = row_of_dots(250, 0, 0, 0);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).done, 250);
    job_destroy(j);
}

static void the_same_place_twice_is_a_fault(void **state)
{
    (void)state;
    const int32_t offs[] = {0, 447, -300};
    for (int i = 0; i < 3; i++) {
        job *j = row_of_dots(250, 150, 60, offs[i]);
        pass(j, 30);
        np_wire_sender_info info = info_of(j);
        assert_int_equal(info.phase, NP_WIRE_PHASE_FAILED);
        assert_int_equal(info.reason, NP_WIRE_REASON_DOT_LIMIT);
        char words[100];
        snprintf(words, sizeof words, "dot %u lies %d um from dot %u", 1000 + 150 * 3, offs[i] < 0 ? -offs[i] : offs[i],
                 1000 + 60 * 3);
        if (!strstr(info.text, words))
            fail_msg("%s", info.text);
        assert_int_equal(made(j), 150);
        assert_int_equal(info.done, 150);
        assert_int_equal(info.in_doubt, 0);
        job_destroy(j);
    }
}

/* The memory is as long as it was given: what was made before that is the plan's side to check. */
static void only_so_many_are_remembered(void **state)
{
    (void)state;
    job *j = row_of_dots(250, 60 + KEPT, 60, 0);
    pass(j, 30);
    assert_int_equal(made(j), 60 + KEPT);
    job_destroy(j);
    j = row_of_dots(250, 60 + KEPT + 1, 60, 0);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    job_destroy(j);
}

/* A dot that was pulled back is made at its own place later, and another session has places of its own. */
static void the_same_dot_is_no_neighbour_of_its_own(void **state)
{
    (void)state;
    job *j = row_of_dots(120, 0, 0, 0);
    for (int i = 0; i < 20; i++) {
        pass(j, 0.05);
        np_wire_executor_hold(j->executor, j->now_us, NULL);
        pass(j, 0.05);
        np_wire_sender_resume(j->sender);
    }
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).done, 120);

    /* the same places in another plan: another head */
    j->plan.load.header_hash[0] ^= 1;
    plan_seal(&j->plan);
    memset(j->punctures, 0, 120 * sizeof *j->punctures);
    memset(j->journal_committed, 0, 120);
    j->last_begun = UINT32_MAX;
    job_start_sender(j);
    pass(j, 20);
    assert_int_equal(info_of(j).done, 120);
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spaced_session_is_made),
        cmocka_unit_test(the_same_place_twice_is_a_fault),
        cmocka_unit_test(only_so_many_are_remembered),
        cmocka_unit_test(the_same_dot_is_no_neighbour_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
