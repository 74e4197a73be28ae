/* Parameters of a layer: every type, and every error with its line. */
#include "../test.h"

#include <needlepath/plugin_kit.h>
#include <stdio.h>
#include <unistd.h>

#include "field/private/params.h"

static const char *const labels[] = {"rounded", "linear", NULL};

static const double knots[] = {0, 0.25, 10, 1};

static const np_param_desc params[] = {
    NP_KIT_FLOAT("ramp_mm", "Ramp", "", "Width of the ramp.", "mm", 2, 20, 8),
    NP_KIT_INT("count", "Count", "", "How many.", "", 0, 8, 5),
    NP_KIT_BOOL("soft", "Soft", "", "Whether soft.", 1),
    NP_KIT_OPTION("shape", "Shape", "", "Which shape.", 1, 0, labels),
    NP_KIT_TEXT("word", "Word", "", "What it says.", 12, "hello"),
    NP_KIT_FILE("picture", "Picture", "", "A picture.", 8, 0),
    NP_KIT_CURVE("fade", "Fade", "", "Density by distance.", "mm", 0, 20, "", 0, 1, knots, 2),
    NP_KIT_TABLE("spots", "Spots", "", "Places.", "", -5, 5, labels),
};
enum { N = sizeof params / sizeof *params };

static const np_strategy_desc desc = {.id = "hairline", .param_count = N, .params = params};

#define GIVEN(id_, value_, line_)                                                                                      \
    {                                                                                                                  \
        .id = id_, .value = value_, .line = line_                                                                      \
    }

static np_status read_params(np_case_param *given, unsigned n, field_params *out, np_error *err)
{
    np_case_layer layer = {.name = "front", .params = given, .n_params = n, .line = 38};
    return field_params_init("/tmp/case.yaml", &layer, &desc, out, err);
}

static void defaults_stand_where_nothing_is_said(void **state)
{
    (void)state;
    field_params v;
    assert_int_equal(read_params(NULL, 0, &v, NULL), NP_OK);
    assert_near(v.numbers[0], 8, 0);
    assert_near(v.numbers[1], 5, 0);
    assert_near(v.numbers[2], 1, 0);
    assert_near(v.numbers[3], 0, 0);
    assert_string_equal((char *)v.values[4].bytes, "hello");
    assert_null(v.values[5].bytes);
    assert_int_equal(v.values[6].count, 2);
    assert_near(v.values[6].data[3], 1, 0);
    assert_int_equal(v.values[7].count, 0);
    assert_string_equal(v.files, "");
    field_params_fini(&v);
}

static void values_of_every_type_are_read(void **state)
{
    (void)state;
    field_params v;
    double curve[] = {1, 0, 2, 0.5, 3, 1}, table[] = {-5, 5};
    char name[] = "np_test_params_XXXXXX.bin", path[64] = "/tmp/";
    int fd = mkstemps(strcat(path, name), 4);
    assert_int_equal(write(fd, "bytes", 5), 5);
    close(fd);
    np_case_param given[] = {GIVEN("shape", "linear", 41),
                             GIVEN("soft", "Off", 42),
                             GIVEN("count", "3", 43),
                             GIVEN("ramp_mm", "2.5", 44),
                             GIVEN("word", "world", 45),
                             GIVEN("picture", path + 5, 46),
                             {.id = "fade", .numbers = curve, .rows = 3, .columns = 2, .line = 47},
                             {.id = "spots", .numbers = table, .rows = 1, .columns = 2, .line = 48}};
    assert_int_equal(read_params(given, N, &v, NULL), NP_OK);
    assert_near(v.numbers[0], 2.5, 0);
    assert_near(v.numbers[1], 3, 0);
    assert_near(v.numbers[2], 0, 0);
    assert_near(v.numbers[3], 1, 0);
    assert_string_equal((char *)v.values[4].bytes, "world");
    assert_int_equal(v.values[5].count, 5);
    assert_memory_equal(v.values[5].bytes, "bytes", 6);
    assert_int_equal(v.values[6].count, 3);
    assert_near(v.values[6].data[3], 0.5, 0);
    assert_int_equal(v.values[7].columns, 2);
    /* printf bytes | sha256sum */
    char line[160];
    snprintf(line, sizeof line, "%s  %s\n", "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9",
             path + 5);
    assert_string_equal(v.files, line);
    field_params_fini(&v);
    unlink(path);
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
        {"word", "more than twelve", "word: expected one line of 0 to 12 bytes, found more than twelve"},
        {"word", "\033[2J", "word: expected one line of 0 to 12 bytes"},
        {"picture", "", "picture: expected the path of a file of 0 to 8 bytes, found nothing"},
        {"picture", "none/such", "layer front: picture: /tmp/none/such: cannot read: No such file"},
        {"picture", "/proc/self/exe", "picture: expected the path of a file of 0 to 8 bytes, found one of "},
        {"picture", "/dev/null", "cannot read: it is not a regular file"},
        {"fade", "0.5", "fade: expected a list of up to 256 knots [x, y], x rising in 0..20 mm, y in 0..1, found 0.5"},
        {"spots", "3", "spots: expected a list of up to 4096 rows [rounded, linear] of numbers in -5..5, found 3"},
        {"ramp_m", "3", "unknown parameter 'ramp_m' of strategy hairline: did you mean ramp_mm?"},
        {"zebra_crossing", "3", "expected one of ramp_mm, count, soft, shape"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        field_params v;
        np_error err = {0};
        np_case_param given = {.id = (char *)rows[i].id, .value = (char *)rows[i].value, .line = 41};
        assert_int_not_equal(read_params(&given, 1, &v, &err), NP_OK);
        assert_null(v.numbers);
        if (!strstr(err.text, rows[i].text))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].text);
    }
}

static void a_parameter_given_twice_is_an_error(void **state)
{
    (void)state;
    field_params v;
    np_error err = {0};
    np_case_param given[] = {GIVEN("count", "3", 41), GIVEN("soft", "no", 42), GIVEN("count", "4", 43)};
    assert_int_equal(read_params(given, 3, &v, &err), NP_ERR_INVALID);
    assert_string_equal(err.text,
                        "/tmp/case.yaml:43: layer front: count is given twice, first in line 41; leave one out");
}

static void lists_are_checked_row_by_row(void **state)
{
    (void)state;
    double data[] = {0, 0, 5, 1, 5, 0.5, 6, 2};
    static const struct {
        const char *id;
        unsigned first, rows, columns;
        const char *text;
    } rows[] = {
        {"fade", 0, 3, 2, "found row 3, which begins with 5"},
        {"fade", 6, 1, 2, "found row 1, which begins with 6"},
        {"fade", 0, 2, 3, "found 2 rows of 3"},
        {"fade", 0, 4, 1, "found 4 rows of 1"},
        {"spots", 2, 3, 2, "found row 3, which begins with 6"},
        {"soft", 0, 2, 1, "expected true or false, found a list"},
        {"word", 0, 2, 1, "word: expected one line"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        field_params v;
        np_error err = {0};
        np_case_param given = {.id = (char *)rows[i].id,
                               .numbers = data + rows[i].first,
                               .rows = rows[i].rows,
                               .columns = rows[i].columns,
                               .line = 41};
        assert_int_equal(read_params(&given, 1, &v, &err), NP_ERR_INVALID);
        if (!strstr(err.text, rows[i].text))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].text);
    }
}

static void what_is_required_must_be_given(void **state)
{
    (void)state;
    static const np_param_desc file = NP_KIT_FILE("picture", "Picture", "", "A picture.", 8, NP_PARAM_REQUIRED);
    const np_strategy_desc one = {.id = "picture", .param_count = 1, .params = &file};
    const np_case_layer layer = {.name = "front", .line = 38};
    field_params v;
    np_error err = {0};
    assert_int_equal(field_params_init("case.yaml", &layer, &one, &v, &err), NP_ERR_INVALID);
    assert_string_equal(err.text, "case.yaml:38: layer front: strategy picture needs the parameter picture; add it to "
                                  "params: expected the path of a file of 0 to 8 bytes");
}

/* The smooth curve meets its knots, stays between them, and ends level. */
static void a_curve_of_the_kit_goes_through_its_knots(void **state)
{
    (void)state;
    static const double data[] = {0, 0, 2, 1, 3, 1, 8, 0.25};
    const np_param_value curve = {.count = 4, .data = data};
    for (int i = 0; i < 4; i++)
        assert_near(np_kit_curve(&curve, data[2 * i]), data[2 * i + 1], 1e-12);
    for (double x = -1; x < 9; x += 0.03125) {
        double y = np_kit_curve(&curve, x);
        assert_true(y >= 0);
        assert_true(y <= 1);
    }
    assert_near(np_kit_curve(&curve, 2.5), 1, 1e-12);
    assert_near(np_kit_curve(&curve, -1), 0, 0);
    assert_near(np_kit_curve(&curve, 9), 0.25, 0);
}

static void a_strategy_without_parameters_takes_none(void **state)
{
    (void)state;
    field_params v;
    np_error err = {0};
    np_case_param given = GIVEN("ramp_mm", "3", 41);
    np_case_layer layer = {.name = "front", .params = &given, .n_params = 1};
    np_strategy_desc plain = {.id = "plain"};
    assert_int_equal(field_params_init("case.yaml", &layer, &plain, &v, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "strategy plain has none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_said),
        cmocka_unit_test(values_of_every_type_are_read),
        cmocka_unit_test(each_error_says_where_what_was_expected_and_found),
        cmocka_unit_test(a_parameter_given_twice_is_an_error),
        cmocka_unit_test(lists_are_checked_row_by_row),
        cmocka_unit_test(what_is_required_must_be_given),
        cmocka_unit_test(a_curve_of_the_kit_goes_through_its_knots),
        cmocka_unit_test(a_strategy_without_parameters_takes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
