/* Sessions in their order and not before their day: what is refused, what a reason allows, and what stands of it in the plan. */
#include "stream/private/calendar.h"

#include "rig.h"

#define N 20u
#define HOUR 3600
#define DAY (24 * HOUR)

/* 2026-03-02 18:00 UTC, a Monday. */
static const int64_t EVENING = 1772474400;

static char said[300];

static void take_log(void *context, const char *text)
{
    (void)context;
    snprintf(said, sizeof said, "%s", text);
}

/* A run of SESSION that brings its dots FROM to UPTO - 1 to STATE. */
static void make(int session, uint32_t from, uint32_t upto, np_journal_state state, int64_t started_unix_s,
                 np_plan_run_state ending)
{
    np_error err = {0};
    np_plan *plan = NULL;
    np_journal *journal = NULL;
    assert_int_equal(np_plan_read(in_folder("p.needleplan"), &plan, &err), NP_OK);
    if (np_journal_open(in_folder("p.needleplan"), plan, session, "test", started_unix_s, &journal, &err) != NP_OK)
        fail_msg("%s", err.text);
    size_t n;
    const np_dot *dots = np_plan_session_dots(plan, session, &n);
    for (uint32_t i = from; i < upto; i++) {
        np_journal_event event = {
            .dot_id = dots[i].id, .state = state, .time_unix_us = started_unix_s * 1000000, .depth_mm = NAN};
        assert_int_equal(np_journal_record(journal, &event, 1, &err), NP_OK);
    }
    assert_int_equal(np_journal_close(&journal, ending, &err), NP_OK);
    np_plan_destroy(plan);
}

/* Asks for SESSION at NOW; SAYS is what is not kept, NULL for nothing. */
static void expect(int session, int64_t now_unix_s, const char *says)
{
    np_error err = {0};
    np_run_options options = run_options();
    stream_session s = {.options = &options};
    options.session = session;
    options.log = take_log;
    assert_int_equal(np_plan_read(in_folder("p.needleplan"), &s.plan, &err), NP_OK);
    np_status status = stream_calendar_check(&s, now_unix_s, &err);
    if (status != (says ? NP_ERR_UNSAFE : NP_OK) || (says && (!strstr(err.text, says) || !strstr(err.text, "--early"))))
        fail_msg("session %d: %s, expected %s", session, err.text, says ? says : "nothing");
    if (says && strstr(says, "are not made"))
        assert_non_null(strstr(err.text, "if it is an older copy, take the newest, or run session 1 first"));
    assert_int_equal(s.early_found[0] == '\0', says == NULL);
    /* a reason allows it, and is said where it is needed only */
    options.early = "asked for by the client";
    said[0] = '\0';
    assert_int_equal(stream_calendar_check(&s, now_unix_s, &err), NP_OK);
    assert_non_null(strstr(said, says ? says : "not written down"));
    np_plan_destroy(s.plan);
}

static void a_session_waits_until_the_one_before_has_ended(void **state)
{
    (void)state;
    make_plan(N);
    expect(1, EVENING, NULL);
    expect(2, EVENING, "20 of 20 dots of session 1 are not made");
    make(1, 0, N - 1, NP_JOURNAL_DONE, EVENING, NP_PLAN_RUN_HELD);
    expect(1, EVENING, NULL);
    expect(2, EVENING + 30 * DAY, "1 of 20 dots of session 1 are not made");
    /* in doubt: for a person to look at, and no reason to wait for ever */
    make(1, N - 1, N, NP_JOURNAL_IN_DOUBT, EVENING, NP_PLAN_RUN_DONE);
    expect(2, EVENING + 30 * DAY, NULL);
    /* but one that is to be made again is not made */
    make(1, N - 1, N, NP_JOURNAL_NONE, EVENING, NP_PLAN_RUN_REVIEWED);
    expect(2, EVENING + 30 * DAY, "1 of 20 dots of session 1 are not made");
    make(1, N - 1, N, NP_JOURNAL_FAILED, EVENING, NP_PLAN_RUN_DONE);
    expect(2, EVENING + 30 * DAY, NULL);
}

static void a_session_waits_for_its_day(void **state)
{
    (void)state;
    make_plan(N);
    make(1, 0, N, NP_JOURNAL_DONE, EVENING, NP_PLAN_RUN_DONE);
    expect(2, EVENING, "session 2 is due on 2026-03-09, 7 days after session 1, and today is 2026-03-02");
    expect(2, EVENING + 6 * DAY + 5 * HOUR, "today is 2026-03-08");
    /* the seventh day begins in the morning, though the session before was in the evening */
    expect(2, EVENING + 6 * DAY + 7 * HOUR, NULL);
    expect(2, EVENING + 700 * DAY, NULL);
    /* a clock that was put back */
    expect(2, EVENING - 20 * DAY, "today is 2026-02-10");
}

static void days_are_counted_from_the_last_run_that_made_anything(void **state)
{
    (void)state;
    make_plan(N);
    make(1, 0, 5, NP_JOURNAL_DONE, EVENING, NP_PLAN_RUN_HELD);
    make(1, 5, N - 1, NP_JOURNAL_DONE, EVENING + 2 * DAY, NP_PLAN_RUN_HELD);
    make(1, N - 1, N, NP_JOURNAL_IN_DOUBT, EVENING + 2 * DAY, NP_PLAN_RUN_DONE);
    make(1, N - 1, N, NP_JOURNAL_DONE, EVENING + 6 * DAY, NP_PLAN_RUN_REVIEWED); /* a verdict makes nothing */
    make(1, 0, 0, NP_JOURNAL_DONE, EVENING + 6 * DAY, NP_PLAN_RUN_REFUSED);
    expect(2, EVENING + 8 * DAY, "due on 2026-03-11");
    expect(2, EVENING + 9 * DAY, NULL);
}

static void nothing_is_made_up_for_once_a_later_session_was_begun(void **state)
{
    (void)state;
    make_plan(N);
    make(1, 0, N - 1, NP_JOURNAL_DONE, EVENING, NP_PLAN_RUN_HELD);
    make(2, 0, 0, NP_JOURNAL_DONE, EVENING, NP_PLAN_RUN_REFUSED);
    expect(1, EVENING, NULL);
    make(2, 0, 1, NP_JOURNAL_DONE, EVENING, NP_PLAN_RUN_HELD);
    expect(1, EVENING, "session 2 was begun already");
}

static void a_clock_that_is_behind_the_approval_is_told(void **state)
{
    (void)state;
    make_plan(N); /* approved on 2023-11-14 */
    expect(1, 1700000000 - 12 * HOUR, NULL);
    expect(1, 1700000000 - 2 * DAY, "says 2023-11-12, and the plan was approved on 2023-11-14: set it");
}

static void nothing_is_made_with_pigment_that_has_expired(void **state)
{
    (void)state;
    np_error err = {0};
    np_run_options options = run_options();
    stream_session s = {.options = &options};
    make_plan(N);
    assert_int_equal(np_plan_read(in_folder("p.needleplan"), &s.plan, &err), NP_OK);
    np_palette *shades = &s.plan->shades;
    shades->shades = calloc(1, sizeof *shades->shades);
    shades->n = 1;
    shades->shades[0] = (np_palette_shade){.name = strdup("dark"),
                                           .lot = strdup("A12"),
                                           .expires = strdup("2026-03-02"),
                                           .dilution = 8,
                                           .stock_percent = 15};
    assert_int_equal(stream_calendar_check(&s, EVENING, &err), NP_OK);
    assert_int_equal(stream_calendar_check(&s, EVENING + DAY, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text,
                           "today is 2026-03-03, and of its cartridges 'dark', 8 parts of water to 1, lot A12, "
                           "expires 2026-03-02"));
    np_plan_destroy(s.plan);
}

/* Through the door that commands use: refused before anybody is asked, and on record where a reason was given. */
static void the_reason_stays_on_record(void **state)
{
    (void)state;
    simulator sim = {0};
    np_error err = {0};
    np_plan *plan = NULL;
    make_plan(N);
    unlink(in_folder("arm.journal"));
    start_simulator(&sim);
    np_run_options options = run_options();
    run(&options, NP_OK, NULL);
    assert_record_is_plan(N);
    assert_int_equal(journalled(NP_JOURNAL_DONE, N), N);
    options.session = 2;
    run(&options, NP_ERR_UNSAFE, "session 2 is due on");
    options.air = true; /* a rehearsal may be made on any day */
    run(&options, NP_OK, NULL);
    options.air = false;
    options.early = "it rains";
    run(&options, NP_OK, NULL);
    options.early = NULL; /* there is nothing left to make */
    run(&options, NP_OK, NULL);
    stop_simulator(&sim);
    assert_int_equal(np_plan_read(in_folder("p.needleplan"), &plan, &err), NP_OK);
    assert_int_equal(plan->n_runs, 2);
    assert_null(plan->runs[0].early_found);
    assert_non_null(strstr(plan->runs[1].early_found, "session 2 is due on"));
    assert_string_equal(plan->runs[1].early_reason, "it rains");
    np_plan_destroy(plan);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_waits_until_the_one_before_has_ended, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_session_waits_for_its_day, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(days_are_counted_from_the_last_run_that_made_anything, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(nothing_is_made_up_for_once_a_later_session_was_begun, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_clock_that_is_behind_the_approval_is_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(nothing_is_made_with_pigment_that_has_expired, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_reason_stays_on_record, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
