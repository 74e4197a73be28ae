/* Signals that ask a program to end only set a flag; what was ignored stays ignored. */
#include "base/signals.h"

#include "../test.h"

#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void each_signal_sets_the_flag_and_more_than_once(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    np_signals_catch(&stop, true);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 5; i++) {
            stop = 0;
            raise(numbers[i]);
            assert_int_equal(stop, 1);
        }
}

/* How a child ends that gets SIGNAL twice: 0 for a quiet end. */
static int end_of_two(int number, bool holds_needle)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        stop = 0;
        np_signals_catch(&stop, holds_needle);
        raise(number);
        raise(number);
        _exit(stop == 1 ? 0 : 1);
    }
    int state;
    assert_int_equal(waitpid(child, &state, 0), child);
    return WIFSIGNALED(state) ? WTERMSIG(state) : WEXITSTATUS(state);
}

static void the_second_kills_what_holds_no_needle(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(end_of_two(numbers[i], false), numbers[i]);
        assert_int_equal(end_of_two(numbers[i], true), 0);
    }
    assert_int_equal(end_of_two(SIGPIPE, false), 0);
}

static void what_was_ignored_stays_ignored(void **state)
{
    (void)state;
    signal(SIGHUP, SIG_IGN);
    np_signals_catch(&stop, true);
    stop = 0;
    raise(SIGHUP);
    assert_int_equal(stop, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signal_sets_the_flag_and_more_than_once),
        cmocka_unit_test(the_second_kills_what_holds_no_needle),
        cmocka_unit_test(what_was_ignored_stays_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
