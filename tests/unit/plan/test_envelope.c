/* The envelope passes a good plan and names the dot, the value and the limit of a bad one. */
#include "fixture.h"

static void expect(np_plan *plan, const char *message)
{
    np_error err = {0};
    np_status status = np_envelope_check(plan, &err);
    if (status != NP_ERR_UNSAFE || !strstr(err.text, message))
        fail_msg("expected '%s', got %s '%s'", message, np_status_name(status), err.text);
}

static void a_good_plan_passes(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(3000);
    np_error err = {0};
    if (np_envelope_check(plan, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan_destroy(plan);
}

static void figures_out_of_range_are_named(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(300);
    np_dot *dot = &plan->dots[10], was = *dot;
    dot->depth_mm = 1.501;
    expect(plan, "dot 31 of layer 'base' at (");
    expect(plan, "depth 1.501 mm is outside 0.3 to 1.5 mm; change the depth in the layer's params");
    dot->depth_mm = 0.299;
    expect(plan, "depth 0.299 mm");
    *dot = was;
    dot->dwell_ms = 151;
    expect(plan, "contact time 151 ms is outside 10 to 150 ms");
    *dot = was;
    dot->tone = 1.01;
    expect(plan, "tone 1.01");
    *dot = was;
    dot->tone = NAN;
    expect(plan, "no finite number");
    *dot = was;
    dot->position.x = INFINITY;
    expect(plan, "no finite number");
    dot->position.x = 401;
    expect(plan, "distance from the head's middle 401 mm");
    *dot = was;
    dot->axis = np_vec3_scale(dot->axis, 1.001);
    expect(plan, "no unit vector");
    *dot = was;
    dot->tilt_rad += 0.001;
    expect(plan, "is not that of its needle axis");
    *dot = was;
    dot->axis = np_vec3_rotate(np_vec3_scale(dot->normal, -1), np_vec3_perpendicular(dot->normal), 0.55);
    dot->tilt_rad = 0.55;
    np_plan_quantise_dot(dot);
    expect(plan, "tilt 31.51 degrees is outside 0 to 30 degrees; lower the tilt");
    *dot = was;
    /* Limits that the case has tightened count; wider ones than the hard ones do not. */
    plan->limits.depth_max_mm = 0.55;
    expect(plan, "is outside 0.3 to 0.55 mm");
    plan->limits.depth_max_mm = 9;
    dot->depth_mm = 1.6;
    expect(plan, "is outside 0.3 to 1.5 mm");
    np_plan_destroy(plan);
}

static void counts_and_orders_are_checked(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(300);
    plan->dots[4].order = 5;
    expect(plan, "session 1: dot 4 of its tour is missing or out of order");
    plan->dots[4].order = 4;
    plan->dots[4].session = 2;
    expect(plan, "out of order");
    plan->dots[4].session = 1;
    plan->dots[4].id = plan->dots[200].id;
    expect(plan, "is given twice");
    plan->dots[4].id = 0;
    expect(plan, "or is 0");
    plan->dots[4].id = 4 * 3 + 1;
    plan->sessions[2].dots--;
    expect(plan, "1 dots belong to no session");
    plan->sessions[2].dots++;
    plan->limits.max_dots = 299;
    expect(plan, "the plan has 300 dots; limits.max_dots allows 299");
    plan->limits.max_dots = 100000000;
    plan->sessions[0].dots = 300000;
    expect(plan, "the executor takes at most 262144: use more sessions");
    np_plan_destroy(plan);
}

/* Moves dot I to DISTANCE_MM beside dot J. */
static void put_beside(np_plan *plan, size_t i, size_t j, double distance_mm)
{
    np_vec3 side = np_vec3_perpendicular(plan->dots[j].normal);
    plan->dots[i].position = np_vec3_mad(plan->dots[j].position, side, distance_mm);
}

static void spacing_is_checked(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(900);
    /* 100 is of session 1, 400 and 401 of session 2: keep them clear of others by taking them far away. */
    plan->dots[100].position = np_vec3_make(0, 0, 300);
    plan->dots[401].position = np_vec3_make(0, 50, 300);
    put_beside(plan, 400, 100, 0.44);
    expect(plan, "0.440 mm apart; any two dots must be at least 0.450 mm apart");
    put_beside(plan, 400, 100, 0.46);
    np_error err = {0};
    assert_int_equal(np_envelope_check(plan, &err), NP_OK);
    put_beside(plan, 400, 401, 0.69);
    expect(plan, "two dots of one session must be at least 0.700 mm apart");
    put_beside(plan, 400, 401, 0.71);
    assert_int_equal(np_envelope_check(plan, &err), NP_OK);
    plan->limits.session_spacing_min_mm = 0.8;
    expect(plan, "must be at least 0.800 mm apart");
    np_plan_destroy(plan);
}

/* A dense session may be as close as 0.75 of its own mean spacing, but not closer. */
static void a_dense_session_has_its_own_floor(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(900);
    plan->n_sessions = 1;
    plan->sessions[0].dots = 900;
    for (size_t i = 0; i < 900; i++) {
        plan->dots[i].session = 1;
        plan->dots[i].order = (uint32_t)i;
        plan->dots[i].position = np_vec3_make(0.6 * (double)(i % 30), 0.6 * (double)(i / 30), 100);
    }
    np_error err = {0};
    assert_int_equal(np_envelope_check(plan, &err), NP_OK); /* mean 0.6, floor 0.45 */
    plan->dots[100].position.x += 0.16;
    expect(plan, "mm apart"); /* 0.44 */
    np_plan_destroy(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_plan_passes),
        cmocka_unit_test(figures_out_of_range_are_named),
        cmocka_unit_test(counts_and_orders_are_checked),
        cmocka_unit_test(spacing_is_checked),
        cmocka_unit_test(a_dense_session_has_its_own_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
