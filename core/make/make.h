/* From a case to a plan. */
#ifndef NP_MAKE_MAKE_H
#define NP_MAKE_MAKE_H

#include "base/progress.h"
#include "case/case.h"
#include "plan/plan.h"

/* What one stage of planning took. */
typedef struct np_make_timing {
    double scan_s, field_s, dots_s, tour_s, check_s;
} np_make_timing;

/* Plans a case: scan, field, dots, tours, envelope, digest.  NP_ERR_UNSAFE names the dot and the limit.
 * The caller destroys *out_plan.  *OUT_TIMING may be NULL. */
np_status np_make_plan(const np_case *c, const np_progress *progress, np_plan **out_plan, np_make_timing *out_timing,
                       np_error *err);

#endif
