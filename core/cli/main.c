/* needlepath: finds the command, runs it, prints its error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "base/version.h"
#include "cli/cli.h"

static int usage_error(const char *text)
{
    fprintf(stderr, "%s: %s\n`%s --help` lists the commands.\n", CLI_PROGRAM, text, CLI_PROGRAM);
    return np_status_exit(NP_ERR_USAGE);
}

/* `needlepath help [COMMAND]`, --help, --version, generate. */
static int run_builtin(int argc, char **argv, bool *out_done)
{
    *out_done = true;
    if (argc < 2) {
        np_command_write_overview(CLI_PROGRAM, CLI_SUMMARY, cli_commands, stderr);
        return np_status_exit(NP_ERR_USAGE);
    }
    int words = 0;
    if (strcmp(argv[1], "--version") == 0) {
        puts(CLI_PROGRAM " " NP_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        const np_command *command = np_command_find(cli_commands, argc - 1, argv + 1, &words);
        if (argc > 2 && !command)
            return usage_error("help: no such command");
        if (command)
            np_command_write_help(CLI_PROGRAM, command, stdout);
        else
            np_command_write_overview(CLI_PROGRAM, CLI_SUMMARY, cli_commands, stdout);
        return 0;
    }
    if (strcmp(argv[1], "generate") == 0 && argc == 3) {
        np_error err = {0};
        np_status status = np_command_write_documents(CLI_PROGRAM, CLI_SUMMARY, cli_commands, argv[2], &err);
        if (status != NP_OK)
            fprintf(stderr, "%s\n", err.text);
        return np_status_exit(status);
    }
    *out_done = false;
    return 0;
}

int main(int argc, char **argv)
{
    bool done;
    int exit_status = run_builtin(argc, argv, &done);
    if (done)
        return exit_status;
    int words = 0;
    const np_command *command = np_command_find(cli_commands, argc, argv, &words);
    if (!command) {
        char text[256];
        snprintf(text, sizeof text, "unknown command '%s%s%s'", argv[1], argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
        return usage_error(text);
    }
    np_signals_catch(&cli_interrupted);
    np_command_args args;
    np_error err = {0};
    np_status status = np_command_parse(command, argc - words, argv + words, &args, &err);
    if (status == NP_OK && args.help) {
        np_command_write_help(CLI_PROGRAM, command, stdout);
        return 0;
    }
    if (status == NP_OK)
        status = command->run(&args, &err);
    cli_progress_clear();
    if (status != NP_OK) {
        fprintf(stderr, "%s %s: %s\n", CLI_PROGRAM, command->name, err.text[0] ? err.text : np_status_text(status));
        if (status == NP_ERR_USAGE)
            fprintf(stderr, "`%s %s --help` explains.\n", CLI_PROGRAM, command->name);
    }
    return np_status_exit(status);
}
