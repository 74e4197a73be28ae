/* needlepath plugin new: a project to begin with, from the files of lib/needlepath/project, in which @NAME@ stands for the strategy's id. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/program.h"
#include "cli/cli.h"

#define MAX_TEMPLATE_BYTES (1u << 20)

static const np_option options[] = {{.name = "lang",
                                     .letter = 'l',
                                     .kind = NP_OPTION_CHOICE,
                                     .value = "c|cpp|rust",
                                     .fallback = "c",
                                     .help = "The language; rust needs cargo, and fetches nothing.  Any other can "
                                             "export the entry of needlepath/plugin.h: none but these is tried here."},
                                    {0}};

static const np_example examples[] = {
    {"A strategy, built and checked",
     "needlepath plugin new wave && cd wave && cmake -B build && cmake --build build && ctest --test-dir build"},
    {0}};

/* A strategy's id, since it is one: the file that bears its name is found first. */
static np_status check_name(const char *name, np_error *err)
{
    size_t n = strlen(name);
    if (n <= 40 && name[0] >= 'a' && name[0] <= 'z' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n)
        return NP_OK;
    return np_error_set(err, NP_ERR_USAGE,
                        "expected a strategy's id: a lower-case letter, then up to 39 lower-case letters, digits and "
                        "underscores; found '%.80s'",
                        name);
}

/* TEXT with NAME in the place of each @NAME@, to STREAM. */
static void write_with_name(const char *text, const char *name, FILE *stream)
{
    static const char mark[] = "@NAME@";
    for (const char *at; (at = strstr(text, mark)); text = at + sizeof mark - 1)
        fprintf(stream, "%.*s%s", (int)(at - text), text, name);
    fputs(text, stream);
}

/* FROM of the templates to the file TO in the folder NAME. */
static np_status make_file(const char *from, const char *name, const char *to, np_error *err)
{
    char rest[100], *path = NULL, *text = NULL, target[200];
    size_t size;
    np_file_writer writer = {0};
    snprintf(rest, sizeof rest, "lib/needlepath/project/%s", from);
    snprintf(target, sizeof target, "%s/%s", name, to);
    np_status status = np_program_beside(rest, &path, err);
    if (status == NP_OK)
        status = np_file_read_text(path, MAX_TEMPLATE_BYTES, &text, &size, err);
    if (status == NP_OK)
        status = np_file_writer_open(&writer, target, err);
    if (status == NP_OK) {
        write_with_name(text, name, writer.stream);
        status = np_file_writer_commit_new(&writer, err);
    }
    np_file_writer_discard(&writer);
    free(text);
    free(path);
    return status;
}

/* What a project consists of, by language: a template, and the file that it becomes, with % for the name. */
typedef struct project_file {
    const char *language, *from, *to;
} project_file;

static const project_file files[] = {
    {"c", "plugin.c.in", "%.c"},
    {"c", "test.in", "%_test.c"},
    {"c", "CMakeLists.c.in", "CMakeLists.txt"},
    {"cpp", "plugin.cpp.in", "%.cpp"},
    {"cpp", "test.in", "%_test.cpp"},
    {"cpp", "CMakeLists.cpp.in", "CMakeLists.txt"},
    {"rust", "plugin.rust.in", "src/lib.rs"},
    {"rust", "Cargo.rust.in", "Cargo.toml"},
    {"rust", "CMakeLists.rust.in", "CMakeLists.txt"},
    {"rust", "crate.toml.in", "needlepath/Cargo.toml"},
    {"rust", "crate_lib.rs.in", "needlepath/src/lib.rs"},
    {"rust", "crate_sys.rs.in", "needlepath/src/sys.rs"},
    {"rust", "crate_testing.rs.in", "needlepath/src/testing.rs"},
    {NULL, "case.yaml.in", "case.yaml"}, /* of all */
};

static np_status make_folders(const char *name, const char *language, np_error *err)
{
    char source[100], crate[100];
    bool rust = strcmp(language, "rust") == 0;
    snprintf(source, sizeof source, "%s%s", name, rust ? "/src" : "");
    snprintf(crate, sizeof crate, "%s/needlepath/src", name);
    np_status status = np_folder_make(source, 0755, err);
    return status == NP_OK && rust ? np_folder_make(crate, 0755, err) : status;
}

static np_status run(const np_command_args *args, np_error *err)
{
    const char *name = args->operands[0], *language = np_args_text(args, "lang");
    np_status status = check_name(name, err);
    if (status == NP_OK)
        status = cli_check_absent(name, err);
    if (status == NP_OK)
        status = make_folders(name, language, err);
    for (size_t i = 0; i < sizeof files / sizeof *files && status == NP_OK; i++) {
        char to[100];
        const project_file *f = &files[i];
        bool named = f->to[0] == '%';
        snprintf(to, sizeof to, "%s%s", named ? name : "", f->to + named);
        if (!f->language || strcmp(f->language, language) == 0)
            status = make_file(f->from, name, to, err);
    }
    if (status == NP_OK)
        fprintf(stderr, "%s is ready; next: cd %s && cmake -B build && cmake --build build && ctest --test-dir build\n",
                name, name);
    return status;
}

const np_command cli_cmd_plugin_new = {
    .name = "plugin new",
    .summary = "start the project of a strategy of your own",
    .operands = "NAME",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Makes a folder NAME with a strategy that fills a region, its CMake project, and a case. It builds against an "
        "installed needlepath (find_package), and its tests check it by every rule and plan the case with it.",
    .options = options,
    .examples = examples,
    .run = run,
};
