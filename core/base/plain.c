/* One place decides what may be shown: error texts and all that commands print of files, plugins and executors go through it. */
#include "base/plain.h"

#include <stdio.h>
#include <string.h>

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
    return !(code < 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0xAD || code == 0x61C || code == 0x180E ||
             code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFF) || (code >= 0xE0000 && code <= 0xE0FFF) ||
             (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202F) ||
             (code >= 0x2060 && code <= 0x206F) || (code >= 0xD800 && code <= 0xDFFF));
}

char *np_plain_copy(const char *from, char *to, size_t size)
{
    const unsigned char *at = (const unsigned char *)from;
    size_t used = 0;
    while (*at) {
        unsigned code;
        char piece[12];
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
    return to;
}

bool np_plain_is(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned code;
    for (size_t n; *at; at += n)
        if ((n = utf8_at(at, &code)) == 0 || !is_plain(code))
            return false;
    return true;
}
