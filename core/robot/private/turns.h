/* The search for the best turns stop by stop, and what it knows, for who chooses among its ends. */
#ifndef NP_ROBOT_PRIVATE_TURNS_H
#define NP_ROBOT_PRIVATE_TURNS_H

#include "robot/private/layer.h"

typedef struct robot_past robot_past;

typedef struct robot_search {
    robot_branch branch;
    robot_layer layers[2]; /* the last stop's, and the one to go on in */
    int at;                /* which of them is the last stop's */
    np_joints first;
    robot_past *past; /* [n] */
    size_t n, capacity;
} robot_search;

/* A way that begins where the arm stands, in posture JOINTS; it stays in that one's branch.  The caller destroys what *OUT_SEARCH is, also on
 * error: NP_ERR_UNSAFE if no arm stands so. */
np_status robot_search_create(const np_ur_rig *rig, np_vec3 middle, const np_joints *joints, robot_search **out_search,
                              np_error *err);
void robot_search_destroy(robot_search *search); /* safe on NULL */

/* Takes the way on to STOP.  NP_ERR_UNSAFE if the arm cannot follow it; on any error the way is as it was. */
np_status robot_search_add(robot_search *search, const np_turns_stop *stop, np_error *err);

/* Reads the best way to the last stop where the arm comes there at STEP into OUT_POSES [n]. */
void robot_search_read(const robot_search *s, int step, np_turns_pose *out_poses);

#endif
