/* Parsing by getopt_long, from the commands' tables. */
#include "base/command.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/suggest.h"

static int option_count(const np_command *command)
{
    int n = 0;
    while (command->options && command->options[n].name)
        n++;
    assert(n < NP_COMMAND_MAX_OPTIONS);
    return n;
}

/* getopt's tables, made from the command's; option i is returned as 256 + i, --help as 255. */
typedef struct getopt_tables {
    struct option longs[NP_COMMAND_MAX_OPTIONS + 2];
    char shorts[2 * NP_COMMAND_MAX_OPTIONS + 4];
} getopt_tables;

enum { HELP_CODE = 255, FIRST_CODE = 256 };

static void make_getopt_tables(const np_command *command, getopt_tables *out)
{
    memset(out, 0, sizeof *out);
    char *s = out->shorts;
    *s++ = ':'; /* tell a missing value from an unknown option */
    *s++ = 'h';
    int n = option_count(command);
    for (int i = 0; i < n; i++) {
        const np_option *o = &command->options[i];
        bool has_value = o->kind != NP_OPTION_FLAG;
        out->longs[i] = (struct option){o->name, has_value ? required_argument : no_argument, NULL, FIRST_CODE + i};
        if (o->letter) {
            *s++ = o->letter;
            if (has_value)
                *s++ = ':';
        }
    }
    out->longs[n] = (struct option){"help", no_argument, NULL, HELP_CODE};
}

static int index_of_letter(const np_command *command, int letter)
{
    for (int i = 0; i < option_count(command); i++)
        if (command->options[i].letter == letter)
            return i;
    return -1;
}

/* Whether TEXT is one of the words of "a|b|c". */
static bool is_choice(const char *choices, const char *text)
{
    size_t n = strlen(text);
    for (const char *p = choices; *p && n > 0;) {
        size_t k = strcspn(p, "|");
        if (k == n && strncmp(p, text, n) == 0)
            return true;
        p += k + (p[k] == '|');
    }
    return false;
}

static np_status check_uint64(const np_option *o, const char *text, np_error *err)
{
    errno = 0;
    unsigned long long v = strtoull(text, NULL, 10);
    if (*text && text[strspn(text, "0123456789")] == '\0' && errno == 0 && v <= UINT64_MAX)
        return NP_OK;
    return np_error_set(err, NP_ERR_USAGE, "--%s: expected a whole number from 0 to %llu, found '%s'", o->name,
                        (unsigned long long)UINT64_MAX, text);
}

static np_status check_value(const np_option *o, const char *text, np_error *err)
{
    if (o->kind == NP_OPTION_CHOICE && !is_choice(o->value, text))
        return np_error_set(err, NP_ERR_USAGE, "--%s: expected one of %s, found '%s'", o->name, o->value, text);
    if (o->kind == NP_OPTION_FILE && !*text)
        return np_error_set(err, NP_ERR_USAGE, "--%s: expected %s, found an empty text", o->name, o->value);
    if (o->kind == NP_OPTION_UINT64)
        return check_uint64(o, text, err);
    if (o->kind != NP_OPTION_INTEGER && o->kind != NP_OPTION_NUMBER)
        return NP_OK;
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    bool good = *text && !*end && errno == 0 && isfinite(v) && v >= o->min && v <= o->max;
    if (good && o->kind == NP_OPTION_INTEGER)
        good = v == floor(v);
    if (good)
        return NP_OK;
    if (o->kind == NP_OPTION_INTEGER)
        return np_error_set(err, NP_ERR_USAGE, "--%s: expected a whole number from %.0f to %.0f, found '%s'", o->name,
                            o->min, o->max, text);
    return np_error_set(err, NP_ERR_USAGE, "--%s: expected a number from %g to %g, found '%s'", o->name, o->min, o->max,
                        text);
}

static np_status take_option(const np_command *command, int i, const char *text, np_command_args *out, np_error *err)
{
    const np_option *o = &command->options[i];
    int limit = o->repeats ? NP_COMMAND_MAX_REPEATS : 1;
    if (out->n_values[i] == limit && o->kind != NP_OPTION_FLAG)
        return np_error_set(err, NP_ERR_USAGE, "--%s: given more than %s", o->name, limit == 1 ? "once" : "16 times");
    np_status status = text ? check_value(o, text, err) : NP_OK;
    if (status == NP_OK && out->n_values[i] < limit)
        out->values[i][out->n_values[i]++] = text ? text : "";
    return status;
}

static np_status check_completeness(const np_command *command, const np_command_args *args, np_error *err)
{
    for (int i = 0; i < option_count(command); i++) {
        const np_option *o = &command->options[i];
        if (o->required && args->n_values[i] == 0)
            return np_error_set(err, NP_ERR_USAGE, "--%s %s is missing: %c%s", o->name, o->value,
                                tolower((unsigned char)o->help[0]), o->help + 1);
    }
    if (args->n_operands < command->min_operands)
        return np_error_set(err, NP_ERR_USAGE, "expected %s", command->operands);
    if (args->n_operands > command->max_operands)
        return np_error_set(err, NP_ERR_USAGE, "'%s' is one argument too many; expected %s",
                            args->operands[command->max_operands],
                            *command->operands ? command->operands : "options only");
    for (int i = 0; i < args->n_operands; i++)
        if (!*args->operands[i])
            return np_error_set(err, NP_ERR_USAGE, "expected %s, found an empty text", command->operands);
    return NP_OK;
}

static np_status check_apart(const np_option *out, const char *path, const char *read, np_error *err)
{
    if (!np_file_is_same(path, read))
        return NP_OK;
    return np_error_set(err, NP_ERR_USAGE, "--%s: %s is given to be read as well (%s); write to another file",
                        out->name, path, read);
}

/* That option OUT, which names a file to be written, names none of the others. */
static np_status check_output(const np_command_args *args, int out, np_error *err)
{
    const np_option *options = args->command->options;
    const char *path = args->values[out][0];
    np_status status = NP_OK;
    for (int i = 0; i < args->n_operands && status == NP_OK; i++)
        status = check_apart(&options[out], path, args->operands[i], err);
    for (int i = 0; options[i].name; i++)
        for (int k = 0; k < args->n_values[i] && i != out && options[i].kind == NP_OPTION_FILE && status == NP_OK; k++)
            status = check_apart(&options[out], path, args->values[i][k], err);
    return status;
}

static np_status check_outputs(const np_command_args *args, np_error *err)
{
    np_status status = NP_OK;
    for (int i = 0; i < option_count(args->command) && status == NP_OK; i++)
        if (args->command->options[i].writes && args->n_values[i])
            status = check_output(args, i, err);
    return status;
}

/* A long option with one dash, "-session 1": getopt would take it for -s with the value "ession". */
static np_status check_dashes(const np_command *command, int argc, char **argv, np_error *err)
{
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++) {
        size_t n = argv[k][0] == '-' && argv[k][1] != '-' ? strcspn(argv[k] + 1, "=") : 0;
        for (int i = 0; n > 1 && i < option_count(command); i++)
            if (strncmp(command->options[i].name, argv[k] + 1, n) == 0 && !command->options[i].name[n])
                return np_error_set(err, NP_ERR_USAGE, "unknown option %s; did you mean --%s?", argv[k],
                                    command->options[i].name);
    }
    return NP_OK;
}

/* LETTER, or, where it is 0 or one of getopt's codes, the whole WORD, "--sesion=2". */
static np_status unknown_option(const np_command *command, int letter, const char *word, np_error *err)
{
    if (letter >= HELP_CODE)
        return np_error_set(err, NP_ERR_USAGE, "%.*s takes no value", (int)strcspn(word, "="), word);
    if (letter)
        return np_error_set(err, NP_ERR_USAGE, "unknown option -%c", letter);
    const char *names[NP_COMMAND_MAX_OPTIONS + 1];
    char name[64];
    int n = option_count(command);
    for (int i = 0; i < n; i++)
        names[i] = command->options[i].name;
    names[n] = "help";
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *meant = np_suggest_name(name, names, (size_t)n + 1);
    return np_error_set(err, NP_ERR_USAGE, "unknown option %s%s%s%s", word, meant ? "; did you mean --" : "",
                        meant ? meant : "", meant ? "?" : "");
}

np_status np_command_parse(const np_command *command, int argc, char **argv, np_command_args *out, np_error *err)
{
    memset(out, 0, sizeof *out);
    out->command = command;
    getopt_tables tables;
    np_status status = check_dashes(command, argc, argv, err);
    if (status != NP_OK)
        return status;
    make_getopt_tables(command, &tables);
    optind = 0; /* glibc: start anew */
    opterr = 0;
    for (;;) {
        int code = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
        if (code == -1)
            break;
        if (code == 'h' || code == HELP_CODE) {
            out->help = true;
            return NP_OK;
        }
        if (code == ':')
            return np_error_set(err, NP_ERR_USAGE, "%s needs a value", argv[optind - 1]);
        int i = code >= FIRST_CODE ? code - FIRST_CODE : index_of_letter(command, code);
        if (code == '?' || i < 0)
            return unknown_option(command, optopt, argv[optind - 1], err);
        status = take_option(command, i, optarg, out, err);
        if (status != NP_OK)
            return status;
    }
    out->operands = argv + optind;
    out->n_operands = argc - optind;
    status = check_completeness(command, out, err);
    return status == NP_OK ? check_outputs(out, err) : status;
}

static int index_of(const np_command_args *args, const char *name)
{
    int n = option_count(args->command);
    for (int i = 0; i < n; i++)
        if (strcmp(args->command->options[i].name, name) == 0)
            return i;
    /* a mistake in the program, which a rule of the tree looks for as well; another option's value would be worse */
    fprintf(stderr, "the command '%s' has no option '%s'\n", args->command->name, name);
    abort();
}

int np_args_count(const np_command_args *args, const char *name)
{
    return args->n_values[index_of(args, name)];
}

bool np_args_flag(const np_command_args *args, const char *name)
{
    return np_args_count(args, name) > 0;
}

const char *np_args_text_at(const np_command_args *args, const char *name, int i)
{
    return args->values[index_of(args, name)][i];
}

const char *np_args_text(const np_command_args *args, const char *name)
{
    int i = index_of(args, name);
    return args->n_values[i] ? args->values[i][0] : args->command->options[i].fallback;
}

double np_args_number(const np_command_args *args, const char *name)
{
    const char *text = np_args_text(args, name);
    return text ? strtod(text, NULL) : NAN;
}

uint64_t np_args_uint64(const np_command_args *args, const char *name)
{
    const char *text = np_args_text(args, name);
    return text ? strtoull(text, NULL, 10) : 0;
}

int np_args_integer(const np_command_args *args, const char *name)
{
    double v = np_args_number(args, name);
    return isnan(v) ? 0 : (int)v;
}

bool np_args_asks_for(const np_command_args *args, const char *name, int argc, char **argv)
{
    for (int i = 0; i < option_count(args->command); i++)
        if (strcmp(args->command->options[i].name, name) == 0) {
            bool asks = args->n_values[i] > 0;
            for (int k = 1; k < argc; k++)
                asks = asks || (strncmp(argv[k], "--", 2) == 0 && strcmp(argv[k] + 2, name) == 0);
            return asks;
        }
    return false;
}

int np_command_exit(const np_command *command, np_status status)
{
    return command->exit_status ? command->exit_status(status) : np_status_exit(status);
}

const np_command *np_command_find(const np_command *const *commands, int argc, char **argv, int *out_words)
{
    const np_command *single = NULL; /* "testdots" stands beside "testdots read": two words go first */
    for (int i = 0; argc > 1 && commands[i]; i++) {
        const char *name = commands[i]->name;
        const char *blank = strchr(name, ' ');
        size_t first = blank ? (size_t)(blank - name) : strlen(name);
        if (strlen(argv[1]) != first || strncmp(argv[1], name, first) != 0)
            continue;
        if (blank && (argc < 3 || strcmp(argv[2], blank + 1) != 0))
            continue;
        *out_words = 2;
        if (blank)
            return commands[i];
        single = commands[i];
    }
    *out_words = 1;
    return single;
}
