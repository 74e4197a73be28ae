/* Command tables: options, operands, help, man pages and completion from the same rows. */
#include "base/command.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../test.h"

static np_status nothing(const np_command_args *args, np_error *err)
{
    (void)args, (void)err;
    return NP_OK;
}

static const np_option options[] = {
    {.name = "out", .letter = 'o', .kind = NP_OPTION_FILE, .value = "FILE", .required = true, .help = "Where to."},
    {.name = "count",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "7",
     .min = 1,
     .max = 9,
     .help = "How many."},
    {.name = "share", .kind = NP_OPTION_NUMBER, .value = "X", .min = 0, .max = 1, .help = "How much."},
    {.name = "format", .kind = NP_OPTION_CHOICE, .value = "csv|json", .fallback = "csv", .help = "Which."},
    {.name = "key", .kind = NP_OPTION_TEXT, .value = "KEY", .repeats = true, .help = "Whose."},
    {.name = "seed", .kind = NP_OPTION_UINT64, .value = "N", .fallback = "3", .help = "Of chance."},
    {.name = "big", .kind = NP_OPTION_INTEGER, .value = "N", .max = 2147483647, .help = "As it comes."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Even so."},
    {0}};
static const np_example examples[] = {{"Try it", "prog case new x -o a"}, {0}};
static const np_command command = {.name = "case new",
                                   .summary = "makes - things",
                                   .operands = "NAME",
                                   .min_operands = 1,
                                   .max_operands = 1,
                                   .description = "First paragraph.\n\n.Second one.",
                                   .options = options,
                                   .examples = examples,
                                   .run = nothing};
static const np_command other = {.name = "show", .summary = "shows", .operands = "a|b", .description = "Shows."};
static const np_command *const commands[] = {&command, &other, NULL};

/* Parses the words behind the command's name. */
static np_status parse(np_command_args *out, np_error *err, int n, const char *const *words)
{
    static char *argv[20];
    argv[0] = (char *)(uintptr_t) "prog";
    for (int i = 0; i < n; i++)
        argv[i + 1] = (char *)(uintptr_t)words[i];
    argv[n + 1] = NULL;
    return np_command_parse(&command, n + 1, argv, out, err);
}
#define PARSE(...)                                                                                                     \
    parse(&args, &err, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})

static void a_name_that_is_no_option_ends_the_program(void **state)
{
    (void)state;
    np_command_args args;
    np_error err = {0};
    assert_int_equal(PARSE("-o", "a", "name"), NP_OK);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        np_args_flag(&args, "colour");
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    assert_int_equal(WTERMSIG(how), SIGABRT);
}

static void values_are_found(void **state)
{
    (void)state;
    np_command_args args;
    np_error err = {0};
    assert_int_equal(PARSE("-o", "a", "name", "--count=3", "--share", "0.5", "--key", "k1", "--key", "k2", "-f"),
                     NP_OK);
    assert_string_equal(np_args_text(&args, "out"), "a");
    assert_int_equal(np_args_integer(&args, "count"), 3);
    assert_near(np_args_number(&args, "share"), 0.5, 0);
    assert_string_equal(np_args_text(&args, "format"), "csv");
    assert_int_equal(np_args_count(&args, "key"), 2);
    assert_string_equal(np_args_text_at(&args, "key", 1), "k2");
    assert_true(np_args_flag(&args, "force"));
    assert_int_equal(args.n_operands, 1);
    assert_string_equal(args.operands[0], "name");

    assert_int_equal(PARSE("-o", "a", "name"), NP_OK);
    assert_int_equal(np_args_integer(&args, "count"), 7);
    assert_true(isnan(np_args_number(&args, "share")));
    assert_null(np_args_text(&args, "key"));
    assert_int_equal(np_args_uint64(&args, "seed"), 3);
    assert_int_equal(PARSE("-o", "a", "name", "--seed", "18446744073709551615"), NP_OK);
    assert_true(np_args_uint64(&args, "seed") == UINT64_MAX);
    assert_int_equal(PARSE("--help", "--nonsense"), NP_OK);
    assert_true(args.help);
}

static void wrong_usage_is_named(void **state)
{
    (void)state;
    np_command_args args;
    np_error err = {0};
    assert_int_equal(PARSE("name"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "--out FILE is missing: where to."));
    static const char *const seeds[] = {"-1", "18446744073709551616", "1.0", "", "1e3", " 1", "+1"};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        assert_int_equal(PARSE("-o", "a", "name", "--seed", seeds[i]), NP_ERR_USAGE);
        assert_non_null(strstr(err.text, "--seed: expected a whole number from 0 to 18446744073709551615, found '"));
    }
    assert_int_equal(PARSE("-o", "a", "name", "--big", "3000000000"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "from 0 to 2147483647, found"));
    assert_int_equal(PARSE("name", "-out", "a"), NP_ERR_USAGE);
    assert_string_equal(err.text, "unknown option -out; did you mean --out?");
    assert_int_equal(PARSE("name", "-o", "a", "-count=3"), NP_ERR_USAGE);
    assert_string_equal(err.text, "unknown option -count=3; did you mean --count?");
    assert_int_equal(PARSE("-out", "name", "-o", "a", "-fo", "b"), NP_ERR_USAGE);
    assert_int_equal(PARSE("-o", "a", "--", "-out"), NP_OK);
    assert_int_equal(PARSE("-o"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "-o needs a value"));
    assert_int_equal(PARSE("-o", "a", "name", "--count", "10"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "whole number from 1 to 9, found '10'"));
    assert_int_equal(PARSE("-o", "a", "name", "--count", "1.5"), NP_ERR_USAGE);
    assert_int_equal(PARSE("-o", "a", "name", "--share", "nan"), NP_ERR_USAGE);
    assert_int_equal(PARSE("-o", "a", "name", "--share", "0.5x"), NP_ERR_USAGE);
    assert_int_equal(PARSE("-o", "a", "name", "--format", "cs"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "one of csv|json, found 'cs'"));
    assert_int_equal(PARSE("-o", "a", "-o", "b", "name"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "more than once"));
    assert_int_equal(PARSE("-o", "a"), NP_ERR_USAGE);
    assert_int_equal(PARSE("-o", "a", "x", "y"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "'y' is one argument too many"));
    assert_int_equal(PARSE("-o", "a", "x", "--nonsense"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "--nonsense"));
    assert_int_equal(PARSE("-o", "a", "x", "-z"), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "-z"));
}

static void commands_are_found_by_one_or_two_words(void **state)
{
    (void)state;
    char *two[] = {(char *)(uintptr_t) "p", (char *)(uintptr_t) "case", (char *)(uintptr_t) "new", NULL};
    char *one[] = {(char *)(uintptr_t) "p", (char *)(uintptr_t) "show", NULL};
    int words;
    assert_ptr_equal(np_command_find(commands, 3, two, &words), &command);
    assert_int_equal(words, 2);
    assert_null(np_command_find(commands, 2, two, &words));
    assert_ptr_equal(np_command_find(commands, 2, one, &words), &other);
    assert_int_equal(words, 1);
    assert_null(np_command_find(commands, 1, one, &words));
}

static char *written(void (*write)(FILE *))
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    assert_non_null(f);
    write(f);
    fclose(f);
    return text;
}
static void write_help(FILE *f)
{
    np_command_write_help("prog", &command, f);
}
static void write_man(FILE *f)
{
    np_command_write_man("prog", &command, f);
    np_command_write_overview_man("prog", "does things", commands, f);
}
static void write_overview(FILE *f)
{
    np_command_write_overview("prog", "does things", commands, f);
}
static void write_completion(FILE *f)
{
    np_command_write_completion("prog", commands, f);
}

static void every_option_is_in_help_man_and_completion(void **state)
{
    (void)state;
    char *help = written(write_help), *man = written(write_man), *completion = written(write_completion);
    char *overview = written(write_overview);
    for (const np_option *o = options; o->name; o++) {
        char dashed[40];
        snprintf(dashed, sizeof dashed, "--%s", o->name);
        assert_non_null(strstr(help, dashed));
        assert_non_null(strstr(completion, dashed));
        snprintf(dashed, sizeof dashed, "\\-\\-%s", o->name);
        assert_non_null(strstr(man, dashed));
    }
    assert_non_null(strstr(help, "Default: 7."));
    assert_non_null(strstr(help, "prog case new x -o a"));
    assert_non_null(strstr(man, ".TH \"PROG-CASE-NEW\" 1"));
    assert_non_null(strstr(man, "makes \\- things"));
    assert_non_null(strstr(man, "\n\\&.Second one."));
    assert_non_null(strstr(overview, "case new"));
    assert_non_null(strstr(completion, "csv|json"));
    free(help), free(man), free(completion), free(overview);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_no_option_ends_the_program),
        cmocka_unit_test(values_are_found),
        cmocka_unit_test(wrong_usage_is_named),
        cmocka_unit_test(commands_are_found_by_one_or_two_words),
        cmocka_unit_test(every_option_is_in_help_man_and_completion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
