/* From one stop to the next in the search for turns; see private/layer.h. */
#include "robot/private/layer.h"

#include "base/angle.h"

enum { GENTLE = 5 /* steps in place before a way to a near stop */ };
_Static_assert(ROBOT_STEPS *NP_TURNS_STEP_DEG == 360, "whole steps make a circle");

/* Knots of a long way, and how far joints turn between two postures that are told apart. */
static const double KNOT_MM = 5, KNOT_RAD = 0.05, KNOT_JOINT_RAD = 0.35;

/* What it costs besides, in numbers that are added up: a near way by the fourth power of its part of what it may turn at most, and one that
 * turns more; a posture by its discomfort. */
static const double LARGE = 1000, DISCOMFORT = 0.01;

int robot_wrapped(int step)
{
    return (step % ROBOT_STEPS + ROBOT_STEPS) % ROBOT_STEPS;
}

/* The tool at TIP and AXIS with its x at X. */
static np_frame3 tool_at(np_vec3 tip, np_vec3 axis, np_vec3 x)
{
    return (np_frame3){x, np_vec3_cross(axis, x), axis, tip};
}

np_frame3 robot_tool(const robot_place *place, int step)
{
    const np_turns_stop *stop = &place->stop;
    return tool_at(stop->tip, stop->axis, np_vec3_rotate(place->x, stop->axis, np_angle_rad(step * NP_TURNS_STEP_DEG)));
}

robot_spot robot_solve(const robot_branch *b, const np_frame3 *tool)
{
    np_joints found[NP_UR_MAX_SOLUTIONS];
    np_frame3 flange = np_ur_flange_of(&b->rig, tool);
    if (!np_ur_branches(b->rig.arm, &flange, 0, 1u << b->branch, found))
        return (robot_spot){0};
    double mm = np_ur_clearance_mm(b->rig.arm, &found[b->branch], b->middle);
    return (robot_spot){mm >= NP_UR_CLEARANCE_MM, found[b->branch], mm};
}

bool robot_go(const np_joints *from, const robot_spot *to, np_joints *out)
{
    if (!to->ok)
        return false;
    np_joints there = np_joints_unwound(from, &to->joints);
    bool near = np_joints_largest_turn(from, &there) <= KNOT_JOINT_RAD;
    *out = there;
    return near && np_joints_largest_turn(&there, &(np_joints){{0}}) <= NP_UR_RANGE_RAD;
}

void robot_layer_make(const robot_branch *b, const robot_place *place, robot_layer *layer)
{
    layer->place = *place;
    for (int i = 0; i < ROBOT_STEPS; i++) {
        robot_spot *spot = &layer->spots[i];
        np_frame3 tool = robot_tool(place, i);
        *spot = robot_solve(b, &tool);
        layer->nodes[i].cost = HUGE_VAL;
        if (!spot->ok || place->stop.plunge_mm <= 0)
            continue;
        tool.p = np_vec3_mad(tool.p, tool.z, place->stop.plunge_mm);
        robot_spot below = robot_solve(b, &tool);
        np_joints joints;
        spot->ok = robot_go(&spot->joints, &below, &joints);
    }
}

bool robot_follow(const robot_branch *b, const robot_place *a, const robot_place *c, int step, const robot_spot *to,
                  const np_joints *from, np_joints *out)
{
    const np_turns_stop *begin = &a->stop, *end = &c->stop;
    double mm = np_vec3_distance(begin->tip, end->tip),
           rad = atan2(np_vec3_length(np_vec3_cross(begin->axis, end->axis)), np_vec3_dot(begin->axis, end->axis));
    int knots = (int)fmax(1, ceil(fmax(mm / KNOT_MM, rad / KNOT_RAD)));
    np_vec3 x = robot_tool(a, step).x;
    np_joints last = *from;
    for (int k = 1; k < knots; k++) {
        double part = (double)k / knots;
        np_vec3 axis, side = np_turns_carry(x, begin->axis, end->axis, part, &axis);
        np_frame3 tool = tool_at(np_vec3_lerp(begin->tip, end->tip, part), axis, side);
        robot_spot between = robot_solve(b, &tool);
        if (!robot_go(&last, &between, &last))
            return false;
    }
    return robot_go(&last, to, out);
}

/* The best that sets out from a stop with the needle at a turn, after turning in place. */
typedef struct departure {
    double cost;
    np_joints joints; /* as it sets out */
    int from, steps;  /* the turn as it came, and by how many it turns */
} departure;

/* D one step further to the side of BY, from where it is at STEP. */
static bool turn_on(const robot_layer *at, int step, int by, departure *d)
{
    if (!robot_go(&d->joints, &at->spots[robot_wrapped(step + by)], &d->joints))
        return false;
    d->cost += ROBOT_COST_STEP + (d->steps == 0 ? ROBOT_COST_TURN : 0);
    d->steps += by;
    return true;
}

/* Takes the way to TO at STEP that sets out as D, if it is the best yet. */
static void arrive(const robot_branch *b, const robot_layer *from, robot_layer *to, int step, const departure *d)
{
    robot_node *node = &to->nodes[step];
    const robot_spot *spot = &to->spots[step];
    np_joints joints;
    if (!spot->ok || !(d->cost < node->cost) ||
        !robot_follow(b, &from->place, &to->place, step, spot, &d->joints, &joints))
        return;
    double turn = np_joints_largest_turn(&from->nodes[d->from].joints, &joints),
           part = turn / np_angle_rad(NP_TURNS_NEAR_DEG);
    double cost = d->cost + DISCOMFORT * np_ur_discomfort(&joints, spot->clearance_mm);
    if (to->place.stop.is_near)
        cost += part * part * part * part + (part > 1 ? LARGE : 0);
    if (cost < node->cost)
        *node = (robot_node){cost, joints, d->from, d->steps};
}

/* Ways to TO behind few steps in place: one that costs more than another so far may turn the joints less on the way. */
static void arrive_gently(const robot_branch *b, const robot_layer *from, robot_layer *to)
{
    for (int came = 0; came < ROBOT_STEPS; came++) {
        const robot_node *at = &from->nodes[came];
        const departure as_it_came = {at->cost, at->joints, came, 0};
        if (at->cost == HUGE_VAL)
            continue;
        arrive(b, from, to, came, &as_it_came);
        for (int by = -1; by <= 1; by += 2) {
            departure d = as_it_came;
            for (int k = 0; k < GENTLE && turn_on(from, came + by * k, by, &d); k++)
                arrive(b, from, to, robot_wrapped(came + by * (k + 1)), &d);
        }
    }
}

/* Ways to TO behind any number of steps in place, of which the cheapest are kept. */
static void arrive_anyhow(const robot_branch *b, const robot_layer *from, robot_layer *to)
{
    departure out[ROBOT_STEPS];
    for (int i = 0; i < ROBOT_STEPS; i++)
        out[i] = (departure){from->nodes[i].cost, from->nodes[i].joints, i, 0};
    for (int by = -1; by <= 1; by += 2)
        for (int k = 0, i = 0; k < 2 * ROBOT_STEPS; k++, i = robot_wrapped(i + by)) {
            departure d = out[i];
            int next = robot_wrapped(i + by);
            if (d.cost < HUGE_VAL && turn_on(from, i, by, &d) && d.cost < out[next].cost)
                out[next] = d;
        }
    for (int i = 0; i < ROBOT_STEPS; i++)
        if (out[i].cost < HUGE_VAL)
            arrive(b, from, to, i, &out[i]);
}

bool robot_layer_reach(const robot_branch *b, const robot_layer *from, robot_layer *to)
{
    if (to->place.stop.is_near)
        arrive_gently(b, from, to);
    arrive_anyhow(b, from, to);
    for (int i = 0; i < ROBOT_STEPS; i++)
        if (to->nodes[i].cost < HUGE_VAL)
            return true;
    return false;
}
