/* One shape for every program that may have a needle in the skin: no signal that a person or a terminal sends ends it between
 * two motions.  SIGQUIT (Ctrl-\) and SIGKILL still do. */
#include "base/signals.h"

#include <stddef.h>

static volatile sig_atomic_t *stop_flag;

static void on_signal(int number)
{
    (void)number;
    *stop_flag = 1;
}

void np_signals_catch(volatile sig_atomic_t *stop)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    stop_flag = stop;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && (numbers[i] == SIGPIPE || before.sa_handler != SIG_IGN))
            sigaction(numbers[i], &action, NULL);
}
