/* The command line: one cmd_*.c a command, nothing but argument handling and printing. */
#ifndef NP_CLI_CLI_H
#define NP_CLI_CLI_H

#include <jansson.h>
#include <signal.h>

#include "base/command.h"
#include "base/plain.h"
#include "base/progress.h"
#include "case/case.h"

#define CLI_PROGRAM "needlepath"
#define CLI_SUMMARY "plan scalp micropigmentation on a 3-D head scan and drive a robot arm through it"

/* The commands, as the overview lists them.  To add one: a file cmd_NAME.c that defines cli_cmd_NAME, and its row here.
 *
 * needlepath is two programs, so that what drives an arm does not carry readers of strangers' meshes: bin/needlepath holds the
 * LIGHT commands, which do not need Embree, and starts libexec/needlepath/needlepath-geometry, which holds all of
 * them, for everything else. */
#define CLI_COMMAND_TABLE(LIGHT, GEOMETRY)                                                                             \
    GEOMETRY(head)                                                                                                     \
    GEOMETRY(scan_fit)                                                                                                 \
    GEOMETRY(case_new)                                                                                                 \
    GEOMETRY(case_check)                                                                                               \
    GEOMETRY(plan)                                                                                                     \
    GEOMETRY(testdots)                                                                                                 \
    GEOMETRY(testdots_read)                                                                                            \
    LIGHT(show)                                                                                                        \
    LIGHT(diff)                                                                                                        \
    LIGHT(keys_new)                                                                                                    \
    LIGHT(keys_link)                                                                                                   \
    LIGHT(keys_curve)                                                                                                  \
    LIGHT(approve)                                                                                                     \
    LIGHT(register)                                                                                                    \
    LIGHT(air)                                                                                                         \
    LIGHT(run)                                                                                                         \
    LIGHT(stop)                                                                                                        \
    LIGHT(review)                                                                                                      \
    GEOMETRY(preview)                                                                                                  \
    GEOMETRY(shades)                                                                                                   \
    GEOMETRY(report)                                                                                                   \
    GEOMETRY(export)                                                                                                   \
    GEOMETRY(plugin_list)                                                                                              \
    GEOMETRY(plugin_show)                                                                                              \
    GEOMETRY(plugin_preview)                                                                                           \
    GEOMETRY(plugin_check)                                                                                             \
    GEOMETRY(plugin_manifest)                                                                                          \
    LIGHT(plugin_debug)                                                                                                \
    LIGHT(plugin_new)

#define CLI_COMMAND_DECLARATION(id) extern const np_command cli_cmd_##id;
CLI_COMMAND_TABLE(CLI_COMMAND_DECLARATION, CLI_COMMAND_DECLARATION)
#undef CLI_COMMAND_DECLARATION

extern const np_command *const cli_commands[]; /* those that this program holds, ended by NULL */
extern const bool cli_is_light;                /* this program holds the light ones alone */

/* Set by the first Ctrl-C; the second one ends the program as usual, unless its command holds the needle. */
extern volatile sig_atomic_t cli_interrupted;

/* A progress bar on stderr where that is a terminal; Ctrl-C cancels the work.  Clear ends the bar's line. */
np_progress cli_progress(void);
/* The same for work of COMMAND that writes nothing before the bar is cleared: Ctrl-C is then heard within 100 ms, in loops too that do not
 * report; AS_JSON: the error goes to standard output as well. */
np_progress cli_progress_in_time(const np_command_args *args, bool as_json);
void cli_progress_clear(void);
/* One line that is drawn over on a terminal ("\r"), nothing elsewhere. */
void cli_status_line(const char *text);

/* TEXT, which a case, a plan, a plugin or an executor brought, as a terminal may be shown it; until the enclosing block ends. */
#define CLI_PLAIN(text) np_plain_copy(text, (char[4096]){0}, 4096)

/* What strategies had to say (np_painter_notes), each line by itself and plain. */
void cli_print_notes(const char *notes, FILE *out);

/* The row of --json in a command's table.  WHAT is printed, and that of errors, which every command has alike. */
#define CLI_JSON_OPTION(what)                                                                                          \
    {                                                                                                                  \
        .name = "json", .kind = NP_OPTION_FLAG,                                                                        \
        .help = what " If the command fails, \"error\" is in it, with \"status\" (a name), \"exit_status\" and "       \
                     "\"text\", which also goes to standard error."                                                    \
    }

/* The lines of TEXT (np_painter_notes, say) as an array of texts. */
json_t *cli_lines_json(const char *text);
/* What the command answers to --json, an object; takes the reference.  It is printed when the command has ended. */
np_status cli_give_json(json_t *value, np_error *err);
/* Prints what was given, as indented JSON with a newline: with the error of STATUS and EXIT_STATUS, if it is one, or with that
 * alone.  Returns STATUS, or NP_ERR_IO if stdout cannot take it. */
np_status cli_print_json(np_status status, int exit_status, np_error *err);
/* NP_ERR_IO if anything that was printed to stdout got lost (a full disk, a closed pipe). */
np_status cli_check_stdout(np_error *err);

/* "3 h 12 min", "4 min 05 s", "12.3 s" into TEXT. */
void cli_duration(double seconds, char *text, size_t size);
/* Up to N numbers apart by commas and nothing else, into OUT; how many there are, 0 for anything else. */
int cli_read_numbers(const char *text, double *out, int n);
/* NP_ERR_IO if PATH is there: for what no option replaces. */
np_status cli_check_absent(const char *path, np_error *err);
/* NP_ERR_IO if PATH is there and FORCE is not given; with it the error of np_file_check_replaceable: what holds a journal is
 * replaced by nothing. */
np_status cli_check_new_file(const char *path, bool force, np_error *err);
/* NP_ERR_USAGE if PATH, which a command is to write, is the file READ (NULL: none) that something else which it reads names: the
 * mesh of a case.  What the command line itself names is compared by np_command_parse. */
np_status cli_check_not_read(const char *path, const char *read, np_error *err);
/* The same for all files that the case C names: its mesh, its follicles, and what was drawn elsewhere. */
np_status cli_check_not_of_case(const char *path, const np_case *c, np_error *err);
/* NP_ERR_USAGE, "--NAME WHY", for the first of the N options that is given and would do nothing. */
np_status cli_refuse(const np_command_args *args, const char *const *names, size_t n, const char *why, np_error *err);
#define CLI_REFUSE(args, names, why, err) cli_refuse(args, names, sizeof(names) / sizeof *(names), why, err)
/* NP_ERR_USAGE if the reason that OPTION gives could not be read later: not one line of 1 to 200 bytes of plain text. */
np_status cli_check_reason(const np_command_args *args, const char *option, np_error *err);
/* Where the case of the plan at PLAN_PATH lies, in a new string: GIVEN, or if that is NULL the plan's own folder. */
char *cli_case_folder(const char *given, const char *plan_path);
#define CLI_CASE_DIR_OPTION                                                                                            \
    {                                                                                                                  \
        .name = "case-dir", .kind = NP_OPTION_FILE, .value = "DIR",                                                    \
        .help = "The case file's folder, from which its scan is found. Default: the plan's folder."                    \
    }
/* "name.ply" -> "name.yaml": PATH with its extension (of the last component) replaced; the caller frees. */
char *cli_replace_extension(const char *path, const char *extension);

#endif
