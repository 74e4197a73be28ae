/* Curves and regions on a sphere, where all distances and areas are known. */
#include "../test.h"

#include "base/angle.h"
#include "surface/private/curve.h"
#include "surface/private/region.h"
#include "shapes.h"

#define RADIUS 80.0

/* A circle of polar angle POLAR around the z axis, counter-clockwise seen from above (its left is the north). */
static void circle(double polar, size_t n, np_vec3 *out)
{
    for (size_t i = 0; i < n; i++) {
        double turn = NP_TWO_PI * (double)i / (double)n;
        out[i] = np_vec3_scale(np_vec3_make(sin(polar) * cos(turn), sin(polar) * sin(turn), cos(polar)), RADIUS);
    }
}

static np_curve *curve_of(const np_surface *surface, const np_vec3 *points, size_t n, bool closed)
{
    np_curve *curve = NULL;
    np_error err = {0};
    if (np_curve_create(surface, "a curve", points, n, closed, NULL, &curve, &err) != NP_OK)
        fail_msg("%s", err.text);
    return curve;
}

static np_surface_point point_at(const np_surface *surface, double polar, double turn)
{
    np_surface_point p;
    np_vec3 q = np_vec3_make(sin(polar) * cos(turn), sin(polar) * sin(turn), cos(polar));
    assert_true(np_surface_nearest(surface, np_vec3_scale(q, RADIUS), 5, &p));
    return p;
}

static void curve_points_lie_close_together_on_the_scan(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 3, 0.2));
    np_vec3 control[12];
    circle(NP_PI / 3, 12, control);
    np_curve *curve = curve_of(surface, control, 12, true);
    size_t n = np_curve_count(curve);
    const np_surface_point *p = np_curve_points(curve);
    const double *arc = np_curve_arc_mm(curve);
    assert_true(np_curve_is_closed(curve));
    for (size_t i = 0; i < n; i++) {
        double step = np_vec3_distance(p[i].position, p[(i + 1) % n].position);
        assert_true(step <= 1.0 + 1e-9);
        double next = i + 1 < n ? arc[i + 1] : curve->length_mm;
        assert_near(next - arc[i], step, 1e-9);
        np_surface_point q;
        assert_true(np_surface_nearest(surface, p[i].position, 1, &q));
        assert_near(np_vec3_distance(q.position, p[i].position), 0, 1e-6);
    }
    /* Twelve arcs of great circles. */
    double chord = np_vec3_distance(control[0], control[1]);
    double length = 12 * 2 * RADIUS * asin(chord / 2 / RADIUS);
    assert_near(curve->length_mm / length, 1, 0.005);
    np_curve_destroy(curve);
    shape_surface_destroy(surface);
}

static void distance_is_along_the_surface_and_positive_on_the_left(void **state)
{
    (void)state;
    double steps[] = {8, 3, 1};
    for (int c = 0; c < 3; c++) {
        np_surface *surface = shape_surface(shape_sphere(RADIUS, steps[c], 0.2));
        np_vec3 control[90];
        circle(NP_PI / 3, 90, control);
        np_curve *curve = curve_of(surface, control, 90, true);
        for (int i = 0; i < 400; i++) {
            double polar = NP_PI * (i + 0.5) / 400, turn = i * 2.4;
            np_surface_point p = point_at(surface, polar, turn);
            np_vec3 u = np_vec3_normalize(p.position);
            polar = acos(u.z);
            turn = atan2(u.y, u.x);
            double arc, d = np_curve_distance_mm(curve, &p, &arc);
            double expected = RADIUS * (NP_PI / 3 - polar);
            assert_near(d, expected, 0.02 * fabs(expected) + 0.02 * steps[c]);
            turn = turn < 0 ? turn + NP_TWO_PI : turn;
            double off = arc / curve->length_mm - turn / (NP_TWO_PI);
            if (fabs(expected) < 50)
                assert_near(off - nearbyint(off), 0, 0.01);
        }
        np_curve_destroy(curve);
        shape_surface_destroy(surface);
    }
}

static void beyond_the_ends_of_an_open_curve_distance_is_to_the_end(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_plane(40, 40, 3, 0.2));
    np_vec3 control[] = {{40, 60, 0}, {60, 60, 0}, {80, 60, 0}};
    np_curve *curve = curve_of(surface, control, 3, false);
    assert_near(curve->length_mm, 40, 1e-4);
    for (int i = 0; i < 900; i++) {
        np_surface_point p;
        np_vec3 q = np_vec3_make(2 + 4.0 * (i % 30), 1.5 + 4.0 * (i / 30), 0);
        assert_true(np_surface_nearest(surface, q, 1, &p));
        double arc, d = np_curve_distance_mm(curve, &p, &arc);
        double foot = fmin(fmax(q.x, 40), 80), expected = hypot(q.x - foot, q.y - 60);
        assert_near(fabs(d), expected, 0.01 * expected + 0.02);
        assert_near(arc, foot - 40, expected < 7 ? 0.01 : 1.5);
        if (q.x > 42 && q.x < 78)
            assert_true((d >= 0) == (q.y >= 60));
    }
    np_curve_destroy(curve);
    shape_surface_destroy(surface);
}

static void area_of_a_cap_is_that_of_the_smaller_side_or_the_chosen(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 2, 0.2));
    double whole = 4 * NP_PI * RADIUS * RADIUS / 100;
    for (int i = 1; i <= 8; i++) {
        double polar = NP_PI * i / 9;
        np_vec3 control[180], north = {0, 0, RADIUS}, south = {0, 0, -RADIUS};
        circle(polar, 180, control);
        double cap = NP_TWO_PI * RADIUS * RADIUS * (1 - cos(polar)) / 100;
        const np_vec3 *inside[] = {NULL, &north, &south};
        double expected[] = {fmin(cap, whole - cap), cap, whole - cap};
        for (int k = 0; k < 3; k++) {
            np_error err = {0};
            np_region *region = NULL;
            assert_int_equal(
                np_region_create(surface, "cap", curve_of(surface, control, 180, true), inside[k], &region, &err),
                NP_OK);
            assert_near(region->area_cm2 / expected[k], 1, 0.005);
            np_surface_point p = point_at(surface, 0.1, 1);
            if (inside[k])
                assert_true((np_region_distance_mm(region, &p) > 0) == (k == 1));
            np_region_destroy(region);
        }
    }
    shape_surface_destroy(surface);
}

static bool off_the_hole(np_vec3 c)
{
    return hypot(c.x - 60, c.y - 60) > 20;
}

static void a_path_goes_round_a_hole(void **state)
{
    (void)state;
    double steps[] = {6, 1};
    for (int i = 0; i < 2; i++) {
        np_mesh mesh = shape_plane((size_t)(120 / steps[i]), (size_t)(120 / steps[i]), steps[i], 0.2);
        shape_cut(&mesh, off_the_hole);
        np_surface *surface = shape_surface(mesh);
        np_vec3 control[] = {{10, 61, 0}, {110, 61, 0}};
        np_curve *curve = curve_of(surface, control, 2, false);
        /* Two tangents and an arc; the hole's border is ragged by a step. */
        double tangent = sqrt(50 * 50 - 20 * 20), wrap = NP_PI - 2 * acos(20.0 / 50);
        assert_near(curve->length_mm, 2 * tangent + 20 * wrap, 0.01 * 108 + 0.1 * steps[i]);
        np_curve_destroy(curve);
        shape_surface_destroy(surface);
    }
}

static np_status try_curve(const np_surface *surface, const np_vec3 *control, size_t n, bool closed, np_error *err)
{
    np_curve *curve = NULL;
    *err = (np_error){0};
    np_status status = np_curve_create(surface, "hairline", control, n, closed, NULL, &curve, err);
    assert_true((status == NP_OK) == (curve != NULL));
    np_curve_destroy(curve);
    return status;
}

static void curves_that_cannot_be_drawn_are_refused(void **state)
{
    (void)state;
    np_mesh apart = shape_plane(10, 10, 3, 0);
    for (size_t v = 0; v < apart.n_vertices; v++)
        apart.vertices[v].x += 50;
    np_surface *surface = shape_surface(shape_join(shape_plane(10, 10, 3, 0), apart));
    np_error err;
    np_vec3 off[] = {{5, 5, 0}, {10, 10, 7.25}, {20, 5, 0}};
    assert_int_equal(try_curve(surface, off, 3, true, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "hairline: point 2 of 3, [10.00, 10.00, 7.25]"));
    assert_non_null(strstr(err.text, "is 7.2 mm off the scan (at most 5 mm)"));
    np_vec3 nan[] = {{5, 5, 0}, {NAN, 10, 0}};
    assert_int_equal(try_curve(surface, nan, 2, false, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "point 2 is not a finite number"));
    np_vec3 few[] = {{5, 5, 0}, {10, 10, 0}, {10, 10, 0}, {5, 5, 0}};
    assert_int_equal(try_curve(surface, few, 4, true, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "a closed curve needs at least 3 different points, found 2"));
    assert_int_equal(try_curve(surface, few, 1, false, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "a curve needs at least 2 different points, found 1"));
    np_vec3 parted[] = {{5, 5, 0}, {10, 10, 0}, {60, 10, 0}};
    assert_int_equal(try_curve(surface, parted, 3, false, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "points 2 and 3 lie on parts of the scan that are not joined"));

    /* A curve on one part is out of reach from the other. */
    np_curve *curve = curve_of(surface, parted, 2, false);
    np_surface_point p;
    assert_true(np_surface_nearest(surface, np_vec3_make(60, 10, 0), 1, &p));
    assert_near(fabs(np_curve_distance_mm(curve, &p, NULL)), NP_CURVE_UNREACHABLE_MM, 0);
    np_curve_destroy(curve);
    shape_surface_destroy(surface);
}

static np_status try_region(const np_surface *surface, const np_vec3 *control, size_t n, bool closed,
                            const np_vec3 *inside, np_error *err)
{
    np_region *region = NULL;
    *err = (np_error){0};
    np_status status = np_region_create(surface, "crown", curve_of(surface, control, n, closed), inside, &region, err);
    assert_true((status == NP_OK) == (region != NULL));
    np_region_destroy(region);
    return status;
}

static void regions_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    np_mesh apart = shape_plane(10, 10, 3, 0);
    for (size_t v = 0; v < apart.n_vertices; v++)
        apart.vertices[v].x += 50;
    np_surface *surface = shape_surface(shape_join(shape_plane(10, 10, 3, 0), apart));
    np_error err;
    np_vec3 bow[] = {{5, 5, 0}, {25, 25, 0}, {25, 5, 0}, {5, 24, 0}};
    assert_int_equal(try_region(surface, bow, 4, true, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "crosses itself, between points 1 and 2 and between points 3 and 4"));
    np_vec3 square[] = {{5, 5, 0}, {25, 5, 0}, {25, 25, 0}, {5, 25, 0}};
    assert_int_equal(try_region(surface, square, 4, false, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "must be a closed curve"));
    np_vec3 tiny[] = {{5, 5, 0}, {11, 5, 0}, {11, 11, 0}, {5, 11, 0}};
    assert_int_equal(try_region(surface, tiny, 4, true, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "0.36 cm2"));
    np_vec3 off = {15, 15, 30}, other = {60, 10, 0}, in = {15, 15, 0};
    assert_int_equal(try_region(surface, square, 4, true, &off, &err), NP_ERR_INVALID);
    assert_int_equal(try_region(surface, square, 4, true, &other, &err), NP_ERR_GEOMETRY);
    assert_int_equal(try_region(surface, square, 4, true, &in, &err), NP_OK);
    shape_surface_destroy(surface);

    np_surface *ring = shape_surface(shape_torus(60, 20, 4));
    np_vec3 around[24];
    for (int i = 0; i < 24; i++)
        around[i] = np_vec3_make(80 * cos(NP_TWO_PI * i / 24), 80 * sin(NP_TWO_PI * i / 24), 0);
    assert_int_equal(try_region(ring, around, 24, true, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "does not separate the scan"));
    shape_surface_destroy(ring);
}

static void a_region_may_lie_within_one_triangle(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_plane(2, 2, 60, 0));
    np_vec3 control[] = {{70, 8, 0}, {80, 8, 0}, {80, 18, 0}, {70, 18, 0}};
    for (int turned = 0; turned < 2; turned++) {
        np_error err = {0};
        np_region *region = NULL;
        assert_int_equal(np_region_create(surface, "spot", curve_of(surface, control, 4, true), NULL, &region, &err),
                         NP_OK);
        assert_near(region->area_cm2, 1, 1e-4);
        double xs[] = {75, 75, 71, 84, 20}, ys[] = {13, 5, 17, 13, 100}, expected[] = {5, -3, 1, -4, NAN};
        for (int i = 0; i < 5; i++) {
            np_surface_point p;
            assert_true(np_surface_nearest(surface, np_vec3_make(xs[i], ys[i], 0), 1, &p));
            double d = np_region_distance_mm(region, &p);
            if (isnan(expected[i]))
                assert_true(d < -70);
            else
                assert_near(d, expected[i], 0.02 * fabs(expected[i]) + 1e-3);
        }
        np_region_destroy(region);
        np_vec3 swap = control[1];
        control[1] = control[3];
        control[3] = swap;
    }
    shape_surface_destroy(surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve_points_lie_close_together_on_the_scan),
        cmocka_unit_test(distance_is_along_the_surface_and_positive_on_the_left),
        cmocka_unit_test(beyond_the_ends_of_an_open_curve_distance_is_to_the_end),
        cmocka_unit_test(a_path_goes_round_a_hole),
        cmocka_unit_test(curves_that_cannot_be_drawn_are_refused),
        cmocka_unit_test(regions_that_make_no_sense_are_refused),
        cmocka_unit_test(a_region_may_lie_within_one_triangle),
        cmocka_unit_test(area_of_a_cap_is_that_of_the_smaller_side_or_the_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
