/* Walking on a surface: over folds, round a ball, along borders; and the ghosts beyond a border. */
#include "base/angle.h"
#include "dots/private/border.h"
#include "dots/private/surface.h"

#include "base/rng.h"

#include "../test.h"
#include "shapes.h"

static dots_surface surface_of(const shape *s)
{
    dots_surface surface;
    np_error err = {0};
    assert_int_equal(dots_surface_init(&surface, &s->mesh, s->normals, s->density, s->layer, s->first_session, &err),
                     NP_OK);
    return surface;
}

static dots_spot spot_at(const dots_surface *surface, double x, double y, double z)
{
    double distance;
    dots_spot spot = dots_surface_nearest(surface, np_vec3_make(x, y, z), &distance);
    assert_true(distance < 0.3);
    return spot;
}

static void a_walk_on_a_plane_is_straight(void **state)
{
    (void)state;
    shape s = shape_sheet(20, 20, 0.7, 0, 0, 50);
    dots_surface surface = surface_of(&s);
    for (uint64_t i = 0; i < 200; i++) {
        double x = 6 + 8 * np_rng_uniform(1, 1, i, 0), y = 6 + 8 * np_rng_uniform(1, 1, i, 1);
        np_vec3 step = np_vec3_make(10 * np_rng_uniform(1, 1, i, 2) - 5, 10 * np_rng_uniform(1, 1, i, 3) - 5, 0);
        dots_spot spot = spot_at(&surface, x, y, 0);
        assert_true(dots_surface_walk(&surface, &spot, step));
        np_vec3 p = dots_surface_position(&surface, &spot);
        assert_near(np_vec3_distance(p, np_vec3_make(x + step.x, y + step.y, 0)), 0, 1e-9);
    }
    dots_surface_fini(&surface);
    shape_fini(&s);
}

static void a_walk_over_folds_keeps_its_length(void **state)
{
    (void)state;
    /* folds of 3 mm every 4 mm: 5 mm of paper to 4 mm of x */
    shape s = shape_sheet(40, 10, 1, 3, 4, 50);
    dots_surface surface = surface_of(&s);
    dots_spot spot = spot_at(&surface, 2, 5, 1.5);
    assert_true(dots_surface_walk(&surface, &spot, np_vec3_make(12, 0, 9)));
    np_vec3 p = dots_surface_position(&surface, &spot);
    assert_near(p.x, 14, 1e-9);
    assert_near(p.y, 5, 1e-9);
    assert_near(p.z, 1.5, 1e-9);
    dots_surface_fini(&surface);
    shape_fini(&s);
}

static void a_walk_round_a_ball_comes_back(void **state)
{
    (void)state;
    shape s = shape_ball(10, 60, 50);
    dots_surface surface = surface_of(&s);
    assert_int_equal(surface.n_open_edges, 0);
    dots_spot spot = spot_at(&surface, 10, 0, 0.3);
    assert_true(dots_surface_walk(&surface, &spot, np_vec3_make(0, NP_TWO_PI * 10, 0)));
    np_vec3 p = dots_surface_position(&surface, &spot);
    assert_true(np_vec3_distance(p, np_vec3_make(10, 0, 0.3)) < 0.4);
    dots_surface_fini(&surface);
    shape_fini(&s);
}

static void a_border_stops_a_walk_and_a_slide_goes_along_it(void **state)
{
    (void)state;
    shape s = shape_sheet(10, 10, 1, 0, 0, 50);
    dots_surface surface = surface_of(&s);
    assert_int_equal(surface.n_open_edges, 40);
    dots_spot spot = spot_at(&surface, 9, 5, 0);
    assert_false(dots_surface_walk(&surface, &spot, np_vec3_make(3, 1.5, 0)));
    np_vec3 p = dots_surface_position(&surface, &spot);
    assert_near(np_vec3_distance(p, np_vec3_make(10, 5.5, 0)), 0, 1e-9);
    spot = spot_at(&surface, 9, 5, 0);
    dots_surface_slide(&surface, &spot, np_vec3_make(3, 1.5, 0));
    p = dots_surface_position(&surface, &spot);
    assert_near(np_vec3_distance(p, np_vec3_make(9, 6.5, 0)), 0, 1e-9);
    dots_surface_fini(&surface);
    shape_fini(&s);
}

static void edges_of_three_triangles_are_borders(void **state)
{
    (void)state;
    np_vec3 v[5] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}}, n[5] = {{0, 0, 1}};
    np_triangle t[3] = {{{0, 1, 2}}, {{1, 0, 3}}, {{0, 1, 4}}};
    np_mesh mesh = {v, t, 5, 3};
    double density[5] = {1, 1, 1, 1, 1};
    int32_t layer[5] = {0};
    dots_surface surface;
    np_error err = {0};
    assert_int_equal(dots_surface_init(&surface, &mesh, n, density, layer, NULL, &err), NP_OK);
    assert_int_equal(surface.n_open_edges, 9);
    dots_surface_fini(&surface);
}

static void ghosts_stand_outside_as_deep_as_their_dots_inside(void **state)
{
    (void)state;
    shape s = shape_sheet(40, 40, 1, 0, 0, 100);
    dots_surface surface = surface_of(&s);
    dots_border border;
    np_error err = {0};
    assert_int_equal(dots_border_init(&border, &surface, &err), NP_OK);
    assert_int_equal(border.n_edges, 160);
    dots_ghost ghost;
    size_t seen = 0;
    for (double x = 14; x < 26; x += 0.3) {
        assert_true(dots_border_ghost(&border, np_vec3_make(x, 0.4, 0), 100, 2, &ghost));
        assert_near(ghost.at.y, -0.4, 1e-9);
        assert_near(fabs(ghost.at.x - x), 9, 1e-9);
        assert_near(ghost.local_density, 100, 1e-9);
        seen++;
    }
    assert_true(seen > 30);
    assert_false(dots_border_ghost(&border, np_vec3_make(20, 3, 0), 100, 2, &ghost));
    dots_border_fini(&border);
    dots_surface_fini(&surface);
    shape_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_on_a_plane_is_straight),
        cmocka_unit_test(a_walk_over_folds_keeps_its_length),
        cmocka_unit_test(a_walk_round_a_ball_comes_back),
        cmocka_unit_test(a_border_stops_a_walk_and_a_slide_goes_along_it),
        cmocka_unit_test(edges_of_three_triangles_are_borders),
        cmocka_unit_test(ghosts_stand_outside_as_deep_as_their_dots_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
