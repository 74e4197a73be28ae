/* The table of statuses, and the texts in the caller's np_error. */
#include "base/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

/* The bytes of the UTF-8 character at TEXT, and which it is; 0 for what is none. */
static size_t utf8_at(const unsigned char *text, unsigned *out_code)
{
    size_t n = text[0] < 0x80 ? 1 : (text[0] & 0xE0) == 0xC0 ? 2 : (text[0] & 0xF0) == 0xE0 ? 3 : 4;
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    *out_code = n == 1 ? text[0] : text[0] & (0x7Fu >> n);
    if (n == 4 && (text[0] & 0xF8) != 0xF0)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        *out_code = *out_code << 6 | (text[i] & 0x3F);
    }
    return *out_code >= least[n] && *out_code <= 0x10FFFF ? n : 0;
}

/* Whether a character may stand in a sentence as it is. */
static bool is_plain(unsigned code)
{
    return !(code < 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0xAD || code == 0xFEFF ||
             (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202F) ||
             (code >= 0x2060 && code <= 0x206F) || (code >= 0xD800 && code <= 0xDFFF));
}

/* Copies FROM to TO of SIZE bytes, what is not plain as \xNN or \uNNNN, cut where it does not fit. */
static void copy_plain(const char *from, char *to, size_t size)
{
    const unsigned char *at = (const unsigned char *)from;
    size_t used = 0;
    while (*at) {
        unsigned code;
        char piece[8];
        size_t n = utf8_at(at, &code);
        if (n && is_plain(code))
            snprintf(piece, sizeof piece, "%.*s", (int)n, (const char *)at);
        else if (n && code > 0xFF)
            snprintf(piece, sizeof piece, "\\u%04X", code);
        else
            snprintf(piece, sizeof piece, "\\x%02X", n ? code : *at);
        if (used + strlen(piece) >= size)
            break;
        strcpy(to + used, piece);
        used += strlen(piece);
        at += n ? n : 1;
    }
    to[used] = '\0';
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
    copy_plain(text, err->text, sizeof err->text);
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
