/* What was measured of test dots, by loupe or as places in a photograph: lists that others write, read in a helper process. */
#ifndef NP_CASE_MEASURED_H
#define NP_CASE_MEASURED_H

#include <stdbool.h>

#include "base/status.h"

enum { NP_MEASURED_MAX = 1000, NP_MEASURED_VALUES = 3 };

typedef struct np_measured_dot {
    unsigned line; /* of the file, from 1 on, for messages */
    double number; /* as the file has it: whether there is such a dot, the plan knows; NAN: an empty cell */
    double value
        [NP_MEASURED_VALUES]; /* contrast, width in mm and red over blue, or x and y in pixels; NAN: an empty cell, or none */
} np_measured_dot;

typedef struct np_measured {
    np_measured_dot *dots;
    unsigned n; /* at most NP_MEASURED_MAX */
} np_measured;

/* Reads a CSV file: a line of names, `dot,contrast,width_mm,red_over_blue` or with IN_PIXELS `dot,x,y`, and one for each dot; lines that begin with
 * # say nothing.  What the numbers may be is for the caller to say, at their line.  Errors name file and line.  The caller frees with
 * np_measured_fini, which is safe on zero. */
np_status np_measured_read(const char *path, bool in_pixels, np_measured *out, np_error *err);
/* The same of TEXT, which it changes, with PATH for messages, here and now: np_measured_read has it done in a helper process. */
np_status np_measured_parse(const char *path, char *text, bool in_pixels, np_measured *out, np_error *err);
void np_measured_fini(np_measured *measured);

#endif
