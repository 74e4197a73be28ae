/* Signals that ask a program to end only set a flag; what was ignored stays ignored. */
#include "base/signals.h"

#include "../test.h"

static volatile sig_atomic_t stop;

static void each_signal_sets_the_flag_and_more_than_once(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    np_signals_catch(&stop);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 4; i++) {
            stop = 0;
            raise(numbers[i]);
            assert_int_equal(stop, 1);
        }
}

static void what_was_ignored_stays_ignored(void **state)
{
    (void)state;
    signal(SIGHUP, SIG_IGN);
    np_signals_catch(&stop);
    stop = 0;
    raise(SIGHUP);
    assert_int_equal(stop, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signal_sets_the_flag_and_more_than_once),
        cmocka_unit_test(what_was_ignored_stays_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
