/* The kinematic six-axis arm as a body; see body_ur5e.h.
 *
 * A leg is one posture to the next, all joints in step, as a trapezoid of the slower of tip and joints.  The posture at the
 * end of a leg is the nearest of many; where a leg goes on along the needle's axis, the arm stays on its branch and does not
 * turn the needle, so that 2 to 4 mm of joint motion differ from the straight line by micrometres.  Where the tool is comes
 * from the joint angles by forward kinematics, so that an error anywhere on the way shows. */
#include "sim/body_ur5e.h"

#include <stdlib.h>

#include "sim/rig.h"
#include "sim/trapezoid.h"

/* Axes that differ by less than this are one: what millionths of a unit vector leave. */
static const double SAME_AXIS = 1e-5;
static const double ACCELERATION_MM_S2 = 2000;

typedef struct leg {
    sim_joints to;
    double way, speed, acceleration; /* of the slower of tip and joints */
    double begins_s, lasts_s;
} leg;

typedef struct ur5e {
    sim_body body;
    sim_joints joints; /* where the motion began, or the arm stands */
    leg legs[SIM_BODY_MAX_LEGS];
    int n;
} ur5e;

/* A pose in the arm's base frame, and in the executor's again. */
static sim_pose in_base(const sim_pose *pose)
{
    sim_frame3 rest = sim_rig_rest();
    return (sim_pose){sim_frame3_place(&rest, pose->tip), sim_frame3_turn(&rest, pose->axis)};
}

static sim_pose pose_of(const sim_joints *joints)
{
    sim_frame3 rest = sim_rig_rest(), tool = sim_rig_tool(joints);
    return (sim_pose){sim_frame3_place_back(&rest, tool.p), sim_frame3_turn_back(&rest, tool.z)};
}

static sim_pose ur5e_rest(const sim_body *body)
{
    (void)body;
    sim_joints home = sim_rig_home();
    return pose_of(&home);
}

/* True if the way from A to B goes along the needle's axis: so far. */
static bool goes_on(const sim_pose *a, const sim_pose *b, double *out_way_mm)
{
    np_vec3 way = np_vec3_sub(b->tip, a->tip);
    *out_way_mm = np_vec3_dot(way, a->axis);
    return np_vec3_distance(a->axis, b->axis) < SAME_AXIS &&
           np_vec3_length(np_vec3_reject(way, a->axis)) < SAME_AXIS * (1 + fabs(*out_way_mm));
}

/* The posture at the end of leg I, which the arm goes to from FROM. */
static bool choose_posture(const sim_joints *from, const sim_frame3 *head, const sim_leg *legs, int i, int n,
                           sim_joints *out)
{
    double way_mm = 0;
    if (i > 0 && goes_on(&legs[i - 1].to, &legs[i].to, &way_mm))
        return sim_rig_go_on(from, way_mm, out);
    if (i + 1 >= n || !goes_on(&legs[i].to, &legs[i + 1].to, &way_mm))
        way_mm = 0;
    sim_pose to = in_base(&legs[i].to);
    return sim_rig_reach(from, to.tip, to.axis, way_mm, head, out);
}

/* All joints run together; the longest way decides, unless the tip would be too fast. */
static void time_leg(const sim_joints *from, double speed_mm_s, leg *out)
{
    double turn = sim_rig_largest_turn(from, &out->to);
    double mm = np_vec3_distance(sim_rig_tool(from).p, sim_rig_tool(&out->to).p);
    double joints_s = sim_trapezoid_duration(turn, SIM_UR5E_SPEED_RAD_S, SIM_UR5E_ACCELERATION_RAD_S2);
    double tip_s = sim_trapezoid_duration(mm, speed_mm_s, ACCELERATION_MM_S2);
    bool by_joints = joints_s > tip_s;
    out->way = by_joints ? turn : mm;
    out->speed = by_joints ? SIM_UR5E_SPEED_RAD_S : speed_mm_s;
    out->acceleration = by_joints ? SIM_UR5E_ACCELERATION_RAD_S2 : ACCELERATION_MM_S2;
    out->lasts_s = fmax(joints_s, tip_s);
}

static bool ur5e_follow(sim_body *body, const sim_frame3 *head, const sim_leg *legs, int n)
{
    ur5e *arm = (ur5e *)body;
    sim_frame3 rest = sim_rig_rest(), in_rest = sim_frame3_compose(&rest, head);
    const sim_joints *from = &arm->joints;
    double now_s = 0;
    arm->n = 0;
    for (int i = 0; i < n; i++) {
        leg *l = &arm->legs[i];
        if (!choose_posture(from, &in_rest, legs, i, n, &l->to))
            return false;
        time_leg(from, legs[i].speed_mm_s, l);
        l->begins_s = now_s;
        now_s += l->lasts_s + legs[i].pause_s;
        from = &l->to;
    }
    arm->n = n;
    return true;
}

static double ur5e_arrives_s(const sim_body *body, int i)
{
    const leg *l = &((const ur5e *)body)->legs[i];
    return l->begins_s + l->lasts_s;
}

static sim_joints posture(const ur5e *arm, double seconds)
{
    int i = 0;
    if (arm->n == 0)
        return arm->joints;
    while (i + 1 < arm->n && seconds >= arm->legs[i + 1].begins_s)
        i++;
    const leg *l = &arm->legs[i];
    const sim_joints *a = i ? &arm->legs[i - 1].to : &arm->joints;
    double fraction = sim_trapezoid_fraction(l->way, l->speed, l->acceleration, seconds - l->begins_s);
    sim_joints j;
    for (int k = 0; k < SIM_UR5E_JOINTS; k++)
        j.q[k] = a->q[k] + fraction * (l->to.q[k] - a->q[k]);
    return j;
}

static sim_pose ur5e_tool(sim_body *body, double seconds)
{
    sim_joints joints = posture((ur5e *)body, seconds);
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

np_status sim_body_ur5e_create(sim_body **out_body, np_error *err)
{
    ur5e *arm = calloc(1, sizeof *arm);
    if (!arm)
        return np_error_no_memory(err, "the arm");
    *arm = (ur5e){.body = {&ur5e_kind}, .joints = sim_rig_home()};
    *out_body = &arm->body;
    return NP_OK;
}
