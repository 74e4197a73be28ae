/* The person at the simulated machine: the console's lines, however they come. */
#include "../test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sim/console.h"

static void lines_come_whole(void **state)
{
    (void)state;
    int ends[2];
    sim_console console = {0};
    char line[SIM_CONSOLE_LINE], much[300];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    assert_false(sim_console_read(&console, ends[0], line));
    assert_int_equal(write(ends[1], "need", 4), 4);
    assert_false(sim_console_read(&console, ends[0], line));
    assert_int_equal(write(ends[1], "le A 1\n\nhold\npig", 16), 16);
    assert_true(sim_console_read(&console, ends[0], line));
    assert_string_equal(line, "needle A 1");
    assert_true(sim_console_read(&console, ends[0], line));
    assert_string_equal(line, "");
    assert_true(sim_console_read(&console, ends[0], line));
    assert_string_equal(line, "hold");
    assert_false(sim_console_read(&console, ends[0], line));
    /* A line without end is cut, and what follows it still comes. */
    memset(much, 'x', sizeof much);
    much[sizeof much - 1] = '\n';
    assert_int_equal(write(ends[1], much, sizeof much), sizeof much);
    assert_int_equal(write(ends[1], "hold\n", 5), 5);
    size_t length = 0;
    do {
        assert_true(sim_console_read(&console, ends[0], line));
        length += strlen(line);
    } while (strcmp(line, "hold") != 0);
    assert_int_equal(length, 3 + sizeof much - 1 + 4);
    /* At the end it is over, and no more than that. */
    close(ends[1]);
    assert_false(sim_console_read(&console, ends[0], line));
    assert_true(console.ended);
    assert_false(sim_console_read(&console, ends[0], line));
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_come_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
