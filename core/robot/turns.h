/* How a tool that looks the same from every side is to be turned about its needle along a way, so that an arm can follow it.
 *
 * A way goes from stop to stop; from one to the next the tip goes straight, the axis turns in one plane, and the tool does not
 * turn about the axis, as a controller's linear move does between two frames that differ by no such turn.  Where the tool is to turn
 * about its axis it does so in place, at a stop.  Which turns are best is found for the whole way at once (Viterbi 1967, over turns in
 * steps of NP_TURNS_STEP_DEG and one branch of the inverse kinematics after the other): no joint turns more than
 * NP_TURNS_NEAR_DEG on any way to a near stop, if that can be; larger turns are made on long ways, clear of the skin.
 *
 * Frames: mm and unit vectors, in the arm's base frame.  Any thread; the same result on any. */
#ifndef NP_ROBOT_TURNS_H
#define NP_ROBOT_TURNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "robot/posture.h"

#define NP_TURNS_STEP_DEG 5
#define NP_TURNS_NEAR_DEG 20.0

typedef struct np_turns_stop {
    np_vec3 tip, axis; /* the needle's tip, and the unit direction from the handpiece to it */
    double plunge_mm;  /* how far the tip goes along the axis from here and back; 0: nowhere */
    bool is_near;      /* the way to this stop from the one before is one between near dots */
} np_turns_stop;

/* The tool at a stop. */
typedef struct np_turns_pose {
    np_vec3 x;          /* the tool's x as it comes */
    double onwards_rad; /* how far it turns about its axis, right-handed, in place, before it sets out again */
    np_joints joints;   /* as it comes */
    np_joints leaves;   /* as it sets out again */
    double turn_rad;    /* the largest turn of a joint since it came to the stop before */
} np_turns_pose;

typedef struct np_turns_result {
    np_turns_pose *poses; /* [n]; the caller frees */
    size_t n_large;       /* near ways on which a joint turns by more than NP_TURNS_NEAR_DEG */
    double most_near_rad; /* the largest turn on any of them */
    size_t reached;       /* n; where no way was found, how many stops the best branch gets to */
} np_turns_result;

/* The best turns along N stops (2 at least), of which the last is where the first is: there the arm stands in the same posture at both
 * ends, which depends on that stop alone but for the branch.  MIDDLE: of the head, which no link of the arm touches.  NP_ERR_UNSAFE if the arm cannot
 * follow the way: out_result->reached says how far it gets. */
np_status np_turns_choose(const np_ur_rig *rig, const np_turns_stop *stops, size_t n, np_vec3 middle,
                          np_turns_result *out_result, np_error *err);

/* Carries X, which is at right angles to axis A, to axis B by FRACTION of the shortest turn; *OUT_AXIS is where the axis is then. */
np_vec3 np_turns_carry(np_vec3 x, np_vec3 a, np_vec3 b, double fraction, np_vec3 *out_axis);

#endif
