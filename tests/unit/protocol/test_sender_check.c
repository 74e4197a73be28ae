/* The sender against an executor that errs or lies: what cannot be true is named, nothing of it is written down, and the
 * executor is held. */
#include "sender_job.h"

#include "protocol/private/sender.h"

/* An answer of the executor, as only its own key makes it. */
static void say_bytes(job *j, uint8_t type, const uint8_t *payload, size_t size)
{
    np_wire_sender *s = j->sender;
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    np_wire_frame f = {
        .type = type, .from_executor = true, .epoch = s->epoch, .payload = payload, .payload_size = size};
    f.sequence = s->received_sequence + 1;
    assert_int_equal(np_wire_frame_encode(&f, s->epoch ? s->key : s->link.hello_key, bytes, &size), NP_WIRE_OK);
    np_wire_sender_receive(s, j->now_us, bytes, size);
}

static void say(job *j, const np_wire_message *m)
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    size_t size;
    assert_int_equal(np_wire_message_encode(m, payload, sizeof payload, &size), NP_WIRE_OK);
    say_bytes(j, m->type, payload, size);
}

static unsigned reported(const job *j)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < j->plan.n; i++)
        n += j->journal[i] != 0 || j->journal_committed[i] != 0;
    return n;
}

/* The session has failed with WORDS; it comes to rest, and what was told before is all that is written down. */
static void expect_named(job *j, np_wire_reason reason, const char *words)
{
    unsigned before = reported(j);
    np_wire_sender_info info = info_of(j);
    assert_string_equal(np_wire_phase_text(info.phase), "failed");
    assert_string_equal(np_wire_reason_text(info.reason), np_wire_reason_text(reason));
    if (!strstr(info.text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, info.text);
    pass(j, 1.5);
    info = info_of(j);
    assert_true(info.finished);
    assert_non_null(strstr(info.text, words));
    assert_int_equal(reported(j), before);
    assert_int_not_equal(state_of(j), NP_WIRE_STATE_RUNNING);
    assert_int_not_equal(state_of(j), NP_WIRE_STATE_ARMED);
    job_destroy(j);
}

/* ---- WELCOME and LOADED ---- */

static np_wire_message welcome_for(job *j)
{
    np_wire_message m = {.type = NP_WIRE_MSG_WELCOME};
    np_wire_sender *s = j->sender;
    m.u.welcome = (np_wire_welcome){
        .version = NP_WIRE_PROTOCOL_VERSION, .epoch = 1, .buffer_dots = 64, .max_dots = j->plan.n, .name = "liar"};
    memcpy(m.u.welcome.schema, s->schema, sizeof s->schema);
    memcpy(m.u.welcome.sender_nonce, s->hello.nonce, sizeof s->hello.nonce);
    return m;
}

static void a_welcome_that_does_not_fit_is_named(void **state)
{
    (void)state;
    for (int lie = 0; lie < 4; lie++) {
        job *j = job_new(100);
        job_start(j);
        np_wire_message m = welcome_for(j);
        if (lie == 1)
            memset(m.u.welcome.schema, 0, sizeof m.u.welcome.schema);
        if (lie == 2)
            m.u.welcome.max_dots = 99;
        if (lie == 3)
            m.u.welcome.version = 3;
        say(j, &m);
        if (lie == 0) {
            assert_string_equal(np_wire_phase_text(info_of(j).phase), "loading");
            job_destroy(j);
        } else if (lie == 1) {
            expect_named(j, NP_WIRE_REASON_SCHEMA, "WELCOME: field schema is 00000000.., ");
        } else if (lie == 2) {
            expect_named(j, NP_WIRE_REASON_TOO_BIG, "WELCOME: field max_dots is 99: the session has 100 dots");
        } else {
            expect_named(j, NP_WIRE_REASON_VERSION, "WELCOME: field version is 3, 2 was expected");
        }
    }
}

static void a_loading_that_cannot_be_is_named(void **state)
{
    (void)state;
    static const np_wire_loaded lies[] = {{.chunks = 2}, {.chunks = 4000}, {.complete = 1, .done = 60, .other = 41}};
    static const char *const words[] = {"LOADED: field chunks is 2, at most 1 was expected",
                                        "LOADED: field chunks is 4000, at most 1 was expected",
                                        "LOADED: the sum of done, in_doubt and other is 101, at most 100 was expected"};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        job *j = job_new(100);
        job_start(j);
        while (info_of(j).phase != NP_WIRE_PHASE_LOADING)
            pass(j, 0.0001);
        say(j, &(np_wire_message){.type = NP_WIRE_MSG_LOADED, .u.loaded = lies[i]});
        expect_named(j, NP_WIRE_REASON_ANSWER, words[i]);
    }
}

/* ---- RESUME_INFO ---- */

static np_wire_message map_of(const job *j)
{
    np_wire_message m = {.type = NP_WIRE_MSG_RESUME_INFO};
    np_wire_resume_info *r = &m.u.resume_info;
    memcpy(r->digest, j->plan.load.digest, sizeof r->digest);
    r->session = 1;
    r->n_dots = j->plan.n;
    r->map_size = (uint32_t)NP_WIRE_MAP_BYTES(j->plan.n);
    for (uint32_t i = 0; i < r->n_dots; i++)
        np_wire_map_set(r->map, i, NP_WIRE_OUTCOME_DONE);
    return m;
}

/* Nothing of it is believed, and nothing is written down. */
static void a_map_is_believed_whole_or_not_at_all(void **state)
{
    (void)state;
    static const char *const words[] = {
        "RESUME_INFO: field digest is ",
        "RESUME_INFO: field session is 2, 1 was expected",
        "RESUME_INFO: field first is 7, a multiple of 1024 below 100 was expected",
        "RESUME_INFO: field first is 1024, a multiple of 1024 below 100 was expected",
        "RESUME_INFO: fields n_dots and map have 99 dots in 50 bytes, 100 dots were expected",
        "RESUME_INFO: fields n_dots and map have 100 dots in 49 bytes, 100 dots were expected",
        "RESUME_INFO: field map has outcome 6 for order 99, 0..5 was expected",
    };
    for (size_t lie = 0; lie < sizeof words / sizeof words[0]; lie++) {
        job *j = job_new(100);
        job_start(j);
        while (info_of(j).phase != NP_WIRE_PHASE_COMPARING)
            pass(j, 0.0001);
        np_wire_message m = map_of(j);
        np_wire_resume_info *r = &m.u.resume_info;
        r->digest[0] ^= lie == 0;
        r->session += lie == 1;
        r->first = lie == 2 ? 7 : lie == 3 ? 1024 : 0;
        r->n_dots -= lie == 4;
        r->map_size -= lie == 5;
        if (lie == 6)
            np_wire_map_set(r->map, 99, NP_WIRE_OUTCOME_LEFT); /* nobody asked for that */
        say(j, &m);
        assert_int_equal(reported(j), 0);
        assert_int_equal(info_of(j).done, 0);
        expect_named(j, NP_WIRE_REASON_ANSWER, words[lie]);
    }
}

/* "Every dot is done already", of a session whose record was compared a moment ago. */
static void a_map_does_not_outrun_what_was_sent(void **state)
{
    (void)state;
    job *j = job_new(100);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    np_wire_sender_hold(j->sender);
    pass_until(j, NP_WIRE_PHASE_HOLDING);
    j->sender->sent_end = 50; /* as if no more had been sent */
    np_wire_sender_resume(j->sender);
    while (!j->sender->request_open)
        pass(j, 0.0001);
    np_wire_message m = {.type = NP_WIRE_MSG_ARMED};
    m.u.armed = (np_wire_armed){.request = j->sender->request, .reason = NP_WIRE_REASON_SESSION_DONE};
    say(j, &m);
    assert_string_equal(np_wire_phase_text(info_of(j).phase), "comparing journals");
    m = map_of(j);
    say(j, &m);
    expect_named(j, NP_WIRE_REASON_ANSWER, "RESUME_INFO: field map has outcome 2 for order 50, which was never sent");
}

/* ---- EVENTS ---- */

/* What the executor says of itself, with N outcomes from the sender's acknowledgement on. */
static np_wire_message events_of(const job *j, np_wire_state state, uint32_t n)
{
    np_wire_message m = {.type = NP_WIRE_MSG_EVENTS};
    uint32_t first = j->sender->acknowledged;
    m.u.events = (np_wire_events){.state = state, .window = j->plan.n, .first = first, .next = first + n, .n = n};
    for (uint32_t i = 0; i < n; i++)
        m.u.events.events[i] = (np_wire_event){.outcome = NP_WIRE_OUTCOME_DONE, .depth_um = 700};
    return m;
}

static job *running_job(uint32_t n)
{
    job *j = job_new(n);
    job_start(j);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    while (info_of(j).done < 5)
        pass(j, 0.001);
    return j;
}

/* Loaded, compared, and nobody has pressed the pedal. */
static job *waiting_job(uint32_t n)
{
    job *j = job_new(n);
    job_start(j);
    while (info_of(j).phase != NP_WIRE_PHASE_ARMING)
        pass(j, 0.0001);
    return j;
}

static void dots_that_were_never_sent_are_not_done(void **state)
{
    (void)state;
    job *j = waiting_job(600);
    np_wire_message m = events_of(j, NP_WIRE_STATE_LOADED, 28);
    say(j, &m);
    assert_int_equal(info_of(j).done, 0);
    expect_named(j, NP_WIRE_REASON_ANSWER,
                 "EVENTS: field next is 28, at most 0 was expected: no dot from there on was");
    j = running_job(600);
    m = events_of(j, NP_WIRE_STATE_RUNNING, 2);
    m.u.events.next = j->sender->sent_end + 1; /* one more than the buffer holds */
    say(j, &m);
    expect_named(j, NP_WIRE_REASON_ANSWER, "EVENTS: field next is ");
}

/* What was sent in an arming that is over counts no more: the executor has dropped it. */
static void dots_of_an_earlier_arming_are_not_done(void **state)
{
    (void)state;
    job *j = running_job(600);
    uint32_t before = j->sender->sent_end;
    assert_true(before > 200);
    np_wire_sender_hold(j->sender);
    pass_until(j, NP_WIRE_PHASE_HOLDING);
    np_wire_sender_resume(j->sender);
    while (j->sender->arming_is_new || info_of(j).phase != NP_WIRE_PHASE_RUNNING)
        pass(j, 0.0001);
    assert_true(j->sender->sent_end < before);
    np_wire_message m = events_of(j, NP_WIRE_STATE_RUNNING, 1);
    m.u.events.next = before;
    say(j, &m);
    expect_named(j, NP_WIRE_REASON_ANSWER, "no dot from there on was sent");
}

static void counts_that_cannot_be_are_named(void **state)
{
    (void)state;
    static const char *const words[] = {"EVENTS: field next is 4, at least ", "EVENTS: field first is ",
                                        "EVENTS: the number of events is 3, at most 2 was expected",
                                        "EVENTS: field received is "};
    for (int lie = 0; lie < 4; lie++) {
        job *j = running_job(600);
        np_wire_message m = events_of(j, NP_WIRE_STATE_RUNNING, lie == 0 ? 0 : 3);
        if (lie == 0)
            m.u.events.first = m.u.events.next = 4;
        m.u.events.first += lie == 1;
        m.u.events.next -= lie == 2;
        m.u.events.received = lie == 3 ? j->sender->sent_end + 1 : 0;
        say(j, &m);
        expect_named(j, NP_WIRE_REASON_ANSWER, words[lie]);
    }
}

static void depths_that_no_needle_has_are_named(void **state)
{
    (void)state;
    static const int32_t depths[] = {-1, NP_WIRE_MEASURED_MAX_UM + 1, INT32_MIN};
    for (size_t i = 0; i < 3; i++) {
        job *j = running_job(200);
        np_wire_message m = events_of(j, NP_WIRE_STATE_RUNNING, 2);
        char words[80];
        m.u.events.events[1].depth_um = depths[i];
        snprintf(words, sizeof words, "is %ld, 0..10000 was expected", (long)depths[i]);
        say(j, &m);
        expect_named(j, NP_WIRE_REASON_ANSWER, words);
    }
}

/* ---- what cannot be read ---- */

static void what_cannot_be_read_is_named(void **state)
{
    (void)state;
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    size_t size, at = 0;
    job *j = running_job(200);
    np_wire_message m = events_of(j, NP_WIRE_STATE_RUNNING, 1);
    m.u.events.events[0] = (np_wire_event){.outcome = NP_WIRE_OUTCOME_NO_CONTACT, .time_us = 77, .depth_um = 33};
    assert_int_equal(np_wire_message_encode(&m, payload, sizeof payload, &size), NP_WIRE_OK);
    while (memcmp(payload + at, (uint8_t[]){NP_WIRE_OUTCOME_NO_CONTACT, 77, 33}, 3) != 0)
        at++;
    payload[at] = 9;
    say_bytes(j, m.type, payload, size);
    expect_named(j, NP_WIRE_REASON_ANSWER, "EVENTS: field events: outcome is 9, 1..6 was expected");
    j = running_job(200);
    say_bytes(j, NP_WIRE_MSG_EVENTS, (uint8_t[]){0x91, 0}, 2);
    expect_named(j, NP_WIRE_REASON_ANSWER, "EVENTS: field list is missing");
    j = running_job(200);
    say_bytes(j, NP_WIRE_MSG_HOLD, (uint8_t[]){0x90}, 1);
    expect_named(j, NP_WIRE_REASON_ANSWER, "HOLD is no message of an executor");
    j = running_job(200);
    say_bytes(j, 200, (uint8_t[]){0x90}, 1);
    expect_named(j, NP_WIRE_REASON_ANSWER, "message 200 is unknown");
}

/* ---- ENDED ---- */

static void an_end_with_other_counts_is_no_end(void **state)
{
    (void)state;
    for (int lie = 0; lie < 4; lie++) {
        job *j = job_new(50);
        job_start(j);
        while (info_of(j).phase != NP_WIRE_PHASE_ENDING)
            pass(j, 0.0001);
        while (!j->sender->request_open)
            pass(j, 0.0001);
        np_wire_message m = {.type = NP_WIRE_MSG_ENDED};
        m.u.ended = (np_wire_ended){.request = j->sender->request, .done = 50};
        m.u.ended.done = lie == 0 ? 0 : lie == 1 ? 51 : 50;
        m.u.ended.other = lie == 2;
        m.u.ended.left = lie == 3;
        say(j, &m);
        expect_named(j, NP_WIRE_REASON_ANSWER, "; 50, 0, 0, 0 were expected");
    }
}

/* ---- too deep ---- */

/* An executor that tells of a dot too deep and goes on all the same is held from here. */
static void too_deep_holds_here_too(void **state)
{
    (void)state;
    job *j = running_job(600);
    np_wire_message m = events_of(j, NP_WIRE_STATE_RUNNING, 1);
    m.u.events.events[0] = (np_wire_event){.outcome = NP_WIRE_OUTCOME_TOO_DEEP, .depth_um = 3000};
    say(j, &m);
    assert_true(np_wire_sender_is_urgent(j->sender));
    pass(j, 0.5);
    np_wire_sender_info info = info_of(j);
    assert_string_equal(np_wire_phase_text(info.phase), "holding");
    assert_int_equal(info.reason, NP_WIRE_REASON_DEPTH);
    assert_true(info.settled);
    assert_int_equal(info.too_deep, 1);
    assert_int_equal(state_of(j), NP_WIRE_STATE_HOLDING);
    /* Nothing goes on by itself; a person does. */
    pass(j, 2);
    assert_int_equal(info_of(j).done, info.done);
    np_wire_sender_resume(j->sender);
    pass_until(j, NP_WIRE_PHASE_RUNNING);
    pass(j, 0.5);
    assert_true(info_of(j).done > info.done + 10);
    job_destroy(j);
}

/* The dot in progress at another hold ends too deep, when the sender has already asked to go on. */
static void too_deep_takes_a_request_to_arm_back(void **state)
{
    (void)state;
    job *j = running_job(600);
    j->motion_end_us = UINT64_MAX; /* a dot that takes its time */
    while (!j->motion_busy)
        pass(j, 0.0001);
    np_wire_sender_hold(j->sender);
    pass_until(j, NP_WIRE_PHASE_HOLDING);
    np_wire_sender_resume(j->sender);
    assert_string_equal(np_wire_phase_text(info_of(j).phase), "waiting for the pedal");
    assert_true(j->motion_busy);
    j->motion_busy = false;
    j->place = j->bound;
    np_wire_executor_motion_done(j->executor, j->now_us, NP_WIRE_OUTCOME_TOO_DEEP, 3000, 0);
    pass(j, 1);
    assert_string_equal(np_wire_phase_text(info_of(j).phase), "holding");
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_DEPTH);
    assert_int_equal(state_of(j), NP_WIRE_STATE_HOLDING);
    job_destroy(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_welcome_that_does_not_fit_is_named),
        cmocka_unit_test(a_loading_that_cannot_be_is_named),
        cmocka_unit_test(a_map_is_believed_whole_or_not_at_all),
        cmocka_unit_test(a_map_does_not_outrun_what_was_sent),
        cmocka_unit_test(dots_that_were_never_sent_are_not_done),
        cmocka_unit_test(dots_of_an_earlier_arming_are_not_done),
        cmocka_unit_test(counts_that_cannot_be_are_named),
        cmocka_unit_test(depths_that_no_needle_has_are_named),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(an_end_with_other_counts_is_no_end),
        cmocka_unit_test(too_deep_holds_here_too),
        cmocka_unit_test(too_deep_takes_a_request_to_arm_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
