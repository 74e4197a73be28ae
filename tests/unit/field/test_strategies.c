/* The bundled strategies: what each promises of its field, on the built-in head, and on real scans where they
 * are there. */
#include "painted.h"

#include "needlepath/plugin_kit.h"
#include "surface/region.h"

/* ---- hairline ---- */

/* Going up from the forehead at AZIMUTH_DEG there is bare skin, then a ramp, then hair, without stripes or
 * steps.  Returns how far up, along the skin, hair begins. */
static double hair_begins_mm(const painted *p, double azimuth_deg)
{
    enum { STEPS = 160 };
    np_vec3 middle = np_vec3_scale(np_vec3_add(p->scan->landmarks.glabella, p->scan->landmarks.inion), 0.5);
    double a = azimuth_deg * 3.14159265358979 / 180, length = 0, begins = -1;
    np_surface_point points[STEPS];
    size_t n = 0;
    for (int i = 0; i < STEPS; i++) {
        double e = i * 0.5 * 3.14159265358979 / 180;
        np_vec3 direction = {cos(e) * cos(a), cos(e) * sin(a), sin(e)};
        n += np_surface_ray(&p->scan->surface, middle, direction, 300, &points[n]);
    }
    np_field f;
    assert_int_equal(np_field_init(&f, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(p->painter, points, n, 0, NULL, &f, NULL), NP_OK);
    for (size_t i = 1; i < n; i++) {
        double density = f.density_per_cm2[i];
        length += np_vec3_distance(points[i].position, points[i - 1].position);
        if (begins < 0 && density > 4)
            begins = length;
        assert_true(begins < 0 || density > 2);                     /* no bare stripe behind the line */
        assert_true(fabs(density - f.density_per_cm2[i - 1]) < 25); /* and no step: half a degree is under 1 mm */
    }
    np_field_fini(&f);
    return begins;
}

static void assert_in_unit(double tone)
{
    assert_true(tone >= 0);
    assert_true(tone <= 1);
}

static void check_hairline(np_case *c)
{
    painted p = paint_case(c, 3000);
    size_t n_pins;
    const np_pin *pins = np_painter_pins(p.painter, &n_pins);

    double middle = hair_begins_mm(&p, 0), left = hair_begins_mm(&p, 25), right = hair_begins_mm(&p, -25);
    assert_true(middle >= 52);
    assert_true(middle <= 95);
    assert_true(left > 40);
    assert_true(left < 110);
    assert_true(right > 40);
    assert_true(right < 110);

    /* sentinels: in the region, apart from each other, in bare skin ahead of the line */
    assert_true(n_pins >= 3);
    assert_true(n_pins <= 8);
    for (size_t i = 0; i < n_pins; i++) {
        assert_true(np_painter_inside_mm(p.painter, &pins[i].point) > 0.3);
        assert_in_unit(pins[i].tone);
        assert_true(i == 0 || pins[i].tone != pins[0].tone);
        assert_int_equal(pins[i].session, 1);
        for (size_t k = 0; k < i; k++)
            assert_true(np_vec3_distance(pins[i].point.position, pins[k].point.position) > 3.5);
        np_field f;
        assert_int_equal(np_field_init(&f, 1, NULL), NP_OK);
        assert_int_equal(np_painter_paint(p.painter, &pins[i].point, 1, 0, NULL, &f, NULL), NP_OK);
        assert_true(f.density_per_cm2[0] < 20);
        np_field_fini(&f);
    }

    /* full density far behind, none outside */
    double sum = 0;
    int far_behind = 0;
    for (size_t i = 0; i < p.n; i++) {
        double inside = np_painter_inside_mm(p.painter, &p.points[i]);
        if (inside < -0.1)
            assert_near(p.field.density_per_cm2[i], 0, 0);
        if (inside > 25 && p.points[i].position.x < 0) {
            sum += p.field.density_per_cm2[i];
            far_behind++;
        }
    }
    assert_true(far_behind > 100);
    assert_near(sum / far_behind, 75, 4);
    painted_fini(&p);
}

static void a_hairline_fits_every_head(void **state)
{
    (void)state;
    static const struct {
        np_case_sex sex;
        double percentile;
    } heads[] = {{NP_CASE_SEX_M, 5}, {NP_CASE_SEX_M, 50}, {NP_CASE_SEX_M, 95}, {NP_CASE_SEX_F, 5}, {NP_CASE_SEX_F, 95}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        check_hairline(fixture_case_of_head("full-scalp", heads[i].sex, heads[i].percentile, NULL, NULL));
}

static void a_hairline_fits_real_scans(void **state)
{
    (void)state;
    static const char *const scans[] = {"ict_head", "lee_perry_smith"};
    for (size_t i = 0; i < 2; i++) {
        char path[4200];
        snprintf(path, sizeof path, "%s/../shared/scans/%s.yaml", NP_TEST_SOURCE_DIR, scans[i]);
        if (access(path, R_OK) != 0)
            skip();
        check_hairline(fixture_case_of_scan("full-scalp", path));
    }
}

static void every_shape_of_hairline_is_drawn(void **state)
{
    (void)state;
    static const char *const shapes[] = {"natural", "linear", "rounded", "m_shaped", "widows_peak"};
    double begins[5];
    for (size_t i = 0; i < 5; i++) {
        char layers[300];
        snprintf(layers, sizeof layers,
                 "  - {name: line, strategy: hairline, region: scalp, params: {shape: %s, mid_frontal_mm: "
                 "90, macro_mm: 0, "
                 "micro_mm: 0, asymmetry_mm: 0, sentinels: 0, recession_mm: 12}}\n",
                 shapes[i]);
        painted p = paint_case(fixture_case("full-scalp", layers, NULL), 100);
        size_t n_pins;
        np_painter_pins(p.painter, &n_pins);
        assert_int_equal(n_pins, 0);
        begins[i] = hair_begins_mm(&p, 0);
        painted_fini(&p);
    }
    for (size_t i = 0; i < 4; i++)
        assert_near(begins[i], 90, 6); /* on the scan, where the plugin had only guessed its radius */
    assert_near(begins[4], begins[0] - 10, 3);
}

/* The front edge and its sentinels wait for session 2, what lies behind does not. */
static void the_front_edge_can_come_later(void **state)
{
    (void)state;
    painted p = paint_case(
        fixture_case("hairline",
                     "  - {name: line, strategy: hairline, region: frontal, params: {edge_session: 2, ramp_mm: "
                     "10}}\n",
                     NULL),
        12000);
    size_t n_pins;
    int first[3] = {0};
    const np_pin *pins = np_painter_pins(p.painter, &n_pins);
    for (size_t i = 0; i < n_pins; i++)
        assert_int_equal(pins[i].session, 2);
    double thin = 0, dense = 0;
    for (size_t i = 0; i < p.n; i++)
        if (p.field.density_per_cm2[i] > 0) {
            int32_t session = p.field.first_session[i];
            first[session]++;
            *(session == 2 ? &thin : &dense) += p.field.density_per_cm2[i];
        }
    assert_true(first[1] > 50);
    assert_true(first[2] > 20);
    assert_true(thin / first[2] < 0.8 * dense / first[1]);
    painted_fini(&p);
}

/* Takes P over. */
static void check_notes(painted p, const char *what, const char *const *says, const char *const *does_not_say)
{
    const char *notes = np_painter_notes(p.painter);
    for (; *says; says++)
        if (!strstr(notes, *says))
            fail_msg("%s: expected \"%s\" in: %s", what, *says, notes);
    for (; *does_not_say; does_not_say++)
        if (strstr(notes, *does_not_say))
            fail_msg("%s: did not expect \"%s\" in: %s", what, *does_not_say, notes);
    painted_fini(&p);
}

/* What the hairline says of itself with PARAMS, on a scalp whose border is about 67 mm above the glabella in the middle. */
static void check_remarks(const char *params, const char *const *says, const char *const *does_not_say)
{
    char layers[400];
    snprintf(layers, sizeof layers, "  - {name: line, strategy: hairline, region: frontal, params: {%s}}\n", params);
    check_notes(paint_case(fixture_case("hairline", layers, NULL), 100), params, says, does_not_say);
}

#define TEXTS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

static void a_line_that_lies_elsewhere_says_so(void **state)
{
    (void)state;
    check_remarks("mid_frontal_mm: 45", TEXTS("mm above the glabella, not at the 45 mm"), TEXTS("harsh"));
    check_remarks("mid_frontal_mm: 60", TEXTS("not at the 60 mm"), TEXTS("not at the 45"));
    check_remarks("mid_frontal_mm: 80, frontotemporal_mm: 35, recession_mm: 0", TEXTS(""), TEXTS("glabella", "shape"));
    /* a border that rises to the sides leaves a low straight line no room */
    check_remarks("mid_frontal_mm: 80, shape: linear, recession_mm: -15", TEXTS("does not have the shape"),
                  TEXTS("harsh"));
    check_remarks("shape: widows_peak, mid_frontal_mm: 90, peak_mm: 5, frontotemporal_mm: 35", TEXTS(""),
                  TEXTS("glabella"));
}

/* The same on REGION of the head with a low forehead, or the mean one. */
static void check_on_named(np_case_sex sex, double percentile, const char *region, const char *params,
                           const char *const *says, const char *const *does_not_say)
{
    char text[800];
    np_case *c = NULL;
    np_error err = {0};
    snprintf(text, sizeof text,
             "needlepath: 1\nscan: {head: {sex: %s, percentile: %g}}\nregions: [{name: r, %s}]\n"
             "layers: [{name: line, strategy: hairline, region: r, params: {%s}}]\n",
             sex == NP_CASE_SEX_F ? "f" : "m", percentile, region, params);
    if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    snprintf(text, sizeof text, "%s, %s", region, params);
    check_notes(paint_case(c, 100), text, says, does_not_say);
}

static void a_line_without_a_height_lies_where_its_region_holds_it(void **state)
{
    (void)state;
    static const char *const regions[] = {"of: scalp", "of: frontal", "norwood: 3", "norwood: 4", "norwood: 6"};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        check_on_named(NP_CASE_SEX_F, 5, regions[i], "shape: natural", TEXTS(""), TEXTS("glabella", "torn"));
        /* the strip of norwood 3 in front of the bay is too thin for a peak and its irregularity on this head, and it says so */
        bool thin = strcmp(regions[i], "norwood: 3") == 0;
        check_on_named(NP_CASE_SEX_M, 95, regions[i], "shape: widows_peak", TEXTS(thin ? "torn" : ""),
                       thin ? TEXTS("glabella") : TEXTS("glabella", "torn"));
    }
    check_on_named(NP_CASE_SEX_M, 50, "of: frontal", "mid_frontal_mm: 20", TEXTS("not at the 20 mm"), TEXTS("torn"));
    check_remarks("mid_frontal_mm: 0", TEXTS(""), TEXTS("glabella", "torn"));
    check_on_named(NP_CASE_SEX_M, 50, "of: scalp, grow_mm: 20", "mid_frontal_mm: 50", TEXTS("too low"), TEXTS("torn"));
    check_on_named(NP_CASE_SEX_M, 50, "of: scalp, grow_mm: 20", "mid_frontal_mm: 60", TEXTS(""), TEXTS("too low"));
}

static void a_line_that_its_region_tears_says_where(void **state)
{
    (void)state;
    check_on_named(NP_CASE_SEX_F, 5, "norwood: 3", "mid_frontal_mm: 71",
                   TEXTS("torn by its region: from ", " of its middle to ", " mm deep behind it, and hair needs 10 mm"),
                   TEXTS("glabella"));
    check_on_named(NP_CASE_SEX_F, 5, "norwood: 3", "mid_frontal_mm: 71, ramp_mm: 4", TEXTS(""), TEXTS("torn"));
    check_on_named(NP_CASE_SEX_M, 50, "norwood: 2", "shape: natural", TEXTS("torn by its region"), TEXTS("glabella"));
    check_on_named(NP_CASE_SEX_M, 50, "norwood: 3", "mid_frontal_mm: 75", TEXTS("torn by its region"),
                   TEXTS("glabella"));
    check_on_named(NP_CASE_SEX_M, 50, "norwood: 3", "mid_frontal_mm: 69", TEXTS(""), TEXTS("torn"));
}

static void a_harsh_line_says_so(void **state)
{
    (void)state;
    static const char quiet[] = "mid_frontal_mm: 80, frontotemporal_mm: 35, ";
    char params[200];
    static const struct {
        const char *params, *says;
    } cases[] = {
        {"ramp_mm: 2", "a hard edge"},
        {"ramp_start: 1", "a hard edge"},
        {"tone_front: 0.9", "too dark"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(params, sizeof params, "%s%s", quiet, cases[i].params);
        check_remarks(params, TEXTS("harsh", cases[i].says), TEXTS("glabella"));
    }
    snprintf(params, sizeof params, "%smacro_mm: 2, ramp_mm: 6, tone_front: 0.5", quiet);
    check_remarks(params, TEXTS(""), TEXTS("harsh", "straight"));
    snprintf(params, sizeof params, "%smacro_mm: 0, micro_mm: 0.3", quiet);
    check_remarks(params, TEXTS("too straight: for", "macro_mm, micro_mm"), TEXTS("harsh"));
}

static void the_two_sides_are_not_mirror_images(void **state)
{
    (void)state;
    painted p = paint_case(fixture_case("full-scalp", NULL, NULL), 100);
    double difference = 0;
    for (int a = 4; a <= 32; a += 4)
        difference = fmax(difference, fabs(hair_begins_mm(&p, a) - hair_begins_mm(&p, -a)));
    assert_true(difference > 1.5);
    painted_fini(&p);
}

static void a_region_that_is_no_scalp_is_refused(void **state)
{
    (void)state;
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    np_case *c = fixture_case(
        "crown", "  - {name: line, strategy: hairline, region: crown, params: {frontotemporal_mm: 90}}\n", NULL);
    np_scan *scan = fixture_scan(c);
    np_painter *painter = NULL;
    np_error err = {0};
    np_status status = np_painter_create(c, scan, NULL, &painter, &err);
    /* either it says so, or it draws a short line inside: no crash, no line outside */
    if (status == NP_OK) {
        size_t n;
        const np_pin *pins = np_painter_pins(painter, &n);
        for (size_t i = 0; i < n; i++)
            assert_true(np_painter_inside_mm(painter, &pins[i].point) > 0);
    } else {
        assert_int_equal(status, NP_ERR_PLUGIN);
        assert_non_null(strstr(err.text, "layer line (strategy hairline"));
    }
    np_painter_destroy(painter);
    np_scan_destroy(scan);
    np_case_destroy(c);
}

/* ---- scar_fill ---- */

static void a_line_scar_is_filled_and_fades(void **state)
{
    (void)state;
    np_case *c =
        fixture_case("fut-scar",
                     "  - {name: scar, strategy: scar_fill, curve: fut_scar, reach_mm: 20, params: {width_mm: 6, "
                     "density_per_cm2: 60}}\n",
                     NULL);
    painted p = paint_case(c, 30000);
    const np_case_shape *line = np_case_find_curve(c, "fut_scar");
    np_vec3 control[200];
    for (unsigned i = 0; i < line->points.n; i++)
        control[i] = np_scan_from_file(p.scan, line->points.points[i]);
    np_curve *curve;
    assert_int_equal(np_curve_create(&p.scan->surface, "scar", control, line->points.n, false, NULL, &curve, NULL),
                     NP_OK);
    double length = np_curve_arc_mm(curve)[np_curve_count(curve) - 1], ring[16] = {0};
    int count[16] = {0}, late = 0, core = 0;
    double ink = 0, log_ink = 0, log_ink2 = 0;
    for (size_t i = 0; i < p.n; i++) {
        double arc, d = fabs(np_curve_distance_mm(curve, &p.points[i], &arc));
        if (arc < 0.3 * length || arc > 0.7 * length || d >= 16)
            continue;
        ring[(int)d] += p.field.density_per_cm2[i];
        count[(int)d]++;
        if (d < 1.5) {
            core++;
            late += p.field.first_session[i] == 2;
            assert_near(p.field.depth_mm[i], 0.6, 1e-9);
            double l = NP_KIT_INK_OF_TONE * p.field.tone[i];
            ink += exp(l);
            log_ink += l;
            log_ink2 += l * l;
        }
    }
    /* tone is as asked for in the mean of the ink, and varies as marks of hair do: 0.4, less what 0..1 cuts off */
    assert_near(ink / core / exp(NP_KIT_INK_OF_TONE * 0.4), 1, 0.05);
    assert_near(sqrt(log_ink2 / core - log_ink / core * log_ink / core), 0.36, 0.04);
    for (int i = 0; i < 16; i++) {
        assert_true(count[i] > 10);
        ring[i] /= count[i];
    }
    assert_near(ring[0], 57, 6); /* 0.95 of the target */
    assert_near((double)late / core, 0.5, 0.12);
    /* from the middle outwards it only falls: the border is not drawn */
    for (int i = 1; i < 16; i++)
        assert_true(ring[i] <= ring[i - 1] + 2.0);
    assert_true(ring[15] < 1);
    np_curve_destroy(curve);
    painted_fini(&p);
}

static void round_scars_get_a_dot_or_two_each(void **state)
{
    (void)state;
    np_case *c = fixture_case("fue-scars", NULL, NULL);
    painted p = paint_case(c, 100);
    const np_case_shape *scars = np_case_find_point_set(c, "fue_scars");
    size_t n;
    const np_pin *pins = np_painter_pins(p.painter, &n);
    assert_true(n >= scars->points.n * 9 / 10);
    assert_true(n <= 2 * scars->points.n);
    int second = 0;
    for (size_t i = 0; i < n; i++) {
        double nearest = 1e9;
        for (unsigned k = 0; k < scars->points.n; k++)
            nearest = fmin(
                nearest, np_vec3_distance(pins[i].point.position, np_scan_from_file(p.scan, scars->points.points[k])));
        assert_true(nearest < 0.75); /* in the disc; the given point may be a little off the skin */
        second += pins[i].session == 2;
        for (size_t k = 0; k < i; k++)
            assert_true(np_vec3_distance(pins[i].point.position, pins[k].point.position) > 0.45);
    }
    assert_true(second > 0); /* some discs are over 0.9 mm and take two */
    painted_fini(&p);
}

/* ---- diffuse_density ---- */

static void existing_hair_is_taken_off_the_target(void **state)
{
    (void)state;
    np_case *plain = fixture_case("diffuse", NULL, NULL);
    np_scan *scan = fixture_scan(plain);
    /* a lattice of 40 follicles a cm2 on the left half of the top */
    char *extra = NULL;
    size_t size;
    FILE *f = open_memstream(&extra, &size);
    fputs("existing:\n  follicles:\n", f);
    for (double x = -40; x < 40; x += 1.5811)
        for (double y = 4; y < 50; y += 1.5811) {
            np_surface_point point;
            if (np_surface_ray(&scan->surface, np_vec3_make(x, y, 300), np_vec3_make(0, 0, -1), 400, &point))
                fprintf(f, "    - [%.4f, %.4f, %.4f]\n", point.position.x, point.position.y, point.position.z);
        }
    fclose(f);
    np_scan_destroy(scan);
    np_case_destroy(plain);
    painted p = paint_case(fixture_case("diffuse",
                                        "  - {name: thin, strategy: diffuse_density, region: scalp, params: "
                                        "{density_per_cm2: 70, variation: 0}}\n",
                                        extra),
                           12000);
    free(extra);
    size_t n_existing;
    np_painter_existing(p.painter, &n_existing);
    assert_true(n_existing > 1000);
    double with = 0, without = 0;
    int n_with = 0, n_without = 0;
    for (size_t i = 0; i < p.n; i++) {
        np_vec3 q = p.points[i].position;
        if (q.x < -25 || q.x > 10 || fabs(q.y) < 12 || fabs(q.y) > 30 || q.z < 100)
            continue;
        if (q.y > 0) {
            with += p.field.density_per_cm2[i];
            n_with++;
        } else {
            without += p.field.density_per_cm2[i];
            n_without++;
        }
    }
    assert_true(n_with > 30);
    assert_true(n_without > 30);
    assert_near(without / n_without, 70, 1);
    assert_near(with / n_with, 70 - 37, 6); /* 40 a cm2 of the horizontal plane is a little less on the slope */
    painted_fini(&p);
}

/* Coefficient of variation of the density in the midscalp, and shares of the zones. */
static void density_wavers_and_zones_differ(void **state)
{
    (void)state;
    painted p = paint_case(fixture_case("diffuse",
                                        "  - {name: all, strategy: diffuse_density, region: scalp, params: "
                                        "{density_per_cm2: 60}}\n",
                                        NULL),
                           12000);
    double n = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < p.n; i++) {
        if (p.points[i].position.z < p.scan->landmarks.vertex.z - 25 || fabs(p.points[i].position.x) > 25)
            continue;
        n++;
        sum += p.field.density_per_cm2[i];
        squares += p.field.density_per_cm2[i] * p.field.density_per_cm2[i];
    }
    double mean = sum / n, cv = sqrt(squares / n - mean * mean) / mean;
    assert_near(mean, 60, 3);
    assert_near(cv, 0.10, 0.035);
    painted_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hairline_fits_every_head),
        cmocka_unit_test(a_hairline_fits_real_scans),
        cmocka_unit_test(every_shape_of_hairline_is_drawn),
        cmocka_unit_test(the_front_edge_can_come_later),
        cmocka_unit_test(the_two_sides_are_not_mirror_images),
        cmocka_unit_test(a_line_that_lies_elsewhere_says_so),
        cmocka_unit_test(a_line_without_a_height_lies_where_its_region_holds_it),
        cmocka_unit_test(a_line_that_its_region_tears_says_where),
        cmocka_unit_test(a_harsh_line_says_so),
        cmocka_unit_test(a_region_that_is_no_scalp_is_refused),
        cmocka_unit_test(a_line_scar_is_filled_and_fades),
        cmocka_unit_test(round_scars_get_a_dot_or_two_each),
        cmocka_unit_test(existing_hair_is_taken_off_the_target),
        cmocka_unit_test(density_wavers_and_zones_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
