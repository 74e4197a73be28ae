/* The rig: how arm, needle and head stand to each other, and which of its many postures the arm takes.
 *
 * The arm hangs from a frame behind the seated patient: its base 590 mm behind and 500 mm above the head rest, upside down and
 * leaning back by 10 degrees.
 * The handpiece is held at an angle to the flange.  Were it straight in the flange's axis, the needle's free turn would turn
 * the last joint and nothing else: two directions of the needle, one at each temple, would be singular, and every way round
 * them would wind up the wrist.  At an angle the free turn moves all joints, so that there is nearly always a way past such
 * postures and past the head (tests/unit/sim/test_rig.c).
 *
 * Pure functions, any thread.  In the arm's base frame, mm and rad. */
#ifndef NP_SIM_RIG_H
#define NP_SIM_RIG_H

#include <stdbool.h>

#include "robot/posture.h"

#define SIM_RIG_TOOL_MM 150.0  /* flange to needle tip, along the needle's axis */
#define SIM_RIG_MOUNT_RAD 0.64 /* between the needle's axis and the flange's */

/* The head rest's frame (x anterior, y left, z up, as the head's when it is registered there) in the arm's base frame. */
np_frame3 sim_rig_rest(void);

/* The posture the arm stands in at the start, clear of the head. */
np_joints sim_rig_home(void);

/* Where needle tip and tool are: z is the needle's axis, x points to the side to which the flange leans. */
np_frame3 sim_rig_tool(const np_joints *joints);

/* The posture nearest to FROM that brings the tool to TOOL; returns the largest joint angle between the two, HUGE_VAL if
 * TOOL is out of reach without folding wrist or elbow over.  Joints are counted on from FROM's. */
double sim_rig_nearest(const np_joints *from, const np_frame3 *tool, np_joints *out_joints);

/* How far the arm's links are from the middle of the head whose frame is HEAD; least NP_UR_CLEARANCE_MM. */
double sim_rig_clearance_mm(const np_joints *joints, const np_frame3 *head);

/* True if no joint is beyond its range. */
bool sim_rig_is_in_range(const np_joints *joints);

/* How little a posture leaves to go on from it: grows near the head, near singular postures and near the ends of joints. */
double sim_rig_discomfort(const np_joints *joints, const np_frame3 *head);

#endif
