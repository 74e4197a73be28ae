/* Dots of earlier plans that stand in the skin of a touch-up: those that the journals have as made or in doubt, for pictures and figures of all that is seen. */
#ifndef NP_PLAN_STANDING_H
#define NP_PLAN_STANDING_H

#include "plan/past.h"

/* Zero-initialise; fini is safe on zero.  Where they are not all known there is none, and MISSING says why, for a person. */
typedef struct np_standing {
    np_plan *plans
        [NP_PLAN_PAST_MAX]; /* the one touched up first; each keeps of its dots just those that stand, as deep as was measured */
    double *older_days[NP_PLAN_PAST_MAX]; /* of each of their dots: days that it was made before the newest of all */
    bool *in_doubt[NP_PLAN_PAST_MAX];     /* likewise: it may not be there */
    size_t n_plans, n_dots;
    char missing[NP_PLAN_PAST_WARNING_BYTES]; /* "": nothing */
} np_standing;

/* Those of PLAN, whose case names earlier plans by paths from FOLDER on, and these theirs from their own; none for a plan that is no touch-up.  A plan that is not there,
 * is not the one that PLAN was planned behind, has other outcomes than then, other landmarks or is being run is no error: MISSING names it.  Nor are dots that were found
 * (made.file): they stand in the scan's coordinates.  NP_ERR_NO_MEMORY. */
np_status np_standing_init(np_standing *out, const np_plan *plan, const char *folder, np_error *err);
void np_standing_fini(np_standing *standing);

#endif
