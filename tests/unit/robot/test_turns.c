/* The needle's free turn along ways over a ball: followed by the inverse kinematics anew, in steps so small that nothing is mistaken. */
#include <stdlib.h>

#include "../test.h"

#include "base/rng.h"
#include "robot/private/turns.h"

static const np_ur_rig RIG = {&np_ur5e, 150, 0.64};
/* The middle of a head under an arm that stands beside it, 1 m wide around. */
static const np_vec3 MIDDLE = {-480, 60, 120};
enum { STOPS = 160 };

/* From above the ball in a walk over its upper part and back: dots 1.5 mm apart, with a long way in the middle. */
static void make_way(np_turns_stop stops[STOPS], double away_mm)
{
    const np_vec3 down = {0, 0, -1};
    double polar = 0.3, around = 0;
    stops[0] = (np_turns_stop){.tip = {MIDDLE.x + away_mm, MIDDLE.y, MIDDLE.z + 240}, .axis = down};
    for (int i = 1; i < STOPS - 1; i++) {
        if (i == STOPS / 2)
            around += 2.5;
        around += 0.06 / sin(polar);
        polar += 0.012 * (np_rng_uniform(3, (np_rng_stream)0x7475726e, (uint64_t)i, 0) - 0.4);
        np_vec3 n = {sin(polar) * cos(around), sin(polar) * sin(around), cos(polar)};
        stops[i] = (np_turns_stop){.tip = np_vec3_mad(MIDDLE, n, 92), .axis = np_vec3_scale(n, -1), .plunge_mm = 3};
        stops[i].tip.x += away_mm;
        stops[i].is_near = i > 1 && i != STOPS / 2;
    }
    stops[STOPS - 1] = stops[0];
}

/* The joints follow the tool from FROM by many small steps; where they end. */
static np_joints follow(np_joints q, np_vec3 tip, np_vec3 axis, np_vec3 x)
{
    np_joints found[NP_UR_MAX_SOLUTIONS], best = q;
    np_frame3 tool = {x, np_vec3_cross(axis, x), axis, tip}, flange = np_ur_flange_of(&RIG, &tool);
    double least = HUGE_VAL;
    int n = np_ur_inverse(RIG.arm, &flange, q.q[5], found);
    for (int i = 0; i < n; i++) {
        np_joints there = np_joints_unwound(&q, &found[i]);
        if (np_joints_largest_turn(&q, &there) < least) {
            least = np_joints_largest_turn(&q, &there);
            best = there;
        }
    }
    assert_true(least < 0.35);
    assert_true(np_joints_largest_turn(&best, &(np_joints){{0}}) <= NP_UR_RANGE_RAD);
    assert_true(np_ur_clearance_mm(RIG.arm, &best, MIDDLE) >= NP_UR_CLEARANCE_MM - 2);
    return best;
}

static void check_pose(const np_turns_stop *stop, const np_turns_pose *pose)
{
    np_frame3 tool = np_ur_tool(&RIG, &pose->joints);
    assert_near(np_vec3_distance(tool.p, stop->tip), 0, 1e-6);
    assert_near(np_vec3_distance(tool.z, stop->axis), 0, 1e-9);
    assert_near(np_vec3_distance(tool.x, pose->x), 0, 1e-9);
}

static void near_ways_turn_no_joint_far(void **state)
{
    (void)state;
    np_turns_stop stops[STOPS];
    np_turns_result r;
    np_error err = {0};
    make_way(stops, 0);
    if (np_turns_choose(&RIG, stops, STOPS, MIDDLE, &r, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(r.reached, STOPS);
    assert_int_equal(r.n_large, 0);
    assert_true(r.most_near_rad > 0);
    assert_true(r.most_near_rad <= np_angle_rad(NP_TURNS_NEAR_DEG));
    np_joints q = r.poses[0].joints;
    for (int i = 0; i < STOPS; i++) {
        const np_turns_pose *p = &r.poses[i];
        check_pose(&stops[i], p);
        assert_true(np_joints_largest_turn(&q, &p->joints) < 1e-6);
        np_joints came = q;
        np_vec3 x = p->x;
        int parts = 1 + (int)(fabs(p->onwards_rad) / 0.05);
        for (int k = 1; k <= parts; k++) { /* in place */
            x = np_vec3_rotate(p->x, stops[i].axis, p->onwards_rad * k / parts);
            q = follow(q, stops[i].tip, stops[i].axis, x);
        }
        if (i + 1 == STOPS)
            break;
        np_vec3 hinge = np_vec3_cross(stops[i].axis, stops[i + 1].axis);
        double sine = np_vec3_length(hinge), rad = atan2(sine, np_vec3_dot(stops[i].axis, stops[i + 1].axis));
        hinge = sine > 1e-9 ? np_vec3_scale(hinge, 1 / sine) : np_vec3_perpendicular(stops[i].axis);
        for (int k = 1; k <= 100; k++) { /* straight, and by the shortest turn */
            double t = k / 100.0;
            np_vec3 axis = np_vec3_rotate(stops[i].axis, hinge, rad * t), side = np_vec3_rotate(x, hinge, rad * t);
            q = follow(q, np_vec3_lerp(stops[i].tip, stops[i + 1].tip, t), axis, side);
        }
        assert_near(r.poses[i + 1].turn_rad, np_joints_largest_turn(&came, &q), 1e-6);
    }
    assert_true(np_joints_largest_turn(&q, &r.poses[0].joints) < 1e-6); /* at home as it began */
    free(r.poses);
}

static void what_is_out_of_reach_is_refused(void **state)
{
    (void)state;
    np_turns_stop stops[STOPS];
    np_turns_result r;
    np_error err = {0};
    make_way(stops, -900);
    assert_int_equal(np_turns_choose(&RIG, stops, STOPS, np_vec3_make(-1380, 60, 120), &r, &err), NP_ERR_UNSAFE);
    assert_int_equal(r.reached, 0);
    free(r.poses);
    make_way(stops, 0);
    stops[100].tip.x -= 900;
    assert_int_equal(np_turns_choose(&RIG, stops, STOPS, MIDDLE, &r, &err), NP_ERR_UNSAFE);
    assert_int_equal(r.reached, 100);
    free(r.poses);
}

/* Stop by stop it is the same way; where the arm cannot go on, it stays where it was. */
static void a_way_grows_stop_by_stop(void **state)
{
    (void)state;
    np_turns_stop stops[STOPS], away;
    robot_search *s;
    make_way(stops, 0);
    away = stops[9];
    away.tip.x -= 900;
    np_turns_result r;
    assert_int_equal(np_turns_choose(&RIG, stops, STOPS, MIDDLE, &r, NULL), NP_OK);
    assert_int_equal(robot_search_create(&RIG, MIDDLE, &r.poses[0].joints, &s, NULL), NP_OK);
    for (size_t i = 1; i < STOPS - 1; i++) {
        assert_int_equal(robot_search_add(s, &away, NULL), NP_ERR_UNSAFE);
        assert_int_equal(s->n, i);
        assert_int_equal(robot_search_add(s, &stops[i], NULL), NP_OK);
        assert_int_equal(s->n, i + 1);
    }
    int best = 0;
    const robot_node *ends = s->layers[s->at].nodes;
    for (int i = 1; i < ROBOT_STEPS; i++)
        best = ends[i].cost < ends[best].cost ? i : best;
    robot_search_read(s, best, r.poses);
    for (int i = 0; i < STOPS - 1; i++) {
        const np_turns_pose *pose = &r.poses[i];
        check_pose(&stops[i], pose);
        assert_true(!stops[i].is_near || pose->turn_rad <= np_angle_rad(NP_TURNS_NEAR_DEG));
        np_frame3 tool = np_ur_tool(&RIG, &pose->leaves);
        assert_near(np_vec3_distance(tool.p, stops[i].tip), 0, 1e-6);
        assert_near(np_vec3_distance(tool.x, np_vec3_rotate(pose->x, stops[i].axis, pose->onwards_rad)), 0, 1e-6);
    }
    free(r.poses);
    robot_search_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_ways_turn_no_joint_far),
        cmocka_unit_test(what_is_out_of_reach_is_refused),
        cmocka_unit_test(a_way_grows_stop_by_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
