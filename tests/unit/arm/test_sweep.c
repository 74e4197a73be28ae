/* Proofs against samples: what is proved is so, and what is so is mostly proved. */
#include "arm/private/sweep.h"
#include "base/ramp.h"

#include "scenes.h"
#include "witness.h"

/* The lowest point of the tool at a pose, over the circles of its outline. */
static double lowest_mm(const np_arm_tool *tool, np_vec3 tip, np_vec3 axis)
{
    double cone = tool->needle_length_mm, body = cone + tool->cone_length_mm, end = body + tool->body_length_mm;
    const double circles[][2] = {{0, 0},
                                 {cone, tool->needle_diameter_mm / 2},
                                 {cone, tool->cone_tip_diameter_mm / 2},
                                 {body, tool->cone_base_diameter_mm / 2},
                                 {body, tool->body_diameter_mm / 2},
                                 {end, tool->body_diameter_mm / 2}};
    double least = INFINITY;
    for (int i = 0; i < 6; i++)
        least = fmin(least, tip.z - circles[i][0] * axis.z - circles[i][1] * sqrt(fmax(0, 1 - axis.z * axis.z)));
    return least;
}

/* The least of (distance of the axis - reach), and of what the tool is above FLOOR_Z_MM, over a fine sampling of the move. */
static double sampled_margin(const np_surface *surface, double floor_z_mm, const arm_profile *profile,
                             const np_arm_pose *a, const np_arm_pose *b)
{
    double least = INFINITY;
    np_arm_tool tool = np_arm_tool_default();
    np_surface_point near;
    for (int i = 0; i <= 100; i++) {
        np_vec3 tip = np_vec3_lerp(a->tip, b->tip, i / 100.0), axis = arm_axis_between(a->axis, b->axis, i / 100.0);
        least = fmin(least, lowest_mm(&tool, tip, axis) - floor_z_mm);
        for (int k = 0; k < profile->n; k++)
            for (int j = 0; j <= 20; j++) {
                const arm_piece *p = &profile->piece[k];
                double s = p->s0 + (p->s1 - p->s0) * j / 20, reach = p->reach0 + (p->reach1 - p->reach0) * j / 20;
                np_vec3 at = np_vec3_mad(tip, axis, -s);
                if (np_surface_nearest(surface, at, reach + 1, &near))
                    least = fmin(least, np_vec3_distance(near.position, at) - reach);
            }
    }
    return least;
}

static np_arm_pose random_pose(uint64_t i)
{
    np_vec3 out = {0, 0, 0};
    for (int k = 0; k < 3; k++)
        (&out.x)[k] = 2 * np_rng_uniform(8, SCENE_STREAM, i, (uint32_t)k) - 1;
    out = np_vec3_normalize(out);
    np_vec3 hinge = np_vec3_rotate(np_vec3_perpendicular(out), out, 6 * np_rng_uniform(8, SCENE_STREAM, i, 3));
    return (np_arm_pose){np_vec3_scale(out, 95 + 60 * np_rng_uniform(8, SCENE_STREAM, i, 4)),
                         np_vec3_scale(np_vec3_rotate(out, hinge, np_rng_uniform(8, SCENE_STREAM, i, 5)), -1)};
}

static void compare_with_samples(double floor_z_mm)
{
    np_surface *surface = scene_surface(scene_eared_head(NP_CASE_SEX_M, 50));
    arm_obstacle obstacle;
    assert_int_equal(arm_obstacle_init(&obstacle, surface, floor_z_mm, 2, NULL, 0, NULL), NP_OK);
    np_arm_tool tool = np_arm_tool_default();
    arm_profile profile;
    arm_profile_travel(&tool, 2, &profile);
    int proved = 0, touching = 0;
    for (uint64_t i = 0; i < 400; i++) {
        np_arm_pose a = random_pose(2 * i), b = random_pose(2 * i + 1);
        if (i % 2) /* a short move from where A is */
            b.tip = np_vec3_lerp(a.tip, b.tip, 0.05), b.axis = arm_axis_between(a.axis, b.axis, 0.1);
        bool is_clear = arm_sweep_is_clear(&obstacle, &profile, &a, &b, NULL, NULL);
        double margin = sampled_margin(surface, floor_z_mm, &profile, &a, &b);
        if (is_clear ? margin < 0 : margin > 0.05)
            fail_msg("move %d: %s, samples keep %g mm", (int)i, is_clear ? "proved" : "not proved", margin);
        assert_true(is_clear == arm_sweep_is_clear(&obstacle, &profile, &b, &a, NULL, NULL) || fabs(margin) < 0.05);
        proved += is_clear;
        touching += !is_clear;
    }
    assert_true(proved > 80);
    assert_true(touching > 80);
    arm_obstacle_fini(&obstacle);
    scene_drop(surface, NULL);
}

static void what_is_proved_is_so(void **state)
{
    (void)state;
    compare_with_samples(-INFINITY);
    compare_with_samples(-60);
}

/* A tool that turns over its tip in one move is lowest in the middle of it. */
static void a_turn_dips_between_its_ends(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_ellipsoid(1, 1, 1));
    np_arm_tool tool = np_arm_tool_default();
    arm_profile profile;
    arm_profile_travel(&tool, 2, &profile);
    double end = tool.needle_length_mm + tool.cone_length_mm + tool.body_length_mm;
    double far = hypot(end, tool.body_diameter_mm / 2);
    np_arm_pose a = {{300, 0, 0}, {1, 0, 0.2}}, b = {{300, 0, 0}, {-1, 0, 0.2}};
    a.axis = np_vec3_normalize(a.axis), b.axis = np_vec3_normalize(b.axis);
    for (int above = 0; above < 2; above++) { /* the floor: so much under where the handpiece's edge gets, or above */
        arm_obstacle obstacle;
        arm_contact contact;
        assert_int_equal(arm_obstacle_init(&obstacle, surface, -far + (above ? 0.1 : -0.1), 2, NULL, 0, NULL), NP_OK);
        assert_true(arm_sweep_is_clear(&obstacle, &profile, &a, &a, NULL, NULL));
        assert_true(arm_sweep_is_clear(&obstacle, &profile, &b, &b, NULL, NULL));
        assert_true(arm_sweep_is_clear(&obstacle, &profile, &a, &b, NULL, &contact) == !above);
        if (above) {
            assert_true(contact.under_floor);
            assert_near(contact.s, end, 0);
        }
        arm_obstacle_fini(&obstacle);
    }
    arm_obstacle none;
    np_error err = {0};
    assert_int_equal(arm_obstacle_init(&none, surface, 4, 2, NULL, 0, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "the whole scan is lower than 2.0 mm"));
    arm_obstacle_fini(&none);
    scene_drop(surface, NULL);
}

/* A shell too thin to be met by samples stops the tool: what it moves through is seen between its poses too. */
static void a_sheet_between_is_seen(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_ellipsoid(0.2, 2, 2));
    arm_obstacle obstacle;
    assert_int_equal(arm_obstacle_init(&obstacle, surface, -INFINITY, 2, NULL, 0, NULL), NP_OK);
    np_arm_tool tool = np_arm_tool_default();
    arm_profile profile;
    arm_profile_travel(&tool, 2, &profile);
    np_arm_pose a = {{-100, 0, 0}, {0, 0, -1}}, b = {{100, 0, 0}, {0, 0, -1}};
    arm_contact contact;
    assert_false(arm_sweep_is_clear(&obstacle, &profile, &a, &b, NULL, &contact));
    assert_true(np_vec3_length(contact.place) < 3);
    assert_string_equal(arm_tool_part(&tool, contact.s), "needle");
    a.tip.z = b.tip.z = 4.02;
    assert_true(arm_sweep_is_clear(&obstacle, &profile, &a, &b, NULL, NULL));
    a.tip.z = b.tip.z = 3.9;
    assert_false(arm_sweep_is_clear(&obstacle, &profile, &a, &b, NULL, NULL));
    /* an axis that turns by half a circle has no plane to turn in */
    a.tip.z = b.tip.z = 300, b.axis.z = 1;
    assert_false(arm_sweep_is_clear(&obstacle, &profile, &a, &b, NULL, NULL));
    arm_obstacle_fini(&obstacle);
    scene_drop(surface, NULL);
}

static void poses_are_stored_to_the_micrometre(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        np_arm_pose pose = random_pose(i), stored = np_arm_pose_stored(&pose), again = np_arm_pose_stored(&stored);
        assert_true(np_vec3_distance(pose.tip, stored.tip) < 0.9e-3);
        assert_true(np_arm_angle(pose.axis, stored.axis) < 1.5e-6);
        np_arm_via a = np_arm_via_of(&stored), b = np_arm_via_of(&again);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

static void times_are_those_of_ramps(void **state)
{
    (void)state;
    np_arm_rates r = scene_rates();
    assert_near(np_ramp_s(200, 100, 2000), 2.05, 1e-12);
    assert_near(np_ramp_s(1, 100, 2000), 2 * sqrt(1 / 2000.0), 1e-12);
    assert_near(np_ramp_s(0, 100, 2000), 0, 0);
    assert_near(np_ramp_s(5, 100, 2000), np_ramp_s(5 - 1e-9, 100, 2000), 1e-9);
    assert_near(np_arm_travel_s(&r, 1, NP_PI / 2), np_ramp_s(90, 60, 300), 1e-12);
    assert_near(np_arm_lift_s(&r, 2), 0.1, 1e-12);
    assert_near(np_arm_lift_s(&r, 3), 0.11, 1e-12);
    assert_near(np_arm_lift_s(&r, 1), 0.05, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_proved_is_so),     cmocka_unit_test(a_turn_dips_between_its_ends),
        cmocka_unit_test(a_sheet_between_is_seen),  cmocka_unit_test(poses_are_stored_to_the_micrometre),
        cmocka_unit_test(times_are_those_of_ramps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
