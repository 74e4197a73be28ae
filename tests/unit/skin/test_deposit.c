/* A dot's life against the model's published course: colour of a field of 75 dots/cm2 over the years, and what makes it so. */
#include "../test.h"

#include "base/status.h"
#include "skin/deposit.h"

static const np_skin_deposit usual = {.needle_mm = 0.2, .depth_mm = 0.55, .tone = 0.5, .strength = 1};

static void mark_of(const np_skin_deposit *deposit, double days, np_skin_mark *out)
{
    np_skin_model model = np_skin_model_default();
    np_skin_deposit_mark(&model, deposit, np_skin_class_lab(NP_SKIN_LIGHT), days, out);
}

/* L*a*b* of a field of 75 marks/cm2 that take AREA each, less that of the skin. */
static np_lab shift_by(const double area[3])
{
    np_lab skin = np_skin_class_lab(NP_SKIN_LIGHT);
    double rgb[3], field[3];
    np_colour_lab_to_rgb(skin, rgb);
    np_skin_field(rgb, area, 0.75, field);
    np_lab lab = np_colour_rgb_to_lab(field);
    return (np_lab){lab.l - skin.l, lab.a - skin.a, lab.b - skin.b};
}

static np_lab shift_of(const np_skin_deposit *deposit, double days)
{
    np_skin_mark mark;
    double area[3];
    mark_of(deposit, days, &mark);
    np_skin_mark_area(&mark, area);
    return shift_by(area);
}

/* The published course adds up the Gaussians as if they were weak; the light that a mark really takes is less (the next test). */
static np_lab weak_shift_of(const np_skin_deposit *deposit, double days)
{
    np_skin_mark mark;
    double area[3] = {0};
    mark_of(deposit, days, &mark);
    for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
        for (int c = 0; c < 3; c++)
            area[c] += mark.area_mm2[k][c];
    return shift_by(area);
}

static void course_of_a_field(void **state)
{
    (void)state;
    const struct {
        double days;
        np_lab shift;
    } course[] = {{0, {-8.1, -1.2, -4.4}},      {10, {-4.4, -2.6, -3.3}},         {30, {-3.5, -2.3, -2.9}},
                  {365.25, {-3.5, -2.2, -2.9}}, {5 * 365.25, {-2.6, -1.5, -2.0}}, {10 * 365.25, {-1.0, -0.6, -0.7}}};
    for (size_t i = 0; i < sizeof course / sizeof *course; i++) {
        np_lab found = weak_shift_of(&usual, course[i].days);
        assert_near(found.l, course[i].shift.l, 0.15);
        assert_near(found.a, course[i].shift.a, 0.15);
        assert_near(found.b, course[i].shift.b, 0.15);
    }
}

static void ink_darkens_depth_turns_blue_and_scars_fade(void **state)
{
    (void)state;
    np_skin_deposit dark = usual, deep = usual, scar = usual, too_deep = usual;
    dark.tone = 1;
    deep.depth_mm = 1.1;
    too_deep.depth_mm = 1.4;
    scar.scar = true;
    np_lab now = shift_of(&usual, 60), later = shift_of(&usual, 1500);
    assert_true(shift_of(&dark, 60).l < now.l - 0.3);
    assert_near(now.l, -3.3, 0.15); /* dots/cm2 75, 0.18 mm, 0.55 mm deep: docs/domain.md 5.5 */
    assert_true(shift_of(&usual, 0).l > weak_shift_of(&usual, 0).l + 1);
    np_lab d = shift_of(&deep, 60);
    assert_true(hypot(d.a, d.b) / fabs(d.l) > hypot(now.a, now.b) / fabs(now.l) + 0.2);
    assert_true(shift_of(&scar, 1500).l > later.l + 0.3);
    np_skin_model model = np_skin_model_default();
    np_skin_mark mark;
    np_skin_deposit_mark(&model, &too_deep, np_skin_class_lab(NP_SKIN_LIGHT), 60, &mark);
    double wide = mark.area_mm2[2][0] + mark.area_mm2[3][0];
    model.blowout_share = 0;
    np_skin_deposit_mark(&model, &too_deep, np_skin_class_lab(NP_SKIN_LIGHT), 60, &mark);
    assert_true(wide > mark.area_mm2[2][0] + mark.area_mm2[3][0]);
}

static void ink_is_proportional_where_it_is_weak(void **state)
{
    (void)state;
    np_skin_model model = np_skin_model_default();
    np_skin_deposit weak = usual, none = usual;
    np_skin_mark a, b;
    double area[3];
    weak.strength = 0.02;
    np_skin_deposit_mark(&model, &weak, np_skin_class_lab(NP_SKIN_LIGHT), 200, &a);
    weak.strength = 0.04;
    np_skin_deposit_mark(&model, &weak, np_skin_class_lab(NP_SKIN_LIGHT), 200, &b);
    for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
        assert_near(b.area_mm2[k][1] / a.area_mm2[k][1], 2, 1e-9);
    none.strength = 0;
    np_skin_deposit_mark(&model, &none, np_skin_class_lab(NP_SKIN_LIGHT), 200, &a);
    np_skin_mark_area(&a, area);
    for (int c = 0; c < 3; c++)
        assert_near(area[c], 0, 1e-12);
}

static void constants_are_set_by_name(void **state)
{
    (void)state;
    np_skin_model model = np_skin_model_default();
    np_error err = {0};
    assert_int_equal(np_skin_model_set(&model, "fade_years=7.5", &err), NP_OK);
    assert_near(model.fade_years, 7.5, 0);
    assert_int_equal(np_skin_model_set(&model, "fade_year=7.5", &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "fade_years"));
    const char *const bad[] = {"fade_years",    "fade_years=", "fade_years=x", "fade_years=nan", "fade_years=-1",
                               "fade_years=5y", "=5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(np_skin_model_set(&model, bad[i], &err), NP_ERR_USAGE);
    assert_near(model.fade_years, 7.5, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(course_of_a_field),
        cmocka_unit_test(ink_darkens_depth_turns_blue_and_scars_fade),
        cmocka_unit_test(ink_is_proportional_where_it_is_weak),
        cmocka_unit_test(constants_are_set_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
