/* Regions cut out by a function, on a sphere and a plane, where areas and distances are known. */
#include "../test.h"

#include "base/angle.h"
#include "surface/private/region.h"
#include "shapes.h"

#define RADIUS 80.0

/* Along the sphere, inside of the cap of POLAR around the z axis and of the one around -z, less a hole around x. */
typedef struct caps {
    double north, south, hole;
} caps;

static double in_caps(void *context, const np_surface_point *p)
{
    const caps *c = context;
    np_vec3 u = np_vec3_normalize(p->position);
    double d = fmax(c->north - acos(u.z), c->south - acos(-u.z));
    return RADIUS * fmin(d, acos(u.x) - c->hole);
}

static double cap_cm2(double polar)
{
    return NP_TWO_PI * RADIUS * RADIUS * (1 - cos(polar)) / 100;
}

static np_status cut(const np_surface *surface, caps *c, double least_cm2, np_region **out, np_error *err)
{
    np_region_where where = {in_caps, c, 0};
    return np_region_create_where(surface, "caps", &where, least_cm2, NULL, out, err);
}

static np_surface_point at(const np_surface *surface, np_vec3 direction)
{
    np_surface_point p;
    assert_true(np_surface_nearest(surface, np_vec3_scale(np_vec3_normalize(direction), RADIUS), 5, &p));
    return p;
}

static void pieces_and_holes_have_their_areas_and_distances(void **state)
{
    (void)state;
    for (int step = 2; step <= 8; step += 3) {
        np_surface *surface = shape_surface(shape_sphere(RADIUS, step, 0.2));
        caps c = {.north = 1.9, .south = 0.5, .hole = 0.25};
        np_region *region = NULL;
        np_error err = {0};
        assert_int_equal(cut(surface, &c, 0.5, &region, &err), NP_OK);
        assert_int_equal(region->n_borders, 3);
        double share = 1 - 0.006 * step; /* of a polyhedron's surface */
        double whole = cap_cm2(1.9) + cap_cm2(0.5) - cap_cm2(0.25);
        assert_in_range((long)(1000 * region->area_cm2 / whole), (long)(1000 * share), 1003);
        for (int i = 0; i < 500; i++) {
            double z = 1 - (i + 0.5) / 250, turn = 2.399963 * i, r = sqrt(1 - z * z);
            np_surface_point p = at(surface, np_vec3_make(r * cos(turn), r * sin(turn), z));
            double expected = in_caps(&c, &p);
            assert_near(np_region_distance_mm(region, &p), expected, (0.025 + 0.003 * step) * fabs(expected) + 0.15);
        }
        np_region_destroy(region);
        shape_surface_destroy(surface);
    }
}

/* Near the border of a region that is asked there alone all is as with one of which all distances matter, and beyond nothing looks nearer. */
static void distances_that_do_not_matter_are_not_short(void **state)
{
    (void)state;
    const double within_mm = 12;
    caps round[] = {{.north = 1.2, .south = -1, .hole = -1}, {.north = 1.9, .south = 0.5, .hole = 0.5}};
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 3, 0.2));
    for (size_t k = 0; k < 2; k++) {
        np_region_where all = {in_caps, &round[k], 0}, near = {in_caps, &round[k], within_mm};
        np_region *whole = NULL, *region = NULL;
        np_error err = {0};
        size_t n_near = 0, n_cut = 0;
        assert_int_equal(np_region_create_where(surface, "caps", &all, 0.5, NULL, &whole, &err), NP_OK);
        assert_int_equal(np_region_create_where(surface, "caps", &near, 0.5, NULL, &region, &err), NP_OK);
        for (int i = 0; i < 2000; i++) {
            double z = 1 - (i + 0.5) / 1000, turn = 2.399963 * i, r = sqrt(1 - z * z);
            np_surface_point p = at(surface, np_vec3_make(r * cos(turn), r * sin(turn), z));
            double told = np_region_distance_mm(region, &p), is = np_region_distance_mm(whole, &p);
            assert_int_equal(signbit(told), signbit(is));
            assert_true(fabs(is) <= within_mm ? told == is : fabs(told) > within_mm);
            n_near += fabs(is) <= within_mm;
            n_cut += told != is;
        }
        assert_true(n_near > 200);
        assert_true(k == 0 ? n_cut > 200 : n_cut == 0); /* of several borders the nearest says what is inside */
        np_region_destroy(whole);
        np_region_destroy(region);
    }
    shape_surface_destroy(surface);
}

static void small_pieces_and_holes_are_nothing(void **state)
{
    (void)state;
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 3, 0.2));
    caps c = {.north = 1.9, .south = 0.04, .hole = 0.04}; /* of 0.32 cm2 */
    np_region *region = NULL;
    np_error err = {0};
    assert_int_equal(cut(surface, &c, 0.5, &region, &err), NP_OK);
    assert_int_equal(region->n_borders, 1);
    assert_near(region->area_cm2 / cap_cm2(1.9), 1, 0.01);
    np_region_destroy(region);
    assert_int_equal(cut(surface, &c, 0.1, &region, &err), NP_OK);
    assert_int_equal(region->n_borders, 3);
    np_region_destroy(region);
    shape_surface_destroy(surface);
}

static void nothing_and_everything_are_no_regions(void **state)
{
    (void)state;
    static const struct {
        caps c;
        const char *text;
    } bad[] = {
        {{-0.1, -0.1, 0}, "caps: nothing of the scan lies in it"},
        {{0.04, 0.04, 0}, "2 pieces, the largest of 0.32 cm2"},
        {{4, 4, -1}, "all of the scan lies in it"},
    };
    np_surface *surface = shape_surface(shape_sphere(RADIUS, 3, 0.2));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        caps c = bad[i].c;
        np_region *region = NULL;
        np_error err = {0};
        assert_int_equal(cut(surface, &c, 0.5, &region, &err), NP_ERR_GEOMETRY);
        assert_null(region);
        if (!strstr(err.text, bad[i].text))
            fail_msg("%s", err.text);
    }
    shape_surface_destroy(surface);
}

static double in_disc(void *context, const np_surface_point *p)
{
    const np_vec3 *middle = context;
    return 25 - hypot(p->position.x - middle->x, p->position.y - middle->y);
}

/* The scan ends in the middle of the region; its edge is the region's border there, and a hole in the scan is none. */
static void a_scan_may_end_in_a_region(void **state)
{
    (void)state;
    np_mesh mesh = shape_plane(40, 40, 2.5, 0.2);
    size_t n = 0; /* a hole of 5 mm */
    for (size_t t = 0; t < mesh.n_triangles; t++) {
        np_vec3 p = mesh.vertices[mesh.triangles[t].v[0]];
        if (hypot(p.x - 50, p.y - 40) > 5)
            mesh.triangles[n++] = mesh.triangles[t];
    }
    mesh.n_triangles = n;
    np_surface *surface = shape_surface(mesh);
    np_vec3 middle[] = {{50, 50, 0}, {50, 0, 0}};
    double discs[] = {NP_PI * 625, NP_PI * 625 / 2}, borders[] = {NP_TWO_PI * 25, NP_PI * 25 + 50};
    for (int i = 0; i < 2; i++) {
        np_region_where where = {in_disc, &middle[i], 0};
        np_region *region = NULL;
        np_error err = {0};
        if (np_region_create_where(surface, "disc", &where, 0.5, NULL, &region, &err) != NP_OK)
            fail_msg("%s", err.text);
        assert_int_equal(region->n_borders, 1);
        assert_near(100 * region->area_cm2, discs[i] - (i == 0 ? NP_PI * 25 : 0), 35);
        assert_near(np_curve_arc_mm(np_region_border(region))[np_curve_count(np_region_border(region)) - 1], borders[i],
                    1.5);
        np_region_destroy(region);
    }
    shape_surface_destroy(surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_and_holes_have_their_areas_and_distances),
        cmocka_unit_test(distances_that_do_not_matter_are_not_short),
        cmocka_unit_test(small_pieces_and_holes_are_nothing),
        cmocka_unit_test(nothing_and_everything_are_no_regions),
        cmocka_unit_test(a_scan_may_end_in_a_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
