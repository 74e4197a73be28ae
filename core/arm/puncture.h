/* A puncture, as the planner of moves sees it. */
#ifndef NP_ARM_PUNCTURE_H
#define NP_ARM_PUNCTURE_H

#include <stdbool.h>

#include "arm/pose.h"

/* One puncture, for the planner. */
typedef struct np_arm_puncture {
    uint32_t id;              /* for messages */
    np_vec3 position, normal; /* on the skin; outward unit */
    np_vec3 axis;             /* needle axis into the skin, unit */
    double depth_mm;          /* along the normal */
    bool reload_before;       /* the tool goes to the station between the puncture before and this one */
} np_arm_puncture;

/* Of a machine that does not turn its needle: along any axis within lean_deg of a puncture's own the tool, its body prolonged without
 * end, comes from beyond the scan to the puncture's depth and goes back, with the puncture clearance around cone and body and the needle's
 * axis free; 0: not proved for any.  Tried are NP_ARM_LEAN_MOST_DEG and steps below it. */
#define NP_ARM_LEAN_MOST_DEG 20
#define NP_ARM_LEAN_STEP_DEG 5

/* Where a puncture's tool hovers, HOVER_UM above the skin along its axis. */
np_arm_pose np_arm_hover(const np_arm_puncture *puncture, int32_t hover_um);

#endif
