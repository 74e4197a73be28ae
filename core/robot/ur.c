/* Kinematics of the e-series; see ur.h for the sources.
 *
 * The arm's geometry in three facts, on which everything below rests: joints 2, 3 and 4 have parallel axes (so shoulder,
 * elbow and wrist move in one plane, which stands D4 beside the axis of joint 1); joint 5 is across that plane; joint 6 is
 * the flange. */
#include "robot/ur.h"

#include <stddef.h>
#include <strings.h>

#include "base/angle.h"

const np_ur np_ur5e = {"UR5e", 162.5, -425.0, -392.2, 133.3, 99.7, 99.6, 130, 7, 45, 60},
            np_ur10e = {"UR10e", 180.7, -612.7, -571.55, 174.15, 119.85, 116.55, 170, 39, 50, 80};

const np_ur *np_ur_find(const char *name)
{
    return strcasecmp(name, np_ur5e.name) == 0 ? &np_ur5e : strcasecmp(name, np_ur10e.name) == 0 ? &np_ur10e : NULL;
}

np_frame3 np_ur_forward_links(const np_ur *arm, const np_joints *joints, np_vec3 *out_shoulder, np_vec3 *out_elbow,
                              np_vec3 *out_wrist)
{
    const double *q = joints->q;
    np_vec3 up = {0, 0, 1};

    /* In the plane of upper arm and forearm: forward (x1), up, and its normal (z1), the axis of joints 2, 3 and 4. */
    np_vec3 x1 = {cos(q[0]), sin(q[0]), 0}, z1 = {sin(q[0]), -cos(q[0]), 0};
    np_vec3 shoulder = {0, 0, arm->d1_mm};
    double q23 = q[1] + q[2], q234 = q23 + q[3];
    np_vec3 upper = np_vec3_mad(np_vec3_scale(x1, cos(q[1])), up, sin(q[1]));
    np_vec3 fore = np_vec3_mad(np_vec3_scale(x1, cos(q23)), up, sin(q23));
    np_vec3 elbow = np_vec3_mad(shoulder, upper, arm->a2_mm);
    np_vec3 wrist = np_vec3_mad(elbow, fore, arm->a3_mm);

    /* Beside the plane: wrist 1, 2 and 3, one Denavit-Hartenberg row each. */
    np_vec3 x4 = np_vec3_mad(np_vec3_scale(x1, cos(q234)), up, sin(q234)), y4 = z1, z4 = np_vec3_cross(x4, y4);
    np_vec3 p5 = np_vec3_mad(np_vec3_mad(wrist, z1, arm->d4_mm), z4, arm->d5_mm);
    np_vec3 x5 = np_vec3_mad(np_vec3_scale(x4, cos(q[4])), y4, sin(q[4])), y5 = np_vec3_scale(z4, -1);
    np_vec3 z5 = np_vec3_cross(x5, y5);
    np_frame3 flange = {.z = z5, .p = np_vec3_mad(p5, z5, arm->d6_mm)};
    flange.x = np_vec3_mad(np_vec3_scale(x5, cos(q[5])), y5, sin(q[5]));
    flange.y = np_vec3_cross(flange.z, flange.x);

    *out_shoulder = shoulder;
    *out_elbow = elbow;
    *out_wrist = wrist;
    return flange;
}

np_frame3 np_ur_forward(const np_ur *arm, const np_joints *joints)
{
    np_vec3 shoulder, elbow, wrist;
    return np_ur_forward_links(arm, joints, &shoulder, &elbow, &wrist);
}

/* ANGLE within (-pi, pi]. */
static double wrapped(double angle)
{
    angle = remainder(angle, NP_TWO_PI);
    return angle <= -NP_PI ? angle + NP_TWO_PI : angle;
}

/* Both elbows for given joints 1, 5, 6. */
static unsigned solve_elbow(const np_ur *arm, const np_frame3 *flange, double q1, double q5, double q6, np_joints *out)
{
    /* Back from the flange to the wrist in the plane. */
    np_vec3 x1 = {cos(q1), sin(q1), 0}, z1 = {sin(q1), -cos(q1), 0};
    np_vec3 x5 = np_vec3_mad(np_vec3_scale(flange->x, cos(q6)), flange->y, -sin(q6));
    np_vec3 y5 = np_vec3_mad(np_vec3_scale(flange->x, sin(q6)), flange->y, cos(q6));
    np_vec3 x4 = np_vec3_mad(np_vec3_scale(x5, cos(q5)), flange->z, -sin(q5));
    np_vec3 p5 = np_vec3_mad(flange->p, flange->z, -arm->d6_mm);
    np_vec3 wrist = np_vec3_mad(np_vec3_mad(p5, y5, arm->d5_mm), z1, -arm->d4_mm);
    double along = np_vec3_dot(wrist, x1), up = wrist.z - arm->d1_mm;

    /* A triangle of upper arm, forearm and their reach. */
    double c3 =
        (along * along + up * up - arm->a2_mm * arm->a2_mm - arm->a3_mm * arm->a3_mm) / (2 * arm->a2_mm * arm->a3_mm);
    if (!(fabs(c3) <= 1))
        return 0;
    double q234 = atan2(x4.z, np_vec3_dot(x4, x1));
    for (int i = 0; i < 2; i++) {
        double q3 = i ? -acos(c3) : acos(c3);
        double q2 = atan2(up, along) - atan2(arm->a3_mm * sin(q3), arm->a2_mm + arm->a3_mm * c3);
        out[i] = (np_joints){{wrapped(q1), wrapped(q2), q3, wrapped(q234 - q2 - q3), q5, wrapped(q6)}};
    }
    return 3;
}

unsigned np_ur_branches(const np_ur *arm, const np_frame3 *flange, double q6, unsigned wanted,
                        np_joints out_solutions[NP_UR_MAX_SOLUTIONS])
{
    /* Joint 1: wrist 2 stands D4 beside the plane through joint 1's axis, on the left or on the right. */
    np_vec3 p5 = np_vec3_mad(flange->p, flange->z, -arm->d6_mm);
    double beside = hypot(p5.x, p5.y);
    if (!(beside >= arm->d4_mm))
        return 0;
    unsigned found = 0;
    for (int side = 0; side < 2; side++) {
        if (!(wanted >> 4 * side & 15))
            continue;
        double q1 = atan2(p5.y, p5.x) + (side ? -1 : 1) * acos(arm->d4_mm / beside) + NP_PI / 2;
        np_vec3 z1 = {sin(q1), -cos(q1), 0};

        /* Joint 5 from how far the flange stands off the plane, joint 6 from how the plane's normal lies in the flange. */
        double c5 = fmin(1, fmax(-1, np_vec3_dot(z1, flange->z)));
        for (int flip = 0; flip < 2; flip++) {
            int branch = 4 * side + 2 * flip;
            if (!(wanted >> branch & 3))
                continue;
            double q5 = flip ? -acos(c5) : acos(c5), s5 = sin(q5), sign = flip ? -1 : 1;
            double turn =
                fabs(s5) < 1e-6 ? q6 : atan2(-sign * np_vec3_dot(z1, flange->y), sign * np_vec3_dot(z1, flange->x));
            found |= solve_elbow(arm, flange, q1, q5, turn, out_solutions + branch) << branch;
        }
    }
    return found & wanted;
}

int np_ur_inverse(const np_ur *arm, const np_frame3 *flange, double q6, np_joints out_solutions[NP_UR_MAX_SOLUTIONS])
{
    unsigned found = np_ur_branches(arm, flange, q6, NP_UR_ALL_BRANCHES, out_solutions);
    int n = 0;
    for (int branch = 0; branch < NP_UR_MAX_SOLUTIONS; branch++)
        if (found >> branch & 1)
            out_solutions[n++] = out_solutions[branch];
    return n;
}
