/* The commands that a program holds; compiled once for each of the two (cli.h). */
#include "cli/cli.h"

#define HELD(id) &cli_cmd_##id,
#ifdef CLI_LIGHT
#define NOT_HELD(id)
const bool cli_is_light = true;
#else
#define NOT_HELD HELD
const bool cli_is_light = false;
#endif

const np_command *const cli_commands[] = {CLI_COMMAND_TABLE(HELD, NOT_HELD) NULL};
