/* Postures of an arm that holds the tool; see posture.h. */
#include "robot/posture.h"

np_frame3 np_ur_tool(const np_ur_rig *rig, const np_joints *joints)
{
    const double c = cos(rig->mount_rad), s = sin(rig->mount_rad);
    np_frame3 f = np_ur_forward(rig->arm, joints), tool = {.y = f.y};
    tool.z = np_vec3_mad(np_vec3_scale(f.z, c), f.x, -s);
    tool.x = np_vec3_mad(np_vec3_scale(f.x, c), f.z, s);
    tool.p = np_vec3_mad(f.p, tool.z, rig->tool_mm);
    return tool;
}

np_frame3 np_ur_flange_of(const np_ur_rig *rig, const np_frame3 *tool)
{
    const double c = cos(rig->mount_rad), s = sin(rig->mount_rad);
    return (np_frame3){.x = np_vec3_mad(np_vec3_scale(tool->x, c), tool->z, -s),
                       .y = tool->y,
                       .z = np_vec3_mad(np_vec3_scale(tool->z, c), tool->x, s),
                       .p = np_vec3_mad(tool->p, tool->z, -rig->tool_mm)};
}

double np_joints_largest_turn(const np_joints *a, const np_joints *b)
{
    double largest = 0;
    for (int i = 0; i < NP_UR_JOINTS; i++)
        largest = fmax(largest, fabs(a->q[i] - b->q[i]));
    return largest;
}

np_joints np_joints_unwound(const np_joints *from, const np_joints *found)
{
    np_joints out;
    for (int i = 0; i < NP_UR_JOINTS; i++)
        out.q[i] = from->q[i] + remainder(found->q[i] - from->q[i], NP_TWO_PI);
    return out;
}

static double segment_distance(np_vec3 a, np_vec3 b, np_vec3 point)
{
    np_vec3 along = np_vec3_sub(b, a);
    double t = np_vec3_dot(np_vec3_sub(point, a), along) / np_vec3_dot(along, along);
    return np_vec3_distance(np_vec3_mad(a, along, fmin(1, fmax(0, t))), point);
}

double np_ur_clearance_mm(const np_ur *arm, const np_joints *joints, np_vec3 middle)
{
    np_vec3 shoulder, elbow, wrist;
    np_frame3 flange = np_ur_forward_links(arm, joints, &shoulder, &elbow, &wrist);
    np_vec3 across = {sin(joints->q[0]), -cos(joints->q[0]), 0}; /* the axis of joints 2, 3 and 4 */
    np_vec3 beside = np_vec3_scale(across, arm->beside_mm), fore = np_vec3_scale(across, arm->forearm_beside_mm);
    const np_vec3 links[][2] = {
        {shoulder, elbow},
        {np_vec3_add(shoulder, beside), np_vec3_add(elbow, beside)},
        {elbow, np_vec3_add(elbow, beside)},
        {wrist, np_vec3_add(wrist, beside)},
    };
    double least = np_vec3_distance(flange.p, middle);
    for (int i = 0; i < 4; i++)
        least = fmin(least, segment_distance(links[i][0], links[i][1], middle));
    return fmin(least - arm->link_mm,
                segment_distance(np_vec3_add(elbow, fore), np_vec3_add(wrist, fore), middle) - arm->forearm_mm);
}

/* The weights were found by trial, with full scalps of all sizes: no joint winds up, no link comes near. */
double np_ur_discomfort(const np_joints *joints, double clearance_mm)
{
    const double near_mm = NP_UR_CLEARANCE_MM + 20, far_rad = 1.5 * NP_PI;
    double close = fmax(0, near_mm - clearance_mm), sum = close * close / 100;
    sum += 0.5 / fmax(1e-3, fabs(sin(joints->q[4]))) + 0.1 / fmax(1e-3, fabs(sin(joints->q[2])));
    for (int i = 0; i < NP_UR_JOINTS; i++) {
        double turns = joints->q[i] / NP_PI, beyond = fmax(0, fabs(joints->q[i]) - far_rad) / NP_PI;
        sum += 0.8 * turns * turns + 20 * beyond * beyond;
    }
    return sum;
}
