/* From a case to a plan. */
#ifndef NP_MAKE_MAKE_H
#define NP_MAKE_MAKE_H

#include "base/progress.h"
#include "case/case.h"
#include "head/soundness.h"
#include "plan/plan.h"

/* What one stage of planning took. */
typedef struct np_make_timing {
    double scan_s, field_s, dots_s, tour_s, check_s;
} np_make_timing;

/* A case that was refused for what lies on the skin: the scan and the places, for a picture.  Zero-initialise; fini is safe on zero. */
typedef struct np_make_refusal {
    np_scan *scan; /* NULL where it was not refused for that */
    np_refused refused;
} np_make_refusal;
void np_make_refusal_fini(np_make_refusal *refusal);

/* Plans a case: scan, field, dots, tours, envelope, digest.  NP_ERR_UNSAFE names the dot and the limit.
 * The caller destroys *out_plan.  OUT_TIMING and OUT_REFUSAL may be NULL; the refusal is the caller's to fini. */
np_status np_make_plan(const np_case *c, const np_progress *progress, np_plan **out_plan, np_make_timing *out_timing,
                       np_make_refusal *out_refusal, np_error *err);

#endif
