/* The kinematic six-axis arm as a body; see body_ur5e.h.
 *
 * A leg is followed by inverse kinematics, posture from posture: the tip stays on its line and the axis in its plane, and
 * the joints do what that takes.  When a motion begins, each leg gets knots, postures so near to each other that nothing
 * can be mistaken between them; at any time the posture is worked out exactly, from the nearest knots.  Time goes as a
 * trapezoid over the slowest of tip, axis and joints.
 *
 * The needle may turn around itself, and does, to the most comfortable posture from knot to knot; but not where the tool
 * goes along its own axis, which is where it is in the skin: so a way to a hover is taken together with the puncture behind it.  Where that
 * leads into an uncomfortable posture, or to the end of a leg, the arm eases before the next leg: it turns the needle in place to where it is
 * best, between near dots by a little before each.  Where the tool is comes from the joint angles by forward
 * kinematics, so that an error anywhere on the way shows. */
#include "sim/body_ur5e.h"

#include <stdlib.h>
#include <string.h>

#include "base/ramp.h"
#include "sim/rig.h"
#include "sim/trapezoid.h"

static const double ACCELERATION_MM_S2 = 2000, TURN_RAD_S = 60 * NP_PI / 180, TURN_RAD_S2 = 300 * NP_PI / 180;

/* Knots: so far apart at most; joints turn no more between them; a knot that would need to be nearer to the one before (as
 * part of its leg) is not on a way that the arm can follow. */
static const double KNOT_MM = 5, KNOT_RAD = 0.05, KNOT_JOINT_RAD = 0.35, KNOT_LEAST = 1e-4;
enum { MAX_KNOTS = 8192 };

/* Turns of the needle around itself from knot to knot that are tried, and what a turn of the joints weighs. */
static const double TURNS_RAD[] = {0, 0.05, -0.05, 0.2, -0.2};
static const double JOINT_WEIGHT = 2;

/* Where the arm eases: in steps of so much, not for less than it is worth. */
static const double EASE_FROM = 4, EASE_STEP_RAD = 0.1, EASE_WORTH = 1;
enum { EASE_STEPS = 63, EASE_PARTS = 16 };

/* Before a way to a near dot no joint turns by more than GENTLE_RAD while the arm eases, which it goes on with before the next one; unless it
 * has to, or would get into where it has to. */
static const double NEAR_MM = 5, GENTLE_RAD = 15 * NP_PI / 180, EASE_FULLY = 6;

/* What is tried where that leads nowhere: turning in place by multiples of so many steps, to both sides; turning on the way in the first
 * so many of TURNINGS; so many ways in all.  First for as little turning as will do, then for many ways to each of many stops. */
typedef struct effort {
    int every, turnings, tries;
} effort;
static const effort EFFORTS[] = {{3, 2, 300}, {12, 4, 1000}};

typedef struct knot {
    double fraction; /* of the leg */
    np_joints joints;
} knot;

typedef struct leg {
    sim_way way;
    size_t first, n;                    /* knots, the first at 0, the last at 1 */
    double extent, speed, acceleration; /* of the slowest of tip, axis and joints */
    double begins_s, lasts_s;
} leg;

/* What a motion is found by: the same again has the same end. */
enum { REQUEST_BYTES = sizeof(np_joints) + sizeof(np_frame3) + SIM_BODY_MAX_LEGS * sizeof(sim_pose), DEAD_ENDS = 64 };
typedef struct request {
    size_t n;
    unsigned char bytes[REQUEST_BYTES]; /* where the joints stand, the head, the stops */
} request;

typedef struct ur5e {
    sim_body body;
    request dead_ends
        [DEAD_ENDS]; /* the last motions that led nowhere, which takes long to find out; the oldest makes room */
    size_t n_dead_ends;
    np_joints joints;                /* where the arm stands without a motion */
    leg legs[2 * SIM_BODY_MAX_LEGS]; /* as they were asked for, and those for easing */
    int n, asked[SIM_BODY_MAX_LEGS]; /* where in LEGS those are */
    knot knots[MAX_KNOTS];
    size_t n_knots;
} ur5e;

/* ---- frames ---- */

static sim_pose pose_of(const np_joints *joints)
{
    np_frame3 rest = sim_rig_rest(), tool = sim_rig_tool(joints);
    return (sim_pose){np_frame3_place_back(&rest, tool.p), np_frame3_turn_back(&rest, tool.z)};
}

/* POSE in the base frame, the tool's side as near to X as it goes and TURN further. */
static np_frame3 tool_at(const sim_pose *pose, np_vec3 x, double turn)
{
    np_frame3 rest = sim_rig_rest(),
              tool = {.p = np_frame3_place(&rest, pose->tip), .z = np_frame3_turn(&rest, pose->axis)};
    np_vec3 side = np_vec3_reject(x, tool.z);
    side = np_vec3_length(side) > 1e-3 ? np_vec3_normalize(side) : np_vec3_perpendicular(tool.z);
    tool.x = np_vec3_rotate(side, tool.z, turn);
    tool.y = np_vec3_cross(tool.z, tool.x);
    return tool;
}

/* ---- knots ---- */

/* How the needle turns about itself on a way: as is most comfortable, or as far as it goes to one side. */
typedef enum turning { NOT_AT_ALL, COMFORTABLY, LEFT, RIGHT, TURNINGS } turning;

/* The best posture at POSE, so near to FROM that nothing is mistaken.  HEAD in the base frame. */
static bool step(const np_joints *from, const sim_pose *pose, turning turns, const np_frame3 *head, np_joints *out)
{
    np_vec3 x = sim_rig_tool(from).x;
    double best = HUGE_VAL;
    size_t n = turns == NOT_AT_ALL ? 1 : sizeof TURNS_RAD / sizeof TURNS_RAD[0];
    for (size_t i = 0; i < n; i++) {
        if ((turns == LEFT && TURNS_RAD[i] < 0) || (turns == RIGHT && TURNS_RAD[i] > 0))
            continue;
        np_frame3 tool = tool_at(pose, x, TURNS_RAD[i]);
        np_joints joints;
        double turn = sim_rig_nearest(from, &tool, &joints);
        if (turn > KNOT_JOINT_RAD || !sim_rig_is_in_range(&joints))
            continue;
        double bad =
            turns == COMFORTABLY ? sim_rig_discomfort(&joints, head) + JOINT_WEIGHT * turn * turn : -fabs(TURNS_RAD[i]);
        if (bad < best) {
            best = bad;
            *out = joints;
        }
    }
    return best < HUGE_VAL;
}

static bool add_knot(ur5e *arm, leg *l, double fraction, const np_joints *joints)
{
    if (arm->n_knots == MAX_KNOTS)
        return false;
    arm->knots[arm->n_knots++] = (knot){fraction, *joints};
    l->n++;
    return true;
}

/* Gives leg L its knots from posture FROM on; false if the arm cannot follow it.  TURNS: the needle about itself. */
static bool track(ur5e *arm, leg *l, const np_joints *from, turning turns, const np_frame3 *head)
{
    double most = 1 / fmax(1, ceil(fmax(l->way.mm / KNOT_MM, l->way.rad / KNOT_RAD))), part = most, at = 0;
    np_joints joints = *from, next;
    l->first = arm->n_knots;
    l->n = 0;
    if (!add_knot(arm, l, 0, from))
        return false;
    while (at < 1) {
        double to = at + part > 1 - KNOT_LEAST ? 1 : at + part;
        sim_pose pose = sim_way_at(&l->way, to);
        if (!step(&joints, &pose, turns, head, &next)) {
            part /= 2;
            if (part < KNOT_LEAST)
                return false;
            continue;
        }
        if (!add_knot(arm, l, to, &next))
            return false;
        at = to;
        joints = next;
        part = fmin(most, 2 * part);
    }
    return true;
}

/* Turning the needle in place by ANGLE in so many PARTS; all postures, or false. */
static bool turn_parts(const np_joints *from, const sim_pose *pose, double angle, int parts, np_joints *out)
{
    for (int i = 0; i < parts; i++) {
        const np_joints *last = i ? &out[i - 1] : from;
        np_frame3 tool = tool_at(pose, sim_rig_tool(last).x, angle / parts);
        if (sim_rig_nearest(last, &tool, &out[i]) > KNOT_JOINT_RAD || !sim_rig_is_in_range(&out[i]))
            return false;
    }
    return true;
}

/* One step of turning the needle in place, to the side of DIRECTION, in as many parts as it takes near singular postures, where joints
 * turn fast.  Their number, the last one's posture at its end; 0 if it cannot be. */
static int turn_in_place(const np_joints *from, const sim_pose *pose, double direction, np_joints out[EASE_PARTS])
{
    for (int parts = 1; parts <= EASE_PARTS; parts *= 4)
        if (turn_parts(from, pose, direction * EASE_STEP_RAD, parts, out))
            return parts;
    return 0;
}

/* How many steps to which side lead to the most comfortable posture; 0 if it is not worth it. */
static int ease_steps(const np_joints *from, const sim_pose *pose, const np_frame3 *head)
{
    double best = sim_rig_discomfort(from, head) - EASE_WORTH;
    int steps = 0;
    for (int direction = -1; direction <= 1; direction += 2) {
        np_joints joints = *from, next[EASE_PARTS];
        for (int i = 1, parts; i <= EASE_STEPS && (parts = turn_in_place(&joints, pose, direction, next)) > 0; i++) {
            joints = next[parts - 1];
            double bad = sim_rig_discomfort(&joints, head);
            if (bad < best) {
                best = bad;
                steps = direction * i;
            }
        }
    }
    return steps;
}

/* STEPS, or so many of them as turn no joint by more than what is gentle. */
static int gentle_steps(const np_joints *from, const sim_pose *pose, int steps)
{
    np_joints joints = *from, next[EASE_PARTS];
    int taken = 0;
    while (taken < abs(steps)) {
        int parts = turn_in_place(&joints, pose, steps > 0 ? 1 : -1, next);
        if (parts == 0 || np_joints_largest_turn(from, &next[parts - 1]) > GENTLE_RAD)
            break;
        joints = next[parts - 1];
        taken++;
    }
    return steps > 0 ? taken : -taken;
}

/* Gives leg L, which goes nowhere, the knots of turning in place by so many STEPS. */
static bool ease(ur5e *arm, leg *l, const np_joints *from, const sim_pose *pose, int steps)
{
    int n = abs(steps);
    np_joints joints = *from, next[EASE_PARTS];
    l->way = sim_way_make(pose, pose);
    l->first = arm->n_knots;
    l->n = 0;
    if (!add_knot(arm, l, 0, from))
        return false;
    for (int i = 1; i <= n; i++) {
        int parts = turn_in_place(&joints, pose, steps > 0 ? 1 : -1, next);
        if (parts == 0)
            return false;
        for (int k = 0; k < parts; k++)
            if (!add_knot(arm, l, (i - 1 + (k + 1.0) / parts) / n, &next[k]))
                return false;
        joints = next[parts - 1];
    }
    return true;
}

/* ---- time ---- */

static void take_slower(leg *l, double extent, double speed, double acceleration)
{
    double s = np_ramp_s(extent, speed, acceleration);
    if (s <= l->lasts_s)
        return;
    l->lasts_s = s;
    l->extent = extent;
    l->speed = speed;
    l->acceleration = acceleration;
}

/* The joints as fast as where they are fastest: their largest turn for a whole leg at that rate. */
static double joints_extent(const ur5e *arm, const leg *l)
{
    const knot *k = arm->knots + l->first;
    double most = 0;
    for (size_t i = 1; i < l->n; i++)
        most = fmax(most, np_joints_largest_turn(&k[i - 1].joints, &k[i].joints) / (k[i].fraction - k[i - 1].fraction));
    return most;
}

static void time_leg(const ur5e *arm, leg *l, double speed_mm_s)
{
    l->lasts_s = l->extent = 0;
    l->speed = l->acceleration = 1;
    take_slower(l, l->way.mm, speed_mm_s, ACCELERATION_MM_S2);
    take_slower(l, l->way.rad, TURN_RAD_S, TURN_RAD_S2);
    take_slower(l, joints_extent(arm, l), NP_UR_SPEED_RAD_S, NP_UR_ACCELERATION_RAD_S2);
}

/* ---- the body ---- */

static sim_pose ur5e_rest(const sim_body *body)
{
    (void)body;
    np_joints home = sim_rig_home();
    return pose_of(&home);
}

static const np_joints *last_joints(const ur5e *arm)
{
    return arm->n_knots ? &arm->knots[arm->n_knots - 1].joints : &arm->joints;
}

/* A motion as it was asked for. */
typedef struct asked {
    const sim_leg *legs;
    int n;
    sim_pose from;
    np_frame3 head; /* in the base frame */
    int tries;
} asked;

/* Where leg I of the motion sets out. */
static const sim_pose *begin_of(const asked *motion, int i)
{
    return i > 0 ? &motion->legs[i - 1].to : &motion->from;
}

/* Adds leg I of the motion; false also if a link of the arm comes too near to the head at its end. */
static bool add_leg(ur5e *arm, const asked *motion, int i, turning turns)
{
    leg *l = &arm->legs[arm->n];
    const np_joints from = *last_joints(arm);
    l->way = sim_way_make(begin_of(motion, i), &motion->legs[i].to);
    if (!track(arm, l, &from, turns, &motion->head) ||
        sim_rig_clearance_mm(last_joints(arm), &motion->head) < NP_UR_CLEARANCE_MM)
        return false;
    arm->asked[i] = arm->n++;
    return true;
}

/* Adds legs FIRST to END, of which all but the first go along the axis, after turning in place by STEPS. */
static bool add_legs(ur5e *arm, const asked *motion, int first, int end, int steps, turning turns)
{
    const np_joints from = *last_joints(arm);
    if (steps != 0) {
        if (!ease(arm, &arm->legs[arm->n], &from, begin_of(motion, first), steps))
            return false;
        arm->n++;
    }
    for (int i = first; i < end; i++)
        if (!add_leg(arm, motion, i, i == first ? turns : NOT_AT_ALL))
            return false;
    return true;
}

/* Behind leg FIRST, where the first one is that does not go along the tool's axis. */
static int end_of_axis(const asked *motion, int first)
{
    int end = first + 1;
    for (; end < motion->n; end++) {
        sim_way way = sim_way_make(begin_of(motion, end), &motion->legs[end].to);
        if (!sim_way_is_along_axis(&way))
            break;
    }
    return end;
}

/* How far the arm eases before the way to leg FIRST. */
static int first_choice(const ur5e *arm, const asked *motion, int first)
{
    const np_joints *from = last_joints(arm);
    const sim_pose *pose = begin_of(motion, first);
    double bad = sim_rig_discomfort(from, &motion->head);
    if (bad < EASE_FROM)
        return 0;
    int steps = ease_steps(from, pose, &motion->head);
    bool is_near = np_vec3_distance(pose->tip, motion->legs[first].to.tip) < NEAR_MM;
    return is_near && bad < EASE_FULLY ? gentle_steps(from, pose, steps) : steps;
}

/* Adds legs FIRST and all behind it; the needle's turn at the end of a way is that of the puncture behind it as well.  Turning as is most
 * comfortable, after easing where the arm needs it; or if that leads nowhere, after as little turning in place as will do, as is
 * tried by E, before this way or one of those that led here. */
static bool go_on(ur5e *arm, asked *motion, int first, const effort *e)
{
    if (first == motion->n)
        return true;
    const size_t n_knots = arm->n_knots;
    const int n = arm->n, end = end_of_axis(motion, first);
    sim_way way = sim_way_make(begin_of(motion, first), &motion->legs[first].to);
    const bool may_turn = !sim_way_is_along_axis(&way);
    const int best = may_turn ? first_choice(arm, motion, first) : 0;
    const int sides = 2 * e->turnings, choices = may_turn ? sides * (EASE_STEPS / e->every + 1) : 0;
    for (int i = -1; i < choices && motion->tries-- > 0; i++) {
        int steps = i < 0 ? best : i / sides * (i & 1 ? -e->every : e->every);
        turning turns = !may_turn ? NOT_AT_ALL : i < 0 ? COMFORTABLY : (turning)(i % sides / 2);
        if (add_legs(arm, motion, first, end, steps, turns) && go_on(arm, motion, end, e))
            return true;
        arm->n = n;
        arm->n_knots = n_knots;
    }
    return false;
}

static void time_legs(ur5e *arm, const asked *motion)
{
    double now_s = 0;
    for (int i = 0, k = 0; k < arm->n; k++) {
        leg *l = &arm->legs[k];
        time_leg(arm, l, motion->legs[i].speed_mm_s);
        l->begins_s = now_s;
        now_s += l->lasts_s;
        if (k == arm->asked[i])
            now_s += motion->legs[i++].pause_s;
    }
}

static void put(request *out, const void *bytes, size_t n)
{
    memcpy(out->bytes + out->n, bytes, n);
    out->n += n;
}

static void describe(const ur5e *arm, const asked *motion, request *out)
{
    _Static_assert(sizeof(np_joints) == NP_UR_JOINTS * sizeof(double), "no padding");
    _Static_assert(sizeof(np_frame3) == 12 * sizeof(double), "no padding");
    _Static_assert(sizeof(sim_pose) == 6 * sizeof(double), "no padding");
    out->n = 0;
    put(out, &arm->joints, sizeof arm->joints);
    put(out, &motion->head, sizeof motion->head);
    for (int i = 0; i < motion->n; i++)
        put(out, &motion->legs[i].to, sizeof motion->legs[i].to);
}

static bool is_dead_end(const ur5e *arm, const request *r)
{
    for (size_t i = 0; i < arm->n_dead_ends && i < DEAD_ENDS; i++)
        if (arm->dead_ends[i].n == r->n && memcmp(arm->dead_ends[i].bytes, r->bytes, r->n) == 0)
            return true;
    return false;
}

/* Whether some posture that the arm comes to without folding over brings the needle to POSE, however it is turned about itself.  Where none does
 * there is no way either, which the search for one would find out in a tenth of a second. */
static bool has_posture(const np_joints *from, const sim_pose *pose)
{
    const double turn_rad = 0.02;
    np_vec3 x = sim_rig_tool(from).x;
    for (int i = 0; i * turn_rad < NP_PI; i++)
        for (int side = i > 0 ? -1 : 1; side <= 1; side += 2) {
            np_frame3 tool = tool_at(pose, x, side * i * turn_rad);
            np_joints joints;
            if (sim_rig_nearest(from, &tool, &joints) < HUGE_VAL)
                return true;
        }
    return false;
}

static bool ur5e_follow(sim_body *body, const np_frame3 *head, const sim_leg *legs, int n)
{
    ur5e *arm = (ur5e *)body;
    np_frame3 rest = sim_rig_rest();
    asked motion = {legs, n, pose_of(&arm->joints), np_frame3_compose(&rest, head), 0};
    request r;
    bool found = false;
    arm->n = 0;
    if (n > SIM_BODY_MAX_LEGS)
        return false;
    describe(arm, &motion, &r);
    if (is_dead_end(arm, &r))
        return false;
    for (int i = 0; i < n; i++)
        if (!has_posture(&arm->joints, &legs[i].to))
            return false;
    for (size_t i = 0; i < sizeof EFFORTS / sizeof EFFORTS[0] && !found; i++) {
        motion.tries = EFFORTS[i].tries;
        arm->n = 0;
        arm->n_knots = 0;
        found = go_on(arm, &motion, 0, &EFFORTS[i]);
    }
    if (found) {
        time_legs(arm, &motion);
        return true;
    }
    arm->n = 0;
    arm->dead_ends[arm->n_dead_ends++ % DEAD_ENDS] = r;
    return false;
}

static double ur5e_arrives_s(const sim_body *body, int i)
{
    const ur5e *arm = (const ur5e *)body;
    const leg *l = &arm->legs[arm->asked[i]];
    return l->begins_s + l->lasts_s;
}

/* The posture at FRACTION of leg L: exactly there, and between the knots on both sides. */
static np_joints posture_on(const ur5e *arm, const leg *l, double fraction)
{
    const knot *k = arm->knots + l->first;
    size_t i = 1;
    while (i + 1 < l->n && k[i].fraction < fraction)
        i++;
    double part = (fraction - k[i - 1].fraction) / (k[i].fraction - k[i - 1].fraction);
    np_joints between, exact;
    for (int j = 0; j < NP_UR_JOINTS; j++)
        between.q[j] = k[i - 1].joints.q[j] + part * (k[i].joints.q[j] - k[i - 1].joints.q[j]);
    sim_pose pose = sim_way_at(&l->way, fraction);
    np_frame3 tool = tool_at(&pose, sim_rig_tool(&between).x, 0);
    return sim_rig_nearest(&between, &tool, &exact) <= KNOT_JOINT_RAD ? exact : between;
}

static np_joints posture(const ur5e *arm, double seconds)
{
    int i = 0;
    if (arm->n == 0)
        return arm->joints;
    while (i + 1 < arm->n && seconds >= arm->legs[i + 1].begins_s)
        i++;
    const leg *l = &arm->legs[i];
    return posture_on(arm, l, sim_trapezoid_fraction(l->extent, l->speed, l->acceleration, seconds - l->begins_s));
}

static sim_pose ur5e_tool(sim_body *body, double seconds)
{
    np_joints joints = posture((ur5e *)body, seconds);
    return pose_of(&joints);
}

static void ur5e_stop(sim_body *body, double seconds)
{
    ur5e *arm = (ur5e *)body;
    arm->joints = posture(arm, seconds);
    arm->n = 0;
}

static void ur5e_destroy(sim_body *body)
{
    free(body);
}

static const sim_body_kind ur5e_kind = {"kinematic UR5e", ur5e_rest, ur5e_follow, ur5e_arrives_s,
                                        ur5e_tool,        ur5e_stop, ur5e_destroy};

void sim_body_ur5e_stand_at_home(sim_body *body)
{
    ur5e *arm = (ur5e *)body;
    arm->joints = sim_rig_home();
    arm->n = 0;
    arm->n_knots = 0;
}

np_status sim_body_ur5e_create(sim_body **out_body, np_error *err)
{
    ur5e *arm = calloc(1, sizeof *arm);
    if (!arm)
        return np_error_no_memory(err, "the arm");
    arm->body.kind = &ur5e_kind;
    sim_body_ur5e_stand_at_home(&arm->body);
    *out_body = &arm->body;
    return NP_OK;
}
