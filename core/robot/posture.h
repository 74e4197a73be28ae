/* Postures of an arm that holds the tool: how far its links are from the head, and how much a posture leaves to go on from it.
 *
 * Pure functions, any thread.  Angles in rad, lengths in mm, frames in the arm's base frame. */
#ifndef NP_ROBOT_POSTURE_H
#define NP_ROBOT_POSTURE_H

#include "robot/ur.h"

/* An arm and how it holds the tool.  Straight in the flange's axis the needle's free turn turns the last joint and nothing else; at an
 * angle it moves all joints. */
typedef struct np_ur_rig {
    const np_ur *arm;
    double tool_mm; /* flange to needle tip, along the needle's axis */
    double
        mount_rad; /* between the needle's axis and the flange's, in the flange's x-z plane; the needle leans towards -x */
} np_ur_rig;

/* Where needle tip and tool are: z is the needle's axis, x points to the side to which the flange leans. */
np_frame3 np_ur_tool(const np_ur_rig *rig, const np_joints *joints);
/* The flange's frame for the tool's. */
np_frame3 np_ur_flange_of(const np_ur_rig *rig, const np_frame3 *tool);

/* The largest joint angle between two postures. */
double np_joints_largest_turn(const np_joints *a, const np_joints *b);

/* FOUND in whole turns of each joint as near to FROM as it goes. */
np_joints np_joints_unwound(const np_joints *from, const np_joints *found);

/* How far upper arm, elbow, forearm, first wrist and flange are from MIDDLE, the middle of the head, measured from their surfaces. */
double np_ur_clearance_mm(const np_ur *arm, const np_joints *joints, np_vec3 middle);
/* What that is at least, so that no link touches the cranium: a ball of 115, and 5 to spare.  Nose and chin stand out of it. */
#define NP_UR_CLEARANCE_MM 120.0
/* Height of the head's middle above the head frame's origin. */
#define NP_UR_HEAD_MIDDLE_MM 40.0

/* How little a posture leaves to go on from it: grows near the head (CLEARANCE_MM from it), near singular postures and near the ends
 * of joints. */
double np_ur_discomfort(const np_joints *joints, double clearance_mm);

#endif
