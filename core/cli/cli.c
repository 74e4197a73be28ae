/* What all commands share: the status line and the bar, JSON on standard output, durations, file names.  Progress goes to
 * standard error and only to a terminal, so that what a script reads is the result alone. */
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/signals.h"

#define HEARD_MS 70 /* by the work itself, which then takes a while to end; helpers 60 ms */

volatile sig_atomic_t cli_interrupted;

static bool line_is_open;

void cli_status_line(const char *text)
{
    if (!isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
    line_is_open = true;
}

void cli_progress_clear(void)
{
    np_signals_heard();
    if (line_is_open)
        fputs("\r\033[K", stderr);
    line_is_open = false;
}

static bool draw_bar(void *context, const char *stage, double fraction)
{
    (void)context;
    enum { WIDTH = 30 };
    int full = (int)lround(fmin(fmax(fraction, 0), 1) * WIDTH);
    char line[160], bar[WIDTH + 1];
    memset(bar, '#', (size_t)full);
    memset(bar + full, '.', (size_t)(WIDTH - full));
    bar[WIDTH] = '\0';
    snprintf(line, sizeof line, "%-18s [%s] %3d %%", stage, bar, (int)lround(fraction * 100));
    cli_status_line(line);
    if (cli_interrupted)
        np_signals_heard();
    return !cli_interrupted;
}

np_progress cli_progress(void)
{
    return (np_progress){draw_bar, NULL};
}

np_progress cli_progress_in_time(const np_command_args *args, bool as_json)
{
    np_signals_end end = {.within_ms = HEARD_MS, .exit_status = np_command_exit(args->command, NP_ERR_STOPPED)};
    snprintf(end.error_text, sizeof end.error_text, "%s%s %s: stopped; nothing was written\n",
             isatty(STDERR_FILENO) ? "\r\033[K" : "", CLI_PROGRAM, args->command->name);
    if (as_json)
        snprintf(end.output_text, sizeof end.output_text,
                 "{\n  \"error\": {\n    \"status\": \"%s\",\n    \"exit_status\": %d,\n"
                 "    \"text\": \"stopped; nothing was written\"\n  }\n}\n",
                 np_status_name(NP_ERR_STOPPED), end.exit_status);
    np_signals_end_by(&end);
    return cli_progress();
}

np_status cli_check_stdout(np_error *err)
{
    bool failed = fflush(stdout) != 0;
    if (failed && errno == EPIPE)
        return np_error_set(err, NP_ERR_STOPPED, "nobody reads the output any more");
    if (failed || ferror(stdout))
        return np_error_set(err, NP_ERR_IO,
                            "standard output could not be written to the end; what it holds is incomplete");
    return NP_OK;
}

void cli_print_notes(const char *notes, FILE *out)
{
    for (size_t n; *notes; notes += n + (notes[n] != '\0')) {
        char line[4096];
        n = strcspn(notes, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, notes);
        fprintf(out, "  %s\n", CLI_PLAIN(line));
    }
}

json_t *cli_lines_json(const char *text)
{
    json_t *out = json_array();
    for (size_t n; *text; text += n + (text[n] != '\0')) {
        n = strcspn(text, "\n");
        json_array_append_new(out, json_stringn(text, n));
    }
    return out;
}

static json_t *answer; /* of the command, until it is printed */

np_status cli_give_json(json_t *value, np_error *err)
{
    json_decref(answer);
    answer = value;
    return value ? NP_OK : np_error_no_memory(err, "the JSON output");
}

np_status cli_print_json(np_status status, int exit_status, np_error *err)
{
    if (!answer)
        answer = json_object();
    if (status != NP_OK)
        json_object_set_new(answer, "error",
                            json_pack("{s:s, s:i, s:s}", "status", np_status_name(status), "exit_status", exit_status,
                                      "text", err->text[0] ? err->text : np_status_text(status)));
    np_error lost = {0};
    int failed = json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(10));
    json_decref(answer);
    answer = NULL;
    putchar('\n');
    np_status printed = cli_check_stdout(&lost);
    if (printed == NP_OK && failed)
        printed = np_error_set(&lost, NP_ERR_INTERNAL, "the JSON output could not be made");
    return status == NP_OK && printed != NP_OK ? np_error_pass(err, &lost) : status;
}

void cli_duration(double seconds, char *text, size_t size)
{
    if (seconds < 60) {
        snprintf(text, size, "%.1f s", seconds);
        return;
    }
    long s = lround(seconds);
    if (s < 3600)
        snprintf(text, size, "%ld min %02ld s", s / 60, s % 60);
    else
        snprintf(text, size, "%ld h %02ld min", s / 3600, s / 60 % 60);
}

int cli_read_numbers(const char *text, double *out, int n)
{
    int found = 0;
    for (char *end; found < n; text = end + 1) {
        out[found] = strtod(text, &end);
        if (end == text || !isfinite(out[found]))
            return 0;
        found++;
        if (*end != ',')
            return *end ? 0 : found;
    }
    return 0;
}

np_status cli_check_absent(const char *path, np_error *err)
{
    return access(path, F_OK) != 0
               ? NP_OK
               : np_error_set(err, NP_ERR_IO, "%s is already there, and nothing replaces it; give another name", path);
}

np_status cli_check_new_file(const char *path, bool force, np_error *err)
{
    if (!force && access(path, F_OK) == 0)
        return np_error_set(err, NP_ERR_IO, "%s is already there; give another name, or --force to replace it", path);
    return np_file_check_replaceable(path, err);
}

np_status cli_check_not_read(const char *path, const char *read, np_error *err)
{
    if (!read || !np_file_is_same(path, read))
        return NP_OK;
    return np_error_set(err, NP_ERR_USAGE, "%s is read by this command (%s); write to another file", path, read);
}

static np_status check_not_drawn(const char *path, const np_case *c, const np_case_shape *shapes, unsigned n,
                                 np_error *err)
{
    np_status status = NP_OK;
    for (unsigned i = 0; i < n && status == NP_OK; i++) {
        char *file = shapes[i].file ? np_file_beside(c->path, shapes[i].file) : NULL;
        status = check_not_drawn(path, c, shapes[i].members, shapes[i].n_members, err);
        if (status == NP_OK && shapes[i].file && !file)
            status = np_error_no_memory(err, path);
        if (status == NP_OK)
            status = cli_check_not_read(path, file, err);
        free(file);
    }
    return status;
}

np_status cli_check_not_of_case(const char *path, const np_case *c, np_error *err)
{
    np_case_shape whorls = {.file = c->scan.whorls_file};
    const char *const read[] = {c->scan.file, c->existing_file, c->made_plan, c->made_file};
    const struct {
        const np_case_shape *shapes;
        unsigned n;
    } drawn[] = {{c->regions, c->n_regions},
                 {c->curves, c->n_curves},
                 {c->point_sets, c->n_point_sets},
                 {c->scan.strokes, c->scan.n_strokes},
                 {&whorls, 1}};
    np_status status = NP_OK;
    for (size_t i = 0; i < sizeof read / sizeof *read && status == NP_OK; i++)
        status = cli_check_not_read(path, read[i], err);
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn && status == NP_OK; i++)
        status = check_not_drawn(path, c, drawn[i].shapes, drawn[i].n, err);
    for (unsigned i = 0; i < c->n_keep_outs && status == NP_OK; i++)
        status = check_not_drawn(path, c, &c->keep_outs[i].drawn, 1, err);
    for (unsigned i = 0; i < c->n_layers && status == NP_OK; i++)
        status = check_not_drawn(path, c, &c->layers[i].density_map, 1, err);
    return status;
}

char *cli_replace_extension(const char *path, const char *extension)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t stem = dot && dot != base ? (size_t)(dot - path) : strlen(path);
    char *out = malloc(stem + strlen(extension) + 1);
    if (out)
        sprintf(out, "%.*s%s", (int)stem, path, extension);
    return out;
}

char *cli_case_folder(const char *given, const char *plan_path)
{
    if (given)
        return strdup(given);
    const char *slash = strrchr(plan_path, '/');
    if (!slash)
        return strdup(".");
    return slash == plan_path ? strdup("/") : strndup(plan_path, (size_t)(slash - plan_path));
}

np_status cli_refuse(const np_command_args *args, const char *const *names, size_t n, const char *why, np_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (np_args_count(args, names[i]) > 0)
            return np_error_set(err, NP_ERR_USAGE, "--%s %s", names[i], why);
    return NP_OK;
}

np_status cli_check_reason(const np_command_args *args, const char *option, np_error *err)
{
    enum { MAX = 200 };
    const char *reason = np_args_text(args, option);
    if (reason && (!reason[strspn(reason, " ")] || strlen(reason) > MAX || !np_plain_is(reason)))
        return np_error_set(err, NP_ERR_USAGE,
                            "--%s: expected a reason: a line of 1 to %d bytes of UTF-8 without control characters",
                            option, MAX);
    return NP_OK;
}
