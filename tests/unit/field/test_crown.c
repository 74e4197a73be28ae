/* crown: density about one whorl and two, and a border that is no circle, on the built-in head. */
#include "painted.h"

#define LAYER "  - {name: all, strategy: crown, region: scalp, params: {variation: 0, %s}}\n"

static np_field paint_at(const painted *p, const np_surface_point *points, size_t n)
{
    np_field f;
    assert_int_equal(np_field_init(&f, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(p->painter, points, n, 0, NULL, &f, NULL), NP_OK);
    return f;
}

/* A unit vector along the skin at P, TURN from ahead. */
static np_vec3 along(const np_surface_point *p, double turn)
{
    np_vec3 ahead = np_vec3_normalize(np_vec3_reject(np_vec3_make(1, 0, 0), p->normal));
    return np_vec3_rotate(ahead, p->normal, turn);
}

/* How far from MIDDLE, in N directions, the density falls below half of FULL. */
static void measure_border(const painted *p, np_vec3 middle, double full, double *out_mm, size_t n)
{
    enum { STEPS = 140 };
    np_surface_point points[STEPS], centre;
    assert_true(np_surface_nearest(&p->scan->surface, middle, 5, &centre));
    for (size_t k = 0; k < n; k++) {
        np_vec3 way = along(&centre, 6.283185307 * (double)k / (double)n);
        for (int i = 0; i < STEPS; i++)
            assert_true(
                np_surface_nearest(&p->scan->surface, np_vec3_mad(centre.position, way, 0.5 * i), 60, &points[i]));
        np_field f = paint_at(p, points, STEPS);
        out_mm[k] = 0;
        for (int i = 0; i < STEPS; i++)
            if (f.density_per_cm2[i] > 0.5 * full)
                out_mm[k] = np_vec3_distance(points[i].position, centre.position);
        np_field_fini(&f);
    }
}

static double mean_of(const double *v, size_t n, double *out_sd)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i] / (double)n;
        squares += v[i] * v[i] / (double)n;
    }
    *out_sd = sqrt(fmax(0, squares - sum * sum));
    return sum;
}

/* The case of the template with so many usual whorls, on the whole scalp. */
static np_case *case_with(int whorls, const char *params)
{
    char text[600];
    np_error err = {0};
    np_case *c = NULL;
    snprintf(text, sizeof text, "needlepath: 1\nusual_whorls: %d\nregions: [{name: scalp, of: scalp}]\nlayers:\n" LAYER,
             whorls, params);
    if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    return c;
}

static void the_border_is_no_circle(void **state)
{
    (void)state;
    double mm[48], sd, straight_sd;
    painted p = paint_case(case_with(1, "density_per_cm2: 60, radius_mm: 45, feather_mm: 16, border_wander_mm: 5"), 10);
    assert_int_equal(p.scan->n_whorls, 1);
    measure_border(&p, p.scan->whorls[0], 60, mm, 48);
    double mean = mean_of(mm, 48, &sd);
    painted_fini(&p);
    assert_near(mean, 45 - 8, 3);
    p = paint_case(case_with(1, "density_per_cm2: 60, radius_mm: 45, feather_mm: 16, border_wander_mm: 0"), 10);
    measure_border(&p, p.scan->whorls[0], 60, mm, 48);
    mean = mean_of(mm, 48, &straight_sd);
    painted_fini(&p);
    assert_near(mean, 45 - 8, 0.7);
    assert_true(sd > 1.5);
    assert_true(straight_sd < 0.5);
}

static void skin_shows_in_the_middle_of_each_whorl(void **state)
{
    (void)state;
    painted p = paint_case(case_with(2, "density_per_cm2: 60, centre_share: 0.7, radius_mm: 50"), 10);
    assert_int_equal(p.scan->n_whorls, 2);
    assert_near(np_vec3_distance(p.scan->whorls[0], p.scan->whorls[1]), 27, 5);
    assert_true(p.scan->whorls[0].y < 0); /* the right one first */
    np_vec3 between = np_vec3_scale(np_vec3_add(p.scan->whorls[0], p.scan->whorls[1]), 0.5);
    np_vec3 at[] = {p.scan->whorls[0], p.scan->whorls[1], between, np_vec3_make(between.x + 12, between.y, between.z)};
    np_surface_point points[4];
    for (int i = 0; i < 4; i++)
        assert_true(np_surface_nearest(&p.scan->surface, at[i], 20, &points[i]));
    np_field f = paint_at(&p, points, 4);
    assert_near(f.density_per_cm2[0], 0.7 * 60, 1.5);
    assert_near(f.density_per_cm2[1], 0.7 * 60, 1.5);
    assert_true(f.density_per_cm2[2] > 0.9 * 60); /* no bridge is left bare */
    assert_true(f.density_per_cm2[3] > 0.97 * 60);
    np_field_fini(&f);
    painted_fini(&p);
}

/* Two whorls make a crown that is wider than high by about as much as they lie apart. */
static void two_whorls_make_a_wide_crown(void **state)
{
    (void)state;
    double mm[4];
    painted p =
        paint_case(case_with(2, "density_per_cm2: 60, border_wander_mm: 0, centre_share: 1, radius_mm: 40"), 10);
    np_vec3 between = np_vec3_scale(np_vec3_add(p.scan->whorls[0], p.scan->whorls[1]), 0.5);
    double apart = np_vec3_distance(p.scan->whorls[0], p.scan->whorls[1]);
    measure_border(&p, between, 60, mm, 4);
    double high = mm[0] + mm[2], wide = mm[1] + mm[3];
    if (!(wide > high + 0.4 * apart && wide < high + 1.6 * apart))
        fail_msg("%.1f mm high, %.1f wide, whorls %.1f apart", high, wide, apart);
    painted_fini(&p);
}

static void whorls_are_listed_or_usual(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {{"usual_whorls: 1\nwhorls: [[-64, 0, 103]]\n", "usual_whorls: the case lists whorls"},
               {"usual_whorls: 1\nwhorls: []\n", "usual_whorls: the case says that there are none (whorls: [])"},
               {"usual_whorls: 3\n", "usual_whorls"},
               {"usual_whorls: -1\n", "usual_whorls"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[500];
        np_error err = {0};
        np_case *c = NULL;
        snprintf(text, sizeof text, "needlepath: 1\n%sregions: [{name: scalp, of: scalp}]\nlayers:\n" LAYER,
                 bad[i].text, "radius_mm: 40");
        assert_int_not_equal(np_case_parse("case.yaml", text, strlen(text), &c, &err), NP_OK);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s", err.text);
    }
}

/* A fade as long as the crown is wide leaves hardly a dot: a warning says what to change.  A short one of a small crown does not. */
static void a_crown_that_is_nowhere_full_is_told(void **state)
{
    (void)state;
    static const char *const params[] = {"radius_mm: 10", "radius_mm: 18, feather_mm: 18",
                                         "radius_mm: 10, feather_mm: 4", "radius_mm: 48"};
    for (int i = 0; i < 4; i++) {
        char layers[300];
        snprintf(layers, sizeof layers, LAYER, params[i]);
        painted p = paint_case(fixture_case("full-scalp", layers, NULL), 100);
        const char *says = strstr(np_painter_notes(p.painter), "the crown is nowhere full");
        if ((says != NULL) != (i < 2) || (says && !strstr(says, "make radius_mm larger, or feather_mm smaller")))
            fail_msg("%s: '%s'", params[i], np_painter_notes(p.painter));
        painted_fini(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_border_is_no_circle),
        cmocka_unit_test(skin_shows_in_the_middle_of_each_whorl),
        cmocka_unit_test(two_whorls_make_a_wide_crown),
        cmocka_unit_test(whorls_are_listed_or_usual),
        cmocka_unit_test(a_crown_that_is_nowhere_full_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
