/* Reaching a dot; see rig.h. */
#include "sim/rig.h"

#include "base/angle.h"

/* Turns of the needle around itself that are tried, and the joint angle below which the first one found will do. */
enum { TURNS = 24 };
static const double GOOD_ENOUGH_RAD = 0.35;
/* More than this on the last millimetres, and the arm is next to a singular posture: it would swing, not go straight. */
static const double LAST_WAY_RAD = 0.2;

sim_frame3 sim_rig_rest(void)
{
    /* The base frame hangs upside down, its x axis towards the patient's front. */
    return (sim_frame3){.x = {1, 0, 0}, .y = {0, -1, 0}, .z = {0, 0, -1}, .p = {510, 0, 350}};
}

sim_joints sim_rig_home(void)
{
    return (sim_joints){{NP_PI / 4, NP_PI / 4, 3 * NP_PI / 4, -NP_PI / 2, -NP_PI / 2, 0}};
}

sim_frame3 sim_rig_tool(const sim_joints *joints)
{
    sim_frame3 tool = sim_ur5e_forward(joints);
    tool.p = np_vec3_mad(tool.p, tool.z, SIM_RIG_TOOL_MM);
    return tool;
}

double sim_rig_largest_turn(const sim_joints *a, const sim_joints *b)
{
    double largest = 0;
    for (int i = 0; i < SIM_UR5E_JOINTS; i++)
        largest = fmax(largest, fabs(a->q[i] - b->q[i]));
    return largest;
}

/* The same posture with every joint counted on from FROM, as far as the joints' range allows. */
static sim_joints unwound(sim_joints j, const sim_joints *from)
{
    for (int i = 0; i < SIM_UR5E_JOINTS; i++) {
        double q = from->q[i] + remainder(j.q[i] - from->q[i], NP_TWO_PI);
        j.q[i] = fabs(q) <= SIM_UR5E_RANGE_RAD ? q : j.q[i];
    }
    return j;
}

static double segment_distance(np_vec3 a, np_vec3 b, np_vec3 point)
{
    np_vec3 along = np_vec3_sub(b, a);
    double t = np_vec3_dot(np_vec3_sub(point, a), along) / np_vec3_dot(along, along);
    return np_vec3_distance(np_vec3_mad(a, along, fmin(1, fmax(0, t))), point);
}

/* Upper arm, forearm and flange stand clear of the head.  The upper arm runs beside the plane of the joints, at the wrist's
 * offset. */
static bool is_clear(const sim_joints *j, np_vec3 middle)
{
    np_vec3 shoulder, elbow, wrist;
    sim_frame3 flange = sim_ur5e_forward_links(j, &shoulder, &elbow, &wrist);
    if (np_vec3_distance(flange.p, middle) < SIM_RIG_CLEARANCE_MM)
        return false;
    np_vec3 beside = {130 * sin(j->q[0]), -130 * cos(j->q[0]), 0};
    return segment_distance(shoulder, elbow, middle) >= SIM_RIG_CLEARANCE_MM &&
           segment_distance(elbow, wrist, middle) >= SIM_RIG_CLEARANCE_MM &&
           segment_distance(np_vec3_add(shoulder, beside), np_vec3_add(elbow, beside), middle) >=
               SIM_RIG_CLEARANCE_MM &&
           segment_distance(wrist, np_vec3_add(wrist, beside), middle) >= SIM_RIG_CLEARANCE_MM;
}

static sim_frame3 flange_for(np_vec3 tip, np_vec3 axis, np_vec3 x)
{
    return (sim_frame3){x, np_vec3_cross(axis, x), axis, np_vec3_mad(tip, axis, -SIM_RIG_TOOL_MM)};
}

bool sim_rig_go_on(const sim_joints *from, double way_mm, sim_joints *out_joints)
{
    sim_joints found[SIM_UR5E_MAX_SOLUTIONS];
    double best = LAST_WAY_RAD;
    sim_frame3 flange = sim_ur5e_forward(from);
    flange.p = np_vec3_mad(flange.p, flange.z, way_mm);
    int n = sim_ur5e_inverse(&flange, from->q[5], found);
    for (int i = 0; i < n; i++) {
        sim_joints there = unwound(found[i], from);
        double turn = sim_rig_largest_turn(from, &there);
        if (turn < best) {
            best = turn;
            *out_joints = there;
        }
    }
    return best < LAST_WAY_RAD;
}

/* The best posture for one turn of the needle, if its largest joint angle is below BEST, which is returned otherwise. */
static double try_flange(const sim_joints *from, const sim_frame3 *flange, double way_mm, np_vec3 middle, double best,
                         sim_joints *out_joints)
{
    sim_joints found[SIM_UR5E_MAX_SOLUTIONS];
    int n = sim_ur5e_inverse(flange, from->q[5], found);
    for (int i = 0; i < n; i++) {
        sim_joints j = unwound(found[i], from), on;
        double turn = sim_rig_largest_turn(from, &j);
        if (turn < best && is_clear(&j, middle) && sim_rig_go_on(&j, way_mm, &on)) {
            best = turn;
            *out_joints = j;
        }
    }
    return best;
}

/* The tool's x axis, made perpendicular to the new axis: the needle turns around itself no more than it must. */
static np_vec3 carried_over(const sim_joints *from, np_vec3 axis)
{
    np_vec3 x = np_vec3_reject(sim_ur5e_forward(from).x, axis);
    return np_vec3_length(x) > 0.1 ? np_vec3_normalize(x) : np_vec3_perpendicular(axis);
}

bool sim_rig_reach(const sim_joints *from, np_vec3 tip, np_vec3 axis, double way_mm, const sim_frame3 *head,
                   sim_joints *out_joints)
{
    np_vec3 middle = sim_frame3_place(head, (np_vec3){0, 0, SIM_RIG_HEAD_MIDDLE_MM});
    np_vec3 x = carried_over(from, axis);
    double best = HUGE_VAL;
    for (int i = 0; i < TURNS && best > GOOD_ENOUGH_RAD; i++) {
        /* 0, +1, -1, +2, ... steps from how the tool is turned now. */
        int step = i % 2 ? (i + 1) / 2 : -i / 2;
        sim_frame3 flange = flange_for(tip, axis, np_vec3_rotate(x, axis, step * NP_TWO_PI / TURNS));
        best = try_flange(from, &flange, way_mm, middle, best, out_joints);
    }
    return best < HUGE_VAL;
}
