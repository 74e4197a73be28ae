/* What a view shows and what it hides. */
#include "report/private/view.h"

#include "../test.h"

/* Two squares of 20 mm facing up, one 10 mm above the other's left half (y > 0). */
static np_vec3 vertices[] = {{-10, -10, 0}, {10, -10, 0}, {10, 10, 0},  {-10, 10, 0},
                             {-10, 0, 10},  {10, 0, 10},  {10, 10, 10}, {-10, 10, 10}};
static np_triangle triangles[] = {{{0, 1, 2}}, {{0, 2, 3}}, {{4, 5, 6}}, {{4, 6, 7}}};
static np_vec3 normals[8];
static const np_mesh mesh = {vertices, triangles, 8, 4};

static void hidden_and_turned_away_points_are_not_shown(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        normals[i] = np_vec3_make(0, 0, 1);
    report_box box = {{-20, -20, -20}, {20, 20, 20}};
    report_view view = {0};
    np_error err = {0};
    assert_int_equal(report_view_init(&view, REPORT_VIEW_TOP, &mesh, normals, &box, 200, &err), NP_OK);
    assert_int_equal(view.width, 200);
    assert_near(view.pixels_per_mm, 5, 1e-3);
    double x, y;
    np_vec3 up = {0, 0, 1}, down = {0, 0, -1};
    /* forehead up, the subject's left on the left; the anatomical axes look down by 11.7 degrees */
    assert_true(report_view_project(&view, np_vec3_make(5, 5, 10), up, &x, &y));
    double per_mm = view.pixels_per_mm;
    assert_near(x, 100 - 5 * per_mm, 1e-3);
    assert_near(y, 100 - (5 * 0.97909 - 10 * 0.20343) * per_mm, 1e-3);
    assert_false(report_view_project(&view, np_vec3_make(5, 5, 10), down, &x, &y));
    assert_false(report_view_project(&view, np_vec3_make(5, 5, 0), up, &x, &y));
    assert_true(report_view_project(&view, np_vec3_make(5, -5, 0), up, &x, &y));
    assert_false(report_view_project(&view, np_vec3_make(500, -5, 0), up, &x, &y));
    report_view_fini(&view);
    report_view_fini(&view);
}

static void sides_are_where_they_should_be(void **state)
{
    (void)state;
    report_box box = {{-20, -20, -20}, {20, 20, 20}};
    np_error err = {0};
    double x, y;
    for (int side = 0; side < REPORT_VIEW_COUNT; side++) {
        report_view view = {0};
        assert_int_equal(report_view_init(&view, (report_view_side)side, &mesh, normals, &box, 100, &err), NP_OK);
        /* a point toward the viewer, displaced to the subject's left and up */
        np_vec3 p = np_vec3_add(np_vec3_scale(view.toward, 15), np_vec3_make(0, side < 2 ? 5 : 0, side < 4 ? 5 : 0));
        assert_true(report_view_project(&view, p, view.toward, &x, &y));
        if (side == REPORT_VIEW_FRONT)
            assert_true(x > 50); /* the viewer sees the subject's left on the right */
        if (side == REPORT_VIEW_BACK)
            assert_true(x < 50);
        if (side < 4)
            assert_true(y < 50);
        report_view_fini(&view);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_and_turned_away_points_are_not_shown),
        cmocka_unit_test(sides_are_where_they_should_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
