/* Programs for a gantry and for a robot. */
#include "report/export.h"

#include <stdio.h>

#include "../test.h"
#include "small_plan.h"

static const np_registration upright = {.rotation = {1, 0, 0, 0}, .translation = {100, 200, 50}};

static bool with_moves = true;
static bool axis_is_normal = true; /* of the second dot, on skin that is 23 degrees off level */
static uint8_t leans[9];           /* of the dots, degrees */
static bool with_support = true;
static double too_deep_mm; /* 0: as the plan has it */

static np_status export(const char *format, int session, const np_registration *r, char **out_text, np_error *err)
{
    small_plan s;
    small_plan_init(&s);
    s.dots[1].normal = np_vec3_make(0, sin(0.4), cos(0.4)); /* 23 degrees */
    s.dots[1].axis = axis_is_normal ? np_vec3_scale(s.dots[1].normal, -1) : s.dots[0].axis;
    s.dots[1].tilt_rad = axis_is_normal ? 0 : 0.4;
    int32_t hovers[9] = {2500, 2500, 2500, 2500, 2500, 2500, 2500, 2500, 2500};
    np_plan_move moves[] = {{1, NP_PLAN_HOME, 0, 0, 1},
                            {1, 1, 2, 1, 2},
                            {1, 2, NP_PLAN_STATION, 3, 0},
                            {1, NP_PLAN_STATION, 3, 3, 1},
                            {1, 3, NP_PLAN_HOME, 4, 0}};
    np_plan_via vias[] = {{{0, 0, 90000}, {0, 0, -1000000}},
                          {{1000, 0, 80000}, {0, 0, -1000000}},
                          {{2000, 0, 80000}, {0, 0, -1000000}},
                          {{3000, 0, 70000}, {0, 0, -1000000}}};
    if (too_deep_mm > 0)
        s.dots[2].depth_mm = too_deep_mm;
    static int32_t support[NP_SUPPORT_NODES]; /* the scan reaches from (-30, -30, -100) to (30, 30, 8) */
    for (size_t node = 0; node < NP_SUPPORT_NODES; node++) {
        np_vec3 d = np_support_direction(node);
        support[node] = (int32_t)(30000 * (fabs(d.x) + fabs(d.y)) + d.z * (d.z > 0 ? 8000 : -100000));
    }
    if (with_moves)
        s.plan.moves = (np_plan_moves){.hover_um = hovers,
                                       .lean_deg = with_support ? leans : NULL,
                                       .support_um = with_support ? support : NULL,
                                       .home = {{0, 0, 120000}, {0, 0, -1000000}},
                                       .station = {{0, 200000, 100000}, {0, 0, -1000000}},
                                       .moves = moves,
                                       .n_moves = 5,
                                       .vias = vias,
                                       .n_vias = 4};
    size_t size;
    FILE *f = open_memstream(out_text, &size);
    np_status status = np_export(np_exporter_find(format),
                                 &(np_export_request){.plan = &s.plan,
                                                      .session = session,
                                                      .registration = r,
                                                      .lift_mm = 1,
                                                      .tilt_max_deg = 15,
                                                      .plunge_mm_s = 20},
                                 f, err);
    fclose(f);
    return status;
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        n++;
    return n;
}

static void gcode_goes_down_by_the_depth(void **state)
{
    (void)state;
    char *text;
    np_error err = {0};
    memset(leans, 5, sizeof leans);
    axis_is_normal = false;
    if (export("gcode", 1, &upright, &text, &err) != NP_OK)
        fail_msg("%s", err.text);
    axis_is_normal = true;
    assert_non_null(strstr(text, "NOT JOURNALLED"));
    /* 2 mm at least above a head that reaches to z 58 */
    assert_non_null(
        strstr(text, "travel at z 60.000 and below: no part of the head as it was scanned is above z 58.000"));
    assert_non_null(
        strstr(text, "G21 G90 G94\nG0 Z60.000\n; dot 1\nG0 X100.000 Y200.000 Z60.000\nG0 Z55.000\nG1 Z49.500 F1200\n"
                     "G4 P0.0300\nG1 Z55.000 F1200\nG0 Z60.000\nG4 P0\n; dot 2\n"));
    assert_non_null(strstr(text, "G1 Z49.457 ")); /* 0.5 / cos 0.4 */
    assert_int_equal(count(text, "; dot "), 4);
    assert_int_equal(count(text, "G4 P0\n"), 4);
    free(text);
}

static void a_gantry_leaves_out_what_it_cannot_make(void **state)
{
    (void)state;
    char *text;
    np_error err = {0};
    np_registration lying = {.rotation = {sqrt(0.5), sqrt(0.5), 0, 0}};
    assert_int_equal(export("gcode", 1, &lying, &text, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "4 lie on skin that is more than 30 degrees off level"));
    assert_non_null(strstr(err.text, ": dot 1 (90.0), dot 2"));
    assert_string_equal(text, "");
    free(text);
    /* the second dot's axis is 23 degrees off; the third has no room, and the fourth enough */
    memset(leans, 5, sizeof leans);
    leans[2] = 0;
    np_registration askew = {.rotation = {cos(0.01), sin(0.01), 0, 0}};
    assert_int_equal(export("gcode", 1, &askew, &text, &err), NP_ERR_INCOMPLETE);
    assert_non_null(strstr(err.text, "2 of 4 dots of session 1 are not in the program"));
    assert_non_null(
        strstr(err.text, "more than 15 degrees off the needle, which stays along z (--gantry-tilt): dot 2 (21.8)"));
    assert_non_null(strstr(err.text, "1 have no room"));
    assert_non_null(strstr(err.text, "dot 3 (1.1)"));
    assert_non_null(strstr(text, "; LEFT OUT 2 of 4 dots: "));
    assert_int_equal(count(text, "; dot "), 2);
    assert_non_null(strstr(text, "; dot 4\n"));
    free(text);
    /* a plan of before */
    with_support = false;
    assert_int_equal(export("gcode", 1, &upright, &text, &err), NP_ERR_UNSAFE);
    with_support = true;
    assert_non_null(strstr(err.text, "plan the case again"));
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(export("gcode", 3, &upright, &text, &err), NP_ERR_INVALID);
    free(text);
}

/* The tool's z after turning by the rotation vector must be the needle's axis. */
static void urscript_points_the_tool_along_the_axis(void **state)
{
    (void)state;
    for (int k = 0; k < 8; k++) {
        np_registration r = {.rotation = {cos(k * 0.39), 0, sin(k * 0.39), 0}};
        char *text;
        np_error err = {0};
        assert_int_equal(export("urscript", 1, &r, &text, &err), NP_OK);
        assert_int_equal(count(text, "  dot(p["), 4);
        const char *line = strstr(text, "  dot(p[");
        double over[6], deep[6], dwell;
        assert_int_equal(sscanf(line, "  dot(p[%lf, %lf, %lf, %lf, %lf, %lf], p[%lf, %lf, %lf, %lf, %lf, %lf], %lf)",
                                &over[0], &over[1], &over[2], &over[3], &over[4], &over[5], &deep[0], &deep[1],
                                &deep[2], &deep[3], &deep[4], &deep[5], &dwell),
                         13);
        np_vec3 v = {deep[3], deep[4], deep[5]};
        np_vec3 z = np_vec3_rotate(np_vec3_make(0, 0, 1), np_vec3_normalize(v), np_vec3_length(v));
        np_vec3 axis = np_registration_apply(&r, np_vec3_make(0, 0, -1));
        assert_near(np_vec3_distance(z, axis), 0, 1e-4);
        np_vec3 travel = {deep[0] - over[0], deep[1] - over[1], deep[2] - over[2]};
        assert_near(np_vec3_dot(travel, axis), 0.003, 2e-6); /* 2.5 mm of hover, 0.5 of depth */
        assert_near(dwell, 0.03, 0);
        free(text);
    }
}

/* What was not planned so, a hand or a plugin behind the planner's back has done: no table, cloud or program carries it. */
static void a_dot_outside_the_envelope_is_in_no_export(void **state)
{
    (void)state;
#define EXPORTER_NAME(name, help) #name,
    static const char *const formats[] = {NP_EXPORTER_TABLE(EXPORTER_NAME)};
#undef EXPORTER_NAME
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char *text;
        if (strcmp(formats[i], "record") == 0) /* of what was made, whatever it was */
            continue;
        np_error err = {0};
        too_deep_mm = 4;
        assert_int_equal(export(formats[i], 1, &upright, &text, &err), NP_ERR_UNSAFE);
        too_deep_mm = 0;
        assert_non_null(strstr(err.text, "depth"));
        assert_string_equal(text, "");
        free(text);
    }
}

/* Home, each way's vias in order, a stop for pigment, home again; and nothing at all without moves. */
static void urscript_goes_by_the_moves(void **state)
{
    (void)state;
    char *text;
    np_error err = {0};
    assert_int_equal(export("urscript", 1, &upright, &text, &err), NP_OK);
    assert_int_equal(count(text, "  travel(p["), 2 + 4 + 1);
    assert_int_equal(count(text, "popup("), 1);
    const char *order[] = {"p[0.100000, 0.200000, 0.170000",
                           "p[0.100000, 0.200000, 0.140000",
                           "# 1\n",
                           "# 2\n",
                           "p[0.101000, 0.200000, 0.130000",
                           "p[0.102000, 0.200000, 0.130000",
                           "# 3\n",
                           "p[0.100000, 0.400000, 0.150000",
                           "popup(",
                           "p[0.103000, 0.200000, 0.120000",
                           "# 4\n",
                           "p[0.100000, 0.200000, 0.170000"};
    const char *at = text;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const char *next = strstr(at, order[i]);
        if (!next)
            fail_msg("%s is not there, or not behind what comes before it", order[i]);
        at = next + 1;
    }
    free(text);
    with_moves = false;
    assert_int_equal(export("urscript", 1, &upright, &text, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "plan the case again"));
    assert_string_equal(text, "");
    free(text);
    with_moves = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gcode_goes_down_by_the_depth),
        cmocka_unit_test(a_gantry_leaves_out_what_it_cannot_make),
        cmocka_unit_test(urscript_points_the_tool_along_the_axis),
        cmocka_unit_test(urscript_goes_by_the_moves),
        cmocka_unit_test(a_dot_outside_the_envelope_is_in_no_export),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
