/* Fiducials: points measured both on the head and by the arm, from which a registration is computed. */
#ifndef NP_CASE_FIDUCIALS_H
#define NP_CASE_FIDUCIALS_H

#include <stddef.h>

#include "base/status.h"
#include "base/vec3.h"

typedef struct np_fiducial {
    char *name;
    np_vec3 head; /* head frame, mm */
    np_vec3 arm;  /* the executor's frame, mm */
} np_fiducial;

typedef struct np_fiducials {
    np_fiducial *points;
    unsigned n;      /* at least 3; np_register wants 4 */
    double limit_mm; /* a residual above it refuses the registration */
} np_fiducials;

/* Reads a YAML file of `limit_mm` and `fiducials: [{name, head: [x, y, z], arm: [x, y, z]}, ...]`.  Errors name file, line
 * and key.  The caller frees with np_fiducials_fini, which is safe on zero. */
np_status np_fiducials_read(const char *path, np_fiducials *out, np_error *err);
/* The same of a TEXT of SIZE bytes, with PATH for messages, here and now: np_fiducials_read has it done in a helper process. */
np_status np_fiducials_parse(const char *path, const char *text, size_t size, np_fiducials *out, np_error *err);
void np_fiducials_fini(np_fiducials *fiducials);

#endif
