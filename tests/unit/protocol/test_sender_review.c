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

/* Another sender, with what the journal of the first one says. */
static void begin_review(job *j)
{
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
    assert_int_equal(np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
                     NP_WIRE_OK);
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
        begin_review(j);
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

/* A run of 100 dots, of which one ends as OUTCOME without a puncture. */
static uint32_t run_with(job *j, np_wire_outcome outcome)
{
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.2);
    while (!j->motion_busy)
        pass(j, 0.001);
    uint32_t order = j->motion_order;
    j->motion_busy = false;
    j->place = j->bound;
    j->punctures[order] = 0;
    np_wire_executor_motion_done(j->executor, j->now_us, outcome, 0, 0);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(j->journal_committed[order], outcome);
    assert_int_equal(j->punctures[order], 0);
    return order;
}

/* Not tried again by itself; fired once, when a person has said so, also where the verdict comes again because nobody heard that it
 * was taken.  Without one, an executor that does not know the dot is another one. */
static void a_dot_that_was_not_punctured_is_fired_again_on_a_verdict(void **state)
{
    (void)state;
    static const np_wire_outcome outcomes[] = {NP_WIRE_OUTCOME_SKIPPED, NP_WIRE_OUTCOME_NO_CONTACT};
    for (int i = 0; i < 2; i++) {
        job *j = job_new(100);
        uint32_t order = run_with(j, outcomes[i]);
        begin_review(j);
        assert_true(job_run(j, 60));
        assert_int_equal(j->punctures[order], 0);
        for (int times = 0; times < 2; times++) {
            begin_review(j);
            assert_int_equal(np_wire_sender_review(j->sender, order, NP_WIRE_OUTCOME_NONE), NP_WIRE_OK);
            np_wire_sender_hold(j->sender);
            pass(j, 2);
            assert_int_equal(j->journal_committed[order], NP_WIRE_OUTCOME_NONE);
            assert_int_equal(info_of(j).differences, 0);
            if (times == 0) /* as if it had not been heard of */
                j->journal[order] = j->journal_committed[order] = (uint8_t)outcomes[i];
        }
        assert_int_equal(j->punctures[order], 0);
        j->last_begun = UINT32_MAX;
        begin_review(j);
        assert_true(job_run(j, 60));
        assert_string_equal(j->trouble, "");
        assert_int_equal(j->journal_committed[order], NP_WIRE_OUTCOME_DONE);
        assert_int_equal(j->punctures[order], 1);
        assert_true(job_check(j));
        /* done is for ever */
        begin_review(j);
        assert_int_equal(np_wire_sender_review(j->sender, order, NP_WIRE_OUTCOME_NONE), NP_WIRE_OK);
        assert_true(job_run(j, 60));
        assert_int_equal(j->punctures[order], 1);
        job_destroy(j);
    }
}

static void without_a_verdict_it_is_a_difference(void **state)
{
    (void)state;
    job *j = job_new(100);
    uint32_t order = run_with(j, NP_WIRE_OUTCOME_SKIPPED);
    begin_review(j);
    assert_int_equal(np_wire_sender_review(j->sender, order, NP_WIRE_OUTCOME_NONE), NP_WIRE_OK);
    np_wire_sender_hold(j->sender);
    pass(j, 2);
    j->journal[order] = j->journal_committed[order] = NP_WIRE_OUTCOME_SKIPPED;
    begin_review(j);
    assert_false(job_run(j, 60));
    assert_int_equal(info_of(j).differences, 1);
    assert_int_equal(j->punctures[order], 0);
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rehearsal_begins_anew_after_a_reconnect),
        cmocka_unit_test(a_verdict_on_a_dot_in_doubt_is_carried_out),
        cmocka_unit_test(a_dot_that_was_not_punctured_is_fired_again_on_a_verdict),
        cmocka_unit_test(without_a_verdict_it_is_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
