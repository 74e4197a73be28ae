/* `needlepath-sim --proxy`: its table of options, and what it prints. */
#ifndef NP_SIM_PROXY_COMMAND_H
#define NP_SIM_PROXY_COMMAND_H

#include <signal.h>

#include "base/command.h"

extern const np_command sim_proxy_command;

/* Set by the program's signal handler: every command ends then. */
extern volatile sig_atomic_t sim_stop;

#endif
