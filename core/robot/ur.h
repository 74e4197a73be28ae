/* Kinematics of the arms of Universal Robots' e-series, the six-axis arms most often met in research labs.
 *
 * Lengths (Denavit-Hartenberg, standard form): Universal Robots, "Parameters for calculations of kinematics and dynamics",
 * article 45257, nominal values.  Forearms: the capsules that collide in MuJoCo Menagerie's models (universal_robots_ur5e, _ur10e: 38 and
 * 43 mm, 7 and 39 mm beside the plane of joints 2 to 4), and 7 mm for cables.  Joint range +-360 degrees and 180 degrees/s: UR5e technical details.  The maker
 * limits torques, not accelerations; 10 rad/s2 is what ROS's ur_moveit_config takes "to work in most use cases".
 *
 * Pure functions, any thread.  Angles in rad, lengths in mm, frames in the arm's base frame (z up through joint 1). */
#ifndef NP_ROBOT_UR_H
#define NP_ROBOT_UR_H

#include "robot/frame3.h"

#include "base/angle.h"

#define NP_UR_JOINTS 6
#define NP_UR_SPEED_RAD_S NP_PI
#define NP_UR_ACCELERATION_RAD_S2 10.0
#define NP_UR_RANGE_RAD NP_TWO_PI
#define NP_UR_MAX_SOLUTIONS 8

/* An arm's lengths, by their names in the maker's table; what it does not name is 0. */
typedef struct np_ur {
    const char *name; /* "UR5e" */
    double d1_mm, a2_mm, a3_mm, d4_mm, d5_mm, d6_mm;
    double beside_mm;         /* how far the upper arm runs beside the plane of joints 2, 3 and 4 [E] */
    double forearm_beside_mm; /* how far the forearm does, on the same side */
    double forearm_mm;        /* half of what the forearm is wide with its cables */
    double link_mm;           /* half of what the other links and the joints are wide [E] */
} np_ur;

extern const np_ur np_ur5e, np_ur10e;

/* NULL if there is none of that name, in small letters or large ones. */
const np_ur *np_ur_find(const char *name);

typedef struct np_joints {
    double q[NP_UR_JOINTS];
} np_joints;

/* The flange's frame.  z points out of the flange. */
np_frame3 np_ur_forward(const np_ur *arm, const np_joints *joints);
/* The same, and the three points that bound upper arm and forearm: shoulder (on the upper arm's axis), elbow, wrist. */
np_frame3 np_ur_forward_links(const np_ur *arm, const np_joints *joints, np_vec3 *out_shoulder, np_vec3 *out_elbow,
                              np_vec3 *out_wrist);

/* All joint angles that bring the flange to FLANGE: up to 8 (shoulder left/right, wrist up/down, elbow up/down), in that
 * order, each in (-pi, pi].  Returns their number; 0 if it is out of reach.  Where the last wrist axis is undetermined
 * (joint 5 straight) joint 6 takes Q6.  Closed form: K. P. Hawkins, Analytic Inverse Kinematics for the Universal Robots
 * UR-5/UR-10 Arms, Georgia Institute of Technology, 2013. */
int np_ur_inverse(const np_ur *arm, const np_frame3 *flange, double q6, np_joints out_solutions[NP_UR_MAX_SOLUTIONS]);

/* The same by branch: out_solutions[b] for each bit b of what is returned, which are bits of WANTED; other solutions may be written as
 * well.  In one branch joints change steadily with the flange, but for whole turns and at singular postures, where branches meet. */
unsigned np_ur_branches(const np_ur *arm, const np_frame3 *flange, double q6, unsigned wanted,
                        np_joints out_solutions[NP_UR_MAX_SOLUTIONS]);
#define NP_UR_ALL_BRANCHES 0xffu

#endif
