/* What is painted on a scan, in its own file or in a painted copy of it. */
#ifndef NP_HEAD_PAINT_H
#define NP_HEAD_PAINT_H

#include "head/scan.h"

/* A copy may lie off the scan by this much: programs write places with few digits. */
#define NP_PAINT_OFF_MM 0.5

/* Of each vertex of a scan's mesh, one after another. */
typedef struct np_scan_paint {
    unsigned channels; /* 3: red, green, blue, 0 to 1, as they are seen (sRGB); 1: a scalar */
    float *values;     /* NAN where the painted mesh has none, or is not there */
} np_scan_paint;

/* Reads the mesh file at PATH (OBJ, PLY, glTF, VTK), whose surface lies on that of SCAN before it was smoothed, in the coordinates of the
 * scan's file, with the colours of its vertices, or with SCALAR (NULL: colours) the scalar of that name; values between its vertices are
 * linear.  NP_ERR_INVALID where it lies off by more than NP_PAINT_OFF_MM, with how far; NP_ERR_FORMAT where it has no such values, with
 * what it has; else as np_scan_create.  The file is read in a helper process.  The same on any number of threads.  The caller frees with
 * np_scan_paint_fini, which is safe after an error. */
np_status np_scan_paint_read(const np_scan *scan, const char *path, const char *scalar, const np_progress *progress,
                             np_scan_paint *out, np_error *err);
void np_scan_paint_fini(np_scan_paint *paint);

#endif
