/* The arm: kinematics of the Universal Robots UR5e, the six-axis arm most often met in research labs.
 *
 * Lengths (Denavit-Hartenberg, standard form): Universal Robots, "Parameters for calculations of kinematics and dynamics",
 * article 45257, UR5e, nominal values.  Joint range +-360 degrees and 180 degrees/s: UR5e technical details.  The maker
 * limits torques, not accelerations; 10 rad/s2 is what ROS's ur_moveit_config takes "to work in most use cases".
 *
 * Pure functions, any thread.  Angles in rad, lengths in mm, frames in the arm's base frame (z up through joint 1). */
#ifndef NP_SIM_UR5E_H
#define NP_SIM_UR5E_H

#include "sim/frame3.h"

#include "base/angle.h"

#define SIM_UR5E_JOINTS 6
#define SIM_UR5E_SPEED_RAD_S NP_PI
#define SIM_UR5E_ACCELERATION_RAD_S2 10.0
#define SIM_UR5E_RANGE_RAD NP_TWO_PI
#define SIM_UR5E_MAX_SOLUTIONS 8

typedef struct sim_joints {
    double q[SIM_UR5E_JOINTS];
} sim_joints;

/* The flange's frame.  z points out of the flange. */
sim_frame3 sim_ur5e_forward(const sim_joints *joints);
/* The same, and the three points that bound upper arm and forearm: shoulder (on the upper arm's axis), elbow, wrist. */
sim_frame3 sim_ur5e_forward_links(const sim_joints *joints, np_vec3 *out_shoulder, np_vec3 *out_elbow,
                                  np_vec3 *out_wrist);

/* All joint angles that bring the flange to FLANGE: up to 8 (shoulder left/right, wrist up/down, elbow up/down), in that
 * order, each in (-pi, pi].  Returns their number; 0 if it is out of reach.  Where the last wrist axis is undetermined
 * (joint 5 straight) joint 6 takes Q6.  Closed form: K. P. Hawkins, Analytic Inverse Kinematics for the Universal Robots
 * UR-5/UR-10 Arms, Georgia Institute of Technology, 2013. */
int sim_ur5e_inverse(const sim_frame3 *flange, double q6, sim_joints out_solutions[SIM_UR5E_MAX_SOLUTIONS]);

#endif
