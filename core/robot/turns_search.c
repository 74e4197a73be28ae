/* The search for the needle's turns, stop by stop; see private/turns.h.  Of the stops behind the last one only the way back is kept. */
#include <stdint.h>
#include <stdlib.h>

#include "base/angle.h"
#include "base/grow.h"
#include "robot/private/turns.h"

/* How each turn at a stop is come to best: the turn as it came to the stop before, and by how many steps it turned there. */
struct robot_past {
    robot_place place;
    uint8_t from[ROBOT_STEPS];
    int16_t steps[ROBOT_STEPS];
};

np_vec3 np_turns_carry(np_vec3 x, np_vec3 a, np_vec3 b, double fraction, np_vec3 *out_axis)
{
    np_vec3 hinge = np_vec3_cross(a, b);
    double sine = np_vec3_length(hinge), angle = atan2(sine, np_vec3_dot(a, b)) * fraction;
    hinge = sine > 1e-9 ? np_vec3_scale(hinge, 1 / sine) : np_vec3_perpendicular(a);
    *out_axis = fraction < 1 ? np_vec3_rotate(a, hinge, angle) : b;
    return np_vec3_normalize(np_vec3_reject(np_vec3_rotate(x, hinge, angle), *out_axis));
}

/* The branch in which the arm stands so; -1: in none. */
static int branch_of(const np_ur_rig *rig, const np_joints *joints)
{
    np_joints found[NP_UR_MAX_SOLUTIONS];
    np_frame3 flange = np_ur_forward(rig->arm, joints);
    unsigned branches = np_ur_branches(rig->arm, &flange, joints->q[5], NP_UR_ALL_BRANCHES, found);
    double best = HUGE_VAL;
    int at = -1;
    for (int b = 0; b < NP_UR_MAX_SOLUTIONS; b++) {
        np_joints there = branches >> b & 1 ? np_joints_unwound(joints, &found[b]) : *joints;
        double turn = branches >> b & 1 ? np_joints_largest_turn(joints, &there) : HUGE_VAL;
        if (turn < best) {
            best = turn;
            at = b;
        }
    }
    return at;
}

static np_status add_past(robot_search *s, const robot_layer *layer, np_error *err)
{
    np_status status = NP_GROW(s->past, s->capacity, s->n + 1, "the turns of the tool", err);
    if (status != NP_OK)
        return status;
    robot_past *past = &s->past[s->n++];
    past->place = layer->place;
    for (int i = 0; i < ROBOT_STEPS; i++) {
        bool reached = layer->nodes[i].cost < HUGE_VAL;
        past->from[i] = (uint8_t)(reached ? layer->nodes[i].from : 0);
        past->steps[i] = (int16_t)(reached ? layer->nodes[i].steps : 0);
    }
    return NP_OK;
}

np_status robot_search_create(const np_ur_rig *rig, np_vec3 middle, const np_joints *joints, robot_search **out_search,
                              np_error *err)
{
    robot_search *s = *out_search = calloc(1, sizeof *s);
    if (!s)
        return np_error_no_memory(err, "the turns of the tool");
    s->branch = (robot_branch){*rig, middle, branch_of(rig, joints)};
    s->first = *joints;
    if (s->branch.branch < 0)
        return np_error_set(err, NP_ERR_UNSAFE, "the arm cannot stand where it is to set out");
    np_frame3 tool = np_ur_tool(rig, joints);
    const robot_place place = {{.tip = tool.p, .axis = tool.z}, tool.x};
    robot_layer_make(&s->branch, &place, &s->layers[0]);
    s->layers[0].nodes[0] = (robot_node){0, *joints, 0, 0};
    return add_past(s, &s->layers[0], err);
}

void robot_search_destroy(robot_search *s)
{
    if (s)
        free(s->past);
    free(s);
}

np_status robot_search_add(robot_search *s, const np_turns_stop *stop, np_error *err)
{
    const robot_layer *from = &s->layers[s->at];
    robot_layer *to = &s->layers[1 - s->at];
    np_vec3 axis, x = np_turns_carry(from->place.x, from->place.stop.axis, stop->axis, 1, &axis);
    robot_layer_make(&s->branch, &(robot_place){*stop, x}, to);
    if (!robot_layer_reach(&s->branch, from, to))
        return np_error_set(err, NP_ERR_UNSAFE, "the arm cannot follow this way");
    np_status status = add_past(s, to, err);
    if (status == NP_OK)
        s->at = 1 - s->at;
    return status;
}

/* Turns the needle in place from STEP by so many STEPS, as the search found that it goes. */
static void turn_in_place(const robot_branch *b, const robot_place *place, int step, int steps, np_joints *joints)
{
    for (int k = 1; k <= abs(steps); k++) {
        np_frame3 tool = robot_tool(place, step + (steps > 0 ? k : -k));
        robot_spot there = robot_solve(b, &tool);
        robot_go(joints, &there, joints);
    }
}

void robot_search_read(const robot_search *s, int step, np_turns_pose *out_poses)
{
    out_poses[s->n - 1].onwards_rad = 0;
    for (size_t k = s->n - 1; k > 0; step = s->past[k--].from[step])
        out_poses[k - 1].onwards_rad = np_angle_rad(s->past[k].steps[step] * NP_TURNS_STEP_DEG);
    np_joints joints = s->first;
    step = 0;
    for (size_t k = 0; k < s->n; k++) {
        const robot_place *place = &s->past[k].place;
        np_turns_pose *pose = &out_poses[k];
        if (k > 0) {
            np_frame3 tool = robot_tool(place, step);
            robot_spot there = robot_solve(&s->branch, &tool);
            robot_follow(&s->branch, &s->past[k - 1].place, place, step, &there, &joints, &joints);
        }
        int steps = (int)lround(np_angle_deg(pose->onwards_rad) / NP_TURNS_STEP_DEG);
        pose->x = robot_tool(place, step).x;
        pose->joints = joints;
        pose->turn_rad = k > 0 ? np_joints_largest_turn(&out_poses[k - 1].joints, &joints) : 0;
        turn_in_place(&s->branch, place, step, steps, &joints);
        pose->leaves = joints;
        step = robot_wrapped(step + steps);
    }
}
