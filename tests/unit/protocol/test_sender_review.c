/* The sender around a run: a rehearsal in the air, and a person's verdicts on dots in doubt. */
#include "sender_job.h"

static bool count_event(void *context, const np_wire_event *event)
{
    job *j = context;
    assert_int_equal(event->outcome, NP_WIRE_OUTCOME_DONE);
    j->journal[event->order]++;
    return true;
}

/* Nobody keeps a record of a rehearsal: when the executor comes back it begins with the first dot, and what is journalled
 * of the real session is not looked at. */
static void a_rehearsal_begins_anew_after_a_reconnect(void **state)
{
    (void)state;
    job *j = job_new(200);
    j->plan.load.air = 1;
    job_start(j);
    uint8_t known[200];
    memset(known, NP_WIRE_OUTCOME_DONE, sizeof known);
    np_wire_sender_config c = {.dots = j->plan.dots,
                               .n_dots = j->plan.n,
                               .stops = j->plan.stops,
                               .load = j->plan.load,
                               .known = known,
                               .context = j,
                               .random = job_random_bytes,
                               .event = count_event,
                               .difference = journal_difference,
                               .name = "air",
                               .ask_after_hold = true};
    assert_int_equal(np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
                     NP_WIRE_OK);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.3);
    assert_in_range(info_of(j).done, 10, 190);
    job_crash_executor(j);
    memset(j->punctures, 0, j->plan.n * sizeof *j->punctures);
    pass_until(j, NP_WIRE_PHASE_DONE);
    assert_int_equal(info_of(j).done, 200);
    assert_int_equal(info_of(j).differences, 0);
    assert_int_equal(j->journal[0], 2);
    assert_int_equal(j->journal[199], 1);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(j->punctures[i], 1);
    job_destroy(j);
}

/* ---- reviews ---- */

static bool note_review(void *context, uint32_t order, uint32_t id, uint32_t outcome)
{
    job *j = context;
    (void)id;
    j->journal[order] = (uint8_t)outcome;
    return journal_commit(j);
}

static void a_verdict_on_a_dot_in_doubt_is_carried_out(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        job *j = job_new(100);
        job_start(j);
        pass_until(j, NP_WIRE_PHASE_RUNNING);
        pass(j, 0.2);
        while (!j->motion_busy)
            pass(j, 0.001);
        uint32_t order = j->motion_order;
        job_crash_executor(j);
        assert_true(job_run(j, 60));
        assert_true(job_check(j));
        assert_int_equal(j->journal_committed[order], NP_WIRE_OUTCOME_IN_DOUBT);
        np_wire_sender_config c = {.dots = j->plan.dots,
                                   .n_dots = j->plan.n,
                                   .stops = j->plan.stops,
                                   .load = j->plan.load,
                                   .known = j->journal_committed,
                                   .context = j,
                                   .random = job_random_bytes,
                                   .event = journal_event,
                                   .commit = journal_commit,
                                   .reviewed = note_review,
                                   .difference = journal_difference,
                                   .name = "review"};
        assert_int_equal(
            np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
            NP_WIRE_OK);
        assert_int_equal(np_wire_sender_review(j->sender, 100, NP_WIRE_OUTCOME_DONE), NP_WIRE_RANGE);
        assert_int_equal(np_wire_sender_review(j->sender, order, NP_WIRE_OUTCOME_SKIPPED), NP_WIRE_RANGE);
        assert_int_equal(np_wire_sender_review(j->sender, order, again ? NP_WIRE_OUTCOME_NONE : NP_WIRE_OUTCOME_DONE),
                         NP_WIRE_OK);
        if (again)
            j->punctures[order] = 0, j->last_begun = UINT32_MAX; /* a person has looked: it was not made */
        bool ok = job_run(j, 60);
        assert_string_equal(j->trouble, "");
        assert_true(ok);
        assert_int_equal(j->journal_committed[order], NP_WIRE_OUTCOME_DONE);
        assert_int_equal(j->punctures[order], 1);
        job_destroy(j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rehearsal_begins_anew_after_a_reconnect),
        cmocka_unit_test(a_verdict_on_a_dot_in_doubt_is_carried_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
