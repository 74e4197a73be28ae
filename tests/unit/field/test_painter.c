/* The painter with strategies that misbehave (tests/badplugins), and layers that cover and keep out. */
#include "fixture.h"

#include "field/plugins.h"

/* ---- strategies that misbehave ---- */

static void expect_failure(const np_scan *scan, const char *strategy, bool in_layout, const char *expected)
{
    np_case *c = fixture_case_with(scan, strategy);
    np_error err = {0};
    np_painter *painter = NULL;
    np_status status = np_painter_create(c, scan, NULL, &painter, &err);
    if (!in_layout) {
        size_t n;
        np_field field;
        assert_int_equal(status, NP_OK);
        np_surface_point *points = fixture_points(scan, 1500, &n);
        assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
        status = np_painter_paint(painter, points, n, 0, NULL, &field, &err);
        /* a strategy that is gone stays gone, and asking again is safe */
        np_error again = {0};
        assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &field, &again), status);
        np_field_fini(&field);
        free(points);
    }
    np_painter_destroy(painter);
    np_case_destroy(c);
    assert_int_equal(status, NP_ERR_PLUGIN);
    char label[64];
    snprintf(label, sizeof label, "layer test (strategy %s of /", strategy);
    if (strncmp(err.text, "case.yaml:", 10) != 0 || !strstr(err.text, label) || !strstr(err.text, "misbehave.so): ") ||
        !strstr(err.text, expected))
        fail_msg("%s: '%s' does not say '%s'", strategy, err.text, expected);
}

static void whatever_a_strategy_does_the_planner_lives_on(void **state)
{
    static const struct {
        const char *strategy;
        bool in_layout;
        const char *expected;
    } rows[] = {
        {"crash", false, "crashed (SIGSEGV: Segmentation fault) while painting"},
        {"gives_up", false, "crashed (SIGABRT: Aborted) while painting"},
        {"leave", false, "ended its process (exit status 0) while painting"},
        {"hang", false, "gave no answer within 2 s and was stopped while painting"},
        {"write_nan", false, "paint gave sample 7 the density_per_cm2 nan; expected 0..1000"},
        {"too_much", false, "the coverage 1.5; expected 0..1"},
        {"no_session", false, "the first_session 0; expected 1..8"},
        {"reads_unlisted", false, "crashed (SIGSEGV: Segmentation fault) while painting"},
        {"says_why", false, "the moon is in the wrong phase"},
        {"says_nothing", false, "paint returned -1 and did not say why (set_error)"},
        {"layout_crashes", true, "crashed (SIGSEGV: Segmentation fault) while laying out"},
        {"layout_far", true, "layout put pin 1 at (1000, 0, 0)"},
        {"layout_nan", true, "a point that is not finite"},
        {"layout_deep_pin", true, "the depth 12; expected 0..5"},
        {"layout_flat_pin", true, "layout gave pin 2 the tilt 3; expected 0..1.5708"},
        {"layout_short_pin", true, "whose struct_size is not that of np_strategy_pin"},
        {"layout_wide_pin", true, "layout gave pin 1 the radius 20.5; expected 0..20"},
        {"layout_pin_inside_out", true, "layout gave pin 1 the radius -1; expected 0..20"},
        {"layout_nan_radius", true, "layout gave pin 1 a radius that is no number; 0 is for none"},
        {"prepare_fails", true, "there is nothing to prepare"},
        {"layout_many_curves", true, "more curves than a layer can hold"},
    };
    fixture_use_bad_plugins();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        /* long enough for a busy machine to get as far as the strategy */
        setenv("NEEDLEPATH_PLUGIN_TIMEOUT_S", strcmp(rows[i].strategy, "hang") == 0 ? "2" : "30", 1);
        expect_failure(*state, rows[i].strategy, rows[i].in_layout, rows[i].expected);
    }
    unsetenv("NEEDLEPATH_PLUGIN_TIMEOUT_S");
}

static void a_layer_has_its_state_and_pins_what_they_leave_open(void **state)
{
    fixture_use_bad_plugins();
    np_case *c = fixture_case_with(*state, "stateful");
    np_painter *painter = fixture_painter(c, *state);
    np_surface_point points[1];
    np_field field;
    size_t n_pins;
    assert_non_null(strstr(np_painter_notes(painter), "note: is prepared"));
    const np_pin *pins = np_painter_pins(painter, &n_pins);
    assert_int_equal(n_pins, 2);
    assert_true(isnan(pins[0].depth_mm));
    assert_true(isnan(pins[0].tilt_rad));
    assert_true(isnan(pins[1].dwell_ms));
    assert_near(pins[1].tilt_rad, 0.125, 0);
    points[0] = pins[0].point;
    assert_int_equal(np_field_init(&field, 1, NULL), NP_OK);
    for (int i = 0; i < 2; i++) { /* and again in another process */
        assert_int_equal(np_painter_paint(painter, points, 1, 0, NULL, &field, NULL), NP_OK);
        assert_near(field.density_per_cm2[0], 30, 0);
        np_painter_rest(painter);
    }
    np_field_fini(&field);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void values_of_every_type_arrive(void **state)
{
    fixture_use_bad_plugins();
    np_error err = {0};
    char path[] = "/tmp/np_test_values_XXXXXX", keys[300];
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "\5", 1), 1);
    close(fd);
    snprintf(keys, sizeof keys,
             "values, params: {word: abcde, bytes: %s, rise: [[0, 2], [9, 7]], cells: [[1, 2], [3, 4]]}", path);
    np_case *c = fixture_case_with(*state, keys);
    np_painter *painter = fixture_painter(c, *state);
    np_field field;
    size_t n;
    np_surface_point *points = fixture_points(*state, 10, &n);
    assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &field, &err), NP_OK);
    assert_near(field.density_per_cm2[n - 1], 5 + 5 + 7 + 4, 1e-12);
    const char *files = strstr(np_painter_strategy_origin(painter, 0), ".so\n");
    assert_non_null(files);
    assert_non_null(strstr(files, path));
    np_field_fini(&field);
    free(points);
    np_painter_destroy(painter);
    np_case_destroy(c);
    unlink(path);
}

static void slots_take_several_inputs(void **state)
{
    static const struct {
        const char *keys, *says;
    } rows[] = {
        {"slots, inputs: {spot: top}", "strategy slots takes no spot; leave `spot: top` out; it takes: spots, points"},
        {"slots, inputs: {spots: [top, top, top]}", "strategy slots takes 0 to 2 inputs of the slot spots; found 3"},
        {"slots, inputs: {spots: bottom}", "there is no point set 'bottom'"},
    };
    fixture_use_bad_plugins();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_case *c = fixture_case_with(*state, rows[i].keys);
        np_error err = {0};
        np_painter *painter;
        assert_int_equal(np_painter_create(c, *state, NULL, &painter, &err), NP_ERR_INVALID);
        if (!strstr(err.text, rows[i].says))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].says);
        np_case_destroy(c);
    }
    np_case *c = fixture_case_with(*state, "slots, inputs: {spots: [top, top]}");
    np_painter *painter = fixture_painter(c, *state);
    np_field field;
    size_t n;
    np_surface_point *points = fixture_points(*state, 10, &n);
    assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &field, NULL), NP_OK);
    assert_near(field.density_per_cm2[n - 1], 23, 0);
    np_field_fini(&field);
    free(points);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void memory_without_end_is_stopped(void **state)
{
    fixture_use_bad_plugins();
    setenv("NEEDLEPATH_PLUGIN_MEMORY_MB", "400", 1);
    expect_failure(*state, "eat_memory", false, "took more than 400 MB of memory and was stopped");
    unsetenv("NEEDLEPATH_PLUGIN_MEMORY_MB");
}

static bool stop_at_once(void *context, const char *stage, double fraction)
{
    (void)stage;
    (void)fraction;
    return --*(int *)context > 0;
}

static void cancelling_ends_the_work(void **state)
{
    const np_scan *scan = *state;
    fixture_use_bad_plugins();
    np_case *c = fixture_case_with(scan, "dawdle");
    np_painter *painter = fixture_painter(c, scan);
    size_t n;
    np_field field;
    np_surface_point *points = fixture_points(scan, 100, &n);
    assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
    /* at once, and once while the strategy is at it */
    for (int calls = 1; calls <= 3; calls += 2) {
        int left = calls;
        np_error err = {0};
        np_progress progress = {stop_at_once, &left};
        assert_int_equal(np_painter_paint(painter, points, n, 0, &progress, &field, &err), NP_ERR_STOPPED);
    }
    np_field_fini(&field);
    free(points);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void notes_of_a_strategy_are_kept(void **state)
{
    fixture_use_bad_plugins();
    np_case *c = fixture_case_with(*state, "layout_talks");
    np_painter *painter = fixture_painter(c, *state);
    assert_string_equal(np_painter_notes(painter), "layer test (layout_talks): warning: the region is small\n");
    np_painter_destroy(painter);
    np_case_destroy(c);
}

/* ---- what the case says ---- */

static void expect_refusal(const np_scan *scan, const char *layers, const char *extra, np_status expected_status,
                           const char *expected)
{
    np_case *c = fixture_case("full-scalp", layers, extra);
    np_error err = {0};
    np_painter *painter = NULL;
    assert_int_equal(np_painter_create(c, scan, NULL, &painter, &err), expected_status);
    assert_null(painter);
    if (!strstr(err.text, expected))
        fail_msg("'%s' does not say '%s'", err.text, expected);
    np_case_destroy(c);
}

static void layers_that_cannot_be_are_refused(void **state)
{
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    expect_refusal(*state, "  - {name: a, strategy: hairlin, region: scalp}\n", NULL, NP_ERR_PLUGIN,
                   "layer a: there is no strategy 'hairlin', did you mean hairline?");
    expect_refusal(*state, "  - {name: a, strategy: hairline, region: scalp, params: {ramp_mm: 300}}\n", NULL,
                   NP_ERR_INVALID, "layer a: ramp_mm: expected 2..20 mm, found 300");
    expect_refusal(*state, "  - {name: a, strategy: hairline, curve: line}\n",
                   "curves: [{name: line, points: [[0, 0, 131], [20, 0, 131]]}]", NP_ERR_INVALID,
                   "layer a: strategy hairline needs a region; name one with `region:`");
    expect_refusal(*state, "  - {name: a, strategy: diffuse_density, region: scalp, curve: line}\n",
                   "curves: [{name: line, points: [[0, 0, 131], [20, 0, 131]]}]", NP_ERR_INVALID,
                   "strategy diffuse_density takes no curve; leave `curve: line` out");
    expect_refusal(*state, "  - {name: a, strategy: diffuse_density, region: scalp}\n",
                   "keep_outs: [{name: mole, center: [60, 20, 300], radius_mm: 3}]", NP_ERR_INVALID,
                   "keep-out mole: point 1 (60, 20, 300) is");
    expect_refusal(*state, "  - {name: a, strategy: diffuse_density, region: scalp}\n",
                   "existing: {follicles: [[0, 0, 500]]}", NP_ERR_INVALID,
                   "existing follicles: point 1 (0, 0, 500) is");
}

/* ---- composition ---- */

static void later_layers_cover_earlier_ones(void **state)
{
    const np_scan *scan = *state;
    fixture_use_bad_plugins();
    np_case *c = fixture_case("full-scalp",
                              "  - {name: below, strategy: well, region: scalp}\n"
                              "  - {name: clear, strategy: nothing, region: scalp}\n"
                              "  - {name: above, strategy: diffuse_density, region: scalp, params: {variation: 0, "
                              "density_per_cm2: 40, front_share: 1, temple_share: 1, feather_mm: 20, tone: "
                              "0.8, tone_front: 0, tone_variation: 0}}\n",
                              NULL);
    np_painter *painter = fixture_painter(c, scan);
    assert_string_equal(np_painter_strategy_version(painter, 0), "well 0.1.0");
    assert_string_equal(np_painter_strategy_version(painter, 2), "diffuse_density 1.1.0");
    assert_null(np_painter_strategy_version(painter, 3));
    size_t n;
    np_field field;
    np_surface_point *points = fixture_points(scan, 4000, &n);
    assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &field, NULL), NP_OK);
    int inside = 0, outside = 0, between = 0;
    for (size_t i = 0; i < n; i++) {
        double d = np_painter_inside_mm(painter, &points[i]);
        if (d < -0.1) {
            assert_near(field.density_per_cm2[i], 0, 0);
            assert_near(field.coverage[i], 0, 0);
            assert_int_equal(field.layer[i], -1);
            outside++;
        } else if (d > 20.5) {
            assert_near(field.density_per_cm2[i], 40, 1e-9);
            assert_near(field.tone[i], 0.8, 1e-9);
            assert_int_equal(field.layer[i], 2);
            inside++;
        } else if (d > 0.1 && d < 19) {
            /* lerp(75, 40, coverage), and tone by shares of the density */
            double t = d / 20, cover = t * t * (3 - 2 * t);
            double density = 75 + (40 - 75) * cover, tone = (75 * (1 - cover) * 0.5 + 40 * cover * 0.8) / density;
            assert_near(field.density_per_cm2[i], density, 1e-6);
            assert_near(field.tone[i], tone, 1e-6);
            assert_int_equal(field.layer[i], 75 * (1 - cover) >= 40 * cover ? 0 : 2);
            between++;
        }
    }
    assert_true(inside > 500);
    assert_true(outside > 500);
    assert_true(between > 200);
    np_field_fini(&field);
    free(points);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void keep_outs_and_their_margins_stay_clear(void **state)
{
    const np_scan *scan = *state;
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    np_vec3 mole = np_vec3_sub(scan->landmarks.vertex, np_vec3_make(0, 0, 0));
    char extra[200];
    snprintf(extra, sizeof extra, "keep_outs: [{name: mole, center: [%.6f, %.6f, %.6f], radius_mm: 3, margin_mm: 4}]",
             mole.x, mole.y, mole.z);
    np_case *c = fixture_case("diffuse", NULL, extra);
    np_painter *painter = fixture_painter(c, scan);
    size_t n;
    int near = 0;
    np_field field;
    np_surface_point *points = fixture_points(scan, 20000, &n);
    assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &field, NULL), NP_OK);
    for (size_t i = 0; i < n; i++) {
        double away = np_vec3_distance(points[i].position, mole);
        if (away < 30)
            assert_near(np_painter_inside_mm(painter, &points[i]), away - 7, 1e-6);
        if (away < 6.9) {
            assert_near(field.density_per_cm2[i], 0, 0);
            near++;
        } else if (away > 7.1 && away < 20) {
            assert_true(field.density_per_cm2[i] > 10);
        }
    }
    assert_true(near > 10);
    np_field_fini(&field);
    free(points);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

/* Two moles, and a vein over the vertex, which are lists as well as discs are. */
static void veins_and_several_moles_stay_clear(void **state)
{
    const np_scan *scan = *state;
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    np_vec3 v = scan->landmarks.vertex;
    np_surface_point side, ends[2], p;
    char extra[600];
    assert_true(np_surface_nearest(&scan->surface, np_vec3_make(v.x, v.y + 40, v.z), INFINITY, &side));
    for (int i = 0; i < 2; i++)
        assert_true(
            np_surface_nearest(&scan->surface, np_vec3_make(v.x + (i ? 15 : -15), v.y, v.z), INFINITY, &ends[i]));
    snprintf(
        extra, sizeof extra,
        "keep_outs:\n  - {name: moles, points: [[%.6f, %.6f, %.6f], [%.6f, %.6f, %.6f]], radius_mm: 2, margin_mm: 1}\n"
        "  - {name: vein, curve: [[%.6f, %.6f, %.6f], [%.6f, %.6f, %.6f]], radius_mm: 1.5, margin_mm: 2}\n",
        side.position.x, side.position.y, side.position.z, v.x, v.y, v.z, ends[0].position.x, ends[0].position.y,
        ends[0].position.z, ends[1].position.x, ends[1].position.y, ends[1].position.z);
    np_case *c = fixture_case("diffuse", NULL, extra);
    np_painter *painter = fixture_painter(c, scan);
    assert_near(np_painter_inside_mm(painter, &side), -3, 1e-3);
    for (double y = -9; y <= 9; y += 1) {
        assert_true(np_surface_nearest(&scan->surface, np_vec3_make(v.x + 8, v.y + y, v.z), INFINITY, &p));
        assert_near(np_painter_inside_mm(painter, &p), fabs(y) - 3.5, 0.4);
    }
    np_painter_destroy(painter);
    np_case_destroy(c);
}

/* ---- the same bytes whatever the batches ---- */

static bool same(const np_field *a, size_t at, const np_field *b, size_t n)
{
    return memcmp(a->density_per_cm2 + at, b->density_per_cm2, n * sizeof(double)) == 0 &&
           memcmp(a->coverage + at, b->coverage, n * sizeof(double)) == 0 &&
           memcmp(a->depth_mm + at, b->depth_mm, n * sizeof(double)) == 0 &&
           memcmp(a->tone + at, b->tone, n * sizeof(double)) == 0 &&
           memcmp(a->layer + at, b->layer, n * sizeof(int32_t)) == 0 &&
           memcmp(a->first_session + at, b->first_session, n * sizeof(int32_t)) == 0;
}

static void batches_and_threads_do_not_show(void **state)
{
    const np_scan *scan = *state;
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    np_case *c = fixture_case("full-scalp", NULL, NULL);
    size_t n;
    np_surface_point *points = fixture_points(scan, 20000, &n); /* two chunks */
    np_field whole, part;
    assert_int_equal(np_field_init(&whole, n, NULL), NP_OK);
    assert_int_equal(np_field_init(&part, n, NULL), NP_OK);
    np_painter *painter = fixture_painter(c, scan);
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &whole, NULL), NP_OK);
    static const size_t sizes[] = {1, 777, 3000};
    size_t at = 100;
    for (size_t k = 0; k < 3; at += sizes[k++]) {
        assert_int_equal(np_painter_paint(painter, points + at, sizes[k], at, NULL, &part, NULL), NP_OK);
        assert_true(same(&whole, at, &part, sizes[k]));
    }
    np_painter_destroy(painter);

    setenv("OMP_NUM_THREADS", "1", 1);
    painter = fixture_painter(c, scan);
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &part, NULL), NP_OK);
    assert_true(same(&whole, 0, &part, n));

    np_field small;
    assert_int_equal(np_field_init(&small, 3, NULL), NP_OK);
    assert_int_equal(np_painter_paint(painter, points, n, 0, NULL, &small, NULL), NP_ERR_INTERNAL);
    np_field_fini(&small);
    np_painter_destroy(painter);
    np_field_fini(&whole);
    np_field_fini(&part);
    free(points);
    np_case_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_a_strategy_does_the_planner_lives_on),
        cmocka_unit_test(a_layer_has_its_state_and_pins_what_they_leave_open),
        cmocka_unit_test(values_of_every_type_arrive),
        cmocka_unit_test(slots_take_several_inputs),
        cmocka_unit_test(memory_without_end_is_stopped),
        cmocka_unit_test(cancelling_ends_the_work),
        cmocka_unit_test(notes_of_a_strategy_are_kept),
        cmocka_unit_test(layers_that_cannot_be_are_refused),
        cmocka_unit_test(later_layers_cover_earlier_ones),
        cmocka_unit_test(keep_outs_and_their_margins_stay_clear),
        cmocka_unit_test(veins_and_several_moles_stay_clear),
        cmocka_unit_test(batches_and_threads_do_not_show),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
