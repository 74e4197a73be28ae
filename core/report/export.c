/* The table of exports, and what all of them share. */
#include "report/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "base/suggest.h"
#include "plan/envelope.h"
#include "plan/made.h"
#include "stream/gcode.h"

static const struct {
    const char *name;
    const np_exporter *exporter;
} rows[] = {
#define EXPORTER_ROW(name, help) {#name, &np_exporter_##name},
    NP_EXPORTER_TABLE(EXPORTER_ROW)
#undef EXPORTER_ROW
};

bool np_exporter_uses(const np_exporter *exporter, const char *option)
{
    size_t n = strlen(option);
    for (const char *word = exporter->options; *word; word += strspn(word, " ")) {
        size_t length = strcspn(word, " ");
        if (length == n && memcmp(word, option, n) == 0)
            return true;
        word += length;
    }
    return false;
}

void np_exporter_list_users(const char *option, char *text, size_t size)
{
    const char *names[sizeof rows / sizeof *rows];
    size_t n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (np_exporter_uses(rows[i].exporter, option))
            names[n++] = rows[i].name;
    np_suggest_list(text, size, names, n);
}

const np_exporter *np_exporter_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].exporter;
    return NULL;
}

const np_dot *np_export_next(const np_export_request *request, size_t *index)
{
    while (*index < request->plan->n_dots) {
        const np_dot *dot = &request->plan->dots[(*index)++];
        if (request->session == 0 || dot->session == request->session)
            return dot;
    }
    return NULL;
}

size_t np_export_count(const np_export_request *request)
{
    return request->session == 0 ? request->plan->n_dots : request->plan->sessions[request->session - 1].dots;
}

void np_export_quoted(const char *text, FILE *out)
{
    char plain[4096];
    fputc('"', out);
    for (const char *p = np_plain_copy(text, plain, sizeof plain); *p; p++)
        fputs(*p == '"' ? "\"\"" : (char[]){*p, 0}, out);
    fputc('"', out);
}

/* A program makes each dot of its session and keeps no journal: where one has an outcome already it would be punctured twice. */
static np_status check_nothing_made(const np_export_request *request, np_error *err)
{
    np_made_dot *dots = NULL;
    size_t n = 0;
    if (!request->path)
        return NP_OK;
    np_status status = np_made_read(request->path, request->plan, request->session, &dots, &n, err);
    if (status == NP_OK && n > 0)
        status =
            np_error_set(err, NP_ERR_UNSAFE,
                         "session %d: %zu of its dots were begun or made by the plan's journal (dot %u first), and "
                         "a program would make all of them again; go on with `needlepath run`, which leaves them "
                         "out, or plan what is missing anew (touch-up)",
                         request->session, n, dots[0].id);
    free(dots);
    return status;
}

/* A program is not told of the skin, whatever machine runs it. */
static np_status check_residual(const np_registration *registration, np_error *err)
{
    if (registration->worst_mm <= NP_GANTRY_RESIDUAL_MM)
        return NP_OK;
    return np_error_set(err, NP_ERR_UNSAFE,
                        "a fiducial is %.2f mm off after registration, and a program, which does not feel the skin, "
                        "goes as much too deep: %.1f mm at most is allowed; measure them again",
                        registration->worst_mm, NP_GANTRY_RESIDUAL_MM);
}

np_status np_export(const np_exporter *exporter, const np_export_request *request, FILE *out, np_error *err)
{
    int session = request->session;
    if (exporter->for_machine && session == 0)
        return np_error_set(err, NP_ERR_USAGE,
                            "--session N is missing: a program makes one session, and the plan has 1 to %zu",
                            request->plan->n_sessions);
    if (session < 0 || (size_t)session > request->plan->n_sessions)
        return np_error_set(err, NP_ERR_INVALID, "session %d: the plan has sessions 1 to %zu", session,
                            request->plan->n_sessions);
    if (exporter->for_machine && !request->registration)
        return np_error_set(err, NP_ERR_USAGE, "--fiducials FILE is missing: the program is in the machine's frame");
    np_status status = exporter->for_machine ? check_residual(request->registration, err) : NP_OK;
    if (status == NP_OK && !exporter->of_the_past)
        status = np_envelope_check(request->plan, err);
    if (status == NP_OK && exporter->for_machine)
        status = check_nothing_made(request, err);
    return status == NP_OK ? exporter->write(request, out, err) : status;
}
