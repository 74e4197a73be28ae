/* One stop of a way in the search for turns: where the arm may stand at it, and the best way to each such posture.
 *
 * All in one branch of the inverse kinematics, in the arm's base frame. */
#ifndef NP_ROBOT_PRIVATE_LAYER_H
#define NP_ROBOT_PRIVATE_LAYER_H

#include "robot/turns.h"

enum { ROBOT_STEPS = 360 / NP_TURNS_STEP_DEG };

/* What it costs to turn in place, and each step of it. */
#define ROBOT_COST_TURN 0.02
#define ROBOT_COST_STEP 0.004

/* The arm, the head that its links are to stay clear of, and the branch. */
typedef struct robot_branch {
    np_ur_rig rig;
    np_vec3 middle;
    int branch;
} robot_branch;

/* The arm with the needle at one turn. */
typedef struct robot_spot {
    bool ok;
    np_joints joints; /* but for whole turns */
    double clearance_mm;
} robot_spot;

/* The best way to a stop with the needle at one turn. */
typedef struct robot_node {
    double cost;      /* HUGE_VAL: there is none */
    np_joints joints; /* counted on from the first stop's */
    int from, steps;  /* the turn as it came to the stop before, and by how many it turned there */
} robot_node;

/* A stop, and the tool's x there at turn 0. */
typedef struct robot_place {
    np_turns_stop stop;
    np_vec3 x;
} robot_place;

typedef struct robot_layer {
    robot_place place;
    robot_spot spots[ROBOT_STEPS];
    robot_node nodes[ROBOT_STEPS];
} robot_layer;

/* STEP within a circle. */
int robot_wrapped(int step);

/* The tool at PLACE with the needle at STEP. */
np_frame3 robot_tool(const robot_place *place, int step);

/* The posture of this branch for TOOL; not ok if there is none in which no link touches the head. */
robot_spot robot_solve(const robot_branch *b, const np_frame3 *tool);

/* From posture FROM to TO, which is near to it; false if it is not, or out of the joints' range. */
bool robot_go(const np_joints *from, const robot_spot *to, np_joints *out);

/* Follows the way from A to TO, which is at place C, with the needle at STEP of both, from posture FROM. */
bool robot_follow(const robot_branch *b, const robot_place *a, const robot_place *c, int step, const robot_spot *to,
                  const np_joints *from, np_joints *out);

/* Makes LAYER the one of PLACE: its spots, and no nodes.  Where the needle cannot be plunged is no spot. */
void robot_layer_make(const robot_branch *b, const robot_place *place, robot_layer *layer);

/* Fills the nodes of TO, the stop behind FROM, with the best ways there; false if it is not reached. */
bool robot_layer_reach(const robot_branch *b, const robot_layer *from, robot_layer *to);

#endif
