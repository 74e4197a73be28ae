/* The dots that were found on the skin, from a file of their own. */
#ifndef NP_CASE_PRIVATE_MADE_H
#define NP_CASE_PRIVATE_MADE_H

#include "case/case.h"

typedef struct case_made {
    np_case_points points;
    double *tones; /* of each; NAN where none is given */
} case_made;

/* Reads a list of dots into *OUT_POINTS and their tones (NAN where none is given) into *OUT_TONES, both the caller's to free: lines of
 * x y z or x y z tone, a CSV whose first line names the columns x, y, z (and tone), or an ASCII PLY of vertices.  OUT_SHA256: of the file, in hexadecimal. */
np_status case_made_read(const char *path, np_case_points *out_points, double **out_tones, char out_sha256[65],
                         np_error *err);
/* For the helper in which it does so (side.h): TEXT is written over. */
np_status case_made_parse(const char *path, char *text, case_made *out, np_error *err);
void case_made_fini(case_made *made);

#endif
