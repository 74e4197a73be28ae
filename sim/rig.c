/* Postures of the rig; see rig.h. */
#include "sim/rig.h"

#include "base/angle.h"

static const double LEAN_RAD = NP_PI / 18;

np_frame3 sim_rig_rest(void)
{
    /* The base frame hangs upside down, its x axis towards the patient's front and, as it leans back, a little up. */
    const double c = cos(LEAN_RAD), s = sin(LEAN_RAD), behind = 590, above = 500;
    return (np_frame3){
        .x = {c, 0, s}, .y = {0, -1, 0}, .z = {s, 0, -c}, .p = {c * behind - s * above, 0, s * behind + c * above}};
}

np_joints sim_rig_home(void)
{
    /* Upright over the head, the needle's tip 260 mm above the origin of the head rest: the most comfortable posture there. */
    return (np_joints){{0.2270, 2.1764, 1.6148, -1.4098, -1.6315, 1.5547}};
}

static const np_ur_rig RIG = {&np_ur5e, SIM_RIG_TOOL_MM, SIM_RIG_MOUNT_RAD};

np_frame3 sim_rig_tool(const np_joints *joints)
{
    return np_ur_tool(&RIG, joints);
}

bool sim_rig_is_in_range(const np_joints *joints)
{
    return np_joints_largest_turn(joints, &(np_joints){{0}}) <= NP_UR_RANGE_RAD;
}

double sim_rig_nearest(const np_joints *from, const np_frame3 *tool, np_joints *out_joints)
{
    np_joints found[NP_UR_MAX_SOLUTIONS];
    np_frame3 flange = np_ur_flange_of(&RIG, tool);
    double best = HUGE_VAL;
    int n = np_ur_inverse(&np_ur5e, &flange, from->q[5], found);
    for (int i = 0; i < n; i++) {
        found[i] = np_joints_unwound(from, &found[i]);
        double turn = np_joints_largest_turn(from, &found[i]);
        bool folds = sin(found[i].q[2]) * sin(from->q[2]) < 0 || sin(found[i].q[4]) * sin(from->q[4]) < 0;
        if (turn < best && !folds) {
            best = turn;
            *out_joints = found[i];
        }
    }
    return best;
}

double sim_rig_clearance_mm(const np_joints *joints, const np_frame3 *head)
{
    return np_ur_clearance_mm(RIG.arm, joints, np_frame3_place(head, (np_vec3){0, 0, NP_UR_HEAD_MIDDLE_MM}));
}

double sim_rig_discomfort(const np_joints *joints, const np_frame3 *head)
{
    return np_ur_discomfort(joints, sim_rig_clearance_mm(joints, head));
}
