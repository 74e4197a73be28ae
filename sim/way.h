/* Where the tool stands, and the straight way from one stop to the next: the tip goes along a straight line while the axis
 * turns in one plane, both in step.
 *
 * Pure functions, any thread. */
#ifndef NP_SIM_WAY_H
#define NP_SIM_WAY_H

#include <stdbool.h>

#include "base/vec3.h"

/* The needle's tip, and the unit direction from the handpiece to it. */
typedef struct sim_pose {
    np_vec3 tip, axis;
} sim_pose;

typedef struct sim_way {
    sim_pose from, to;
    double mm, rad; /* what the tip goes, and the axis turns */
    np_vec3 hinge;  /* about which it turns; unit */
} sim_way;

/* Between opposite axes any plane would do; it is the same for the same axes. */
sim_way sim_way_make(const sim_pose *from, const sim_pose *to);

/* The pose after FRACTION (0..1) of the way; its ends are exact. */
sim_pose sim_way_at(const sim_way *way, double fraction);

/* True if the tool goes along its own axis, as at a puncture. */
bool sim_way_is_along_axis(const sim_way *way);

#endif
