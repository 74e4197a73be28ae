/* The bounds that proofs stand on are bounds, and not much too careful. */
#include "arm/private/obstacle.h"

#include "scenes.h"

typedef struct fixture {
    np_surface *surface;
    arm_obstacle obstacle;
} fixture;

static fixture f;

static int make(void **state)
{
    (void)state;
    f.surface = scene_surface(scene_eared_head(NP_CASE_SEX_M, 50));
    return arm_obstacle_init(&f.obstacle, f.surface, -INFINITY, 2, NULL, 0, NULL) != NP_OK;
}

static int drop(void **state)
{
    (void)state;
    arm_obstacle_fini(&f.obstacle);
    scene_drop(f.surface, NULL);
    return 0;
}

static np_vec3 random_vector(uint64_t i, double size)
{
    return np_vec3_make(size * (2 * np_rng_uniform(4, SCENE_STREAM, i, 0) - 1),
                        size * (2 * np_rng_uniform(4, SCENE_STREAM, i, 1) - 1),
                        size * (2 * np_rng_uniform(4, SCENE_STREAM, i, 2) - 1));
}

static void the_grid_is_never_too_far(void **state)
{
    (void)state;
    double lost = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        np_vec3 p = random_vector(i, i % 2 ? 130 : 300), nearest;
        assert_true(arm_obstacle_nearest(&f.obstacle, p, INFINITY, &nearest));
        double distance = np_vec3_distance(p, nearest), least = arm_grid_least_mm(&f.obstacle.grid, p);
        assert_true(least <= distance);
        const arm_grid *g = &f.obstacle.grid;
        if (p.x > g->low.x && p.y > g->low.y && p.z > g->low.z && p.x < g->high.x && p.y < g->high.y && p.z < g->high.z)
            lost = fmax(lost, distance - least);
    }
    assert_true(lost < 2 * sqrt(3) * f.obstacle.grid.cell_mm);
}

static void the_hull_is_never_too_low(void **state)
{
    (void)state;
    const np_mesh *mesh = &f.surface->mesh;
    for (uint64_t i = 0; i < 300; i++) {
        np_vec3 d = np_vec3_normalize(random_vector(i, 1)), touch;
        if (i < 6) /* where faces of the octahedron meet */
            d = np_vec3_scale(i / 2 == 0   ? np_vec3_make(1, 0, 0)
                              : i / 2 == 1 ? np_vec3_make(0, 1, 0)
                                           : np_vec3_make(0, 0, 1),
                              i % 2 ? -1 : 1);
        double reach = -INFINITY, bound = arm_hull_reach_mm(&f.obstacle.hull, d, &touch);
        for (size_t v = 0; v < mesh->n_vertices; v++)
            reach = fmax(reach, np_vec3_dot(mesh->vertices[v], d));
        assert_true(bound >= reach - 1e-9);
        assert_true(bound - reach < 3); /* where the hull spans from an ear to the head */
        assert_true(np_vec3_dot(touch, d) <= reach + 1e-9);
        assert_true(np_vec3_dot(touch, d) > reach - 10);
    }
}

/* Over points laid on all triangles: none in the ball is higher. */
static void heights_hold_all_that_is_in_the_ball(void **state)
{
    (void)state;
    const np_mesh *mesh = &f.surface->mesh;
    for (uint64_t i = 0; i < 40; i++) {
        np_vec3 p = np_vec3_add(mesh->vertices[i * 171], random_vector(i, 3)),
                up = np_vec3_normalize(random_vector(i + 50, 1));
        double radius = 1 + 8 * np_rng_uniform(4, SCENE_STREAM, i, 9), highest = -INFINITY;
        double height = arm_obstacle_height_mm(&f.obstacle, p, radius, up);
        for (size_t t = 0; t < mesh->n_triangles; t++)
            for (int k = 0; k < 66; k++) {
                int a = k % 11, b = k / 11 * 2;
                const uint32_t *v = mesh->triangles[t].v;
                np_vec3 q = np_vec3_lerp(np_vec3_lerp(mesh->vertices[v[0]], mesh->vertices[v[1]], a / 10.0),
                                         mesh->vertices[v[2]], b / 10.0);
                if (np_vec3_distance(p, q) <= radius)
                    highest = fmax(highest, np_vec3_dot(q, up));
            }
        assert_true(height >= highest - 1e-9);
        assert_true(highest == -INFINITY || height <= np_vec3_dot(p, up) + radius + 1e-9);
    }
}

static void what_is_between_is_the_first(void **state)
{
    (void)state;
    np_vec3 where;
    assert_true(arm_obstacle_between(&f.obstacle, np_vec3_make(0, 0, 300), np_vec3_make(0, 0, -300), &where));
    assert_true(where.z > 100);
    assert_false(arm_obstacle_between(&f.obstacle, np_vec3_make(0, 0, 300), np_vec3_make(0, 200, 300), &where));
    assert_false(arm_obstacle_between(&f.obstacle, where, where, &where));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grid_is_never_too_far),
        cmocka_unit_test(the_hull_is_never_too_low),
        cmocka_unit_test(heights_hold_all_that_is_in_the_ball),
        cmocka_unit_test(what_is_between_is_the_first),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
