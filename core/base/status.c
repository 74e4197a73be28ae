/* The table of statuses, and the texts in the caller's np_error. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/plain.h"

typedef struct status_row {
    const char *name;
    int exit_status;
    const char *text;
} status_row;

#define NP_STATUS_ROW(name, exit_status, text) {#name, exit_status, text},
static const status_row rows[] = {NP_STATUS_TABLE(NP_STATUS_ROW)};

static const status_row *row_of(np_status status)
{
    return (unsigned)status < NP_STATUS_COUNT ? &rows[status] : &rows[NP_ERR_INTERNAL];
}

const char *np_status_name(np_status status)
{
    return row_of(status)->name;
}

const char *np_status_text(np_status status)
{
    return row_of(status)->text;
}

int np_status_exit(np_status status)
{
    return row_of(status)->exit_status;
}

np_status np_error_set(np_error *err, np_status status, const char *format, ...)
{
    if (!err)
        return status;
    char text[2 * sizeof err->text]; /* what prefixes make, and what is cut */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err->status = status;
    np_plain_copy(text, err->text, sizeof err->text);
    return status;
}

np_status np_error_prefix(np_error *err, np_status status, const char *format, ...)
{
    if (!err)
        return status;
    char prefix[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    char text[2 * sizeof err->text + 3];
    snprintf(text, sizeof text, "%s: %s", prefix, err->text);
    return np_error_set(err, status, "%s", text);
}

np_status np_error_pass(np_error *err, const np_error *error)
{
    if (err)
        *err = *error;
    return error->status;
}

np_status np_error_no_memory(np_error *err, const char *what)
{
    return np_error_set(err, NP_ERR_NO_MEMORY, "out of memory for %s", what);
}
