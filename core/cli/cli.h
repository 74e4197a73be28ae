/* The command line: one cmd_*.c a command, nothing but argument handling and printing. */
#ifndef NP_CLI_CLI_H
#define NP_CLI_CLI_H

#include <jansson.h>
#include <signal.h>

#include "base/command.h"
#include "base/progress.h"

#define CLI_PROGRAM "needlepath"
#define CLI_SUMMARY "plan scalp micropigmentation on a 3-D head scan and drive a robot arm through it"

extern const np_command cli_cmd_head, cli_cmd_case_new, cli_cmd_case_check, cli_cmd_plan, cli_cmd_show, cli_cmd_approve,
    cli_cmd_register, cli_cmd_air, cli_cmd_run, cli_cmd_report, cli_cmd_export, cli_cmd_plugin_list,
    cli_cmd_plugin_show, cli_cmd_keys, cli_cmd_keys_link, cli_cmd_keys_curve, cli_cmd_stop, cli_cmd_review;
extern const np_command *const cli_commands[]; /* ended by NULL */

/* Set by the first Ctrl-C; the second one ends the program as usual. */
extern volatile sig_atomic_t cli_interrupted;

/* A progress bar on stderr where that is a terminal; Ctrl-C cancels the work.  Clear ends the bar's line. */
np_progress cli_progress(void);
void cli_progress_clear(void);
/* One line that is drawn over on a terminal ("\r"), nothing elsewhere. */
void cli_status_line(const char *text);

/* Prints VALUE to stdout as indented JSON with a newline and takes the reference.  NP_ERR_IO if stdout cannot take it. */
np_status cli_print_json(json_t *value, np_error *err);
/* NP_ERR_IO if anything that was printed to stdout got lost (a full disk, a closed pipe). */
np_status cli_check_stdout(np_error *err);

/* "3 h 12 min", "4 min 05 s", "12.3 s" into TEXT. */
void cli_duration(double seconds, char *text, size_t size);
/* NP_ERR_IO if PATH is there and FORCE is not given. */
np_status cli_check_new_file(const char *path, bool force, np_error *err);
/* "name.ply" -> "name.yaml": PATH with its extension (of the last component) replaced; the caller frees. */
char *cli_replace_extension(const char *path, const char *extension);

#endif
