/* needlepath plugin debug: a plugin on the test host, where a debugger and sanitizers work; this program becomes that one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/program.h"
#include "cli/cli.h"

#define MAX_WORDS 16

static const np_option options[] = {
    {.name = "param",
     .letter = 'p',
     .kind = NP_OPTION_TEXT,
     .value = "ID=VALUE",
     .repeats = true,
     .help = "A parameter: fade_mm=8, picture=map.pgm, fade='[[0, 0], [6, 1]]'."},
    {.name = "strategy",
     .kind = NP_OPTION_TEXT,
     .value = "NAME",
     .help = "Which one, of a plugin that has several.  Default: the first."},
    {.name = "under",
     .kind = NP_OPTION_TEXT,
     .value = "COMMAND",
     .help = "A program that starts it, in words parted by spaces: 'gdb --args', 'valgrind'."},
    {0}};

static const np_example examples[] = {{"What does it print?", "needlepath plugin debug build/wave.so -p fade_mm=0"},
                                      {"In the debugger", "needlepath plugin debug build/wave.so --under 'gdb --args'"},
                                      {0}};

static np_status run(const np_command_args *args, np_error *err)
{
    char *program = NULL, *words[MAX_WORDS + NP_COMMAND_MAX_REPEATS + 4], under[500], *rest = under;
    const char *path = args->operands[0], *given = np_args_text(args, "under"),
               *strategy = np_args_text(args, "strategy");
    size_t n = 0;
    snprintf(under, sizeof under, "%s", given ? given : "");
    if (given && strlen(given) >= sizeof under)
        return np_error_set(err, NP_ERR_USAGE, "--under: expected at most %zu bytes", sizeof under - 1);
    for (char *word; (word = strsep(&rest, " "));) {
        if (word[0] && n == MAX_WORDS)
            return np_error_set(err, NP_ERR_USAGE, "--under: expected at most %d words", MAX_WORDS);
        if (word[0])
            words[n++] = word;
    }
    np_status status = np_file_check_regular(path, err);
    if (status == NP_OK)
        status = np_program_helper("needlepath-plugin-debug", &program, err);
    if (status != NP_OK)
        return status;
    words[n++] = program;
    words[n++] = (char *)path;
    words[n++] = (char *)(strategy ? strategy : "-");
    for (int i = 0; i < np_args_count(args, "param"); i++)
        words[n++] = (char *)np_args_text_at(args, "param", i);
    words[n] = NULL;
    fprintf(stderr, "%s runs without the sandbox, with your rights: only for plugins that you trust\n",
            CLI_PLAIN(path));
    execvp(words[0], words);
    status = np_error_set(err, NP_ERR_IO, "%s: cannot be started: %s", words[0], strerror(errno));
    free(program);
    return status;
}

const np_command cli_cmd_plugin_debug = {
    .name = "plugin debug",
    .summary = "run a plugin without the sandbox, for a debugger or a sanitizer",
    .operands = "PLUGIN.so",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Runs one layer of the strategy, from layout to finish, in one process on the test host (a ball for a head; "
        "needlepath/plugin_test.h), without sandbox and limits of time: what it prints is shown, and gdb, valgrind and "
        "gcc's sanitizers work. "
        "Says about how many dots come of it, or how it fails; then the exit status is 3.",
    .options = options,
    .examples = examples,
    .run = run,
};
