/* A pose: where the tool stands, and how it is turned. */
#ifndef NP_ARM_POSE_H
#define NP_ARM_POSE_H

#include <stdint.h>

#include "base/vec3.h"

/* Where the tool stands: its tip, and the unit direction from the handpiece to the tip. */
typedef struct np_arm_pose {
    np_vec3 tip, axis;
} np_arm_pose;

/* A pose as it is stored, signed and sent: micrometres and millionths of a unit vector. */
typedef struct np_arm_via {
    int32_t tip_um[3], axis_e6[3];
} np_arm_via;

np_arm_via np_arm_via_of(const np_arm_pose *pose);  /* to the nearest */
np_arm_pose np_arm_via_pose(const np_arm_via *via); /* its axis made unit again */

/* POSE as it is stored. */
np_arm_pose np_arm_pose_stored(const np_arm_pose *pose);

#endif
