/* Programs that list points write lines of many forms; an empty field keeps its place, so that those behind it keep theirs. */
#include "case/private/fields.h"

#include <stdbool.h>
#include <string.h>

/* Text from a quotation mark to the one that ends it, in place, a doubled one within it made one (RFC 4180); *NEXT behind the field.  NULL
 * where nothing ends it, or something other than BETWEEN is behind it. */
static char *unquote(char *field, char between, char **next)
{
    char *to = field, *from = field + 1;
    for (; *from != '"' || from[1] == '"'; *to++ = *from++) {
        if (!*from)
            return NULL;
        from += *from == '"';
    }
    from += 1 + strspn(from + 1, " \t\r");
    if (*from && *from != between && between != ' ')
        return NULL;
    *next = !*from ? NULL : *from == between ? from + 1 : from;
    *to = '\0';
    return field;
}

/* What fields are apart by: the first of these that stands outside of quotation marks. */
static char find_between(const char *line)
{
    static const char tried[] = ",;\t";
    for (const char *c = tried; *c; c++) {
        bool quoted = false;
        for (const char *at = line; *at; at++) {
            quoted ^= *at == '"';
            if (*at == *c && !quoted)
                return *c;
        }
    }
    return ' ';
}

size_t case_fields_split(char *line, char *fields[CASE_FIELDS_MAX])
{
    const char between[] = {find_between(line), '\0'};
    size_t n = 0;
    for (char *next = line; next;) {
        char *field = next + strspn(next, *between == '\t' ? " \r" : " \t\r");
        if (*field == '"') {
            field = unquote(field, *between, &next);
        } else {
            next = field;
            field = strsep(&next, between);
            for (size_t length = strlen(field); length > 0 && strchr(" \t\r", field[length - 1]);)
                field[--length] = '\0';
        }
        if (!field || n == CASE_FIELDS_MAX)
            return CASE_FIELDS_MAX + 1;
        if (*field || *between != ' ')
            fields[n++] = field;
    }
    while (n > 0 && !*fields[n - 1]) /* a comma at the end of the line */
        n--;
    return n;
}
