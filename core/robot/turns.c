/* The choice of the needle's free turn; see turns.h. */
#include "robot/turns.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 360 / NP_TURNS_STEP_DEG, GENTLE = 5 /* steps in place before a way to a near stop */ };
_Static_assert(STEPS *NP_TURNS_STEP_DEG == 360, "whole steps make a circle");

/* Knots of a long way, and how far joints turn between two postures that are told apart. */
static const double KNOT_MM = 5, KNOT_RAD = 0.05, KNOT_JOINT_RAD = 0.35;

/* What it costs, in numbers that are added up: to turn in place at all and for each step; a near way by the fourth power of its part of
 * what it may turn at most, and one that turns more; a posture by its discomfort. */
static const double TURN = 0.02, TURN_STEP = 0.004, LARGE = 1000, DISCOMFORT = 0.01;

/* The arm with the needle at one turn at a stop. */
typedef struct spot {
    bool ok;
    np_joints joints; /* but for whole turns */
    double clearance_mm;
} spot;

/* The best way to a stop with the needle at one turn. */
typedef struct node {
    double cost;      /* HUGE_VAL: there is none */
    np_joints joints; /* counted on from the first stop's */
    int from, steps;  /* the turn as it came to the stop before, and by how many it turned there */
    double turn_rad;
} node;

typedef struct search {
    const np_ur_rig *rig;
    const np_turns_stop *stops;
    size_t n;
    np_vec3 middle;
    np_vec3 *x;  /* [n] the tool's x at no turn, carried from stop to stop without turning about the axis */
    spot *spots; /* [n x STEPS], of one branch of the inverse kinematics */
    node *nodes; /* [n x STEPS] */
    int branch;
} search;

static int wrapped(int step)
{
    return (step % STEPS + STEPS) % STEPS;
}

/* The tool at TIP and AXIS with its x at X. */
static np_frame3 tool_at(np_vec3 tip, np_vec3 axis, np_vec3 x)
{
    return (np_frame3){x, np_vec3_cross(axis, x), axis, tip};
}

static np_vec3 x_at(const search *s, size_t stop, int step)
{
    return np_vec3_rotate(s->x[stop], s->stops[stop].axis, np_angle_rad(step * NP_TURNS_STEP_DEG));
}

/* Carries X from axis A to axis B by FRACTION of the shortest turn; *OUT_AXIS is where the axis is then. */
static np_vec3 carry(np_vec3 x, np_vec3 a, np_vec3 b, double fraction, np_vec3 *out_axis)
{
    np_vec3 hinge = np_vec3_cross(a, b);
    double sine = np_vec3_length(hinge), angle = atan2(sine, np_vec3_dot(a, b)) * fraction;
    hinge = sine > 1e-9 ? np_vec3_scale(hinge, 1 / sine) : np_vec3_perpendicular(a);
    *out_axis = fraction < 1 ? np_vec3_rotate(a, hinge, angle) : b;
    return np_vec3_normalize(np_vec3_reject(np_vec3_rotate(x, hinge, angle), *out_axis));
}

/* The posture of this branch for TOOL, in which no link touches the head. */
static spot solve(const search *s, const np_frame3 *tool)
{
    np_joints found[NP_UR_MAX_SOLUTIONS];
    np_frame3 flange = np_ur_flange_of(s->rig, tool);
    if (!(np_ur_branches(s->rig->arm, &flange, 0, found) >> s->branch & 1))
        return (spot){0};
    double mm = np_ur_clearance_mm(s->rig->arm, &found[s->branch], s->middle);
    return (spot){mm >= np_ur_clearance_least_mm(s->rig->arm), found[s->branch], mm};
}

/* From posture FROM to TO, which is near to it; false if it is not, or out of the joints' range. */
static bool go(const np_joints *from, const spot *to, np_joints *out)
{
    if (!to->ok)
        return false;
    *out = np_joints_unwound(from, &to->joints);
    return np_joints_largest_turn(from, out) <= KNOT_JOINT_RAD &&
           np_joints_largest_turn(out, &(np_joints){{0}}) <= NP_UR_RANGE_RAD;
}

/* Fills the spots of all stops at all turns; where the needle cannot be plunged is none. */
static void fill_spots(const search *s)
{
    for (size_t i = 0; i < s->n * STEPS; i++) {
        const np_turns_stop *stop = &s->stops[i / STEPS];
        np_vec3 x = x_at(s, i / STEPS, (int)(i % STEPS));
        np_frame3 tool = tool_at(stop->tip, stop->axis, x);
        s->spots[i] = solve(s, &tool);
        if (!s->spots[i].ok || stop->plunge_mm <= 0)
            continue;
        np_frame3 deep = tool_at(np_vec3_mad(stop->tip, stop->axis, stop->plunge_mm), stop->axis, x);
        spot below = solve(s, &deep);
        np_joints joints;
        s->spots[i].ok = go(&s->spots[i].joints, &below, &joints);
    }
}

/* Follows the way to STOP with the needle at STEP from posture FROM. */
static bool follow(const search *s, size_t stop, int step, const np_joints *from, np_joints *out)
{
    const np_turns_stop *a = &s->stops[stop - 1], *b = &s->stops[stop];
    double mm = np_vec3_distance(a->tip, b->tip),
           rad = atan2(np_vec3_length(np_vec3_cross(a->axis, b->axis)), np_vec3_dot(a->axis, b->axis));
    int knots = (int)fmax(1, ceil(fmax(mm / KNOT_MM, rad / KNOT_RAD)));
    np_joints last = *from;
    for (int k = 1; k < knots; k++) {
        np_vec3 axis, x = carry(x_at(s, stop - 1, step), a->axis, b->axis, (double)k / knots, &axis);
        np_frame3 tool = tool_at(np_vec3_lerp(a->tip, b->tip, (double)k / knots), axis, x);
        spot between = solve(s, &tool);
        if (!go(&last, &between, out))
            return false;
        last = *out;
    }
    return go(&last, &s->spots[stop * STEPS + (size_t)step], out);
}

/* The best that sets out from a stop with the needle at a turn, after turning in place. */
typedef struct departure {
    double cost;
    np_joints joints; /* as it sets out */
    int from, steps;  /* the turn as it came, and by how many it turns */
} departure;

/* D one step further to the side of BY at STOP, where it is at STEP. */
static bool turn_on(const search *s, size_t stop, int step, int by, departure *d)
{
    np_joints joints;
    if (!go(&d->joints, &s->spots[stop * STEPS + (size_t)wrapped(step + by)], &joints))
        return false;
    d->cost += TURN_STEP + (d->steps == 0 ? TURN : 0);
    d->joints = joints;
    d->steps += by;
    return true;
}

/* Takes the way to STOP at STEP that sets out as D, if it is the best yet. */
static void arrive(const search *s, size_t stop, int step, const departure *d)
{
    const np_joints *origin = &s->nodes[(stop - 1) * STEPS + (size_t)d->from].joints;
    size_t at = stop * STEPS + (size_t)step;
    np_joints joints;
    if (!(d->cost < s->nodes[at].cost) || !follow(s, stop, step, &d->joints, &joints))
        return;
    double turn = np_joints_largest_turn(origin, &joints), part = turn / np_angle_rad(NP_TURNS_NEAR_DEG);
    double cost = d->cost + DISCOMFORT * np_ur_discomfort(&joints, s->spots[at].clearance_mm);
    if (s->stops[stop].is_near)
        cost += part * part * part * part + (part > 1 ? LARGE : 0);
    if (cost < s->nodes[at].cost)
        s->nodes[at] = (node){cost, joints, d->from, d->steps, turn};
}

/* Ways to STOP behind few steps in place: one that costs more than another so far may turn the joints less on the way. */
static void arrive_gently(const search *s, size_t stop)
{
    for (int from = 0; from < STEPS; from++) {
        const node *at = &s->nodes[(stop - 1) * STEPS + (size_t)from];
        const departure as_it_came = {at->cost, at->joints, from, 0};
        if (at->cost == HUGE_VAL)
            continue;
        arrive(s, stop, from, &as_it_came);
        for (int by = -1; by <= 1; by += 2) {
            departure d = as_it_came;
            for (int k = 0; k < GENTLE && turn_on(s, stop - 1, from + by * k, by, &d); k++)
                arrive(s, stop, wrapped(from + by * (k + 1)), &d);
        }
    }
}

/* Ways to STOP behind any number of steps in place, of which the cheapest are kept. */
static void arrive_anyhow(const search *s, size_t stop)
{
    departure out[STEPS];
    for (int i = 0; i < STEPS; i++)
        out[i] = (departure){s->nodes[(stop - 1) * STEPS + (size_t)i].cost,
                             s->nodes[(stop - 1) * STEPS + (size_t)i].joints, i, 0};
    for (int by = -1; by <= 1; by += 2)
        for (int k = 0, i = 0; k < 2 * STEPS; k++, i = wrapped(i + by)) {
            departure d = out[i];
            if (d.cost < HUGE_VAL && turn_on(s, stop - 1, i, by, &d) && d.cost < out[wrapped(i + by)].cost)
                out[wrapped(i + by)] = d;
        }
    for (int i = 0; i < STEPS; i++)
        if (out[i].cost < HUGE_VAL)
            arrive(s, stop, i, &out[i]);
}

/* The best ways to all stops at all turns, from the turn HOME at the first one; how many stops are reached. */
static size_t fill_nodes(const search *s, int home)
{
    for (size_t i = 0; i < s->n * STEPS; i++)
        s->nodes[i].cost = HUGE_VAL;
    s->nodes[home] = (node){0, s->spots[home].joints, home, 0, 0};
    for (size_t stop = 1; stop < s->n; stop++) {
        if (s->stops[stop].is_near)
            arrive_gently(s, stop);
        arrive_anyhow(s, stop);
        bool reached = false;
        for (int i = 0; i < STEPS; i++)
            reached |= s->nodes[stop * STEPS + (size_t)i].cost < HUGE_VAL;
        if (!reached)
            return stop;
    }
    return s->n;
}

/* What it costs to get back into the posture of the first stop by turning in place, from the last one as the arm comes there at STEP; HUGE_VAL: it
 * does not get there.  *OUT_TURN: the turn. */
static double homing_cost(const search *s, int step, int home, double *out_turn)
{
    const node *end = &s->nodes[(s->n - 1) * STEPS + (size_t)step];
    double best = HUGE_VAL;
    np_vec3 axis = s->stops[0].axis, x = x_at(s, s->n - 1, step), to = x_at(s, 0, home);
    double angle = atan2(np_vec3_dot(np_vec3_cross(x, to), axis), np_vec3_dot(x, to));
    for (int round = -1; end->cost < HUGE_VAL && round <= 1; round++) {
        double turn = angle + round * NP_TWO_PI;
        int parts = (int)fmax(1, ceil(fabs(turn) / np_angle_rad(NP_TURNS_STEP_DEG)));
        np_joints joints = end->joints, next;
        bool goes = true;
        for (int k = 1; k <= parts && goes; k++) {
            np_frame3 tool = tool_at(s->stops[0].tip, axis, np_vec3_rotate(x, axis, turn * k / parts));
            spot there = solve(s, &tool);
            goes = go(&joints, &there, &next);
            joints = goes ? next : joints;
        }
        double cost = end->cost + TURN + TURN_STEP * parts;
        if (goes && cost < best && np_joints_largest_turn(&joints, &s->nodes[home].joints) < 1e-3) {
            best = cost;
            *out_turn = turn;
        }
    }
    return best;
}

/* Reads the best way back from the last stop, where it came at STEP. */
static void read_back(const search *s, int step, np_turns_result *out)
{
    out->n_large = 0;
    out->most_near_rad = 0;
    for (size_t stop = s->n; stop-- > 0;) {
        const node *at = &s->nodes[stop * STEPS + (size_t)step];
        out->poses[stop].x = x_at(s, stop, step);
        out->poses[stop].joints = at->joints;
        out->poses[stop].turn_rad = at->turn_rad;
        if (stop == 0)
            break;
        out->poses[stop - 1].onwards_rad = np_angle_rad(at->steps * NP_TURNS_STEP_DEG);
        if (s->stops[stop].is_near) {
            out->most_near_rad = fmax(out->most_near_rad, at->turn_rad);
            out->n_large += at->turn_rad > np_angle_rad(NP_TURNS_NEAR_DEG);
        }
        step = at->from;
    }
}

/* The most comfortable turn at the first stop, and how little comfortable it is; -1 if there is none. */
static int find_home(const search *s, double *out_discomfort)
{
    int best = -1;
    *out_discomfort = HUGE_VAL;
    for (int i = 0; i < STEPS; i++) {
        np_frame3 tool = tool_at(s->stops[0].tip, s->stops[0].axis, x_at(s, 0, i));
        spot there = solve(s, &tool);
        double bad = there.ok ? np_ur_discomfort(&there.joints, there.clearance_mm) : HUGE_VAL;
        if (bad < *out_discomfort) {
            *out_discomfort = bad;
            best = i;
        }
    }
    return best;
}

/* The best way in branch S->branch from turn HOME at the first stop; HUGE_VAL, or what it costs with *OUT its turns. */
static double try_branch(const search *s, int home, np_turns_result *out)
{
    double best = HUGE_VAL, turn = 0, homing = 0;
    int at = -1;
    fill_spots(s);
    size_t reached = fill_nodes(s, home);
    out->reached = reached > out->reached ? reached : out->reached;
    for (int i = 0; reached == s->n && i < STEPS; i++) {
        double cost = homing_cost(s, i, home, &turn);
        if (cost < best) {
            best = cost;
            homing = turn;
            at = i;
        }
    }
    if (at >= 0) {
        read_back(s, at, out);
        out->poses[s->n - 1].onwards_rad = homing;
    }
    return best;
}

/* All branches, those that are most comfortable at the first stop first, until one has no large turns; what the best costs. */
static double try_branches(search *s, np_turns_result *tried, np_turns_result *out)
{
    double discomfort[NP_UR_MAX_SOLUTIONS], best = HUGE_VAL;
    int home[NP_UR_MAX_SOLUTIONS];
    for (s->branch = 0; s->branch < NP_UR_MAX_SOLUTIONS; s->branch++)
        home[s->branch] = find_home(s, &discomfort[s->branch]);
    for (int k = 0; k < NP_UR_MAX_SOLUTIONS && !(best < HUGE_VAL && out->n_large == 0); k++) {
        s->branch = 0;
        for (int b = 1; b < NP_UR_MAX_SOLUTIONS; b++)
            s->branch = discomfort[b] < discomfort[s->branch] ? b : s->branch;
        if (discomfort[s->branch] == HUGE_VAL)
            break;
        discomfort[s->branch] = HUGE_VAL;
        double cost = try_branch(s, home[s->branch], tried);
        if (!(cost < best))
            continue;
        best = cost;
        np_turns_pose *poses = out->poses;
        *out = *tried;
        tried->poses = poses;
    }
    return best;
}

static np_status search_init(search *s, np_error *err)
{
    s->x = malloc(s->n * sizeof *s->x);
    s->spots = malloc(s->n * STEPS * sizeof *s->spots);
    s->nodes = malloc(s->n * STEPS * sizeof *s->nodes);
    if (!s->x || !s->spots || !s->nodes)
        return np_error_no_memory(err, "the turns of the tool");
    s->x[0] = np_vec3_perpendicular(s->stops[0].axis);
    for (size_t i = 1; i < s->n; i++) {
        np_vec3 axis;
        s->x[i] = carry(s->x[i - 1], s->stops[i - 1].axis, s->stops[i].axis, 1, &axis);
    }
    return NP_OK;
}

np_status np_turns_choose(const np_ur_rig *rig, const np_turns_stop *stops, size_t n, np_vec3 middle,
                          np_turns_result *out_result, np_error *err)
{
    search s = {.rig = rig, .stops = stops, .n = n, .middle = middle};
    np_turns_result tried = {.poses = malloc(n * sizeof *tried.poses)};
    *out_result = (np_turns_result){.poses = malloc(n * sizeof *out_result->poses)};
    np_status status = search_init(&s, err);
    if (status == NP_OK && (!tried.poses || !out_result->poses))
        status = np_error_no_memory(err, "the turns of the tool");
    double best = status == NP_OK ? try_branches(&s, &tried, out_result) : HUGE_VAL;
    out_result->reached = tried.reached > out_result->reached ? tried.reached : out_result->reached;
    if (status == NP_OK && best == HUGE_VAL)
        status = np_error_set(err, NP_ERR_UNSAFE, "the arm cannot follow this way beyond stop %zu of %zu",
                              out_result->reached, n);
    free(tried.poses);
    free(s.x);
    free(s.spots);
    free(s.nodes);
    return status;
}
