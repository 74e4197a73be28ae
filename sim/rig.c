/* Postures of the rig; see rig.h. */
#include "sim/rig.h"

#include "base/angle.h"

static const double LEAN_RAD = NP_PI / 18;

sim_frame3 sim_rig_rest(void)
{
    /* The base frame hangs upside down, its x axis towards the patient's front and, as it leans back, a little up. */
    const double c = cos(LEAN_RAD), s = sin(LEAN_RAD), behind = 590, above = 500;
    return (sim_frame3){
        .x = {c, 0, s}, .y = {0, -1, 0}, .z = {s, 0, -c}, .p = {c * behind - s * above, 0, s * behind + c * above}};
}

sim_joints sim_rig_home(void)
{
    /* Upright over the head, the needle's tip 260 mm above the origin of the head rest: the most comfortable posture there. */
    return (sim_joints){{0.2270, 2.1764, 1.6148, -1.4098, -1.6315, 1.5547}};
}

sim_frame3 sim_rig_tool(const sim_joints *joints)
{
    const double c = cos(SIM_RIG_MOUNT_RAD), s = sin(SIM_RIG_MOUNT_RAD);
    sim_frame3 f = sim_ur5e_forward(joints), tool = {.y = f.y};
    tool.z = np_vec3_mad(np_vec3_scale(f.z, c), f.x, -s);
    tool.x = np_vec3_mad(np_vec3_scale(f.x, c), f.z, s);
    tool.p = np_vec3_mad(f.p, tool.z, SIM_RIG_TOOL_MM);
    return tool;
}

static sim_frame3 flange_of(const sim_frame3 *tool)
{
    const double c = cos(SIM_RIG_MOUNT_RAD), s = sin(SIM_RIG_MOUNT_RAD);
    return (sim_frame3){.x = np_vec3_mad(np_vec3_scale(tool->x, c), tool->z, -s),
                        .y = tool->y,
                        .z = np_vec3_mad(np_vec3_scale(tool->z, c), tool->x, s),
                        .p = np_vec3_mad(tool->p, tool->z, -SIM_RIG_TOOL_MM)};
}

double sim_rig_largest_turn(const sim_joints *a, const sim_joints *b)
{
    double largest = 0;
    for (int i = 0; i < SIM_UR5E_JOINTS; i++)
        largest = fmax(largest, fabs(a->q[i] - b->q[i]));
    return largest;
}

bool sim_rig_is_in_range(const sim_joints *joints)
{
    return sim_rig_largest_turn(joints, &(sim_joints){{0}}) <= SIM_UR5E_RANGE_RAD;
}

double sim_rig_nearest(const sim_joints *from, const sim_frame3 *tool, sim_joints *out_joints)
{
    sim_joints found[SIM_UR5E_MAX_SOLUTIONS];
    sim_frame3 flange = flange_of(tool);
    double best = HUGE_VAL;
    int n = sim_ur5e_inverse(&flange, from->q[5], found);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < SIM_UR5E_JOINTS; k++)
            found[i].q[k] = from->q[k] + remainder(found[i].q[k] - from->q[k], NP_TWO_PI);
        double turn = sim_rig_largest_turn(from, &found[i]);
        bool folds = sin(found[i].q[2]) * sin(from->q[2]) < 0 || sin(found[i].q[4]) * sin(from->q[4]) < 0;
        if (turn < best && !folds) {
            best = turn;
            *out_joints = found[i];
        }
    }
    return best;
}

static double segment_distance(np_vec3 a, np_vec3 b, np_vec3 point)
{
    np_vec3 along = np_vec3_sub(b, a);
    double t = np_vec3_dot(np_vec3_sub(point, a), along) / np_vec3_dot(along, along);
    return np_vec3_distance(np_vec3_mad(a, along, fmin(1, fmax(0, t))), point);
}

double sim_rig_clearance_mm(const sim_joints *joints, const sim_frame3 *head)
{
    np_vec3 middle = sim_frame3_place(head, (np_vec3){0, 0, SIM_RIG_HEAD_MIDDLE_MM}), shoulder, elbow, wrist;
    sim_frame3 flange = sim_ur5e_forward_links(joints, &shoulder, &elbow, &wrist);
    /* The upper arm runs beside the plane of the joints, at the wrist's offset. */
    np_vec3 beside = {130 * sin(joints->q[0]), -130 * cos(joints->q[0]), 0};
    const np_vec3 links[][2] = {
        {shoulder, elbow},
        {elbow, wrist},
        {np_vec3_add(shoulder, beside), np_vec3_add(elbow, beside)},
        {wrist, np_vec3_add(wrist, beside)},
    };
    double least = np_vec3_distance(flange.p, middle);
    for (int i = 0; i < 4; i++)
        least = fmin(least, segment_distance(links[i][0], links[i][1], middle));
    return least;
}

/* The weights were found by trial, with full scalps of all sizes: no joint winds up, no link comes near. */
double sim_rig_discomfort(const sim_joints *joints, const sim_frame3 *head)
{
    const double near_mm = 200, far_rad = 1.5 * NP_PI;
    double close = fmax(0, near_mm - sim_rig_clearance_mm(joints, head));
    double sum = close * close / 100;
    sum += 0.5 / fmax(1e-3, fabs(sin(joints->q[4]))) + 0.1 / fmax(1e-3, fabs(sin(joints->q[2])));
    for (int i = 0; i < SIM_UR5E_JOINTS; i++) {
        double turns = joints->q[i] / NP_PI, beyond = fmax(0, fabs(joints->q[i]) - far_rad) / NP_PI;
        sum += 0.8 * turns * turns + 20 * beyond * beyond;
    }
    return sum;
}
