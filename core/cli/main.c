/* needlepath: finds the command, runs it, prints its error; or starts the program that holds it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/program.h"
#include "base/signals.h"
#include "base/suggest.h"
#include "base/version.h"
#include "cli/cli.h"

#define WHOLE_PROGRAM "needlepath-geometry"
#define COMMANDS_MAX 64

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Whether COMMAND is one of two words of which GROUP is the first. */
static bool is_of(const np_command *command, const char *group)
{
    size_t n = strlen(group);
    return strncmp(command->name, group, n) == 0 && command->name[n] == ' ';
}

/* Whether WORD is the first of commands of two words, such as "case". */
static bool is_group(const char *word)
{
    for (int i = 0; cli_commands[i]; i++)
        if (is_of(cli_commands[i], word))
            return true;
    return false;
}

static void write_group(const char *word, FILE *out)
{
    fprintf(out, "usage: %s %s COMMAND\n\ncommands:\n", CLI_PROGRAM, word);
    for (int i = 0; cli_commands[i]; i++)
        if (is_of(cli_commands[i], word))
            fprintf(out, "  %-15s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    fprintf(out, "\n`%s COMMAND --help` explains a command.\n", CLI_PROGRAM);
}

/* The command that ARGV was probably meant to name; NULL if none is close. */
static const char *meant(int argc, char **argv)
{
    const char *names[COMMANDS_MAX];
    size_t n = 0;
    for (int i = 0; cli_commands[i] && n < COMMANDS_MAX; i++)
        names[n++] = cli_commands[i]->name;
    char both[128];
    snprintf(both, sizeof both, "%s %s", argv[1], argc > 2 ? argv[2] : "");
    const char *name = argc > 2 ? np_suggest_name(both, names, n) : NULL;
    return name ? name : np_suggest_name(argv[1], names, n);
}

/* Of a GROUP that there is: the second word alone is wrong. */
static const char *meant_of(const char *group, const char *word)
{
    const char *names[COMMANDS_MAX], *found;
    size_t n = 0, skip = strlen(group) + 1;
    for (int i = 0; cli_commands[i] && n < COMMANDS_MAX; i++)
        if (is_of(cli_commands[i], group))
            names[n++] = cli_commands[i]->name + skip;
    found = np_suggest_name(word, names, n);
    return found ? found - skip : NULL;
}

static int unknown_command(int argc, char **argv)
{
    bool two = argc > 2 && is_group(argv[1]);
    const char *name = two ? meant_of(argv[1], argv[2]) : meant(argc, argv);
    fprintf(stderr, "%s: unknown command '%s%s%s'", CLI_PROGRAM, CLI_PLAIN(argv[1]), two ? " " : "",
            two ? CLI_PLAIN(argv[2]) : "");
    if (strncmp(argv[1], "sim", 3) == 0)
        fputs("; the simulator is a program of its own: needlepath-sim", stderr);
    else if (name)
        fprintf(stderr, "; did you mean '%s'?", name);
    fprintf(stderr, "\n`%s %s%s--help` lists the commands.\n", CLI_PROGRAM, two ? CLI_PLAIN(argv[1]) : "",
            two ? " " : "");
    return np_status_exit(NP_ERR_USAGE);
}

/* `needlepath help [COMMAND]` and --help, with ARGV moved so that a command would be its second word. */
static int print_help(int argc, char **argv)
{
    int words = 0;
    const np_command *command = np_command_find(cli_commands, argc, argv, &words);
    if (command)
        np_command_write_help(CLI_PROGRAM, command, stdout);
    else if (argc > 1 && is_group(argv[1]))
        write_group(argv[1], stdout);
    else if (argc > 1)
        return unknown_command(argc, argv);
    else
        np_command_write_overview(CLI_PROGRAM, CLI_SUMMARY, cli_commands, stdout);
    return 0;
}

static int generate(const char *folder)
{
    np_error err = {0};
    np_status status = np_command_write_documents(CLI_PROGRAM, CLI_SUMMARY, cli_commands, folder, &err);
    if (status != NP_OK)
        fprintf(stderr, "%s\n", err.text);
    return np_status_exit(status);
}

/* What is no command of this program, in the program that holds them all. */
static int run_builtin(int argc, char **argv)
{
    if (argc < 2) {
        np_command_write_overview(CLI_PROGRAM, CLI_SUMMARY, cli_commands, stderr);
        return np_status_exit(NP_ERR_USAGE);
    }
    if (is_help(argv[1]) || strcmp(argv[1], "help") == 0)
        return print_help(argc - 1, argv + 1);
    if (strcmp(argv[1], "generate") == 0 && argc == 3)
        return generate(argv[2]);
    if (is_group(argv[1]) && (argc == 2 || is_help(argv[2]))) {
        write_group(argv[1], argc == 2 ? stderr : stdout);
        return argc == 2 ? np_status_exit(NP_ERR_USAGE) : 0;
    }
    return unknown_command(argc, argv);
}

/* Becomes the program that holds all commands; returns only where that cannot be. */
static int start_whole_program(char **argv)
{
    char *path = NULL;
    np_error err = {0};
    np_status status = np_program_helper(WHOLE_PROGRAM, &path, &err);
    if (status == NP_OK) {
        /* Threads that have no work sleep: spinning they would take a third of the processor's time from those that have, and from others.
         * OpenMP reads that once, when a program is loaded. */
        (void)setenv("OMP_WAIT_POLICY", "passive", 0);
        execv(path, argv);
        status = np_error_set(&err, NP_ERR_IO, "%s: cannot be started: %s", path, strerror(errno));
    }
    fprintf(stderr, "%s: %s\n", CLI_PROGRAM, err.text);
    free(path);
    return np_status_exit(status);
}

/* The program that starts strategies lets no other process of its user look into its memory or write there, nor trace it: the
 * limits that dots are checked against stand in it. */
static bool close_memory(void)
{
    if (cli_is_light || prctl(PR_SET_DUMPABLE, 0) == 0)
        return true;
    fprintf(stderr, "%s: cannot close its memory to other programs: %s\n", CLI_PROGRAM, strerror(errno));
    return false;
}

int main(int argc, char **argv)
{
    int words = 0;
    np_standard_streams_hold();
    if (!close_memory())
        return np_status_exit(NP_ERR_INTERNAL);
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(CLI_PROGRAM " " NP_VERSION);
        return 0;
    }
    const np_command *command = np_command_find(cli_commands, argc, argv, &words);
    if (!command)
        return cli_is_light ? start_whole_program(argv) : run_builtin(argc, argv);
    np_signals_catch(&cli_interrupted, command->holds_needle);
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
    if (np_args_asks_for(&args, "json", argc, argv))
        status = cli_print_json(status, np_command_exit(command, status), &err);
    if (status != NP_OK) {
        fprintf(stderr, "%s %s: %s\n", CLI_PROGRAM, command->name, err.text[0] ? err.text : np_status_text(status));
        if (status == NP_ERR_USAGE)
            fprintf(stderr, "`%s %s --help` explains.\n", CLI_PROGRAM, command->name);
    }
    return np_command_exit(command, status);
}
