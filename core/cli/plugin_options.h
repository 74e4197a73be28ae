/* The option of the commands that load plugins or read scans and what belongs to them: a row of their option tables, and what it says. */
#ifndef NP_CLI_PLUGIN_OPTIONS_H
#define NP_CLI_PLUGIN_OPTIONS_H

#include "base/command.h"
#include "field/plugins.h"
#include "sandbox/helper.h"

#define CLI_SANDBOX_OPTION                                                                                             \
    {                                                                                                                  \
        .name = "weaker-sandbox", .kind = NP_OPTION_FLAG,                                                              \
        .help = "Load plugins and read scans and side files also where the kernel has no Landlock: while it is "       \
                "loaded, a plugin can then read your files."                                                           \
    }

static inline void cli_set_sandbox(const np_command_args *args)
{
    np_helper_allow_weaker_sandbox(np_args_flag(args, "weaker-sandbox"));
}

#endif
