/* The rig: how arm, needle and head stand to each other, and which of its many postures the arm takes for a dot.
 *
 * The arm hangs from a frame behind the seated patient: its base 510 mm behind and 350 mm above the head rest, upside down.
 * Of the places searched this reaches the most: every dot of the parametric heads and of scanned ones, and, on heads from 92
 * to 110 % of the usual size at up to 30 degrees of tilt in any direction, all but three in a
 * thousand (tests/unit/sim/test_rig.c).  The needle stands straight in the flange's axis, so its turn around itself is free,
 * and with eight postures for each turn there is nearly always a way past the head. */
#ifndef NP_SIM_RIG_H
#define NP_SIM_RIG_H

#include <stdbool.h>

#include "sim/ur5e.h"

#define SIM_RIG_TOOL_MM 150.0 /* flange to needle tip */
#define SIM_RIG_CLEARANCE_MM                                                                                           \
    180.0 /* from the head's middle to the middle of a link: head 115, link 60, and 5 to spare */
#define SIM_RIG_HEAD_MIDDLE_MM 40.0 /* height of the head's middle above the head frame's origin */

/* The head rest's frame (x anterior, y left, z up, as the head's when it is registered there) in the arm's base frame. */
sim_frame3 sim_rig_rest(void);

/* The posture the arm stands in at the start, clear of the head. */
sim_joints sim_rig_home(void);

/* Where needle tip and tool are; z is the needle's axis. */
sim_frame3 sim_rig_tool(const sim_joints *joints);

/* The posture nearest in time to FROM that brings the needle tip to TIP with its axis along AXIS (unit; both in the base
 * frame), clear of the head whose frame is HEAD, and from which the needle can go on for WAY_MM along its axis with the same
 * turn (sim_rig_go_on).  False if there is none. */
bool sim_rig_reach(const sim_joints *from, np_vec3 tip, np_vec3 axis, double way_mm, const sim_frame3 *head,
                   sim_joints *out_joints);

/* On from posture FROM by WAY_MM along the needle's axis, without leaving the posture's branch or turning the needle.  False
 * if the arm does not get there, or would swing on the way. */
bool sim_rig_go_on(const sim_joints *from, double way_mm, sim_joints *out_joints);

/* The largest joint angle between two postures, in rad: what decides the time. */
double sim_rig_largest_turn(const sim_joints *a, const sim_joints *b);

#endif
