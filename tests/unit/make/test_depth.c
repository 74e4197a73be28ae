/* Depths: by zone, by strategy, blended where they meet, for this person, never beyond the envelope. */
#include "plan/depths.h"
#include "templates.h"

#include "base/rng.h"

#define BLEND_MM 10.0
#define ROUNDED_MM 2e-6 /* dots are in whole micrometres, as are their places */

/* A wide strip scar across zones, deep and with hardly a feather, over a thin fill of temple and front. */
static const char torn[] =
    "needlepath: 1\nseed: %u\n%s"
    "regions: [{name: all, union: [{of: frontal}, {of: temple_left}]}]\ncurves: [{name: scar, of: facelift_scar}]\n"
    "layers:\n"
    "  - {name: fill, strategy: diffuse_density, region: all, params: {density_per_cm2: 20}}\n"
    "  - {name: scar, strategy: scar_fill, curve: scar, params: {depth_mm: %.2f, width_mm: 9, "
    "feather_mm: 1, surroundings: as_listed}}\n"
    "dots: {count: 900}\n";

static np_plan *make_torn(unsigned seed, const char *depth, double scar_mm)
{
    char text[2000];
    np_case *c;
    np_error err = {0};
    int n = snprintf(text, sizeof text, torn, seed, depth, scar_mm);
    if (np_case_parse("torn", text, (size_t)n, &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan *plan = make(c);
    np_case_destroy(c);
    return plan;
}

/* RANGE: between the deepest and the shallowest that zones and strategies ask for. */
static void check_blend(const np_plan *plan, double range_mm)
{
    size_t steep = 0;
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *a = &plan->dots[i];
        assert_true(a->depth_mm >= plan->limits.depth_min_mm);
        assert_true(a->depth_mm <= plan->limits.depth_max_mm);
        for (size_t j = 0; j < i; j++) {
            const np_dot *b = &plan->dots[j];
            double apart_mm = np_vec3_distance(np_dot_mark(a), np_dot_mark(b));
            double step_mm = fabs(a->depth_mm - b->depth_mm);
            if (a->pin || b->pin)
                continue;
            if (step_mm >
                1.5 * range_mm / BLEND_MM * (apart_mm + 0.03) + ROUNDED_MM) /* 0.03: leaning, see test_lean.c */
                fail_msg("%.4f mm deeper at %.3f mm", step_mm, apart_mm);
            steep += step_mm > 0.5 * range_mm / BLEND_MM * apart_mm;
        }
    }
    assert_true(steep > 0); /* there was a border to blend */
}

static double sum_of(const np_plan *plan, size_t offset)
{
    double sum = 0;
    for (size_t i = 0; i < plan->n_layers; i++) {
        np_plan_depths d;
        np_plan_depths_of(plan, i, &d);
        sum += *(const uint32_t *)(const void *)((const char *)&d + offset);
    }
    return sum;
}

static void no_step_is_greater_than_the_blend_allows(void **state)
{
    (void)state;
    double blended = 0;
    for (unsigned seed = 1; seed <= 4; seed++) {
        double u[8], scar_mm, least_mm = 0.5, most_mm = 0.5;
        for (uint32_t k = 0; k < 8; k++)
            u[k] = np_rng_uniform(seed, 0x64657074, k, 0);
        double zone_mm[] = {0.35 + 0.5 * u[0], 0.35 + 0.3 * u[1], 0.4 + 0.6 * u[2], 0.4 + 0.6 * u[3], 0.4 + 0.4 * u[4]};
        scar_mm = 0.4 + 0.8 * u[5];
        for (int k = 0; k < 5; k++) {
            least_mm = fmin(least_mm, zone_mm[k]);
            most_mm = fmax(most_mm, zone_mm[k]);
        }
        char depth[300];
        snprintf(depth, sizeof depth,
                 "depth: {frontal_mm: %.3f, temple_mm: %.3f, midscalp_mm: %.3f, crown_mm: %.3f, occipital_mm: %.3f, "
                 "calibration_mm: %.3f, indentation_mm: %.3f}\n",
                 zone_mm[0], zone_mm[1], zone_mm[2], zone_mm[3], zone_mm[4], 0.1 * u[6] - 0.04, 0.3 * u[7]);
        np_plan *plan = make_torn(seed, depth, scar_mm);
        check_blend(plan, fmax(most_mm, scar_mm) - fmin(least_mm, scar_mm) + 0.002);
        assert_near(sum_of(plan, offsetof(np_plan_depths, by_zone)) +
                        sum_of(plan, offsetof(np_plan_depths, by_strategy)) +
                        sum_of(plan, offsetof(np_plan_depths, by_pin)),
                    (double)plan->n_dots, 0);
        blended += sum_of(plan, offsetof(np_plan_depths, blended));
        np_plan_destroy(plan);
    }
    assert_true(blended > 50); /* borders that strategies left steep were there */
}

static const np_dot *dot_at(const np_plan *plan, np_vec3 mark)
{
    const np_dot *best = &plan->dots[0];
    for (size_t i = 1; i < plan->n_dots; i++)
        if (np_vec3_distance2(np_dot_mark(&plan->dots[i]), mark) < np_vec3_distance2(np_dot_mark(best), mark))
            best = &plan->dots[i];
    return best;
}

static np_plan *make_facelift(const char *depth)
{
    char text[500];
    snprintf(text, sizeof text, "%s\nlimits:\n", depth);
    return make_changed("facelift", "limits:\n", text);
}

static void calibration_and_indentation_are_added(void **state)
{
    (void)state;
    np_plan *plain = make_facelift(""), *plan = make_facelift("depth: {calibration_mm: 0.05, indentation_mm: 0.12}");
    assert_int_equal(plan->n_dots, plain->n_dots);
    for (size_t i = 0; i < plan->n_dots; i++)
        assert_near(plan->dots[i].depth_mm, dot_at(plain, np_dot_mark(&plan->dots[i]))->depth_mm + 0.17, 1.1e-3);
    assert_near(plan->indentation_mm, 0.12, 1e-12);
    assert_near(sum_of(plan, offsetof(np_plan_depths, held)), 0, 0);

    const char *path = fixture_path("depth.needleplan");
    np_plan *back;
    np_error err = {0};
    assert_int_equal(np_plan_write(plan, path, true, &err), NP_OK);
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_near(back->indentation_mm, 0.12, 1e-12);
    assert_near(sum_of(back, offsetof(np_plan_depths, by_strategy)),
                sum_of(plan, offsetof(np_plan_depths, by_strategy)), 0);
    char text[NP_PLAN_DEPTHS_TEXT_BYTES];
    assert_non_null(strstr(np_plan_depths_case_text(back, text), "temple 0.45"));
    assert_non_null(strstr(text, "calibration +0.05, indentation 0.12, skin not measured"));
    np_plan_destroy(back);
    np_plan_destroy(plan);
    np_plan_destroy(plain);
}

/* Nothing goes out of the envelope, whatever the person's figures are, and the plan says how many dots it holds back. */
static void limits_hold_whatever_the_calibration(void **state)
{
    (void)state;
    const struct {
        const char *depth;
        double least_mm, most_mm;
    } cases[] = {{"depth: {calibration_mm: -0.5}", 0.3, 0.3},
                 {"depth: {calibration_mm: 0.5, indentation_mm: 1}", 1.5, 1.5},
                 {"depth: {calibration_mm: 0.5, skin_mm: 0.9}", 0.3, 0.8},
                 {"depth: {calibration_mm: 0.5, skin_mm: 0.9, indentation_mm: 0.2}", 0.5, 1.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        np_plan *plan = make_facelift(cases[i].depth);
        for (size_t k = 0; k < plan->n_dots; k++) {
            assert_true(plan->dots[k].depth_mm >= cases[i].least_mm - ROUNDED_MM);
            assert_true(plan->dots[k].depth_mm <= cases[i].most_mm + ROUNDED_MM);
        }
        assert_true(sum_of(plan, offsetof(np_plan_depths, held)) > 0.9 * (double)plan->n_dots);
        np_plan_destroy(plan);
    }
}

/* Limits that are tighter than what zones say, at both ends, and leave strategies' own depths: those run into the zones' beside
 * them, within a layer (a hairline's) and where layers meet. */
static void tighter_limits_hold_in_every_template(void **state)
{
    (void)state;
    double held = 0;
    for (const char *const *name = np_case_template_names; *name; name++) {
        if (strcmp(*name, "touch-up") == 0) /* of dots that were made */
            continue;
        np_case *c = new_case(*name, NULL, NULL);
        c->limits.depth_min_mm = 0.48;
        c->limits.depth_max_mm = 0.62;
        c->depth.temple_mm = c->depth.occipital_mm = 0.4;
        c->depth.frontal_mm = c->depth.midscalp_mm = c->depth.crown_mm = 0.75;
        c->count = 300;
        np_plan *plan = make(c);
        for (size_t i = 0; i < plan->n_dots; i++) {
            assert_true(plan->dots[i].depth_mm >= 0.48 - ROUNDED_MM);
            assert_true(plan->dots[i].depth_mm <= 0.62 + ROUNDED_MM);
        }
        held += sum_of(plan, offsetof(np_plan_depths, held));
        np_plan_destroy(plan);
        np_case_destroy(c);
    }
    assert_true(held > 500);
}

static void zones_are_as_the_case_has_them(void **state)
{
    (void)state;
    np_case *c = new_case("crown", "limits:\n", "depth: {crown_mm: 0.75}\nlimits:\n");
    c->count = 200;
    np_plan *plan = make(c);
    size_t deep = 0;
    for (size_t i = 0; i < plan->n_dots; i++) {
        assert_true(plan->dots[i].depth_mm <= 0.75 + ROUNDED_MM);
        deep += plan->dots[i].depth_mm > 0.7499;
    }
    assert_true(deep > plan->n_dots / 2);
    np_plan_destroy(plan);
    np_case_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_step_is_greater_than_the_blend_allows),
        cmocka_unit_test(calibration_and_indentation_are_added),
        cmocka_unit_test(limits_hold_whatever_the_calibration),
        cmocka_unit_test(tighter_limits_hold_in_every_template),
        cmocka_unit_test(zones_are_as_the_case_has_them),
    };
    return cmocka_run_group_tests(tests, make_description, free_description);
}
