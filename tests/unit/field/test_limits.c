/* Every parameter of every bundled strategy at its ends, at 0 and where it must not be, as its manifest says: a field with dots in it, or words why
 * there are none, and for what is no value one error that names file, line, layer, parameter, what was expected and what was found. */
#include "fixture.h"

#include "case/case.h"
#include "field/plugins.h"

#define N_POINTS 1000

static const char *const drawn[] = {
    [NP_INPUT_REGION] = "region: crown", [NP_INPUT_CURVE] = "curve: line", [NP_INPUT_POINTS] = "points: places"};

/* The keys of what a strategy must be given, or of the first that it may. */
static void give_inputs(const np_strategy_desc *s, char *out)
{
    bool any = false;
    *out = '\0';
    for (int must = 1; must >= 0; must--)
        for (uint32_t i = 0; i < s->input_count; i++)
            if ((s->inputs[i].min_count > 0) == must && (must || !any)) {
                sprintf(out + strlen(out), "%s, ", drawn[s->inputs[i].kind]);
                any = true;
            }
}

/* A case with one layer of strategy S and its parameter P as VALUE says. */
static np_case *case_with(const np_strategy_desc *s, const np_param_desc *p, const char *value)
{
    char text[1200], inputs[200];
    np_error err = {0};
    np_case *c = NULL;
    give_inputs(s, inputs);
    snprintf(text, sizeof text,
             "needlepath: 1\nscan: {head: {sex: f, percentile: 5}}\nusual_whorls: 1\n"
             "regions: [{name: crown, of: crown}]\ncurves: [{name: line, of: fut_scar}]\n"
             "points: [{name: places, of: fue_scars}]\n"
             "layers:\n  - {name: one, strategy: %s, %sreach_mm: 20,\n     params: {%s: %s}}\n",
             s->id, inputs, p->id, value);
    if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s: %s", text, err.text);
    return c;
}

/* A field with dots in it; or, of what strategies refuse or cannot do, words that name the layer. */
static void try_value(const np_scan *scan, const np_surface_point *points, size_t n, const np_strategy_desc *s,
                      const np_param_desc *p, double value)
{
    char number[40];
    np_error err = {0};
    np_painter *painter = NULL;
    np_field field = {0};
    snprintf(number, sizeof number, p->type == NP_PARAM_BOOL ? (value > 0 ? "true" : "false") : "%.17g", value);
    np_case *c = case_with(s, p, p->type == NP_PARAM_OPTION ? p->labels[(int)value] : number);
    np_status status = np_painter_create(c, scan, NULL, &painter, &err);
    if (status == NP_OK)
        status = np_field_init(&field, n, &err);
    if (status == NP_OK)
        status = np_painter_paint(painter, points, n, 0, NULL, &field, &err);
    size_t dotted = 0, n_pins = 0;
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        assert_true(isfinite(field.density_per_cm2[i]));
        assert_true(field.density_per_cm2[i] >= 0);
        dotted += field.density_per_cm2[i] > 0;
    }
    if (status == NP_OK) {
        np_painter_pins(painter, &n_pins);
        if (dotted + n_pins == 0) /* touch_up makes nothing where nothing was made, and says so before it plans */
            status = np_painter_check_history(painter, &err);
    }
    if (status == NP_OK ? dotted + n_pins == 0 : !strstr(err.text, "case.yaml:") || !strstr(err.text, ": layer "))
        fail_msg("%s: %s: %s: '%s'", s->id, p->id, number, err.text);
    np_field_fini(&field);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void refuse_value(const np_scan *scan, const np_strategy_desc *s, const np_param_desc *p, const char *value)
{
    char found[80];
    np_error err = {0};
    np_painter *painter = NULL;
    np_case *c = case_with(s, p, value);
    np_status status = np_painter_create(c, scan, NULL, &painter, &err);
    snprintf(found, sizeof found, ", found %s", value);
    if (status != NP_ERR_INVALID || !strstr(err.text, "case.yaml:9: layer one: ") || !strstr(err.text, p->id) ||
        !strstr(err.text, ": expected ") || !strstr(err.text, found) || strchr(err.text, '\n'))
        fail_msg("%s: %s: %s: %s: %s", s->id, p->id, value, np_status_name(status), err.text);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static bool is_number(const np_param_desc *p)
{
    return p->type == NP_PARAM_FLOAT || p->type == NP_PARAM_INT;
}

static void every_parameter_goes_to_its_ends(void **state)
{
    const np_scan *scan = *state;
    np_plugin_list list = {0};
    size_t n, tried = 0;
    np_surface_point *points = fixture_points(scan, N_POINTS, &n);
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    assert_int_equal(np_plugin_list_init(&list, NULL, NULL), NP_OK);
    for (size_t k = 0; k < list.n_strategies; k++) {
        const np_strategy_desc *s = &list.strategies[k].desc;
        for (uint32_t i = 0; i < s->param_count; i++) {
            const np_param_desc *p = &s->params[i];
            if (p->type > NP_PARAM_OPTION)
                continue;
            for (double v = p->min; p->type == NP_PARAM_OPTION && v < p->max; v++)
                try_value(scan, points, n, s, p, v);
            if (is_number(p) || p->type == NP_PARAM_BOOL)
                try_value(scan, points, n, s, p, p->min);
            try_value(scan, points, n, s, p, p->max);
            if (p->min < 0 && p->max > 0)
                try_value(scan, points, n, s, p, 0);
            tried++;
        }
    }
    assert_true(tried > 80);
    np_plugin_list_fini(&list);
    free(points);
}

static void what_is_no_value_is_refused(void **state)
{
    const np_scan *scan = *state;
    np_plugin_list list = {0};
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    assert_int_equal(np_plugin_list_init(&list, NULL, NULL), NP_OK);
    for (size_t k = 0; k < list.n_strategies; k++) {
        const np_strategy_desc *s = &list.strategies[k].desc;
        for (uint32_t i = 0; i < s->param_count; i++) {
            const np_param_desc *p = &s->params[i];
            static const char *const never[] = {"nan", "inf", "-inf", "1e400", "wide", "7 mm", "-1e9"};
            char beyond[2][40];
            for (size_t j = 0; j < sizeof never / sizeof *never; j++)
                refuse_value(scan, s, p, never[j]);
            if (!is_number(p))
                continue;
            double step = p->type == NP_PARAM_INT ? 1 : 1e-6 * fmax(1, fabs(p->max));
            snprintf(beyond[0], sizeof *beyond, "%.9g", p->min - step);
            snprintf(beyond[1], sizeof *beyond, "%.9g", p->max + step);
            refuse_value(scan, s, p, beyond[0]);
            refuse_value(scan, s, p, beyond[1]);
            refuse_value(scan, s, p, "true");
            if (p->min > 0)
                refuse_value(scan, s, p, "0");
            if (p->min >= 0)
                refuse_value(scan, s, p, "-1");
        }
    }
    np_plugin_list_fini(&list);
}

static int set_up(void **state)
{
    np_error err = {0};
    const np_case_scan head = {.sex = NP_CASE_SEX_F, .percentile = 5};
    np_scan *scan = NULL;
    if (np_scan_create(&head, NULL, &scan, &err) != NP_OK)
        fail_msg("%s", err.text);
    *state = scan;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_parameter_goes_to_its_ends),
        cmocka_unit_test(what_is_no_value_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, fixture_tear_down);
}
