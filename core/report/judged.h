/* Does a plan, healed, look like shaved hair?  Its worst places by the figures of look/judge.h. */
#ifndef NP_REPORT_JUDGED_H
#define NP_REPORT_JUDGED_H

#include <stdbool.h>

#include "look/judge.h"
#include "plan/plan.h"

/* One figure, where it is worst. */
typedef struct np_judged {
    bool measured; /* else no window of the plan has room for it */
    double value;
    np_vec3 place; /* the window's middle, head frame */
    size_t layer;  /* of the dot there */
} np_judged;

/* Judges windows of PLAN as it will be once healed, on light skin: up to 12 patches of 32 mm in which density hardly changes, three windows of 44 mm
 * along a hairline layer's front, three along the border behind, up to six where layers meet, and up to three across the midline.  Hair that is there already is not drawn.  *OUT_WINDOWS counts them.
 * NP_ERR_NO_MEMORY. */
np_status np_plan_judge(const np_plan *plan, np_judged out[NP_JUDGE_FIGURES], size_t *out_windows, np_error *err);

#endif
