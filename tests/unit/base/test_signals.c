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

/* What a child writes and ends with that is asked to stop while it is in a loop that does not look; HEARS: that does. */
static int end_of_deaf(bool hears, char *out, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const np_signals_end end = {
            .within_ms = 20, .exit_status = 5, .error_text = "stopped\n", .output_text = "{}\n"};
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        stop = 0;
        np_signals_catch(&stop, false);
        np_signals_end_by(&end);
        raise(SIGINT);
        if (hears)
            np_signals_heard();
        for (int i = 0; i < (hears ? 100 : 100000); i++)
            usleep(1000); /* 100 s, if nobody ends it */
        _exit(1);
    }
    int state;
    close(ends[1]);
    assert_int_equal(waitpid(child, &state, 0), child);
    ssize_t n = read(ends[0], out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    close(ends[0]);
    assert_true(WIFEXITED(state));
    return WEXITSTATUS(state);
}

static void work_that_does_not_look_ends_in_time(void **state)
{
    (void)state;
    char said[100];
    assert_int_equal(end_of_deaf(false, said, sizeof said), 5);
    assert_string_equal(said, "stopped\n{}\n");
    assert_int_equal(end_of_deaf(true, said, sizeof said), 1);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signal_sets_the_flag_and_more_than_once),
        cmocka_unit_test(the_second_kills_what_holds_no_needle),
        cmocka_unit_test(what_was_ignored_stays_ignored),
        cmocka_unit_test(work_that_does_not_look_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
