/* One shape for every program.  What may have a needle in the skin is ended by no signal that a person or a terminal sends,
 * between two motions, SIGQUIT (Ctrl-\) included; SIGKILL still does.  What has none is ended by the second, however busy it is. */
#include "base/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t *stop_flag;
static volatile sig_atomic_t for_good;

static np_signals_end end_by;
static volatile sig_atomic_t is_limited;

static void write_text(int file, const char *text)
{
    if (write(file, text, strlen(text)) < 0)
        return; /* nobody reads it */
}

static void on_alarm(int number)
{
    (void)number;
    if (!is_limited || !*stop_flag)
        return;
    write_text(STDERR_FILENO, end_by.error_text);
    write_text(STDOUT_FILENO, end_by.output_text);
    _exit(end_by.exit_status);
}

static void set_timer(int ms)
{
    struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void np_signals_end_by(const np_signals_end *end)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    end_by = *end;
    is_limited = 1;
    if (*stop_flag) /* it came before */
        set_timer(end_by.within_ms);
}

void np_signals_heard(void)
{
    is_limited = 0;
}

static void on_signal(int number)
{
    if (*stop_flag && !for_good && number != SIGPIPE) {
        signal(number, SIG_DFL);
        raise(number);
    }
    *stop_flag = 1;
    if (is_limited)
        set_timer(end_by.within_ms);
}

void np_signals_catch(volatile sig_atomic_t *stop, bool holds_needle)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    stop_flag = stop;
    for_good = holds_needle;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && (numbers[i] == SIGPIPE || before.sa_handler != SIG_IGN))
            sigaction(numbers[i], &action, NULL);
}

void np_standard_streams_hold(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0) /* the lowest free number is this one */
            (void)open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

bool np_standard_streams_are_cut(void)
{
    struct pollfd streams[] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};
    return poll(streams, 2, 0) == 2 && (streams[0].revents & (POLLERR | POLLHUP)) &&
           (streams[1].revents & (POLLERR | POLLHUP));
}
