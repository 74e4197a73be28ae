/* The choice of the needle's free turn for a whole way; see turns.h. */
#include "robot/turns.h"

#include <stdlib.h>

#include "base/angle.h"
#include "robot/private/turns.h"

/* What it costs to get back into the posture of the first stop by turning in place, from the last one as the arm comes there at STEP; HUGE_VAL: it
 * does not get there.  *OUT_TURN: the turn. */
static double homing_cost(const robot_search *s, int step, double *out_turn)
{
    const robot_layer *last = &s->layers[s->at];
    const robot_node *end = &last->nodes[step];
    double best = HUGE_VAL;
    np_vec3 axis = last->place.stop.axis, x = robot_tool(&last->place, step).x,
            to = np_ur_tool(&s->branch.rig, &s->first).x;
    double angle = atan2(np_vec3_dot(np_vec3_cross(x, to), axis), np_vec3_dot(x, to));
    for (int round = -1; end->cost < HUGE_VAL && round <= 1; round++) {
        double turn = angle + round * NP_TWO_PI;
        int parts = (int)fmax(1, ceil(fabs(turn) / np_angle_rad(NP_TURNS_STEP_DEG)));
        np_joints joints = end->joints;
        bool goes = true;
        for (int k = 1; k <= parts && goes; k++) {
            np_vec3 side = np_vec3_rotate(x, axis, turn * k / parts);
            np_frame3 tool = {side, np_vec3_cross(axis, side), axis, last->place.stop.tip};
            robot_spot there = robot_solve(&s->branch, &tool);
            goes = robot_go(&joints, &there, &joints);
        }
        double cost = end->cost + ROBOT_COST_TURN + ROBOT_COST_STEP * parts;
        if (goes && cost < best && np_joints_largest_turn(&joints, &s->first) < 1e-3) {
            best = cost;
            *out_turn = turn;
        }
    }
    return best;
}

/* The most comfortable posture of BRANCH at a stop, and how little comfortable it is; HUGE_VAL: it has none there. */
static double stand(const robot_branch *b, const np_turns_stop *stop, np_joints *out)
{
    const robot_place place = {*stop, np_vec3_perpendicular(stop->axis)};
    double best = HUGE_VAL;
    for (int i = 0; i < ROBOT_STEPS; i++) {
        np_frame3 tool = robot_tool(&place, i);
        robot_spot there = robot_solve(b, &tool);
        double bad = there.ok ? np_ur_discomfort(&there.joints, there.clearance_mm) : HUGE_VAL;
        if (bad < best) {
            best = bad;
            *out = there.joints;
        }
    }
    return best;
}

/* The most comfortable postures at STOP, of one branch each, the best first; their number. */
static int find_homes(const np_ur_rig *rig, np_vec3 middle, const np_turns_stop *stop,
                      np_joints out_joints[NP_UR_MAX_SOLUTIONS])
{
    double discomfort[NP_UR_MAX_SOLUTIONS];
    int n = 0;
    for (int branch = 0; branch < NP_UR_MAX_SOLUTIONS; branch++) {
        np_joints joints;
        double bad = stand(&(robot_branch){*rig, middle, branch}, stop, &joints);
        if (bad == HUGE_VAL)
            continue;
        int at = n++;
        for (; at > 0 && bad < discomfort[at - 1]; at--) {
            discomfort[at] = discomfort[at - 1];
            out_joints[at] = out_joints[at - 1];
        }
        discomfort[at] = bad;
        out_joints[at] = joints;
    }
    return n;
}

/* The turns of the near ways among N stops. */
static void count_near(const np_turns_stop *stops, size_t n, np_turns_result *out)
{
    out->n_large = 0;
    out->most_near_rad = 0;
    for (size_t i = 1; i < n; i++) {
        if (!stops[i].is_near)
            continue;
        out->most_near_rad = fmax(out->most_near_rad, out->poses[i].turn_rad);
        out->n_large += out->poses[i].turn_rad > np_angle_rad(NP_TURNS_NEAR_DEG);
    }
}

/* The best way that begins in posture HOME: what it costs, and *OUT its turns, if that is less than BEST.  out->reached counts on. */
static np_status try_home(const np_ur_rig *rig, const np_turns_stop *stops, size_t n, np_vec3 middle,
                          const np_joints *home, double *best, np_turns_result *out, np_error *err)
{
    robot_search *s = NULL;
    np_error refused = {0};
    double turn = 0, homing = 0;
    int at = -1;
    np_status status = robot_search_create(rig, middle, home, &s, err);
    while (status == NP_OK && s->n < n && (status = robot_search_add(s, &stops[s->n], &refused)) == NP_OK)
        ;
    if (status == NP_ERR_NO_MEMORY && refused.status != NP_OK)
        np_error_pass(err, &refused);
    if (s && s->n > out->reached)
        out->reached = s->n;
    for (int i = 0; status == NP_OK && i < ROBOT_STEPS; i++) {
        double cost = homing_cost(s, i, &turn);
        if (cost < *best) {
            *best = cost;
            homing = turn;
            at = i;
        }
    }
    if (at >= 0) {
        robot_search_read(s, at, out->poses);
        out->poses[n - 1].onwards_rad = homing;
        out->poses[n - 1].leaves = *home;
        count_near(stops, n, out);
    }
    robot_search_destroy(s);
    return status == NP_ERR_UNSAFE ? NP_OK : status;
}

np_status np_turns_choose(const np_ur_rig *rig, const np_turns_stop *stops, size_t n, np_vec3 middle,
                          np_turns_result *out_result, np_error *err)
{
    np_joints home[NP_UR_MAX_SOLUTIONS];
    double best = HUGE_VAL;
    *out_result = (np_turns_result){.poses = malloc(n * sizeof *out_result->poses)};
    np_status status = out_result->poses ? NP_OK : np_error_no_memory(err, "the turns of the tool");
    int homes = find_homes(rig, middle, &stops[0], home);
    for (int k = 0; k < homes && status == NP_OK && !(best < HUGE_VAL && out_result->n_large == 0); k++)
        status = try_home(rig, stops, n, middle, &home[k], &best, out_result, err);
    if (status == NP_OK && best == HUGE_VAL)
        status = np_error_set(err, NP_ERR_UNSAFE, "the arm cannot follow this way beyond stop %zu of %zu",
                              out_result->reached, n);
    return status;
}
