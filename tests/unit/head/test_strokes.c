/* Strokes that a person draws: what they do to the flow, and what is said of those that cannot be meant. */
#include "base/angle.h"
#include "head/flow.h"
#include "head/private/frame.h"

#include "../test.h"

static np_case_scan built_in(np_case_shape *strokes, unsigned n)
{
    return (np_case_scan){
        .sex = NP_CASE_SEX_M, .percentile = 50, .strokes = strokes, .n_strokes = n, .path = "case.yaml"};
}

static np_scan *new_scan(np_case_shape *strokes, unsigned n)
{
    np_case_scan source = built_in(strokes, n);
    np_scan *scan;
    np_error err = {0};
    if (np_scan_create(&source, NULL, &scan, &err) != NP_OK)
        fail_msg("%s", err.text);
    return scan;
}

/* The skin of the built-in head in an anatomical direction (x anterior, y left, z up) from its middle. */
static np_surface_point skin(const np_scan *scan, double x, double y, double z)
{
    np_surface_point p;
    np_vec3 d = np_vec3_mad(np_vec3_scale(head_anterior, x), head_up, z);
    d.y += y;
    assert_true(np_surface_ray(&scan->surface, np_vec3_scale(head_up, 40), np_vec3_normalize(d), 300, &p));
    return p;
}

/* A stroke between the skin in two directions, with as many points as fit POINTS; LINE is its own. */
static np_case_shape stroke(const np_scan *scan, char *name, unsigned line, const double from[3], const double to[3],
                            np_vec3 points[5])
{
    for (int i = 0; i < 5; i++) {
        double t = i / 4.0;
        points[i] = skin(scan, from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]),
                         from[2] + t * (to[2] - from[2]))
                        .position;
    }
    return (np_case_shape){.name = name, .points = {points, 5}, .line = line};
}

static double between_deg(np_vec3 a, np_vec3 b)
{
    return np_angle_deg(acos(fmin(fmax(np_vec3_dot(np_vec3_normalize(a), np_vec3_normalize(b)), -1), 1)));
}

/* What is said of STROKES, which must be refused. */
static const char *refused(np_case_shape *strokes, unsigned n)
{
    static np_error err;
    np_case_scan source = built_in(strokes, n);
    np_scan *scan;
    err = (np_error){0};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_ERR_INVALID);
    assert_null(scan);
    return err.text;
}

static void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' does not say '%s'", text, part);
}

/* Near a stroke hair goes along it, far from it as before, and between smoothly. */
static void the_flow_follows_a_stroke(void **state)
{
    (void)state;
    np_scan *before = new_scan(NULL, 0);
    np_vec3 points[5];
    np_case_shape across = stroke(before, "across", 7, (double[]){30, -15, 90}, (double[]){30, 15, 90}, points);
    np_scan *after = new_scan(&across, 1);
    for (int i = 0; i < 5; i++) {
        np_surface_point p;
        assert_true(np_surface_nearest(&after->surface, points[i], 1, &p));
        np_vec3 left = np_vec3_reject(np_vec3_make(0, 1, 0), p.normal);
        assert_true(between_deg(np_hair_flow(after, &p), left) < 8);
        assert_true(between_deg(np_hair_flow(before, &p), left) > 60);
    }
    np_surface_point nape = skin(before, -90, 10, -10), side = skin(before, 0, -80, 0), last = skin(after, 80, 1, 40);
    assert_true(between_deg(np_hair_flow(before, &nape), np_hair_flow(after, &nape)) < 1);
    assert_true(between_deg(np_hair_flow(before, &side), np_hair_flow(after, &side)) < 5);
    double most_deg = 0;
    for (double deg = 25; deg < 110; deg += 0.25) {
        np_surface_point p = skin(after, cos(np_angle_rad(deg)), 0.01, sin(np_angle_rad(deg)));
        most_deg = fmax(most_deg, between_deg(np_hair_flow(after, &last), np_hair_flow(after, &p)) /
                                      np_vec3_distance(last.position, p.position));
        last = p;
    }
    assert_true(most_deg < 12); /* degrees a millimetre */
    np_scan_destroy(before);
    np_scan_destroy(after);
}

static void what_lies_elsewhere_is_said(void **state)
{
    (void)state;
    np_scan *scan = new_scan(NULL, 0);
    np_vec3 points[5];
    np_case_shape off = stroke(scan, "off", 12, (double[]){30, -15, 90}, (double[]){30, 15, 90}, points);
    points[2].z += 30;
    assert_says(refused(&off, 1), "case.yaml:12: stroke 'off': point 3 is 2");
    assert_says(refused(&off, 1), "mm off the scan's surface (at most 5 mm)");
    points[2].z = NAN;
    assert_says(refused(&off, 1), "case.yaml:12: stroke 'off': point 3 has a coordinate that is no number");
    np_case_shape face = stroke(scan, "chin", 9, (double[]){90, 0, -20}, (double[]){85, 5, -40}, points);
    assert_says(refused(&face, 1), "case.yaml:9: stroke 'chin': most of it lies off the scalp");
    np_case_shape dot = stroke(scan, "dot", 3, (double[]){30, 0, 90}, (double[]){30, 1, 90}, points);
    assert_says(refused(&dot, 1), "case.yaml:3: stroke 'dot': it is 1.0 mm long, too short for a direction");
    np_scan_destroy(scan);
}

/* Where the case gives its whorls is not where a stroke is. */
static void a_stroke_is_named_by_its_own_line(void **state)
{
    (void)state;
    np_scan *scan = new_scan(NULL, 0), *none;
    np_vec3 points[5];
    np_case_shape off = stroke(scan, "off", 12, (double[]){30, -15, 90}, (double[]){30, 15, 90}, points);
    points[2].z += 30;
    np_case_scan source = built_in(&off, 1);
    np_error err = {0};
    char at[] = "case.yaml:7";
    source.whorls_at = at;
    assert_int_equal(np_scan_create(&source, NULL, &none, &err), NP_ERR_INVALID);
    assert_ptr_equal(strstr(err.text, "case.yaml:12: stroke 'off': point 3 is 2"), err.text);
    assert_null(strstr(err.text, at));
    np_scan_destroy(scan);
}

static void what_does_not_go_together_is_said(void **state)
{
    (void)state;
    np_scan *scan = new_scan(NULL, 0);
    np_vec3 points[3][5];
    np_case_shape two[2] = {
        stroke(scan, "a", 20, (double[]){30, -15, 90}, (double[]){30, 15, 90}, points[0]),
        stroke(scan, "b", 31, (double[]){32, 15, 90}, (double[]){32, -15, 90}, points[1]),
    };
    const char *says = refused(two, 2);
    assert_says(says, "case.yaml:31: stroke 'b': it runs against stroke 'a' in line 20: at [");
    assert_non_null(strstr(says, "] they are 1.8 mm apart")); /* at their nearest, and not where they come near first */

    memcpy(points[2], points[0], sizeof points[0]); /* there and back again */
    points[2][3] = np_vec3_add(points[0][1], np_vec3_make(3, 0, 0));
    points[2][4] = np_vec3_add(points[0][0], np_vec3_make(3, 0, 0));
    np_case_shape self = {.name = "self", .points = {points[2], 5}, .line = 5};
    assert_says(refused(&self, 1), "case.yaml:5: stroke 'self': it runs against itself");

    /* straight into the middle of the whorl, from which hair comes */
    np_vec3 whorl = scan->whorls[0];
    np_case_shape into = {.name = "into", .points = {points[2], 2}, .line = 6};
    points[2][0] = skin(scan, -20, 0, 90).position;
    points[2][1] = np_vec3_mad(whorl, np_vec3_normalize(np_vec3_sub(points[2][0], whorl)), 4);
    assert_says(refused(&into, 1), "case.yaml:6: stroke 'into': ");
    assert_says(refused(&into, 1), "mm from the middle of whorl 1 it is turned by ");

    /* hair that grows backwards on top has a whorl before it */
    np_case_shape back = stroke(scan, "back", 8, (double[]){60, 20, 85}, (double[]){20, 20, 90}, points[0]);
    assert_says(refused(&back, 1), "case.yaml:8: stroke 'back': with it hair would ");
    assert_says(refused(&back, 1), "hair that grows so has a whorl");
    np_scan_destroy(scan);
}

/* A whorl of half the strength turns into the general flow at half the distance. */
static void whorls_reach_as_far_as_they_are_strong(void **state)
{
    (void)state;
    double turn_deg[3], strengths[] = {0.5, 1, 1.5};
    for (int i = 0; i < 3; i++) {
        np_case_scan source = built_in(NULL, 0);
        source.whorl_strengths = &strengths[i];
        source.n_whorl_strengths = 1;
        np_scan *scan;
        assert_int_equal(np_scan_create(&source, NULL, &scan, NULL), NP_OK);
        np_surface_point p;
        np_vec3 behind = np_vec3_mad(scan->whorls[0], head_anterior, -36);
        assert_true(np_surface_nearest(&scan->surface, behind, 40, &p));
        np_vec3 radial = np_vec3_normalize(np_vec3_reject(np_vec3_sub(p.position, scan->whorls[0]), p.normal));
        turn_deg[i] = between_deg(radial, np_hair_flow(scan, &p));
        np_scan_destroy(scan);
    }
    assert_true(turn_deg[0] < turn_deg[1] - 8);
    assert_true(turn_deg[1] < turn_deg[2] - 8);

    np_case_scan source = built_in(NULL, 0);
    np_error err = {0};
    np_scan *scan;
    source.whorl_strengths = (double[]){2, 1};
    source.n_whorl_strengths = 2;
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_ERR_INVALID);
    assert_says(err.text, "whorl_strengths says how far 2 whorls reach, and there are 1");
    source.n_whorl_strengths = 1;
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_ERR_INVALID);
    assert_says(err.text, "whorl_strengths[0]: expected 0.3 to 1.5, found 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_flow_follows_a_stroke),
        cmocka_unit_test(what_lies_elsewhere_is_said),
        cmocka_unit_test(a_stroke_is_named_by_its_own_line),
        cmocka_unit_test(what_does_not_go_together_is_said),
        cmocka_unit_test(whorls_reach_as_far_as_they_are_strong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
