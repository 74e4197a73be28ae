/* needlepath: finds the command, runs it, prints its error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "cli/cli.h"

static void on_interrupt(int signal_number)
{
    np_cli_interrupted = 1;
    signal(signal_number, SIG_DFL);
}

static int usage_error(const char *text)
{
    fprintf(stderr, "%s: %s\n`%s --help` lists the commands.\n", NP_CLI_PROGRAM, text, NP_CLI_PROGRAM);
    return np_status_exit(NP_ERR_USAGE);
}

/* Writes one document into FOLDER: the completion, the overview's man page, or a command's. */
static bool write_document(const char *folder, const char *name, const np_command *command)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        return false;
    }
    if (command)
        np_command_write_man(NP_CLI_PROGRAM, command, out);
    else if (strcmp(name, NP_CLI_PROGRAM ".1") == 0)
        np_command_write_overview_man(NP_CLI_PROGRAM, NP_CLI_SUMMARY, np_cli_commands, out);
    else
        np_command_write_completion(NP_CLI_PROGRAM, np_cli_commands, out);
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}

/* `needlepath generate FOLDER`, for the build: a man page a command and the completion, from the option tables. */
static int generate_documents(const char *folder)
{
    bool good = write_document(folder, NP_CLI_PROGRAM ".1", NULL) && write_document(folder, NP_CLI_PROGRAM, NULL);
    for (int i = 0; good && np_cli_commands[i]; i++) {
        char name[80];
        snprintf(name, sizeof name, NP_CLI_PROGRAM "-%s.1", np_cli_commands[i]->name);
        for (char *p = name; *p; p++)
            *p = *p == ' ' ? '-' : *p;
        good = write_document(folder, name, np_cli_commands[i]);
    }
    return good ? 0 : np_status_exit(NP_ERR_IO);
}

/* `needlepath help [COMMAND]`, --help, --version, generate. */
static int run_builtin(int argc, char **argv, bool *out_done)
{
    *out_done = true;
    if (argc < 2) {
        np_command_write_overview(NP_CLI_PROGRAM, NP_CLI_SUMMARY, np_cli_commands, stderr);
        return np_status_exit(NP_ERR_USAGE);
    }
    int words = 0;
    if (strcmp(argv[1], "--version") == 0) {
        puts(NP_CLI_PROGRAM " " NP_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        const np_command *command = np_command_find(np_cli_commands, argc - 1, argv + 1, &words);
        if (argc > 2 && !command)
            return usage_error("help: no such command");
        if (command)
            np_command_write_help(NP_CLI_PROGRAM, command, stdout);
        else
            np_command_write_overview(NP_CLI_PROGRAM, NP_CLI_SUMMARY, np_cli_commands, stdout);
        return 0;
    }
    if (strcmp(argv[1], "generate") == 0 && argc == 3)
        return generate_documents(argv[2]);
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
    const np_command *command = np_command_find(np_cli_commands, argc, argv, &words);
    if (!command) {
        char text[256];
        snprintf(text, sizeof text, "unknown command '%s%s%s'", argv[1], argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
        return usage_error(text);
    }
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    np_command_args args;
    np_error err = {0};
    np_status status = np_command_parse(command, argc - words, argv + words, &args, &err);
    if (status == NP_OK && args.help) {
        np_command_write_help(NP_CLI_PROGRAM, command, stdout);
        return 0;
    }
    if (status == NP_OK)
        status = command->run(&args, &err);
    np_cli_progress_clear();
    if (status != NP_OK) {
        fprintf(stderr, "%s %s: %s\n", NP_CLI_PROGRAM, command->name, err.text[0] ? err.text : np_status_text(status));
        if (status == NP_ERR_USAGE)
            fprintf(stderr, "`%s %s --help` explains.\n", NP_CLI_PROGRAM, command->name);
    }
    return np_status_exit(status);
}
