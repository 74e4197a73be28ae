/* The sender at the edges of a session: a map that is no map, and a stop that comes when everything is done. */
#include "sender_job.h"

#include "protocol/private/sender.h"

static unsigned reported(const job *j)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < j->plan.n; i++)
        n += j->journal[i] != 0 || j->journal_committed[i] != 0;
    return n;
}

/* An answer of the executor, as only its own key makes it. */
static void say_as_executor(job *j, const np_wire_message *m)
{
    np_wire_sender *s = j->sender;
    uint8_t payload[NP_WIRE_PAYLOAD_MAX], bytes[NP_WIRE_FRAME_MAX];
    np_wire_frame f = {.type = m->type, .from_executor = true, .epoch = s->epoch, .payload = payload};
    size_t size;
    f.sequence = s->received_sequence + 1;
    assert_int_equal(np_wire_message_encode(m, payload, sizeof payload, &f.payload_size), NP_WIRE_OK);
    assert_int_equal(np_wire_frame_encode(&f, s->key, bytes, &size), NP_WIRE_OK);
    assert_int_equal(np_wire_sender_receive(s, j->now_us, bytes, size), NP_WIRE_OK);
}

/* Outcomes that nobody knows at the end of a map: nothing of it is believed, and nothing is written down. */
static void a_map_is_believed_whole_or_not_at_all(void **state)
{
    (void)state;
    job *j = job_new(100);
    job_start(j);
    while (info_of(j).phase != NP_WIRE_PHASE_COMPARING)
        pass(j, 0.0001);
    np_wire_message m = {.type = NP_WIRE_MSG_RESUME_INFO};
    np_wire_resume_info *r = &m.u.resume_info;
    memcpy(r->digest, j->plan.load.digest, sizeof r->digest);
    r->session = 1;
    r->n_dots = 100;
    r->map_size = NP_WIRE_MAP_BYTES(100);
    for (uint32_t i = 0; i < 99; i++)
        np_wire_map_set(r->map, i, NP_WIRE_OUTCOME_DONE);
    np_wire_map_set(r->map, 99, NP_WIRE_OUTCOME_COUNT);
    say_as_executor(j, &m);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_COMPARING);
    assert_int_equal(reported(j), 0);
    assert_int_equal(info_of(j).done, 0);
    /* The executor's true map settles it. */
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).done, 100);
    job_destroy(j);
}

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
        cmocka_unit_test(a_map_is_believed_whole_or_not_at_all),
        cmocka_unit_test(a_stop_after_the_last_dot_ends_the_session),
        cmocka_unit_test(a_stop_before_the_last_dot_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
