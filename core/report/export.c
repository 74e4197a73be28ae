/* The table of exports, and what all of them share. */
#include "report/export.h"

#include <string.h>

#include "base/plain.h"
#include "plan/envelope.h"

const np_exporter *np_exporter_find(const char *name)
{
    static const struct {
        const char *name;
        const np_exporter *exporter;
    } rows[] = {
#define EXPORTER_ROW(name, help) {#name, &np_exporter_##name},
        NP_EXPORTER_TABLE(EXPORTER_ROW)
#undef EXPORTER_ROW
    };
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

np_status np_export(const np_exporter *exporter, const np_export_request *request, FILE *out, np_error *err)
{
    int session = request->session, least = exporter->for_machine ? 1 : 0;
    if (session < least || (size_t)session > request->plan->n_sessions)
        return np_error_set(err, NP_ERR_INVALID, "session %d: the plan has sessions 1 to %zu%s", session,
                            request->plan->n_sessions, session == 0 ? ", and a program makes one of them" : "");
    if (exporter->for_machine && !request->registration)
        return np_error_set(err, NP_ERR_USAGE, "--fiducials FILE is missing: the program is in the machine's frame");
    np_status status = exporter->of_the_past ? NP_OK : np_envelope_check(request->plan, err);
    return status == NP_OK ? exporter->write(request, out, err) : status;
}
