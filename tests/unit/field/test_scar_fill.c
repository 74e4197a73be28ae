/* scar_fill: as wide as asked, no outline, refusals, diameters, burns; on the built-in head. */
#include "painted.h"

#include "base/angle.h"
#include "surface/region.h"

#define N_POINTS 30000
#define HAIRS_ALL_AROUND 57500 /* of which 75 a cm2 are beside the scar */

/* The line of the template's FUT scar. */
static np_curve *scar_line(const np_case *c, const np_scan *scan)
{
    const np_case_shape *line = np_case_find_curve(c, "fut_scar");
    np_vec3 control[200];
    for (unsigned i = 0; i < line->points.n; i++)
        control[i] = np_scan_from_file(scan, line->points.points[i]);
    np_curve *curve;
    assert_int_equal(np_curve_create(&scan->surface, "scar", control, line->points.n, false, NULL, &curve, NULL),
                     NP_OK);
    return curve;
}

/* Mean densities of the middle of a FUT scar, by whole mm from its line; EXTRA keys of the case. */
static void measure_rings(const char *params, const char *extra, double *out_ring, int n_rings)
{
    char layers[400];
    int count[32] = {0};
    snprintf(layers, sizeof layers,
             "  - {name: scar, strategy: scar_fill, curve: fut_scar, reach_mm: 25, params: {variation: 0, %s}}\n",
             params);
    np_case *c = fixture_case("fut-scar", layers, extra);
    painted p = paint_case(c, N_POINTS);
    np_curve *curve = scar_line(c, p.scan);
    double length = np_curve_arc_mm(curve)[np_curve_count(curve) - 1];
    for (int i = 0; i < n_rings; i++)
        out_ring[i] = 0;
    for (size_t i = 0; i < p.n; i++) {
        double arc, d = fabs(np_curve_distance_mm(curve, &p.points[i], &arc));
        if (arc < 0.35 * length || arc > 0.65 * length || d >= n_rings)
            continue;
        out_ring[(int)d] += p.field.density_per_cm2[i];
        count[(int)d]++;
    }
    for (int i = 0; i < n_rings; i++) {
        assert_true(count[i] > 5);
        out_ring[i] /= count[i];
    }
    np_curve_destroy(curve);
    painted_fini(&p);
}

/* Twice the distance at which the density has fallen to half of that in the middle. */
static double width_mm(const double *ring, int n)
{
    for (int i = 1; i < n; i++)
        if (ring[i] < 0.5 * ring[0])
            return 2 * (i - 0.5 + (ring[i - 1] - 0.5 * ring[0]) / (ring[i - 1] - ring[i]));
    return INFINITY;
}

static void a_strip_is_as_wide_as_asked(void **state)
{
    (void)state;
    static const double asked[] = {4, 6, 10};
    for (size_t i = 0; i < 3; i++) {
        double ring[20];
        char params[100];
        snprintf(params, sizeof params, "density_per_cm2: 60, taper: 1, width_mm: %g", asked[i]);
        measure_rings(params, NULL, ring, 20);
        assert_near(width_mm(ring, 20), asked[i], 1.2);
        /* beside hair of 75 that is whole, dots add less than an eighth of it; farther off there are single ones, then none */
        assert_true(ring[(int)(asked[i] / 2) + 3] < 0.125 * 75);
        assert_true(ring[(int)(asked[i] / 2) + 4] > 0.5);
        assert_true(ring[(int)(asked[i] / 2) + 12] < 0.5);
        for (int k = 1; k < 20; k++)
            assert_true(ring[k] <= ring[k - 1] + 2);
    }
}

/* Where hair is taken to grow up to the scar, dots end where it begins. */
static void a_strip_meets_hair_that_nobody_listed(void **state)
{
    (void)state;
    double ring[12];
    measure_rings("density_per_cm2: 75, core_share: 1, taper: 1, width_mm: 6, border_jitter_mm: 0", NULL, ring, 12);
    assert_near(ring[0], 75, 1);
    assert_true(ring[2] > 0.8 * 75);
    assert_true(ring[3] < 0.25 * 75);
    assert_true(ring[4] < 0.1 * 75);
}

/* The hairs of a unit at P, a fifth of a millimetre from each other, in a row along the skin. */
static void list_unit(FILE *f, const np_surface_point *p, int hairs)
{
    for (int i = 0; i < hairs; i++) {
        np_vec3 at = np_vec3_mad(p->position, np_vec3_perpendicular(p->normal), 0.2 * (i - 0.5 * (hairs - 1)));
        fprintf(f, "    - [%.3f, %.3f, %.3f]\n", at.x, at.y, at.z);
    }
}

/* The key existing with every NTH unit of hair of 75 a cm2, HAIRS in each (0: 1 to 4), from BARE_MM on from the FUT scar's line, as far as
 * the layer sees.  Freed by the caller. */
static char *hair_beside_scar(double bare_mm, size_t nth, int hairs)
{
    np_case *c = fixture_case("fut-scar", NULL, NULL);
    np_scan *scan = fixture_scan(c);
    np_curve *curve = scar_line(c, scan);
    double arc, length = np_curve_arc_mm(curve)[np_curve_count(curve) - 1];
    size_t n, size = 0, listed = 0;
    np_surface_point *points = fixture_points(scan, HAIRS_ALL_AROUND, &n);
    char *text = NULL;
    FILE *f = open_memstream(&text, &size);
    fputs("existing:\n  follicles:\n", f);
    for (size_t i = 0; i < n; i++) {
        double d = fabs(np_curve_distance_mm(curve, &points[i], &arc));
        if (d < bare_mm || d > 12 || arc < 0.3 * length || arc > 0.7 * length || i % nth != 0)
            continue;
        list_unit(f, &points[i], hairs ? hairs : 1 + (int)(i / nth % 4));
        listed++;
    }
    fclose(f);
    assert_near((double)(listed * nth) / (2 * (12 - bare_mm) * 0.4 * length / 100), 75, 5);
    free(points);
    np_curve_destroy(curve);
    np_scan_destroy(scan);
    np_case_destroy(c);
    return text;
}

#define AMONG_HAIR                                                                                                     \
    "density_per_cm2: 75, core_share: 1, taper: 1, width_mm: 6, border_jitter_mm: 0, surroundings: as_listed"

/* Where the hair around the scar is listed, unit by unit or hair by hair, dots and hair meet in one density: no rim of both outside, no bare
 * line inside. */
static void a_strip_among_listed_hair_is_not_outlined(void **state)
{
    (void)state;
    static const int hairs[] = {1, 4, 0};
    for (int k = 0; k < 3; k++) {
        char *hair = hair_beside_scar(3, 1, hairs[k]);
        double ring[12];
        measure_rings(AMONG_HAIR, hair, ring, 10);
        for (int mm = 0; mm < 2; mm++)
            assert_near(ring[mm], 75, 5);
        assert_true(ring[2] > 0.7 * 75);
        for (int mm = 3; mm < 10; mm++)
            assert_true(ring[mm] < 0.125 * 75);
        free(hair);
    }
}

/* What a density counts is units: half of them are half of it, however many hairs they have. */
static void thinned_hair_is_made_up_for_by_units(void **state)
{
    (void)state;
    static const int hairs[] = {1, 0};
    for (int k = 0; k < 2; k++) {
        char *hair = hair_beside_scar(3, 2, hairs[k]);
        double ring[12];
        measure_rings(AMONG_HAIR, hair, ring, 10);
        for (int mm = 4; mm < 8; mm++)
            assert_near(ring[mm], 37.5, 6);
        free(hair);
    }
}

/* 0: planned.  Else the error's text holds SAYS. */
static void try_scar(const char *template_name, const char *shape, const char *params, const char *says)
{
    char layers[400];
    snprintf(layers, sizeof layers, "  - {name: scar, strategy: scar_fill, %s, params: {%s}}\n", shape, params);
    np_case *c = fixture_case(template_name, layers, NULL);
    np_scan *scan = fixture_scan(c);
    np_painter *painter = NULL;
    np_error err = {0};
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    np_status status = np_painter_create(c, scan, NULL, &painter, &err);
    if (says ? status == NP_OK || !strstr(err.text, says) : status != NP_OK)
        fail_msg("%s: %s: %s", params, np_status_name(status), err.text);
    np_painter_destroy(painter);
    np_scan_destroy(scan);
    np_case_destroy(c);
}

/* Where the layer ends before the scar does, a warning says how far it must reach. */
static void a_reach_that_cuts_the_scar_off_is_told(void **state)
{
    (void)state;
    static const struct {
        double width_mm;
        int reach_mm;
        const char *says;
    } rows[] = {{40, 15, "make reach_mm 31"}, {30, 15, "make reach_mm 26"}, {26, 15, NULL}, {40, 31, NULL}};
    for (int i = 0; i < 4; i++) {
        char layers[300];
        snprintf(layers, sizeof layers,
                 "  - {name: scar, strategy: scar_fill, curve: fut_scar, reach_mm: %d, params: {width_mm: %g}}\n",
                 rows[i].reach_mm, rows[i].width_mm);
        painted p = paint_case(fixture_case("fut-scar", layers, NULL), 10);
        const char *notes = np_painter_notes(p.painter), *says = strstr(notes, "cuts the scar off");
        if ((says != NULL) != (rows[i].says != NULL) || (says && !strstr(says, rows[i].says)))
            fail_msg("%d: '%s'", i, notes);
        painted_fini(&p);
    }
}

static void scars_that_are_not_to_be_treated_are_refused(void **state)
{
    (void)state;
    try_scar("fut-scar", "curve: fut_scar", "raised: true", "raised");
    try_scar("fut-scar", "curve: fut_scar", "red: true", "wait until it is pale");
    try_scar("fut-scar", "curve: fut_scar", "age_months: 5.9", "younger than 6 months");
    try_scar("fut-scar", "curve: fut_scar", "age_months: 6", NULL);
    try_scar("fue-scars", "points: fue_scars", "disc_diameters_mm: [[0.8], [0.9]]", "a row for each");
    try_scar("fut-scar", "curve: fut_scar", "disc_diameters_mm: [[0.8]]", "a row for each");
}

static void round_scars_have_their_diameters(void **state)
{
    (void)state;
    for (int large = 0; large < 2; large++) {
        char layers[3000] =
            "  - {name: scars, strategy: scar_fill, points: fue_scars, reach_mm: 3, params: {disc_diameters_mm: [";
        np_case *plain = fixture_case("fue-scars", NULL, NULL);
        unsigned n_scars = np_case_find_point_set(plain, "fue_scars")->points.n;
        np_case_destroy(plain);
        for (unsigned i = 0; i < n_scars; i++)
            sprintf(layers + strlen(layers), "%s[%s]", i ? ", " : "", large ? "1.2" : "0.7");
        strcat(layers, "]}}\n");
        painted p = paint_case(fixture_case("fue-scars", layers, NULL), 10);
        size_t n;
        np_painter_pins(p.painter, &n);
        assert_in_range(n, large ? n_scars + 1 : n_scars / 2, large ? 2 * n_scars : n_scars);
        painted_fini(&p);
    }
}

/* The same said beside the places; and what cannot be meant. */
static void round_scars_have_the_diameters_of_their_points(void **state)
{
    (void)state;
    static const struct {
        const char *values, *params, *says;
    } rows[] = {
        {"1.2", "", NULL},
        {"0", "", NULL},
        {"0.2", "", "diameter_mm of a scar is 0.3 mm or more"},
        {"1.2", "disc_diameters_mm: [[0.8], [0.8], [0.8]]", "diameters are given twice"},
    };
    size_t n[4] = {0};
    for (int i = 0; i < 4; i++) {
        char text[700];
        np_case *c = NULL;
        np_scan *scan = NULL;
        np_painter *painter = NULL;
        np_error err = {0};
        snprintf(
            text, sizeof text,
            "needlepath: 1\nscan: {head: {sex: m, percentile: 50}}\npoints:\n  - {name: scars, points: [[-90, 0, 60], "
            "[-90, 8, 60], [-90, 16, 60]], values: {diameter_mm: %s}}\n"
            "layers:\n  - {name: scars, strategy: scar_fill, points: scars, reach_mm: 3, params: {%s}}\n",
            rows[i].values, rows[i].params);
        if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK ||
            np_scan_create(&c->scan, NULL, &scan, &err) != NP_OK)
            fail_msg("%s", err.text);
        np_status status = np_painter_create(c, scan, NULL, &painter, &err);
        if (rows[i].says ? status == NP_OK || !strstr(err.text, rows[i].says) : status != NP_OK)
            fail_msg("%d: '%s'", i, err.text);
        if (painter)
            np_painter_pins(painter, &n[i]);
        np_painter_destroy(painter);
        np_scan_destroy(scan);
        np_case_destroy(c);
    }
    assert_int_equal(n[0], 6); /* two in each */
    assert_in_range(n[1], 3, 5);
}

/* Hair at the rim of round scars: their dots step aside, and only where hair is all around none is made; both are told. */
static void dots_of_round_scars_keep_clear_of_listed_hair(void **state)
{
    (void)state;
    enum { SCARS = 20, RIM = 4 };
    char *text = NULL;
    size_t size, n, n_hair, stepped = 0, dropped = 0;
    np_case *c = NULL;
    np_error err = {0};
    FILE *f = open_memstream(&text, &size);
    fputs("needlepath: 1\nscan: {head: {sex: m, percentile: 50}}\npoints:\n  - name: scars\n    points:\n", f);
    for (int i = 0; i < SCARS; i++)
        fprintf(f, "      - [-90, %d, 60]\n", 2 * i - SCARS);
    fputs("    values: {diameter_mm: 0.8}\nlayers:\n"
          "  - {name: scars, strategy: scar_fill, points: scars, reach_mm: 3}\nexisting:\n  follicles:\n",
          f);
    for (int i = 0; i < SCARS; i++)
        for (int k = 0; k < RIM - (i > 0); k++) /* of the first one, all around and near */
            fprintf(f, "    - [-90, %.3f, %.3f]\n", 2 * i - SCARS + (i ? 0.6 : 0.35) * cos(NP_TWO_PI * k / RIM),
                    60 + (i ? 0.6 : 0.35) * sin(NP_TWO_PI * k / RIM));
    fclose(f);
    if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    painted p = paint_case(c, 10);
    const np_pin *pins = np_painter_pins(p.painter, &n);
    const np_surface_point *hair = np_painter_existing(p.painter, &n_hair);
    assert_int_equal(n_hair, SCARS * (RIM - 1) + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_hair; k++)
            assert_true(np_vec3_distance(pins[i].point.position, hair[k].position) >= 0.45);
    const char *note = strstr(np_painter_notes(p.painter), "places by hand ");
    assert_non_null(note);
    assert_int_equal(sscanf(note,
                            "places by hand %zu stepped aside by up to 0.4 mm from listed hair; not made as they found "
                            "no room 0.45 mm from it and all else: %zu",
                            &stepped, &dropped),
                     2);
    assert_int_equal(n + dropped, SCARS);
    assert_in_range(stepped, 3, SCARS);
    assert_in_range(dropped, 1, 3);
    painted_fini(&p);
    free(text);
}

/* Of a burn on the crown: full inside, nothing outside, and nowhere more along the border than within. */
static void a_burn_is_its_region(void **state)
{
    (void)state;
    painted p = paint_case(fixture_case("crown",
                                        "  - {name: burn, strategy: scar_fill, region: crown, params: {variation: 0, "
                                        "density_per_cm2: 60, surroundings: natural}}\n",
                                        NULL),
                           N_POINTS);
    double sum[12] = {0};
    int count[12] = {0};
    for (size_t i = 0; i < p.n; i++) {
        double inside = np_painter_inside_mm(p.painter, &p.points[i]);
        if (inside < -0.1)
            assert_near(p.field.density_per_cm2[i], 0, 0);
        if (inside >= 0 && inside < 12) {
            sum[(int)inside] += p.field.density_per_cm2[i];
            count[(int)inside]++;
        }
    }
    for (int i = 0; i < 12; i++)
        assert_true(count[i] > 20);
    assert_near(sum[11] / count[11], 57, 1);
    assert_true(sum[0] / count[0] < 25);
    assert_true(sum[1] / count[1] > 20); /* no bare rim within it */
    for (int i = 1; i < 12; i++)
        assert_true(sum[i] / count[i] >= sum[i - 1] / count[i - 1] - 1);
    painted_fini(&p);
}

/* Dots of the first session are lighter, and all together as dark as asked for. */
static void the_first_session_is_lighter(void **state)
{
    (void)state;
    painted p = paint_case(
        fixture_case("crown",
                     "  - {name: burn, strategy: scar_fill, region: crown, params: {tone: 0.5, tone_variation: 0, "
                     "light_first: 0.2}}\n",
                     NULL),
        N_POINTS);
    double tone[3] = {0};
    int count[3] = {0};
    for (size_t i = 0; i < p.n; i++)
        if (np_painter_inside_mm(p.painter, &p.points[i]) > 8) {
            tone[p.field.first_session[i]] += p.field.tone[i];
            count[p.field.first_session[i]]++;
        }
    assert_true(count[1] > 100);
    assert_true(count[2] > 100);
    assert_near(tone[2] / count[2] - tone[1] / count[1], 0.2, 0.01);
    assert_near((tone[1] + tone[2]) / (count[1] + count[2]), 0.5, 0.02);
    painted_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strip_is_as_wide_as_asked),
        cmocka_unit_test(a_strip_meets_hair_that_nobody_listed),
        cmocka_unit_test(a_strip_among_listed_hair_is_not_outlined),
        cmocka_unit_test(thinned_hair_is_made_up_for_by_units),
        cmocka_unit_test(a_reach_that_cuts_the_scar_off_is_told),
        cmocka_unit_test(scars_that_are_not_to_be_treated_are_refused),
        cmocka_unit_test(round_scars_have_their_diameters),
        cmocka_unit_test(round_scars_have_the_diameters_of_their_points),
        cmocka_unit_test(dots_of_round_scars_keep_clear_of_listed_hair),
        cmocka_unit_test(a_burn_is_its_region),
        cmocka_unit_test(the_first_session_is_lighter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
