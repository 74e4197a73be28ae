/* Outlines that nobody drew: regions, balding patterns and scars by name, from the landmarks alone. */
#ifndef NP_HEAD_OUTLINE_H
#define NP_HEAD_OUTLINE_H

#include "case/named.h"
#include "head/scan.h"
#include "surface/curve.h"

#define NP_OUTLINE_MAX_LOOPS 2

/* Points on the scan (head frame, mm), loop after loop.  A region's loops are closed, run counter-clockwise seen from outside and
 * do not touch each other; a curve has one open loop; a point set one loop of its points. */
typedef struct np_outline {
    np_vec3 *points;
    size_t loop_n[NP_OUTLINE_MAX_LOOPS]; /* points of each loop */
    size_t n_loops;
} np_outline;

/* The usual place of NAMED on SCAN, by its landmarks and whorls.  Borders are irregular by SEED, as skin would show a ruled one.
 * NP_ERR_GEOMETRY where the scan has no skin; the caller frees with np_outline_fini, which is safe on zero. */
np_status np_outline_init(np_outline *outline, const np_scan *scan, np_case_named named, uint64_t seed, np_error *err);
void np_outline_fini(np_outline *outline);

/* The same as curves along SCAN, one for each loop of a region or a curve; NAME is for messages, PROGRESS as np_curve_create.  Errors as
 * above and of np_curve_create; then there are none.  The caller destroys the *OUT_N curves. */
np_status np_outline_draw(const np_scan *scan, np_case_named named, uint64_t seed, const char *name,
                          const np_progress *progress, np_curve *out_curves[NP_OUTLINE_MAX_LOOPS], size_t *out_n,
                          np_error *err);

#endif
