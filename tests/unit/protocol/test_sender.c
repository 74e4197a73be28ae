/* The sender against a real executor in virtual time: the operator's wishes, refusals, differences, failures.
 */
#include "sender_job.h"

static const uint8_t key_a[32] = {1}, key_b[32] = {2};

/* ---- the operator's wishes ---- */

static void hold_and_resume(void **state)
{
    (void)state;
    job *j = job_new(300);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.3);
    np_wire_sender_hold(j->sender);
    assert_true(np_wire_sender_is_urgent(j->sender));
    uint64_t before = j->now_us;
    while (state_of(j) != NP_WIRE_STATE_HOLDING)
        pass(j, 0.0005);
    assert_true(j->now_us - before < 5000);
    pass_until(j, NP_WIRE_PHASE_HOLDING);
    pass(j, 0.1);
    np_wire_sender_info info = info_of(j);
    assert_true(info.settled);
    assert_false(info.finished);
    assert_int_equal(info.reason, NP_WIRE_REASON_HOLD);
    /* Nothing more happens by itself, and all that happened is in the journal. */
    uint32_t done = info.done, fired = 0;
    pass(j, 3);
    assert_int_equal(info_of(j).done, done);
    for (uint32_t i = 0; i < 300; i++)
        fired += j->punctures[i];
    assert_int_equal(fired, done);
    np_wire_sender_resume(j->sender);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).done, 300);
    assert_false(np_wire_sender_is_urgent(j->sender));
    job_destroy(j);
}

static void a_hold_before_arming_stays(void **state)
{
    (void)state;
    job *j = job_new(100);
    job_start(j);
    np_wire_sender_hold(j->sender);
    pass(j, 2);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_HOLDING);
    assert_int_equal(info_of(j).done, 0);
    np_wire_sender_resume(j->sender);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    job_destroy(j);
}

static void abort_reports_what_was_done(void **state)
{
    (void)state;
    job *j = job_new(300);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.5);
    np_wire_sender_abort(j->sender);
    pass(j, 1);
    np_wire_sender_info info = info_of(j);
    assert_int_equal(info.phase, NP_WIRE_PHASE_FAILED);
    assert_true(info.finished);
    assert_true(info.stopped);
    assert_int_equal(info.reason, NP_WIRE_REASON_ABORT);
    assert_int_equal(state_of(j), NP_WIRE_STATE_AUTHENTICATED);
    uint32_t fired = 0;
    for (uint32_t i = 0; i < 300; i++)
        fired += j->punctures[i];
    assert_true(fired > 20);
    assert_true(fired < 300);
    assert_int_equal(info.done, fired);
    job_start_sender(j);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    job_destroy(j);
}

/* A frame of dots takes about as long on a slow line as a heartbeat waits: what is still leaving is no silence. */
static void silence_on_a_line_begins_where_a_frame_has_left_it(void **state)
{
    (void)state;
    const uint64_t byte_ns = 100000;
    for (int slow = 0; slow < 2; slow++) {
        job *j = job_new(300);
        uint8_t frame[NP_WIRE_FRAME_MAX];
        j->faults.pipe.byte_ns = slow ? byte_ns : 0;
        j->dots_per_frame = 5;
        job_start(j);
        pass_until(j, NP_WIRE_PHASE_RUNNING);
        uint64_t now = j->now_us + 2 * NP_WIRE_HEARTBEAT_US;
        assert_true(np_wire_sender_send(j->sender, now, frame) > 0);
        assert_int_equal(frame[1], NP_WIRE_MSG_HEARTBEAT);
        size_t size = np_wire_sender_send(j->sender, now, frame);
        assert_int_equal(frame[1], NP_WIRE_MSG_DOTS);
        assert_true(size * byte_ns / 1000 > NP_WIRE_HEARTBEAT_US / 2);
        now += slow ? size * byte_ns / 1000 : 0;
        assert_int_equal(np_wire_sender_deadline(j->sender, now), now + NP_WIRE_HEARTBEAT_US);
        job_destroy(j);
    }
}

static void estop_latches_there_and_ends_here(void **state)
{
    (void)state;
    job *j = job_new(300);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.2);
    np_wire_sender_estop(j->sender);
    pass(j, 0.01);
    assert_int_equal(state_of(j), NP_WIRE_STATE_ESTOP);
    pass(j, 1);
    assert_true(info_of(j).finished);
    assert_true(info_of(j).stopped);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_ESTOP);
    job_destroy(j);
}

static void wishes_without_an_executor(void **state)
{
    (void)state;
    job *j = job_new(10);
    job_start_sender(j);
    j->executor_off_until_us = UINT64_MAX;
    pass(j, 5);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_CONNECTING);
    assert_false(info_of(j).connected);
    assert_true(info_of(j).last_heard_us == 0);
    np_wire_sender_abort(j->sender);
    pass(j, 0.1);
    assert_true(info_of(j).finished);
    assert_true(info_of(j).stopped);
    assert_true(np_wire_sender_deadline(j->sender, j->now_us) == UINT64_MAX);
    job_destroy(j);
}

/* ---- refusals ---- */

static void expect_failure(job *j, np_wire_reason reason, const char *words)
{
    job_start(j);
    pass(j, 3);
    np_wire_sender_info info = info_of(j);
    assert_int_equal(info.phase, NP_WIRE_PHASE_FAILED);
    assert_true(info.finished);
    assert_false(info.stopped);
    assert_int_equal(info.reason, reason);
    if (!strstr(info.text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, info.text);
    job_destroy(j);
}

static void different_keys_are_named(void **state)
{
    (void)state;
    job *j = job_new(10);
    j->sender_key = key_a, j->executor_key = key_b;
    expect_failure(j, NP_WIRE_REASON_KEY, "another link key");
    j = job_new(10);
    j->sender_key = key_a;
    expect_failure(j, NP_WIRE_REASON_KEY, "the executor has none");
    j = job_new(10);
    j->executor_key = key_b;
    expect_failure(j, NP_WIRE_REASON_KEY, "another link key");
}

static void a_key_on_both_sides_authenticates(void **state)
{
    (void)state;
    job *j = job_new(10);
    j->sender_key = j->executor_key = key_a;
    job_start(j);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_true(info_of(j).authenticated);
    assert_true(info_of(j).durable);
    assert_string_equal(info_of(j).executor, "harness 1");
    assert_true(info_of(j).round_trip_us > 900);
    job_destroy(j);
}

static void an_approval_that_does_not_hold_is_named(void **state)
{
    (void)state;
    job *j = job_new(10);
    j->plan.load.signature[3] ^= 1;
    expect_failure(j, NP_WIRE_REASON_APPROVAL, "approval does not hold");
}

/* An executor of another version: it answers with frames that begin with another byte. */
static void another_version_is_named(void **state)
{
    (void)state;
    job *j = job_new(10);
    uint8_t frame[NP_WIRE_FRAME_MAX];
    job_start_sender(j);
    np_wire_frame f = {.type = NP_WIRE_MSG_REFUSED, .from_executor = true};
    size_t size;
    np_wire_frame_encode(&f, NULL, frame, &size);
    frame[0] = 3;
    uint32_t crc = np_wire_crc32c(frame, size - 4);
    for (size_t i = 0; i < 4; i++)
        frame[size - 4 + i] = (uint8_t)(crc >> (24 - 8 * i));
    assert_int_equal(np_wire_sender_receive(j->sender, j->now_us, frame, size), NP_WIRE_OTHER_VERSION);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_FAILED);
    assert_string_equal(info_of(j).text,
                        "the executor speaks version 3 of the protocol, harness 1 speaks 2: update the older");
    /* The other way round: the executor refuses a frame of another version in words. */
    job_start_executor(j);
    f = (np_wire_frame){.type = NP_WIRE_MSG_HELLO};
    np_wire_frame_encode(&f, NULL, frame, &size);
    frame[0] = 9;
    crc = np_wire_crc32c(frame, size - 4);
    for (size_t i = 0; i < 4; i++)
        frame[size - 4 + i] = (uint8_t)(crc >> (24 - 8 * i));
    np_wire_executor_receive(j->executor, j->now_us, frame, size);
    size = np_wire_executor_send(j->executor, j->now_us, frame);
    job_start_sender(j);
    assert_int_equal(np_wire_sender_receive(j->sender, j->now_us, frame, size), NP_WIRE_OK);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_VERSION);
    assert_non_null(strstr(info_of(j).text, "the sender speaks 9"));
    job_destroy(j);
}

static void a_second_sender_waits_until_the_first_is_gone(void **state)
{
    (void)state;
    job *j = job_new(400);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.1);
    /* The second one's HELLO, between the first one's frames. */
    job *other = job_new(400);
    other->random.state ^= 99;
    other->now_us = j->now_us;
    job_start_sender(other);
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size = np_wire_sender_send(other->sender, j->now_us, frame);
    assert_int_equal(np_wire_executor_receive(j->executor, j->now_us, frame, size), NP_WIRE_OK);
    size = np_wire_executor_send(j->executor, j->now_us, frame);
    np_wire_sender_receive(other->sender, j->now_us, frame, size);
    assert_int_equal(info_of(other).phase, NP_WIRE_PHASE_CONNECTING);
    assert_int_equal(info_of(other).reason, NP_WIRE_REASON_BUSY);
    assert_int_equal(state_of(j), NP_WIRE_STATE_RUNNING);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    job_destroy(other);
    job_destroy(j);
}

/* ---- the two journals ---- */

static void note_difference(void *context, uint32_t order, uint32_t id, uint32_t known, uint32_t executor)
{
    uint32_t *seen = context;
    (void)known, (void)executor;
    assert_int_equal(id, 1000 + 3 * order);
    seen[order]++;
}

static bool event_into_nothing(void *context, const np_wire_event *event)
{
    (void)context, (void)event;
    return true;
}

static void zero_random(void *context, uint8_t *out, size_t size)
{
    static uint8_t count;
    (void)context;
    memset(out, ++count, size);
}

/* The executor forgot (its journal was in memory, say), or is another one: nothing is fired, the dots are
 * named. */
static void an_executor_that_forgot_fires_nothing(void **state)
{
    (void)state;
    job *j = job_new(1200);
    uint32_t seen[1200] = {0};
    j->journal_committed[3] = NP_WIRE_OUTCOME_DONE;
    j->journal_committed[1100] = NP_WIRE_OUTCOME_IN_DOUBT;
    job_start(j);
    np_wire_sender_config c = {.dots = j->plan.dots,
                               .n_dots = j->plan.n,
                               .stops = j->plan.stops,
                               .load = j->plan.load,
                               .known = j->journal_committed,
                               .context = seen,
                               .random = zero_random,
                               .event = event_into_nothing,
                               .difference = note_difference,
                               .name = "test"};
    assert_int_equal(np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
                     NP_WIRE_OK);
    assert_int_equal(info_of(j).done, 1);
    pass(j, 3);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_FAILED);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_DIFFERENCE);
    assert_int_equal(info_of(j).differences, 2);
    assert_string_equal(info_of(j).text,
                        "the journals here and at the executor disagree on 2 dots (1009, 4300): nothing is fired");
    assert_true(seen[3] == 1);
    assert_true(seen[1100] == 1);
    for (uint32_t i = 0; i < 1200; i++)
        assert_int_equal(j->punctures[i], 0);
    job_destroy(j);
}

/* Done for us, in doubt for the executor: its record was cut short by more than a crash can. */
static void an_executor_that_doubts_what_we_know_fires_nothing(void **state)
{
    (void)state;
    job *j = job_new(100);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.2);
    while (!j->motion_busy)
        pass(j, 0.001);
    uint32_t order = j->motion_order;
    job_crash_executor(j);
    j->journal_committed[order] = NP_WIRE_OUTCOME_DONE;
    job_start_sender(j);
    assert_false(job_run(j, 5));
    assert_non_null(strstr(j->trouble, "the two journals differ"));
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_DIFFERENCE);
    assert_int_equal(j->journal_committed[order], NP_WIRE_OUTCOME_DONE);
    job_destroy(j);
}

static bool event_fails(void *context, const np_wire_event *event)
{
    (void)event;
    ++*(int *)context;
    return false;
}

static void a_journal_that_cannot_be_written_ends_the_run(void **state)
{
    (void)state;
    job *j = job_new(100);
    int events = 0;
    job_start(j);
    j->awaits_armed = false; /* this sender tells nobody */
    np_wire_sender_config c = {.dots = j->plan.dots,
                               .n_dots = j->plan.n,
                               .stops = j->plan.stops,
                               .load = j->plan.load,
                               .context = &events,
                               .random = zero_random,
                               .event = event_fails,
                               .name = "test"};
    assert_int_equal(np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
                     NP_WIRE_OK);
    pass(j, 3);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_FAILED);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_STORAGE);
    assert_int_equal(events, 1);
    /* The executor was told, and did not have to wait for the lease. */
    np_wire_executor_info x;
    np_wire_executor_get_info(j->executor, &x);
    assert_int_equal(x.state, NP_WIRE_STATE_HOLDING);
    assert_int_equal(x.reason, NP_WIRE_REASON_HOLD);
    /* The same while the journals are compared. */
    assert_int_equal(np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
                     NP_WIRE_OK);
    pass(j, 3);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_STORAGE);
    assert_int_equal(events, 2);
    job_destroy(j);
}

/* ---- executors that break ---- */

static void a_fault_there_is_told_here(void **state)
{
    (void)state;
    job *j = job_new(300);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.3);
    while (!j->motion_busy)
        pass(j, 0.001);
    j->motion_busy = false;
    np_wire_executor_motion_fault(j->executor, j->now_us, "the needle is blunt");
    uint32_t order = j->motion_order;
    /* Nobody resets it: the harness's person would, so time passes by hand. */
    for (int i = 0; i < 20000 && !info_of(j).finished; i++) {
        const job_packet *p;
        uint8_t frame[NP_WIRE_FRAME_MAX];
        size_t size;
        while (pipe_take(&j->to_executor, j->now_us, &p))
            np_wire_executor_receive(j->executor, j->now_us, p->bytes, p->size);
        if ((size = np_wire_executor_send(j->executor, j->now_us, frame)))
            job_put(j, &j->to_sender, frame, size);
        job_sender_step(j);
        j->now_us += 100;
    }
    np_wire_sender_info info = info_of(j);
    assert_int_equal(info.phase, NP_WIRE_PHASE_FAILED);
    assert_true(info.finished);
    assert_int_equal(info.reason, NP_WIRE_REASON_MOTION);
    assert_string_equal(info.text, "the needle is blunt");
    assert_int_equal(j->journal_committed[order], NP_WIRE_OUTCOME_IN_DOUBT);
    job_destroy(j);
}

static void an_executor_that_went_away_is_connected_to_again(void **state)
{
    (void)state;
    job *j = job_new(300);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.3);
    job_crash_executor(j);
    j->executor_off_until_us = j->now_us + 4000000;
    pass(j, 3);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_CONNECTING);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).connects, 2);
    assert_true(info_of(j).in_doubt <= 1);
    job_destroy(j);
}

/* ---- set-up ---- */

static void set_up_is_checked(void **state)
{
    (void)state;
    job *j = job_new(100);
    char text[NP_WIRE_TEXT_BYTES];
    np_wire_sender *s;
    np_wire_sender_config good = {.dots = j->plan.dots,
                                  .n_dots = j->plan.n,
                                  .stops = j->plan.stops,
                                  .load = j->plan.load,
                                  .random = zero_random,
                                  .event = event_into_nothing,
                                  .name = "test"},
                          c = good;
    size_t size = np_wire_sender_size(&good);
    void *memory = malloc(size);
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size - 1, &s, text), NP_WIRE_SPACE);
    c.event = NULL;
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size, &s, text), NP_WIRE_CONFIG);
    c = good, c.n_dots = 99;
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size, &s, text), NP_WIRE_CONFIG);
    c = good, c.load.digest[0] ^= 1;
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size, &s, text), NP_WIRE_RANGE);
    assert_non_null(strstr(text, "digest"));
    c = good;
    j->plan.dots[50].order = 51;
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size, &s, text), NP_WIRE_RANGE);
    assert_non_null(strstr(text, "place 50"));
    j->plan.dots[50].order = 50;
    j->plan.dots[60].tone_ppm ^= 1;
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size, &s, text), NP_WIRE_RANGE);
    assert_non_null(strstr(text, "digest covers"));
    j->plan.dots[60].depth_um = 9999;
    assert_int_equal(np_wire_sender_init(&c, 0, memory, size, &s, text), NP_WIRE_RANGE);
    assert_non_null(strstr(text, "depth"));
    assert_null(s);
    free(memory);
    job_destroy(j);
}

static void poses_get_through(void **state)
{
    (void)state;
    job *j = job_new(200);
    np_wire_pose pose = {{1000000}, {5, 6, 7}};
    job_start(j);
    pass(j, 0.2);
    np_wire_sender_pose(j->sender, j->now_us - 3000, 800000, &pose);
    assert_true(np_wire_sender_deadline(j->sender, j->now_us) == j->now_us);
    uint64_t frames = info_of(j).bad_frames;
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    assert_int_equal(info_of(j).bad_frames, frames);
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hold_and_resume),
        cmocka_unit_test(a_hold_before_arming_stays),
        cmocka_unit_test(abort_reports_what_was_done),
        cmocka_unit_test(silence_on_a_line_begins_where_a_frame_has_left_it),
        cmocka_unit_test(estop_latches_there_and_ends_here),
        cmocka_unit_test(wishes_without_an_executor),
        cmocka_unit_test(different_keys_are_named),
        cmocka_unit_test(a_key_on_both_sides_authenticates),
        cmocka_unit_test(an_approval_that_does_not_hold_is_named),
        cmocka_unit_test(another_version_is_named),
        cmocka_unit_test(a_second_sender_waits_until_the_first_is_gone),
        cmocka_unit_test(an_executor_that_forgot_fires_nothing),
        cmocka_unit_test(an_executor_that_doubts_what_we_know_fires_nothing),
        cmocka_unit_test(a_journal_that_cannot_be_written_ends_the_run),
        cmocka_unit_test(a_fault_there_is_told_here),
        cmocka_unit_test(an_executor_that_went_away_is_connected_to_again),
        cmocka_unit_test(set_up_is_checked),
        cmocka_unit_test(poses_get_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
