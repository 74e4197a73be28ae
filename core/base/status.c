/* The table of statuses, and the texts in the caller's np_error. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

/* TEXT into OUT.  Of what is too long the middle is left out: what it is about stands at the beginning, and what to do at the end. */
static void keep_ends(const char *text, char *out, size_t size)
{
    static const char gap[] = " ... ";
    size_t length = strlen(text), head = (size - sizeof gap) / 2, tail = length - head;
    if (length < size) {
        strcpy(out, text);
        return;
    }
    while (((unsigned char)text[head] & 0xC0) == 0x80)
        head--;
    while (((unsigned char)text[tail] & 0xC0) == 0x80)
        tail++;
    snprintf(out, size, "%.*s%s%s", (int)head, text, gap, text + tail);
}

np_status np_error_set(np_error *err, np_status status, const char *format, ...)
{
    enum { WIDEST = 4 }; /* characters that a byte becomes at most */
    if (!err)
        return status;
    char *text = NULL, *plain = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    size_t room = length < 0 ? 0 : WIDEST * (size_t)length + 1;
    if (room && (plain = malloc(room)))
        keep_ends(np_plain_copy(text, plain, room), err->text, sizeof err->text);
    else
        np_plain_copy(np_status_text(status), err->text, sizeof err->text);
    err->status = status;
    free(plain);
    if (length >= 0)
        free(text);
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
