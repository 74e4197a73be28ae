/* The dots that were found on the skin, from a file of their own. */
#ifndef NP_CASE_PRIVATE_MADE_H
#define NP_CASE_PRIVATE_MADE_H

#include "case/case.h"

/* Reads a list of dots into *OUT_POINTS and their tones (NAN where none is given) into *OUT_TONES, both the caller's to free: lines of
 * x y z or x y z tone, a CSV whose first line names the columns x, y, z (and tone), or an ASCII PLY of vertices.  OUT_SHA256: of the file, in hexadecimal. */
np_status case_made_read(const char *path, np_case_points *out_points, double **out_tones, char out_sha256[65],
                         np_error *err);

#endif
