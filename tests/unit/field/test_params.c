/* Parameters of a layer: every type, and every error with its line. */
#include "../test.h"

#include "field/private/params.h"

static const char *const labels[] = {"rounded", "linear", NULL};

static const np_param_desc params[] = {
    {"ramp_mm", "Ramp", "", "Width of the ramp.", NP_PARAM_FLOAT, "mm", 2, 20, 8, NULL},
    {"count", "Count", "", "How many.", NP_PARAM_INT, "", 0, 8, 5, NULL},
    {"soft", "Soft", "", "Whether soft.", NP_PARAM_BOOL, "", 0, 1, 1, NULL},
    {"shape", "Shape", "", "Which shape.", NP_PARAM_OPTION, "", 0, 1, 0, labels},
};

static const np_strategy_desc desc = {.id = "hairline", .param_count = 4, .params = params};

static np_status read_params(np_case_param *given, unsigned n, double *out_values, np_error *err)
{
    np_case_layer layer = {.name = "front", .params = given, .n_params = n, .line = 38};
    return field_params_read("case.yaml", &layer, &desc, out_values, err);
}

static void defaults_stand_where_nothing_is_said(void **state)
{
    (void)state;
    double v[4];
    assert_int_equal(read_params(NULL, 0, v, NULL), NP_OK);
    assert_near(v[0], 8, 0);
    assert_near(v[1], 5, 0);
    assert_near(v[2], 1, 0);
    assert_near(v[3], 0, 0);
}

static void values_of_every_type_are_read(void **state)
{
    (void)state;
    double v[4];
    np_case_param given[] = {{"shape", "linear", 41}, {"soft", "Off", 42}, {"count", "3", 43}, {"ramp_mm", "2.5", 44}};
    assert_int_equal(read_params(given, 4, v, NULL), NP_OK);
    assert_near(v[0], 2.5, 0);
    assert_near(v[1], 3, 0);
    assert_near(v[2], 0, 0);
    assert_near(v[3], 1, 0);
}

static void each_error_says_where_what_was_expected_and_found(void **state)
{
    (void)state;
    static const struct {
        const char *id, *value, *text;
    } rows[] = {
        {"ramp_mm", "300", "case.yaml:41: layer front: ramp_mm: expected 2..20 mm, found 300"},
        {"ramp_mm", "wide", "case.yaml:41: layer front: ramp_mm: expected 2..20 mm, found wide"},
        {"ramp_mm", "nan", "ramp_mm: expected 2..20 mm, found nan"},
        {"ramp_mm", "", "ramp_mm: expected 2..20 mm, found nothing"},
        {"ramp_mm", "8 mm", "ramp_mm: expected 2..20 mm, found 8 mm"},
        {"count", "2.5", "count: expected a whole number 0..8, found 2.5"},
        {"count", "07", "count: expected a whole number 0..8, found 07"},
        {"count", "0x4", "count: expected a whole number 0..8, found 0x4"},
        {"ramp_mm", "0x4", "ramp_mm: expected 2..20 mm, found 0x4"},
        {"count", "9", "count: expected a whole number 0..8, found 9"},
        {"soft", "maybe", "soft: expected true or false, found maybe"},
        {"shape", "square", "shape: expected one of rounded, linear, found square"},
        {"shape", "1", "shape: expected one of rounded, linear, found 1"},
        {"ramp_m", "3", "unknown parameter 'ramp_m' of strategy hairline: did you mean ramp_mm?"},
        {"zebra_crossing", "3", "expected one of ramp_mm, count, soft, shape"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double v[4];
        np_error err = {0};
        np_case_param given = {(char *)rows[i].id, (char *)rows[i].value, 41};
        assert_int_equal(read_params(&given, 1, v, &err), NP_ERR_INVALID);
        if (!strstr(err.text, rows[i].text))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].text);
    }
}

static void a_parameter_given_twice_is_an_error(void **state)
{
    (void)state;
    double v[4];
    np_error err = {0};
    np_case_param given[] = {{"count", "3", 41}, {"soft", "no", 42}, {"count", "4", 43}};
    assert_int_equal(read_params(given, 3, v, &err), NP_ERR_INVALID);
    assert_string_equal(err.text, "case.yaml:43: layer front: count is given twice, first in line 41; leave one out");
}

static void a_strategy_without_parameters_takes_none(void **state)
{
    (void)state;
    double v[1];
    np_error err = {0};
    np_case_param given = {"ramp_mm", "3", 41};
    np_case_layer layer = {.name = "front", .params = &given, .n_params = 1};
    np_strategy_desc plain = {.id = "plain"};
    assert_int_equal(field_params_read("case.yaml", &layer, &plain, v, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "strategy plain has none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_said),
        cmocka_unit_test(values_of_every_type_are_read),
        cmocka_unit_test(each_error_says_where_what_was_expected_and_found),
        cmocka_unit_test(a_parameter_given_twice_is_an_error),
        cmocka_unit_test(a_strategy_without_parameters_takes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
