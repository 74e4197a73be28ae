/* The rig reaches the scalp: heads of all sizes, needles tilted up to 30 degrees, nothing through the head. */
#include "../test.h"

#include "base/angle.h"
#include "base/rng.h"
#include "sim/rig.h"

static const np_rng_stream STREAM = 0x74657332;

typedef struct place {
    np_vec3 position, axis;
} place;

/* Somewhere on the scalp of an ellipsoid head: half axes 98 x 77 x 128 mm (up) by SIZE, the face left out. */
static bool on_scalp(uint64_t index, double size, double tilt_max, place *out)
{
    double r[6];
    for (uint32_t i = 0; i < 6; i++)
        r[i] = np_rng_uniform(3, STREAM, index, i);
    double up = r[0] * 1.3 - 0.3, around = NP_TWO_PI * r[1], flat = sqrt(fmax(0, 1 - up * up));
    np_vec3 half = {98 * size, 77 * size, (up > 0 ? 128 : 90) * size};
    np_vec3 p = {half.x * flat * cos(around), half.y * flat * sin(around), half.z * up};
    if (p.z < (p.x > 60 ? 55 : p.x > -20 ? 20 : -35))
        return false;
    np_vec3 n = np_vec3_normalize((np_vec3){p.x / half.x / half.x, p.y / half.y / half.y, p.z / half.z / half.z});
    np_vec3 side = np_vec3_rotate(np_vec3_perpendicular(n), n, NP_TWO_PI * r[2]);
    double tilt = tilt_max * r[3];
    out->position = p;
    out->axis = np_vec3_scale(np_vec3_mad(np_vec3_scale(n, cos(tilt)), side, sin(tilt)), -1);
    return true;
}

static void test_reaches_the_scalp(void **state)
{
    (void)state;
    sim_frame3 head = sim_rig_rest();
    sim_joints now = sim_rig_home();
    int n = 0, missed = 0;
    for (uint64_t k = 0; n < 4500; k++) {
        place where;
        const double sizes[] = {0.92, 1.0, 1.1};
        if (!on_scalp(k, sizes[k % 3], NP_PI / 6, &where))
            continue;
        n++;
        sim_joints j, deep;
        np_vec3 tip = sim_frame3_place(&head, where.position), axis = sim_frame3_turn(&head, where.axis);
        if (!sim_rig_reach(&now, tip, axis, 2.75, &head, &j)) {
            missed++;
            continue;
        }
        sim_frame3 tool = sim_rig_tool(&j);
        assert_near(np_vec3_distance(tool.p, tip), 0, 1e-6);
        assert_near(np_vec3_distance(tool.z, axis), 0, 1e-8);
        /* straight on from there */
        assert_true(sim_rig_go_on(&j, 2.75, &deep));
        sim_frame3 in = sim_rig_tool(&deep);
        assert_near(np_vec3_distance(in.p, np_vec3_mad(tip, axis, 2.75)), 0, 1e-6);
        assert_near(np_vec3_distance(in.x, tool.x), 0, 1e-8);
        assert_true(sim_rig_largest_turn(&j, &deep) < 0.2);
        for (int i = 0; i < SIM_UR5E_JOINTS; i++)
            assert_true(fabs(j.q[i]) <= SIM_UR5E_RANGE_RAD + 1e-9);
        now = j;
    }
    if (missed * 250 > n)
        fail_msg("%d of %d places are out of reach", missed, n);
}

/* Small moves on the skin are small moves of the joints. */
static void test_small_moves_stay_small(void **state)
{
    (void)state;
    sim_frame3 head = sim_rig_rest();
    sim_joints now = sim_rig_home(), next;
    np_vec3 axis = sim_frame3_turn(&head, (np_vec3){0, 0, -1});
    assert_true(sim_rig_reach(&now, sim_frame3_place(&head, (np_vec3){0, 0, 128}), axis, 2.75, &head, &now));
    for (int i = 1; i < 60; i++) {
        np_vec3 tip = sim_frame3_place(&head, (np_vec3){i * 0.5, -i * 0.3, 128});
        assert_true(sim_rig_reach(&now, tip, axis, 2.75, &head, &next));
        assert_true(sim_rig_largest_turn(&now, &next) < 0.05);
        now = next;
    }
}

static void test_out_of_reach(void **state)
{
    (void)state;
    sim_frame3 head = sim_rig_rest();
    sim_joints now = sim_rig_home(), j;
    assert_false(sim_rig_reach(&now, sim_frame3_place(&head, (np_vec3){900, 0, 0}), (np_vec3){1, 0, 0}, 1, &head, &j));
}

static void test_home_is_clear(void **state)
{
    (void)state;
    sim_frame3 head = sim_rig_rest();
    sim_joints home = sim_rig_home(), j;
    sim_frame3 tool = sim_rig_tool(&home);
    assert_true(sim_rig_reach(&home, tool.p, tool.z, 1, &head, &j));
    assert_near(sim_rig_largest_turn(&home, &j), 0, 1e-6);
    assert_true(np_vec3_distance(tool.p, sim_frame3_place(&head, (np_vec3){0, 0, 40})) > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reaches_the_scalp),
        cmocka_unit_test(test_small_moves_stay_small),
        cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_home_is_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
