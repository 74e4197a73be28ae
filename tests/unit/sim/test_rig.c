/* The rig: the tool's frame and postures are each other's inverse, and the arm's home is clear of the head. */
#include "../test.h"

#include "base/angle.h"
#include "base/rng.h"
#include "sim/rig.h"

static const np_rng_stream STREAM = 0x74657332;

/* The handpiece leans against the flange, and its point is where it was put. */
static void test_the_mount(void **state)
{
    (void)state;
    np_joints home = sim_rig_home();
    np_frame3 tool = sim_rig_tool(&home), flange = np_ur_forward(&np_ur5e, &home);
    assert_near(np_vec3_dot(tool.z, flange.z), cos(SIM_RIG_MOUNT_RAD), 1e-12);
    assert_near(np_vec3_distance(tool.p, flange.p), SIM_RIG_TOOL_MM, 1e-9);
    assert_near(np_vec3_distance(np_vec3_cross(tool.z, tool.x), tool.y), 0, 1e-12);
    assert_true(np_vec3_dot(flange.z, tool.x) > 0);
}

/* From a little aside the same posture is found again, wherever the joints have been counted to. */
static void test_nearest(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 2000; k++) {
        np_joints near = sim_rig_home(), aside, found;
        for (uint32_t i = 0; i < NP_UR_JOINTS; i++) {
            near.q[i] += 0.4 * (np_rng_uniform(3, STREAM, k, i) - 0.5) + (i == 5) * NP_TWO_PI;
            aside.q[i] = near.q[i] + 0.02 * (np_rng_uniform(4, STREAM, k, i) - 0.5);
        }
        np_frame3 tool = sim_rig_tool(&near);
        assert_true(sim_rig_nearest(&aside, &tool, &found) < 0.0101);
        assert_near(np_joints_largest_turn(&near, &found), 0, 1e-6);
    }
}

static void test_out_of_reach(void **state)
{
    (void)state;
    np_joints home = sim_rig_home(), found;
    np_frame3 tool = sim_rig_tool(&home);
    tool.p.x += 2000;
    assert_true(sim_rig_nearest(&home, &tool, &found) == HUGE_VAL);
    assert_true(sim_rig_is_in_range(&home));
    home.q[3] = 1.01 * NP_UR_RANGE_RAD;
    assert_false(sim_rig_is_in_range(&home));
}

static void test_home_is_clear(void **state)
{
    (void)state;
    np_frame3 head = sim_rig_rest();
    np_joints home = sim_rig_home();
    np_frame3 tool = sim_rig_tool(&home);
    assert_true(sim_rig_clearance_mm(&home, &head) > NP_UR_CLEARANCE_MM);
    assert_near(np_vec3_distance(tool.p, np_frame3_place(&head, (np_vec3){0, 0, 260})), 0, 0.5);
    assert_near(np_vec3_dot(tool.z, np_frame3_turn(&head, (np_vec3){0, 0, -1})), 1, 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_mount),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_home_is_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
