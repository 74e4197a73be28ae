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

/* Where a puncture's tool hovers, HOVER_UM above the skin along its axis. */
np_arm_pose np_arm_hover(const np_arm_puncture *puncture, int32_t hover_um);

#endif
