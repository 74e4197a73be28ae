/* The sender at the edges of a session: a stop that comes when everything is done. */
#include "sender_job.h"

static void stop_from_outside(job *j)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    np_wire_executor_receive(j->executor, j->now_us, bytes, np_wire_stop_frame(bytes));
}

/* Stopped by somebody, or held by us, when the last dot is made and not yet reported: there is nothing to go on with. */
static void a_stop_after_the_last_dot_ends_the_session(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        job *j = job_new(20);
        np_wire_executor_info info;
        job_start(j);
        do {
            pass(j, 0.0001);
            np_wire_executor_get_info(j->executor, &info);
        } while (info.done < 20);
        assert_true(info_of(j).done < 20);
        if (ours)
            np_wire_sender_hold(j->sender);
        else
            stop_from_outside(j);
        pass(j, 2);
        assert_int_equal(info_of(j).done, 20);
        assert_string_equal(np_wire_phase_text(info_of(j).phase), "done");
        assert_true(info_of(j).finished);
        job_destroy(j);
    }
}

/* One dot before the end it is a hold like any other. */
static void a_stop_before_the_last_dot_holds(void **state)
{
    (void)state;
    job *j = job_new(20);
    np_wire_executor_info info;
    job_start(j);
    do {
        pass(j, 0.0001);
        np_wire_executor_get_info(j->executor, &info);
    } while (info.done < 18);
    stop_from_outside(j);
    pass(j, 2);
    assert_string_equal(np_wire_phase_text(info_of(j).phase), "holding");
    assert_in_range(info_of(j).done, 18, 19);
    np_wire_sender_resume(j->sender);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_after_the_last_dot_ends_the_session),
        cmocka_unit_test(a_stop_before_the_last_dot_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
