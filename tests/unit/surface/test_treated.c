/* Patches of a sphere: caps, rings and holes of known area, cut from triangles small and large. */
#include "../test.h"

#include <omp.h>

#include "base/angle.h"
#include "surface/treated.h"
#include "surface/topology.h"
#include "shapes.h"

#define RADIUS 80.0

/* A cap around the z axis with round holes in it. */
typedef struct cap {
    double polar;
    np_vec3 hole[2];
    double hole_radius_mm;
    int n_holes;
} cap;

static double angle_between(np_vec3 a, np_vec3 b)
{
    return atan2(np_vec3_length(np_vec3_cross(a, b)), np_vec3_dot(a, b));
}

static double inside_cap(void *context, const np_surface_point *p)
{
    const cap *c = context;
    double d = RADIUS * (c->polar - angle_between(np_vec3_make(0, 0, 1), p->position));
    for (int i = 0; i < c->n_holes; i++)
        d = fmin(d, RADIUS * angle_between(c->hole[i], p->position) - c->hole_radius_mm);
    return d;
}

static double nowhere(void *context, const np_surface_point *p)
{
    (void)context;
    (void)p;
    return -100;
}

static np_treated patch_of(const np_surface *surface, cap *c, double max_edge_mm)
{
    np_treated patch = {0};
    np_error err = {0};
    if (np_treated_init(&patch, surface, inside_cap, c, max_edge_mm, &err) != NP_OK)
        fail_msg("%s", err.text);
    return patch;
}

/* INSIDE at a vertex of the patch, by way of the scan's triangle that it says it is in. */
static double inside_at(const np_surface *surface, cap *c, const np_treated *patch, size_t triangle, int corner)
{
    double w[3];
    np_vec3 p = patch->mesh.vertices[patch->mesh.triangles[triangle].v[corner]];
    assert_near(np_mesh_closest(&surface->mesh, patch->scan_triangle[triangle], p, w), 0, 1e-16);
    np_surface_point s = np_mesh_point(&surface->mesh, surface->normals, patch->scan_triangle[triangle], w);
    return inside_cap(c, &s);
}

/* Checks what must hold of every patch; returns its Euler characteristic. */
static long check_patch(const np_surface *surface, cap *c, const np_treated *patch, double max_edge_mm)
{
    np_topology topology = {0};
    np_error err = {0};
    const np_mesh *m = &patch->mesh;
    assert_int_equal(np_topology_init(&topology, m, &err), NP_OK);
    size_t border = 0;
    for (uint32_t t = 0; t < m->n_triangles; t++) {
        const uint32_t *v = m->triangles[t].v;
        np_vec3 normal = np_mesh_triangle_normal(m, t);
        assert_true(np_vec3_dot(normal, patch->normals[v[0]]) > 0.8);
        for (int k = 0; k < 3; k++) {
            double length = np_vec3_distance(m->vertices[v[k]], m->vertices[v[(k + 1) % 3]]);
            double d = inside_at(surface, c, patch, t, k), next = inside_at(surface, c, patch, t, (k + 1) % 3);
            assert_true(length > 0);
            assert_true(length <= max_edge_mm + 1e-9);
            assert_true(d >= -0.02);
            if (np_topology_across(&topology, t, k) == NP_NO_TRIANGLE) {
                border++;
                assert_true(d <= 0.02);
                assert_true(next <= 0.02);
            }
        }
    }
    np_topology_fini(&topology);
    size_t edges = (3 * m->n_triangles + border) / 2;
    return (long)m->n_vertices - (long)edges + (long)m->n_triangles;
}

static void a_cap_has_the_area_of_the_cap(void **state)
{
    (void)state;
    const double steps[] = {8, 2.5, 1.2}, polars[] = {0.3, 1.2, 2.4};
    for (int i = 0; i < 3; i++) {
        np_surface *surface = shape_surface(shape_sphere(RADIUS, steps[i], 0.2));
        double flat = np_mesh_area_mm2(&surface->mesh) / (4 * NP_PI * RADIUS * RADIUS);
        for (int j = i == 2; j < 3 - (i == 2); j++) {
            cap c = {.polar = polars[j]};
            np_treated patch = patch_of(surface, &c, 2);
            assert_int_equal(check_patch(surface, &c, &patch, 2), 1);
            double area = NP_TWO_PI * RADIUS * RADIUS * (1 - cos(c.polar)) * flat;
            assert_near(np_mesh_area_mm2(&patch.mesh) / area, 1, 0.005);
            np_treated_fini(&patch);
        }
        shape_surface_destroy(surface);
    }
}

static void holes_stay_open_even_within_one_large_triangle(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 20, 0));
    cap c = {.polar = 1, .hole = {{0.3, 0.2, 1}, {-0.2, -0.5, 1}}, .hole_radius_mm = 4};
    for (c.n_holes = 0; c.n_holes <= 2; c.n_holes++) {
        np_treated patch = patch_of(surface, &c, 1);
        assert_int_equal(check_patch(surface, &c, &patch, 1), 1 - c.n_holes);
        np_treated_fini(&patch);
    }

    /* Two holes that all but touch. */
    c = (cap){.polar = 1, .hole = {{0.3, 0.2, 1}, {0.3, 0.26, 1}}, .hole_radius_mm = 2.2, .n_holes = 2};
    np_treated patch = patch_of(surface, &c, 1);
    check_patch(surface, &c, &patch, 1);
    np_treated_fini(&patch);
    shape_surface_destroy(surface);
}

static bool front_half(np_vec3 center)
{
    return center.x > 5;
}

static void the_border_of_the_scan_is_one_of_the_patch(void **state)
{
    (void)state;
    np_mesh half = shape_sphere(RADIUS, 6, 0.2);
    shape_cut(&half, front_half);
    double area = np_mesh_area_mm2(&half);
    np_surface *surface = shape_surface(half);
    cap c = {.polar = 4}; /* all of it */
    np_treated patch = patch_of(surface, &c, 2);
    assert_near(np_mesh_area_mm2(&patch.mesh), area, 1e-6 * area);
    for (size_t v = 0; v < patch.mesh.n_vertices; v++)
        assert_near(np_vec3_length(patch.normals[v]), 1, 1e-9);
    np_treated_fini(&patch);
    shape_surface_destroy(surface);
}

static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 3, 0.2));
    cap c = {.polar = 0.8, .hole = {{0.3, 0.2, 1}, {-0.2, -0.5, 1}}, .hole_radius_mm = 4, .n_holes = 2};
    const int threads[] = {1, 2, 8};
    np_treated patch[3];
    int before = omp_get_max_threads();
    for (int i = 0; i < 3; i++) {
        omp_set_num_threads(threads[i]);
        patch[i] = patch_of(surface, &c, 0.9);
    }
    omp_set_num_threads(before);
    for (int i = 1; i < 3; i++) {
        const np_mesh *a = &patch[0].mesh, *b = &patch[i].mesh;
        assert_int_equal(a->n_vertices, b->n_vertices);
        assert_int_equal(a->n_triangles, b->n_triangles);
        assert_memory_equal(a->vertices, b->vertices, a->n_vertices * sizeof *a->vertices);
        assert_memory_equal(a->triangles, b->triangles, a->n_triangles * sizeof *a->triangles);
        assert_memory_equal(patch[0].normals, patch[i].normals, a->n_vertices * sizeof(np_vec3));
        assert_memory_equal(patch[0].scan_triangle, patch[i].scan_triangle, a->n_triangles * sizeof(uint32_t));
    }
    for (int i = 0; i < 3; i++)
        np_treated_fini(&patch[i]);
    shape_surface_destroy(surface);
}

static void a_patch_of_nothing_is_refused(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 8, 0.2));
    np_treated patch = {0};
    np_error err = {0};
    cap c = {.polar = 1};
    assert_int_equal(np_treated_init(&patch, surface, nowhere, NULL, 1, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "nothing of the scan is inside"));
    assert_null(patch.mesh.vertices);
    assert_int_equal(np_treated_init(&patch, surface, inside_cap, &c, 0, &err), NP_ERR_INVALID);
    assert_int_equal(np_treated_init(&patch, surface, inside_cap, &c, NAN, &err), NP_ERR_INVALID);
    np_treated_fini(&patch);
    shape_surface_destroy(surface);
}

/* ---- borders finer than the triangles ---- */

/* Two round areas, or one of 6 mm with a small round one taken out of it. */
typedef struct rounds {
    np_vec3 center[2];
    double radius_mm[2];
    bool hole;
} rounds;

static double inside_rounds(void *context, const np_surface_point *p)
{
    const rounds *r = context;
    double d[2];
    for (int i = 0; i < 2; i++)
        d[i] = r->radius_mm[i] - np_vec3_distance(p->position, r->center[i]);
    return r->hole ? fmin(d[0], -d[1]) : fmax(d[0], d[1]);
}

/* How far a point of the patch lies outside, at the most. */
static double farthest_outside(const np_surface *surface, rounds *r)
{
    np_treated patch = {0};
    np_error err = {0};
    if (np_treated_init(&patch, surface, inside_rounds, r, 0.8, &err) != NP_OK)
        fail_msg("%s", err.text);
    double worst = 0;
    const int n = 12;
    for (uint32_t t = 0; t < patch.mesh.n_triangles; t++)
        for (int i = 0; i <= n; i++)
            for (int j = 0; j <= n - i; j++) {
                double w[3] = {(double)i / n, (double)j / n, (double)(n - i - j) / n};
                np_surface_point p = np_mesh_point(&patch.mesh, patch.normals, t, w);
                worst = fmax(worst, -inside_rounds(r, &p));
            }
    np_treated_fini(&patch);
    return worst;
}

/* Dots are placed anywhere on the patch: where two areas meet in a notch, between two that hardly touch, and around a small
 * keep-out, a border from vertex to vertex would let them out. */
static void no_point_of_the_patch_is_outside(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 2.5, 0.2));
    np_vec3 middle = np_vec3_scale(np_vec3_normalize((np_vec3){0.3, 0.2, 0.9}), RADIUS);
    for (int i = 0; i < 30; i++) {
        np_vec3 aside = np_vec3_rotate(np_vec3_make(0.9, 0, -0.3), middle, 0.74 * i);
        rounds two = {{middle, np_vec3_mad(middle, aside, 5 + 0.06 * i)}, {3.1, 3.1}, false};
        double outside = farthest_outside(surface, &two);
        if (outside > 0.08)
            fail_msg("areas %.2f mm apart: %.3f mm outside", 5 + 0.06 * i, outside);
        rounds hole = {{middle, np_vec3_mad(middle, aside, 0.1 * i)}, {6, 0.15 + 0.04 * i}, true};
        outside = farthest_outside(surface, &hole);
        if (outside > 0.08)
            fail_msg("a keep-out of %.2f mm: %.3f mm inside it", hole.radius_mm[1], outside);
    }
    shape_surface_destroy(surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_point_of_the_patch_is_outside),
        cmocka_unit_test(a_cap_has_the_area_of_the_cap),
        cmocka_unit_test(holes_stay_open_even_within_one_large_triangle),
        cmocka_unit_test(the_border_of_the_scan_is_one_of_the_patch),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bytes),
        cmocka_unit_test(a_patch_of_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
