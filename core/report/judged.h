/* Does a plan, healed, look like shaved hair?  Its worst places by the figures of look/judge.h. */
#ifndef NP_REPORT_JUDGED_H
#define NP_REPORT_JUDGED_H

#include <stdbool.h>

#include "look/judge.h"
#include "plan/past.h"

/* One figure, where it is worst. */
typedef struct np_judged {
    bool measured; /* else no window of the plan has room for it */
    double value;
    np_vec3 place; /* the window's middle, head frame */
    size_t layer;  /* of the dot there; the plan's n_layers: it stands from before */
} np_judged;

/* All figures of a plan. */
typedef struct np_plan_look {
    np_judged figure[NP_JUDGE_FIGURES];
    size_t windows;                           /* that they are of */
    size_t standing;                          /* dots that stand from before, which were judged with the plan's */
    char missing[NP_PLAN_PAST_WARNING_BYTES]; /* why none were though some stand; "": there is nothing to say */
} np_plan_look;

/* Judges windows of PLAN as it will be once healed, on light skin: up to 12 patches of 32 mm in which density hardly changes, three windows of 44 mm
 * along a hairline layer's front, three along the border behind, up to six where layers meet, and up to three across the midline.  Hair that is there already is not drawn.  In windows
 * of a touch-up are the dots that stand from before, too, healed; earlier plans are looked for from FOLDER on.  NP_ERR_NO_MEMORY. */
np_status np_plan_judge(const np_plan *plan, const char *folder, np_plan_look *out, np_error *err);

/* The name of J's layer, or what else is there. */
const char *np_judged_layer(const np_plan *plan, const np_judged *j);

#endif
