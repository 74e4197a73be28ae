/* One reader, so that a number means the same wherever it stands in a case file. */
#include "case/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_whole(const char *text)
{
    if (*text == '-' || *text == '+')
        text++;
    if (!*text || (*text == '0' && text[1])) /* libcyaml would read 010 as octal */
        return false;
    for (; *text; text++)
        if (!isdigit((unsigned char)*text))
            return false;
    return true;
}

bool np_case_number_read(const char *text, bool whole, double *out_value)
{
    for (const char *p = text; *p; p++)
        if (!isdigit((unsigned char)*p) && !strchr("+-.eE", *p))
            return false;
    char *end;
    *out_value = strtod(text, &end);
    return end != text && !*end && isfinite(*out_value) && (!whole || is_whole(text));
}
