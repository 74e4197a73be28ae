/* Curves and regions on a sphere, where all distances and areas are known, and on the built-in head. */
#include "../test.h"

#include "scan/head.h"
#include "scan/region.h"
#include "shapes.h"

#define RADIUS 80.0

static const double PI = 3.14159265358979323846;

static np_scan *scan_of(np_mesh mesh)
{
    np_scan *scan = NULL;
    np_error err = {0};
    np_case_landmarks marks = {{RADIUS, 0, 0}, {-RADIUS, 0, 0}, {0, RADIUS, 0}, {0, -RADIUS, 0}, {0, 0, RADIUS}};
    if (np_scan_create_from_mesh(&mesh, &marks, NULL, 0, &scan, &err) != NP_OK)
        fail_msg("%s", err.text);
    return scan;
}

/* A circle of polar angle POLAR around the z axis, counter-clockwise seen from above (its left is the north). */
static void circle(double polar, size_t n, np_vec3 *out)
{
    for (size_t i = 0; i < n; i++) {
        double turn = 2 * PI * (double)i / (double)n;
        out[i] = np_vec3_scale(np_vec3_make(sin(polar) * cos(turn), sin(polar) * sin(turn), cos(polar)), RADIUS);
    }
}

static np_curve *curve_of(const np_scan *scan, const np_vec3 *points, size_t n, bool closed)
{
    np_curve *curve = NULL;
    np_error err = {0};
    if (np_curve_create(scan, "a curve", points, n, closed, &curve, &err) != NP_OK)
        fail_msg("%s", err.text);
    return curve;
}

static np_surface_point point_at(const np_scan *scan, double polar, double turn)
{
    np_surface_point p;
    np_vec3 q = np_vec3_make(sin(polar) * cos(turn), sin(polar) * sin(turn), cos(polar));
    assert_true(np_scan_nearest(scan, np_vec3_scale(q, RADIUS), 5, &p));
    return p;
}

static void curve_points_lie_close_together_on_the_scan(void **state)
{
    (void)state;
    np_scan *scan = scan_of(shape_sphere(RADIUS, 3, 1, 0.2));
    np_vec3 control[12];
    circle(PI / 3, 12, control);
    np_curve *curve = curve_of(scan, control, 12, true);
    size_t n = np_curve_count(curve);
    const np_surface_point *p = np_curve_points(curve);
    const double *arc = np_curve_arc_mm(curve);
    assert_true(np_curve_is_closed(curve));
    for (size_t i = 0; i < n; i++) {
        double step = np_vec3_distance(p[i].position, p[(i + 1) % n].position);
        assert_true(step <= 1.0 + 1e-9);
        double next = i + 1 < n ? arc[i + 1] : np_curve_length_mm(curve);
        assert_near(next - arc[i], step, 1e-9);
        np_surface_point q;
        assert_true(np_scan_nearest(scan, p[i].position, 1, &q));
        assert_near(np_vec3_distance(q.position, p[i].position), 0, 1e-6);
    }
    /* Twelve arcs of great circles. */
    double chord = np_vec3_distance(control[0], control[1]);
    double length = 12 * 2 * RADIUS * asin(chord / 2 / RADIUS);
    assert_near(np_curve_length_mm(curve) / length, 1, 0.005);
    np_curve_destroy(curve);
    np_scan_destroy(scan);
}

static void distance_is_along_the_surface_and_positive_on_the_left(void **state)
{
    (void)state;
    double steps[] = {8, 3, 1};
    for (int c = 0; c < 3; c++) {
        np_scan *scan = scan_of(shape_sphere(RADIUS, steps[c], 1, 0.2));
        np_vec3 control[90];
        circle(PI / 3, 90, control);
        np_curve *curve = curve_of(scan, control, 90, true);
        for (int i = 0; i < 400; i++) {
            double polar = PI * (i + 0.5) / 400, turn = i * 2.4;
            np_surface_point p = point_at(scan, polar, turn);
            np_vec3 u = np_vec3_normalize(p.position);
            polar = acos(u.z);
            turn = atan2(u.y, u.x);
            double arc, d = np_curve_distance_mm(curve, &p, &arc);
            double expected = RADIUS * (PI / 3 - polar);
            assert_near(d, expected, 0.02 * fabs(expected) + 0.02 * steps[c]);
            turn = turn < 0 ? turn + 2 * PI : turn;
            double off = arc / np_curve_length_mm(curve) - turn / (2 * PI);
            if (fabs(expected) < 50)
                assert_near(off - nearbyint(off), 0, 0.01);
        }
        np_curve_destroy(curve);
        np_scan_destroy(scan);
    }
}

static void beyond_the_ends_of_an_open_curve_distance_is_to_the_end(void **state)
{
    (void)state;
    np_scan *scan = scan_of(shape_plane(40, 40, 3, 0.2));
    np_vec3 control[] = {{40, 60, 0}, {60, 60, 0}, {80, 60, 0}};
    np_curve *curve = curve_of(scan, control, 3, false);
    assert_near(np_curve_length_mm(curve), 40, 1e-4);
    for (int i = 0; i < 900; i++) {
        np_surface_point p;
        np_vec3 q = np_vec3_make(2 + 4.0 * (i % 30), 1.5 + 4.0 * (i / 30), 0);
        assert_true(np_scan_nearest(scan, q, 1, &p));
        double arc, d = np_curve_distance_mm(curve, &p, &arc);
        double foot = fmin(fmax(q.x, 40), 80), expected = hypot(q.x - foot, q.y - 60);
        assert_near(fabs(d), expected, 0.06 * expected + 0.01);
        if (expected < 7)
            assert_near(arc, foot - 40, 0.01);
        if (q.x > 42 && q.x < 78)
            assert_true((d >= 0) == (q.y >= 60));
    }
    np_curve_destroy(curve);
    np_scan_destroy(scan);
}

static void area_of_a_cap_is_that_of_the_smaller_side_or_the_chosen(void **state)
{
    (void)state;
    np_scan *scan = scan_of(shape_sphere(RADIUS, 2, 1, 0.2));
    double whole = np_mesh_area_mm2(&scan->mesh) / 100;
    for (int i = 1; i <= 8; i++) {
        double polar = PI * i / 9;
        np_vec3 control[180], north = {0, 0, RADIUS}, south = {0, 0, -RADIUS};
        circle(polar, 180, control);
        double cap = 2 * PI * RADIUS * RADIUS * (1 - cos(polar)) / 100;
        const np_vec3 *inside[] = {NULL, &north, &south};
        double expected[] = {fmin(cap, whole - cap), cap, whole - cap};
        for (int k = 0; k < 3; k++) {
            np_error err = {0};
            np_region *region = NULL;
            assert_int_equal(
                np_region_create(scan, "cap", curve_of(scan, control, 180, true), inside[k], &region, &err), NP_OK);
            assert_near(np_region_area_cm2(region) / expected[k], 1, 0.005);
            np_surface_point p = point_at(scan, 0.1, 1);
            if (inside[k])
                assert_true((np_region_distance_mm(region, &p) > 0) == (k == 1));
            np_region_destroy(region);
        }
    }
    np_scan_destroy(scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve_points_lie_close_together_on_the_scan),
        cmocka_unit_test(distance_is_along_the_surface_and_positive_on_the_left),
        cmocka_unit_test(beyond_the_ends_of_an_open_curve_distance_is_to_the_end),
        cmocka_unit_test(area_of_a_cap_is_that_of_the_smaller_side_or_the_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
