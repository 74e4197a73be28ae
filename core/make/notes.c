/* Notes come from several stages, the earliest first. */
#include "make/private/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

np_status make_note(make_making *m, np_error *err, const char *format, ...)
{
    char *text, *notes;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return np_error_no_memory(err, "notes");
    length = asprintf(&notes, "%s%s", m->plan->notes ? m->plan->notes : "", text);
    free(text);
    if (length < 0)
        return np_error_no_memory(err, "notes");
    free(m->plan->notes);
    m->plan->notes = notes;
    return NP_OK;
}
