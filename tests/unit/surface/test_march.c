/* The marching fronts: distances from points against great circles and straight lines, on meshes as coarse and crooked as scans are. */
#include "../test.h"

#include "surface/private/march.h"
#include "shapes.h"

#define RADIUS 80.0

static np_surface_point middle_of(const np_mesh *mesh, uint32_t triangle)
{
    np_surface_point p = {.triangle = triangle, .weight = {1.0 / 3, 1.0 / 3, 1.0 / 3}};
    for (int k = 0; k < 3; k++)
        p.position = np_vec3_mad(p.position, mesh->vertices[mesh->triangles[triangle].v[k]], 1.0 / 3);
    return p;
}

/* Distances in mm from the nearest of the sources to every vertex. */
static np_status march_from(const np_mesh *mesh, const np_surface_point *sources, size_t n_sources,
                            double *out_distance_mm, np_error *err)
{
    np_topology topology = {0};
    surface_march march = {0};
    np_status status = np_topology_init(&topology, mesh, err);
    if (status == NP_OK)
        status = surface_march_init(&march, &topology, err);
    if (status != NP_OK)
        goto done;

    for (size_t i = 0; i < n_sources; i++) {
        for (int k = 0; k < 3; k++) {
            uint32_t v = mesh->triangles[sources[i].triangle].v[k];
            np_vec3 away = np_vec3_sub(mesh->vertices[v], sources[i].position);
            surface_march_vertex value = {.distance_mm = np_vec3_length(away),
                                          .tag = (double)i,
                                          .source = sources[i].position,
                                          .gradient = np_vec3_normalize(away)};
            status = surface_march_offer(&march, v, &value, err);
            if (status != NP_OK)
                goto done;
        }
    }
    status = surface_march_run(&march, err);
    for (size_t v = 0; v < mesh->n_vertices && status == NP_OK; v++)
        out_distance_mm[v] = march.vertices[v].distance_mm;
done:
    surface_march_fini(&march);
    np_topology_fini(&topology);
    return status;
}

static double *distances(const np_mesh *mesh, const np_surface_point *sources, size_t n)
{
    np_error err = {0};
    double *d = malloc(mesh->n_vertices * sizeof *d);
    assert_non_null(d);
    if (march_from(mesh, sources, n, d, &err) != NP_OK)
        fail_msg("%s", err.text);
    return d;
}

static void distance_on_a_sphere_is_that_of_great_circles(void **state)
{
    (void)state;
    const double steps[] = {8, 3, 1.5}, tolerance[] = {0.02, 0.008, 0.004};
    for (int c = 0; c < 3; c++)
        for (int j = 0; j <= 3; j++) {
            np_mesh m = shape_sphere(RADIUS, steps[c], 0.1 * j);
            np_surface_point p = middle_of(&m, (uint32_t)m.n_triangles / 3);
            double *d = distances(&m, &p, 1);
            for (size_t v = 0; v < m.n_vertices; v++) {
                double c_angle = np_vec3_dot(np_vec3_normalize(p.position), np_vec3_normalize(m.vertices[v]));
                double expected = RADIUS * acos(fmin(fmax(c_angle, -1), 1));
                if (expected < 200)
                    assert_near(d[v], expected, tolerance[c] * expected + 0.1);
            }
            free(d);
            np_mesh_fini(&m);
        }
}

static void distance_on_a_plane_is_straight_even_with_obtuse_triangles(void **state)
{
    (void)state;
    const double squash[] = {1, 0.4, 0.2}, tolerance[] = {0.002, 0.005, 0.03};
    for (int c = 0; c < 3; c++) {
        np_mesh m = shape_plane(50, 60, 4, 0.24);
        for (size_t v = 0; v < m.n_vertices; v++)
            m.vertices[v].y *= squash[c];
        np_surface_point p[2] = {middle_of(&m, 1525), middle_of(&m, 4990)};
        double *d = distances(&m, p, 2);
        for (size_t v = 0; v < m.n_vertices; v++) {
            double expected =
                fmin(np_vec3_distance(m.vertices[v], p[0].position), np_vec3_distance(m.vertices[v], p[1].position));
            assert_near(d[v], expected, tolerance[c] * expected);
        }
        free(d);
        np_mesh_fini(&m);
    }
}

static bool beside_the_wall(np_vec3 c)
{
    return fabs(c.x - 50) > 2 || c.y > 60;
}

static void distance_goes_round_a_wall(void **state)
{
    (void)state;
    np_mesh m = shape_plane(50, 50, 2, 0.2);
    shape_cut(&m, beside_the_wall);
    np_surface_point p = middle_of(&m, 45 * 2); /* near (90, 0) */
    double *d = distances(&m, &p, 1);
    /* (10, 0), seen over the wall's two corners at the top. */
    double corner = np_vec3_distance(p.position, np_vec3_make(52, 60, 0));
    double expected = corner + 4 + hypot(48 - 10, 60);
    assert_near(d[5], expected, 0.02 * expected);
    free(d);
    np_mesh_fini(&m);
}

static void other_parts_are_out_of_reach_and_bad_triangles_do_no_harm(void **state)
{
    (void)state;
    np_mesh m = shape_join(shape_plane(10, 10, 2, 0.2), shape_plane(5, 5, 2, 0));
    np_triangle *more = realloc(m.triangles, (m.n_triangles + 3) * sizeof *more);
    assert_non_null(more);
    m.triangles = more;
    m.triangles[m.n_triangles++] = (np_triangle){{3, 3, 4}};
    m.triangles[m.n_triangles++] = (np_triangle){{7, 7, 7}};
    m.triangles[m.n_triangles++] = (np_triangle){{0, 1, 2}}; /* no area: all on the border */
    np_surface_point p = middle_of(&m, 0);
    double *d = distances(&m, &p, 1);
    for (size_t v = 0; v < 121; v++) {
        double expected = np_vec3_distance(m.vertices[v], p.position);
        assert_near(d[v], expected, 0.02 * expected);
    }
    for (size_t v = 121; v < m.n_vertices; v++)
        assert_true(isinf(d[v]));
    free(d);
    d = distances(&m, NULL, 0);
    assert_true(isinf(d[0]));
    free(d);
    np_mesh_fini(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_on_a_sphere_is_that_of_great_circles),
        cmocka_unit_test(distance_on_a_plane_is_straight_even_with_obtuse_triangles),
        cmocka_unit_test(distance_goes_round_a_wall),
        cmocka_unit_test(other_parts_are_out_of_reach_and_bad_triangles_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
