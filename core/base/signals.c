/* One shape for every program.  What may have a needle in the skin is ended by no signal that a person or a terminal sends,
 * between two motions; SIGQUIT (Ctrl-\) and SIGKILL still do.  What has none is ended by the second, however busy it is. */
#include "base/signals.h"

#include <stddef.h>

static volatile sig_atomic_t *stop_flag;
static volatile sig_atomic_t for_good;

static void on_signal(int number)
{
    if (*stop_flag && !for_good && number != SIGPIPE) {
        signal(number, SIG_DFL);
        raise(number);
    }
    *stop_flag = 1;
}

void np_signals_catch(volatile sig_atomic_t *stop, bool holds_needle)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    stop_flag = stop;
    for_good = holds_needle;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && (numbers[i] == SIGPIPE || before.sa_handler != SIG_IGN))
            sigaction(numbers[i], &action, NULL);
}
