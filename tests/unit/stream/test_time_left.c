/* The time that is said to be left does not jump: not at the first dots, not from one to the next, not after a hold. */
#include "stream/private/run.h"

#include <math.h>

#include "../test.h"

enum { DOTS = 1000, STEP_US = 100000, FIRST_US = 3000000, DOT_US = 500000, HOLD_US = 60000000, HELD_US = 100000000 };

/* Dots finished at a time when one is made each half second from the third second on, but for a hold. */
static uint32_t finished_at(uint64_t now_us)
{
    uint64_t running_us = now_us < HOLD_US ? now_us : now_us < HOLD_US + HELD_US ? HOLD_US : now_us - HELD_US;
    uint64_t n = running_us < FIRST_US ? 0 : (running_us - FIRST_US) / DOT_US;
    return (uint32_t)(n < DOTS ? n : DOTS);
}

static void it_does_not_jump(void **state)
{
    (void)state;
    np_plan plan = {.n_sessions = 1, .sessions = {{.dots = DOTS, .tour_time_s = 400}}};
    np_run_options options = {.session = 1};
    stream_session s = {.options = &options, .plan = &plan, .n_dots = DOTS};
    double before_s = 400;
    uint64_t start_us = 5000000;
    for (uint64_t t = 0; finished_at(t) < DOTS; t += STEP_US) {
        uint32_t done = finished_at(t);
        bool holds = t >= HOLD_US && t < HOLD_US + HELD_US;
        stream_session_report(&s, "", done, 0, 0, !holds, start_us + t);
        double left_s = s.state.seconds_left;
        assert_in_range(lround(left_s * 1000), lround(fmax(before_s * 970 - 600, 0)), lround(before_s * 1020) + 100);
        if (done > 200) /* truth: half a second a dot */
            assert_in_range(lround(left_s * 1000), lround((DOTS - done) * 480), lround((DOTS - done) * 520));
        before_s = left_s;
    }
    stream_session_report(&s, "", DOTS, 0, 0, true, start_us + 700000000);
    assert_near(s.state.seconds_left, 0, 1e-9);
}

/* Another run of the session begins with what the plan says of the rest. */
static void a_resumed_session_begins_with_the_rest(void **state)
{
    (void)state;
    np_plan plan = {.n_sessions = 1, .sessions = {{.dots = DOTS, .tour_time_s = 400}}};
    np_run_options options = {.session = 1};
    stream_session s = {.options = &options, .plan = &plan, .n_dots = DOTS};
    stream_session_report(&s, "", 500, 0, 0, false, 1000000);
    assert_near(s.state.seconds_left, 200, 1e-9);
    stream_session_report(&s, "", 500, 0, 0, true, 1100000);
    stream_session_report(&s, "", 501, 0, 0, true, 1150000);
    assert_near(s.state.seconds_left, 200, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_does_not_jump),
                                       cmocka_unit_test(a_resumed_session_begins_with_the_rest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
