/* Whole plans of small cases on the built-in head: safe, the same on any number of threads, stopped when
 * told to, and an error that says why when there is nothing to do. */
#include "dots/figures.h"
#include "dots/form.h"
#include "plan/depths.h"
#include "templates.h"

#include <omp.h>

static void every_template_parses_for_the_built_in_head(void **state)
{
    (void)state;
    for (int i = 0; np_case_template_names[i]; i++)
        np_case_destroy(new_case(np_case_template_names[i], NULL, NULL));
}

/* What must hold of any plan beyond the envelope, which it has passed. */
static void check_plan(const np_plan *plan)
{
    np_error err = {0};
    if (np_envelope_check(plan, &err) != NP_OK)
        fail_msg("%s", err.text);
    uint32_t per_layer = 0, per_session = 0;
    double layer_area = 0;
    for (size_t i = 0; i < plan->n_layers; i++) {
        layer_area += plan->layers[i].area_cm2;
        for (size_t s = 0; s < plan->n_sessions; s++)
            per_layer += plan->layers[i].dots[s];
    }
    for (size_t s = 0; s < plan->n_sessions; s++) {
        per_session += plan->sessions[s].dots;
        assert_true(plan->sessions[s].spacing_min_mm >= 0.698);
        assert_true(plan->sessions[s].tour_time_s > 0);
        assert_true(plan->sessions[s].tour_length_mm > 0);
    }
    assert_int_equal(per_layer, plan->n_dots);
    assert_int_equal(per_session, plan->n_dots);
    assert_near(layer_area, plan->treated_area_cm2, 1e-6);
    for (size_t i = 0; i < plan->n_dots; i++)
        assert_int_equal(plan->dots[i].id, i + 1);
    for (size_t i = 0; i < plan->n_figures; i++)
        assert_true(isfinite(plan->figures[i].value));
    np_form_value form[NP_FORM_FIGURES];
    size_t measured = 0;
    np_form_read(plan->figures, plan->n_figures, form);
    for (int f = 0; f < NP_FORM_FIGURES; f++)
        measured += form[f].measured;
    assert_int_equal(plan->n_figures, NP_DOTS_FIGURES + plan->n_layers * NP_PLAN_DEPTHS_FIGURES +
                                          measured * NP_FORM_LIST_MAX / NP_FORM_FIGURES);
}

static void plans_are_safe_and_survive_their_file(void **state)
{
    (void)state;
    static const char *const names[] = {"hairline", "fue-scars"};
    for (int i = 0; i < 2; i++) {
        np_plan *plan = make_changed(names[i], NULL, NULL), *back;
        check_plan(plan);
        assert_true(plan->n_dots >= 80);
        /* 30, 70, 100 % */
        assert_near(plan->sessions[0].dots, 0.3 * (double)plan->n_dots, 0.06 * (double)plan->n_dots);
        const char *path = fixture_path("made.needleplan");
        np_error err = {0};
        assert_int_equal(np_plan_write(plan, path, true, &err), NP_OK);
        if (np_plan_read(path, &back, &err) != NP_OK)
            fail_msg("%s", err.text);
        assert_memory_equal(back->digest, plan->digest, 32);
        np_plan_destroy(back);
        np_plan_destroy(plan);
    }
}

/* Seeds whose dots once lay outside, in notches between two scars that the patch cut straight across. */
static void dots_stay_inside_where_areas_meet(void **state)
{
    (void)state;
    const struct {
        const char *template_name, *seed;
    } plans[] = {{"fue-scars", "seed: 38"},  {"fue-scars", "seed: 68"},      {"fue-scars", "seed: 73"},
                 {"fue-scars", "seed: 117"}, {"fue-scars", "seed: 179"},     {"fue-scars", "seed: 180"},
                 {"fue-scars", "seed: 196"}, {"post-transplant", "seed: 30"}};
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        np_plan *plan = make_changed(plans[i].template_name, "seed: 1", plans[i].seed);
        check_plan(plan);
        np_plan_destroy(plan);
    }
}

static void the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    unsigned char digest[32];
    int threads[] = {1, 2, 8};
    for (int i = 0; i < 3; i++) {
        omp_set_num_threads(threads[i]);
        np_plan *plan = make_changed("fue-scars", NULL, NULL);
        if (i > 0)
            assert_memory_equal(plan->digest, digest, 32);
        memcpy(digest, plan->digest, 32);
        np_plan_destroy(plan);
    }
    omp_set_num_threads(2);
    np_plan *plan = make_changed("fue-scars", "title: FUE scars", "title: Other");
    assert_memory_equal(plan->digest, digest, 32); /* the title does not matter */
    np_plan_destroy(plan);
}

/* A lean of 10 degrees (the default) that the limits hold is said. */
static void a_lean_beyond_the_limits_is_said(void **state)
{
    (void)state;
    np_plan *plan = make_changed("facelift", NULL, NULL);
    assert_null(strstr(plan->notes, "tilt_max_deg"));
    np_plan_destroy(plan);
    plan = make_changed("facelift", "tilt_max_deg: 30", "tilt_max_deg: 4");
    assert_non_null(strstr(plan->notes, "needles lean by limits.tilt_max_deg, 4 degrees, the most"));
    check_plan(plan);
    np_plan_destroy(plan);
}

/* A hairline over a thin fill: later, last in its session, and sessions of their own tone. */
static void layers_come_when_the_case_wants_them(void **state)
{
    (void)state;
    static const char text[] =
        "needlepath: 1\nregions: [{name: front, of: frontal}, {name: top, of: midscalp}]\nlayers:\n"
        "  - {name: line, strategy: hairline, region: front, from_session: 2, order: 1}\n"
        "  - {name: top, strategy: diffuse_density, region: top, params: {density_per_cm2: 20, tone_variation: 0}}\n"
        "sessions: [{cumulative: 0.4, day: 0, tone: -0.1}, {cumulative: 0.8, day: 10}, {cumulative: 1, day: 40, tone: "
        "0.2}]\n"
        "dots: {count: 1200}\n";
    np_case *c;
    np_error err = {0};
    if (np_case_parse("when", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan *plan = make(c);
    check_plan(plan);
    double tone[3] = {0};
    size_t n[3] = {0};
    uint32_t last_top[3] = {0}, first_line[3] = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        int s = d->session - 1;
        if (d->layer == 0) {
            assert_true(d->session >= 2);
            first_line[s] = d->order < first_line[s] ? d->order : first_line[s];
        } else {
            last_top[s] = d->order > last_top[s] ? d->order : last_top[s];
            tone[s] += d->tone;
            n[s]++;
        }
    }
    for (int s = 0; s < 3; s++) {
        assert_true(n[s] > 20);
        if (first_line[s] != UINT32_MAX)
            assert_true(last_top[s] < first_line[s]);
    }
    assert_int_not_equal(first_line[1], UINT32_MAX);
    assert_near(tone[1] / (double)n[1] - tone[0] / (double)n[0], 0.1, 0.02);
    assert_near(tone[2] / (double)n[2] - tone[1] / (double)n[1], 0.2, 0.02);
    assert_int_equal(plan->sessions[1].reloads, (plan->sessions[1].dots - 1) / 100);
    np_plan_destroy(plan);
    np_case_destroy(c);
}

static void counts_and_patterns_are_honoured(void **state)
{
    (void)state;
    np_plan *plan = make_changed("facelift", "dots: {pattern: follicular}", "dots: {pattern: even, count: 150}");
    assert_int_equal(plan->n_dots, 150);
    check_plan(plan);
    np_plan *other = make_changed("facelift", "seed: 1", "seed: 2");
    assert_memory_not_equal(plan->digest, other->digest, 32);
    np_plan_destroy(other);
    np_plan_destroy(plan);
}

static void keep_outs_stay_clear(void **state)
{
    (void)state;
    np_vec3 center = description.facelift_scar.points[description.facelift_scar.n / 2];
    char text[200];
    snprintf(text, sizeof text,
             "keep_outs: [{name: mole, center: [%f, %f, %f], radius_mm: 3, margin_mm: 2}]\nlimits:\n", center.x,
             center.y, center.z);
    np_plan *plan = make_changed("facelift", "limits:\n", text);
    for (size_t i = 0; i < plan->n_dots; i++)
        assert_true(np_vec3_distance(plan->dots[i].position, center) > 4.7);
    np_plan_destroy(plan);
}

static void expect_failure(const char *template_name, const char *what, const char *by, np_status expected,
                           const char *message)
{
    np_case *c = new_case(template_name, what, by);
    np_plan *plan = (np_plan *)&description;
    np_error err = {0};
    np_status status = np_make_plan(c, NULL, &plan, NULL, NULL, &err);
    np_case_destroy(c);
    if (status != expected || plan != NULL || !strstr(err.text, message))
        fail_msg("expected '%s', got %s '%s'", message, np_status_name(status), err.text);
}

static void what_cannot_be_planned_says_why(void **state)
{
    (void)state;
    expect_failure("facelift", "depth_max_mm: 1.5", "depth_max_mm: 0.31", NP_ERR_UNSAFE,
                   "mm is outside 0.3 to 0.31 mm; change the depth in the layer's params");
    expect_failure("facelift", "limits:\n", "limits:\n  max_dots: 20\n", NP_ERR_UNSAFE, "limits.max_dots allows 20");
    expect_failure("facelift", "strategy: scar_fill", "strategy: scar_fll", NP_ERR_PLUGIN, "scar_fll");
    np_vec3 center = description.facelift_scar.points[0];
    char text[200];
    snprintf(text, sizeof text, "keep_outs: [{name: all, center: [%f, %f, %f], radius_mm: 100}]\nlimits:\n", center.x,
             center.y, center.z);
    expect_failure("facelift", "limits:\n", text, NP_ERR_GEOMETRY, "");
}

/* PLAN's least spacing within a session, straight. */
static double least_in_session_mm(const np_plan *plan)
{
    double least_mm = HUGE_VAL;
    for (size_t i = 0; i < plan->n_dots; i++)
        for (size_t j = 0; j < i; j++)
            if (plan->dots[i].session == plan->dots[j].session)
                least_mm = fmin(least_mm, np_vec3_distance(plan->dots[i].position, plan->dots[j].position));
    return least_mm;
}

static void a_session_that_keeps_less_than_asked_is_said(void **state)
{
    (void)state;
    const struct {
        const char *limit;
        double asked_mm;
        bool said;
    } cases[] = {{"session_spacing_min_mm: 0.7", 0.7, false},
                 {"session_spacing_min_mm: 0.75", 0.75, false},
                 {"session_spacing_min_mm: 3", 3, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        np_plan *plan = make_changed("facelift", "session_spacing_min_mm: 0.7", cases[i].limit);
        double least_mm = least_in_session_mm(plan), told_mm;
        int session, n = 0;
        const char *said = plan->notes ? strstr(plan->notes, "WARNING: session ") : NULL;
        assert_int_equal(least_mm < cases[i].asked_mm - 0.002, cases[i].said);
        assert_int_equal(said != NULL, cases[i].said);
        if (said) {
            assert_int_equal(
                sscanf(said, "WARNING: session %d keeps %lf mm between its dots, not the 3.00 mm that the case%n",
                       &session, &told_mm, &n),
                2);
            assert_true(n > 0);
            assert_near(told_mm, least_mm, 0.0051);
        }
        np_plan_destroy(plan);
    }
}

/* A small patch at the side of the crown whose share of the density is 0. */
static void a_plan_without_dots_is_an_error(void **state)
{
    (void)state;
    np_scan *scan = NULL;
    np_error err = {0};
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_OK);
    np_vec3 middle = {0};
    for (unsigned i = 0; i < description.crown_outline.n; i++)
        middle = np_vec3_mad(middle, description.crown_outline.points[i], 1.0 / description.crown_outline.n);
    char outline[300] = "";
    for (int i = 0; i < 4; i++) {
        np_surface_point p;
        np_vec3 beside = np_vec3_add(middle, np_vec3_make(0, 7 * cos(1.57 * i), 7 * sin(1.57 * i)));
        assert_true(np_surface_nearest(&scan->surface, beside, 50, &p));
        snprintf(outline + strlen(outline), sizeof outline - strlen(outline), "%s[%.3f, %.3f, %.3f]", i ? ", " : "",
                 p.position.x, p.position.y, p.position.z);
    }
    np_scan_destroy(scan);
    char text[900];
    int n = snprintf(text, sizeof text,
                     "needlepath: 1\nregions: [{name: r, outline: [%s]}]\nlayers:\n  - {name: a, strategy: "
                     "diffuse_density, "
                     "region: r, params: {density_per_cm2: 10, front_share: 0, crown_share: 0, back_share: 0, "
                     "variation: 0}}\n",
                     outline);
    np_case *c;
    if (np_case_parse("empty", text, (size_t)n, &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan *plan;
    np_status status = np_make_plan(c, NULL, &plan, NULL, NULL, &err);
    if (status != NP_ERR_INVALID || !strstr(err.text, "the plan would have no dots"))
        fail_msg("%s %s", np_status_name(status), err.text);
    np_case_destroy(c);
}

typedef struct stopper {
    int calls, stop_at;
} stopper;

static bool stop_at(void *context, const char *stage, double fraction)
{
    stopper *s = context;
    assert_int_not_equal(*stage, 0);
    assert_true(fraction >= 0);
    assert_true(fraction <= 1);
    return s->calls++ < s->stop_at;
}

static void stops_when_told(void **state)
{
    (void)state;
    np_case *c = new_case("fue-scars", NULL, NULL);
    stopper count = {0, 1 << 20};
    np_progress progress = {stop_at, &count};
    np_plan *plan;
    np_error err = {0};
    assert_int_equal(np_make_plan(c, &progress, &plan, NULL, NULL, &err), NP_OK);
    np_plan_destroy(plan);
    int stopped = 0;
    for (int at = 0; at < count.calls; at += count.calls / 8 + 1) {
        stopper s = {0, at};
        progress.context = &s;
        np_status status = np_make_plan(c, &progress, &plan, NULL, NULL, &err);
        if (status == NP_ERR_STOPPED)
            stopped++;
        assert_true(status == NP_ERR_STOPPED ? plan == NULL : status == NP_OK);
        np_plan_destroy(plan);
    }
    assert_true(stopped >= 3);
    np_case_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_template_parses_for_the_built_in_head),
        cmocka_unit_test(plans_are_safe_and_survive_their_file),
        cmocka_unit_test(dots_stay_inside_where_areas_meet),
        cmocka_unit_test(the_same_on_any_number_of_threads),
        cmocka_unit_test(a_lean_beyond_the_limits_is_said),
        cmocka_unit_test(a_session_that_keeps_less_than_asked_is_said),
        cmocka_unit_test(layers_come_when_the_case_wants_them),
        cmocka_unit_test(counts_and_patterns_are_honoured),
        cmocka_unit_test(keep_outs_stay_clear),
        cmocka_unit_test(what_cannot_be_planned_says_why),
        cmocka_unit_test(a_plan_without_dots_is_an_error),
        cmocka_unit_test(stops_when_told),
    };
    return cmocka_run_group_tests(tests, make_description, free_description);
}
