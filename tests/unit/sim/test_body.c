/* Bodies: the phases of a dot work with any, here a point that flies, told nothing of arms. */
#include "../test.h"

#include "sim/arm.h"

/* A tool on nothing, which flies straight at the legs' speeds and gets as far as 200 mm from where it rests. */
typedef struct point {
    sim_body body;
    sim_pose at;
    sim_leg legs[SIM_BODY_MAX_LEGS];
    double begins_s[SIM_BODY_MAX_LEGS], arrives_s[SIM_BODY_MAX_LEGS], last_s;
    int n;
} point;

static const sim_pose REST = {{0, 0, 300}, {0, 0, -1}};

static sim_pose point_rest(const sim_body *body)
{
    (void)body;
    return REST;
}

static bool point_follow(sim_body *body, const np_frame3 *head, const sim_leg *legs, int n)
{
    point *p = (point *)body;
    np_vec3 from = p->at.tip;
    double now_s = 0;
    (void)head;
    assert_in_range(n, 1, SIM_BODY_MAX_LEGS);
    assert_int_equal(p->n, 0); /* the motion before was stopped */
    for (int i = 0; i < n; i++) {
        if (np_vec3_distance(legs[i].to.tip, REST.tip) > 200)
            return false;
        p->legs[i] = legs[i];
        p->begins_s[i] = now_s;
        p->arrives_s[i] = now_s + np_vec3_distance(from, legs[i].to.tip) / legs[i].speed_mm_s;
        now_s = p->arrives_s[i] + legs[i].pause_s;
        from = legs[i].to.tip;
    }
    p->n = n;
    p->last_s = 0;
    return true;
}

static double point_arrives_s(const sim_body *body, int leg)
{
    const point *p = (const point *)body;
    assert_in_range(leg, 0, p->n - 1);
    return p->arrives_s[leg];
}

static sim_pose point_tool(sim_body *body, double seconds)
{
    point *p = (point *)body;
    if (p->n == 0)
        return p->at;
    assert_true(seconds >= p->last_s);
    p->last_s = seconds;
    int i = 0;
    while (i + 1 < p->n && seconds >= p->begins_s[i + 1])
        i++;
    double whole = p->arrives_s[i] - p->begins_s[i];
    double part = whole > 0 ? fmin(1, (seconds - p->begins_s[i]) / whole) : 1;
    return (sim_pose){np_vec3_lerp(i ? p->legs[i - 1].to.tip : p->at.tip, p->legs[i].to.tip, part), p->legs[i].to.axis};
}

static void point_stop(sim_body *body, double seconds)
{
    point *p = (point *)body;
    p->at = point_tool(body, seconds);
    p->n = 0;
}

static void point_destroy(sim_body *body)
{
    (void)body;
}

static const sim_body_kind point_kind = {"point",    point_rest, point_follow, point_arrives_s,
                                         point_tool, point_stop, point_destroy};

static const np_wire_pose IDENTITY = {.rotation_ppm = {1000000, 0, 0, 0}};
static const np_wire_dot DOT = {.id = 7,
                                .position_um = {10000, 0, 120000},
                                .normal_ppm = {0, 0, 1000000},
                                .axis_ppm = {0, 0, -1000000},
                                .depth_um = 750,
                                .dwell_us = 20000,
                                .hover_um = 2000};

/* A dot straight from where the arm stands. */
static void begin(sim_arm *arm, const np_wire_dot *dot)
{
    arm->at_home = false;
    sim_arm_begin(arm, 0, SIM_ARM_DOT, &(np_wire_move){.dot = dot, .registration = &IDENTITY});
}

static void test_a_dot_by_a_point(void **state)
{
    (void)state;
    point p = {.body = {&point_kind}, .at = REST};
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    sim_arm_init(&arm, &(sim_arm_config){.body = &p.body}, 0);
    begin(&arm, &DOT);
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    assert_int_equal(report.outcome, NP_WIRE_OUTCOME_DONE);
    assert_int_equal(report.depth_um, 750);
    assert_near(p.at.tip.z, 122, 1e-9);
    double travel_s = sqrt(178 * 178 + 10 * 10) / SIM_ARM_TIP_SPEED_MM_S;
    assert_near(arm.time_s, travel_s + 2 * 2.75 / SIM_ARM_APPROACH_MM_S + 0.02, 1e-9);
    np_wire_stop station = {{0, 0, 300000}, {0, 0, -1000000}};
    sim_arm_begin(&arm, 0, SIM_ARM_RELOAD, &(np_wire_move){.stops = &station, .n_stops = 1, .registration = &IDENTITY});
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    assert_true(report.arrived);
    assert_near(p.at.tip.z, 300, 1e-9);
}

static void test_what_a_point_does_not_reach(void **state)
{
    (void)state;
    point p = {.body = {&point_kind}, .at = REST};
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    np_wire_dot far = DOT;
    far.position_um[2] = 90000;
    sim_arm_init(&arm, &(sim_arm_config){.body = &p.body}, 0);
    begin(&arm, &far);
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    assert_true(report.unreachable);
    assert_int_equal(report.outcome, NP_WIRE_OUTCOME_NONE);
    assert_near(p.at.tip.z, 300, 0);
}

/* Stopped on its way to the hover the tool stays there; stopped in the skin it comes out. */
static void test_a_stopped_point(void **state)
{
    (void)state;
    for (int in_skin = 0; in_skin < 2; in_skin++) {
        point p = {.body = {&point_kind}, .at = REST};
        sim_arm arm;
        sim_arm_report report;
        np_error err = {0};
        sim_arm_init(&arm, &(sim_arm_config){.body = &p.body, .real_time = true}, 0);
        begin(&arm, &DOT);
        uint64_t at = (uint64_t)((sim_body_arrives_s(&p.body, in_skin) - 0.01) * 1e6);
        assert_false(sim_arm_step(&arm, at, &report, &err));
        sim_arm_retract(&arm, at);
        assert_int_equal(sim_arm_step(&arm, at, &report, &err), !in_skin);
        if (in_skin)
            assert_true(sim_arm_step(&arm, sim_arm_deadline(&arm, at), &report, &err));
        assert_int_equal(report.outcome, in_skin ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_NONE);
        assert_near(p.at.tip.z, in_skin ? 122 : 123, 0.1);
        assert_near(report.depth_um, in_skin ? 550 : 0, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_dot_by_a_point),
        cmocka_unit_test(test_what_a_point_does_not_reach),
        cmocka_unit_test(test_a_stopped_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
