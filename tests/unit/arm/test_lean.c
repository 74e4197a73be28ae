/* How far a tool that is not turned may lean: a witness lays points on it at every lean that is said to be clear, along its whole way. */
#include <omp.h>

#include "scenes.h"
#include "witness.h"

/* Where the tool is looked at above its depth, mm: it is drawn back without end. */
static const double risen_mm[] = {0, 1, 3, 8, 20, 60, 140, 300};

/* PUNCTURE along an axis that leans by LEAN_RAD towards SIDE. */
static np_arm_puncture leaning(const np_arm_puncture *puncture, double lean_rad, double side)
{
    np_arm_puncture p = *puncture;
    np_vec3 hinge = np_vec3_rotate(np_vec3_perpendicular(p.axis), p.axis, side);
    p.axis = np_vec3_rotate(p.axis, hinge, lean_rad);
    return p;
}

/* Cone and body at the depth of P and drawn back from it; those have no floor. */
static void look(witness *w, const np_arm_puncture *p)
{
    np_arm_pose deepest = np_arm_hover(p, 0);
    deepest.tip = np_vec3_mad(deepest.tip, deepest.axis, p->depth_mm / -np_vec3_dot(p->axis, p->normal));
    double floor_z_mm = w->floor_z_mm;
    for (size_t i = 0; i < sizeof risen_mm / sizeof risen_mm[0]; i++) {
        np_arm_pose pose = {np_vec3_mad(deepest.tip, deepest.axis, -risen_mm[i]), deepest.axis};
        w->floor_z_mm = i == 0 ? floor_z_mm : -INFINITY;
        witness_pose(w, &pose, i <= 1);
    }
    w->floor_z_mm = floor_z_mm;
}

static size_t count_steps(const np_arm_moves *moves, size_t out_steps[5])
{
    size_t n = 0;
    for (size_t i = 0; i < moves->n_punctures; i++) {
        assert_in_range(moves->lean_deg[i], 0, NP_ARM_LEAN_MOST_DEG);
        assert_int_equal(moves->lean_deg[i] % NP_ARM_LEAN_STEP_DEG, 0);
        out_steps[moves->lean_deg[i] / NP_ARM_LEAN_STEP_DEG]++;
        n += moves->lean_deg[i] > 0;
    }
    return n;
}

static np_arm_moves plan(const np_arm_planner *planner, const np_arm_puncture *punctures, size_t n)
{
    np_arm_moves moves;
    np_error err = {0};
    np_arm_request request = scene_request(punctures, n);
    if (np_arm_plan(planner, &request, &moves, &err) != NP_OK)
        fail_msg("%s", err.text);
    return moves;
}

/* Every EVERY-th puncture at its lean, to six sides and inside. */
static void assert_clear(const np_surface *surface, const np_arm_puncture *punctures, const np_arm_moves *moves,
                         size_t every)
{
    witness w = {.surface = surface,
                 .tool = np_arm_tool_default(),
                 .step_mm = 0.5,
                 .clearance_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                 .floor_z_mm = SCENE_FLOOR_MM,
                 .least_mm = INFINITY};
    for (size_t i = 0; i < moves->n_punctures; i += every) {
        if (moves->lean_deg[i] == 0)
            continue;
        for (int side = 0; side < 7; side++) {
            double lean = np_angle_rad(moves->lean_deg[i]) * (side == 6 ? 0.5 : 1);
            np_arm_puncture p = leaning(&punctures[i], lean, side * NP_PI / 3);
            look(&w, &p);
            if (w.below > 0)
                fail_msg("puncture %zu, lean %d, side %d: %.3f mm", i, moves->lean_deg[i], side, w.least_mm);
        }
    }
    assert_true(w.samples > 100000);
}

static void leans_on_heads_are_clear(void **state)
{
    (void)state;
    enum { N = 60 };
    for (uint64_t i = 0; i < 2; i++) {
        np_mesh mesh = i ? scene_eared_head(NP_CASE_SEX_F, 30) : scene_head(NP_CASE_SEX_M, 50);
        np_surface *surface = scene_surface(mesh);
        np_arm_planner *planner = scene_planner(surface);
        np_arm_puncture *random = scene_random(surface, i + 11, 2 * N, 30 * NP_PI / 180), punctures[N];
        size_t n = 0, steps[5] = {0};
        for (size_t k = 0; k < 2 * N && n < N; k++)
            if (np_arm_check(planner, &random[k], NULL) == NP_OK)
                punctures[n++] = random[k];
        np_arm_moves moves = plan(planner, punctures, n);
        assert_true(count_steps(&moves, steps) > n * 8 / 10);
        assert_true(steps[4] > n / 2);
        assert_clear(surface, punctures, &moves, 1);
        np_arm_moves_fini(&moves);
        free(random);
        scene_drop(surface, planner);
    }
}

/* Low down around a head with ears, left and right. */
static void ears_and_the_floor_limit_it(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_eared_head(NP_CASE_SEX_M, 50));
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture punctures[SCENE_LOW];
    size_t n = scene_low_dots(surface, planner, punctures), steps[5] = {0};
    assert_true(n > 20);
    np_arm_moves moves = plan(planner, punctures, n);
    size_t some = count_steps(&moves, steps);
    assert_in_range(some, 1, n - 1);
    assert_true(steps[4] < n / 2);
    assert_clear(surface, punctures, &moves, 1);
    np_arm_moves_fini(&moves);
    scene_drop(surface, planner);
}

/* A wall beside an upright dot on a plate: as near as it is, so far the tool may lean towards it. */
static void a_wall_limits_it(void **state)
{
    (void)state;
    static const struct {
        double wall_mm;
        int least, most;
    } rows[] = {{17.2, 0, 0}, {40, 5, 10}, {70, 15, 20}, {300, 20, 20}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_mesh mesh = scene_ellipsoid(400, 400, 20);
        np_mesh wall = scene_ellipsoid(1, 30, 60);
        scene_add(&mesh, wall, np_vec3_make(0, 0, 1), 0, np_vec3_make(rows[i].wall_mm, 0, 60));
        np_surface *surface = scene_surface(mesh);
        np_arm_tool tool = np_arm_tool_default();
        np_arm_clearances clearances = {.travel_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                                        .puncture_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                                        .floor_z_mm = -INFINITY};
        np_arm_planner *planner;
        assert_int_equal(np_arm_planner_create(surface, &tool, &clearances, &planner, NULL), NP_OK);
        np_arm_puncture p;
        assert_true(scene_puncture(surface, np_vec3_make(0, 0, 0), np_vec3_make(0, 0, 1), 0, 0, &p));
        p.id = 1;
        np_arm_request request = scene_request(&p, 1);
        np_arm_moves moves;
        np_error err = {0};
        if (np_arm_plan(planner, &request, &moves, &err) != NP_OK)
            fail_msg("%s", err.text);
        if (moves.lean_deg[0] < rows[i].least || moves.lean_deg[0] > rows[i].most)
            fail_msg("wall at %g mm: %d degrees", rows[i].wall_mm, moves.lean_deg[0]);
        np_arm_moves_fini(&moves);
        scene_drop(surface, planner);
    }
}

static void any_number_of_threads_finds_the_same(void **state)
{
    (void)state;
    enum { N = 200 };
    np_surface *surface = scene_surface(scene_eared_head(NP_CASE_SEX_M, 50));
    np_arm_puncture *random = scene_random(surface, 3, N, 20 * NP_PI / 180), punctures[N];
    uint8_t first[N];
    int32_t support[2][NP_SUPPORT_NODES];
    for (int k = 0; k < 2; k++) {
        omp_set_num_threads(k ? 8 : 1);
        np_arm_planner *planner = scene_planner(surface);
        size_t n = 0;
        for (size_t i = 0; i < N; i++)
            if (np_arm_check(planner, &random[i], NULL) == NP_OK)
                punctures[n++] = random[i];
        np_arm_moves moves = plan(planner, punctures, n);
        if (k)
            assert_memory_equal(first, moves.lean_deg, n);
        memcpy(first, moves.lean_deg, n);
        np_arm_planner_support(planner, support[k]);
        np_arm_moves_fini(&moves);
        np_arm_planner_destroy(planner);
    }
    assert_memory_equal(support[0], support[1], sizeof support[0]);
    for (size_t node = 0; node < NP_SUPPORT_NODES; node++) { /* however low: the floor is none of it */
        double reach = -INFINITY;
        for (size_t v = 0; v < surface->mesh.n_vertices; v++)
            reach = fmax(reach, np_vec3_dot(surface->mesh.vertices[v], np_support_direction(node)));
        assert_true(support[0][node] >= reach * 1000);
    }
    free(random);
    scene_drop(surface, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leans_on_heads_are_clear),
        cmocka_unit_test(ears_and_the_floor_limit_it),
        cmocka_unit_test(a_wall_limits_it),
        cmocka_unit_test(any_number_of_threads_finds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
