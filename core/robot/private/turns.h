/* What the search knows, for those who choose among its ends. */
#ifndef NP_ROBOT_PRIVATE_TURNS_H
#define NP_ROBOT_PRIVATE_TURNS_H

#include "robot/private/layer.h"

typedef struct robot_past robot_past;

struct np_turns_search {
    robot_branch branch;
    robot_layer layers[3]; /* the last stop's, and two to go on in, so that nothing is lost where the arm cannot */
    int at;                /* which of them is the last stop's */
    np_joints first;
    robot_past *past; /* [n] */
    size_t n, capacity;
};

/* The branch in which the arm stands so; -1: in none. */
int robot_turns_branch(const np_ur_rig *rig, const np_joints *joints);

/* Reads the best way to the last stop where the arm comes there at STEP into OUT_POSES [n]. */
void robot_turns_read(const np_turns_search *s, int step, np_turns_pose *out_poses);

#endif
