/* A case with everything in it is read as written; an almost empty one gets the documented defaults. */
#include "../test.h"

#include <stdio.h>
#include <unistd.h>

#include "case/case.h"
#include "case/limits.h"

static const char full[] =
    "needlepath: 1\n"
    "title: Everything\n"
    "seed: 18446744073709551615\n"
    "scan: {file: scans/head.ply, units: cm, axes: {anterior: \"+z\", left: \"+x\", up: \"+y\"}}\n"
    "landmarks:\n"
    "  glabella: &g [0.0, 6, 10.7]\n"
    "  inion: [0, 1, -7.7]\n"
    "  tragion_left: [7.4, 1.2, 1.1]\n"
    "  tragion_right: [-7.4, 1.2, 1.1]\n"
    "  vertex: [0, 14.4, -1.4]\n"
    "  nasion: [0, 4, 10]\n"
    "whorls: [[-1, 12.4, -5.7]]\n"
    "regions:\n"
    "  - name: scalp\n"
    "    outline: [[0, 12, 7.5], [7, 1, 4], [0, -1.8, -6.2], [-7, 1, 4]]\n"
    "    inside: [0, 14, -1]\n"
    "  - {name: other, outline: [[0, 1, 2], [3, 4, 5], *g]}\n"
    "curves:\n"
    "  - {name: fut_scar, points: [[1, 2, 3], [4, 5, 6.25]]}\n"
    "points:\n"
    "  - {name: fue, points: [[1, 2, 3]]}\n"
    "existing: {follicles: [[1, 1, 1], [2, 2, 2]], natural_density_per_cm2: 60.5}\n"
    "keep_outs:\n"
    "  - {name: mole, center: [1, 2, 3], radius_mm: 2.5}\n"
    "  - {name: ear, outline: [[1, 2, 3], [2, 3, 4], [3, 4, 9]], margin_mm: 3}\n"
    "layers:\n"
    "  - name: base\n"
    "    strategy: diffuse_density\n"
    "    region: scalp\n"
    "    params: {density_per_cm2: 75, edge: soft, flag: true}\n"
    "  - {name: scar, strategy: scar_fill, curve: fut_scar, points: fue, reach_mm: 12}\n"
    "sessions: [{cumulative: 0.5, day: 0}, {cumulative: 1, day: 14}]\n"
    "dots: {pattern: even, quality: fast, count: 1234}\n"
    "needle: {diameter_mm: 0.25}\n"
    "limits: {depth_min_mm: 0.4, depth_max_mm: 1.0, tilt_max_deg: 20, spacing_min_mm: 0.5,\n"
    "         session_spacing_min_mm: 0.8, max_dots: 5000}\n"
    "arm: {speed_mm_s: 50, reload_station_mm: [1, 2, 3], rest_s: 2, rest_radius_mm: 1.5, reload_every: 0}\n"
    "tour: {kicks_per_dot: 4}\n";

static np_case *parse(const char *text)
{
    np_case *c = NULL;
    np_error err = {0};
    if (np_case_parse("folder/case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    return c;
}

static void reads_the_scan_and_the_shapes(void **state)
{
    (void)state;
    np_case *c = parse(full);
    assert_string_equal(c->title, "Everything");
    assert_true(c->seed == UINT64_MAX);
    assert_string_equal(c->scan.file, "folder/scans/head.ply");
    assert_int_equal(c->scan.units, NP_CASE_UNIT_CM);
    assert_string_equal(c->scan.axis_up, "+y");
    assert_near(c->scan.landmarks.glabella.z, 10.7, 0);
    assert_int_equal(c->scan.whorls.n, 1);
    assert_int_equal(c->n_regions, 2);
    assert_int_equal(c->regions[0].points.n, 4);
    assert_true(c->regions[0].has_inside);
    assert_false(c->regions[1].has_inside);
    assert_near(c->regions[0].inside.y, 14, 0);
    assert_int_equal(c->regions[0].line, 14);
    assert_near(c->regions[1].points.points[2].z, 10.7, 0); /* by alias */
    assert_near(np_case_find_curve(c, "fut_scar")->points.points[1].z, 6.25, 0);
    assert_ptr_equal(np_case_find_region(c, "scalp"), &c->regions[0]);
    assert_non_null(np_case_find_point_set(c, "fue"));
    assert_null(np_case_find_region(c, "fue"));
    assert_int_equal(c->existing.n, 2);
    assert_near(c->natural_density_per_cm2, 60.5, 0);
    assert_string_equal(c->text, full);
    np_case_destroy(c);
}

static void reads_what_is_to_be_done(void **state)
{
    (void)state;
    np_case *c = parse(full);
    assert_int_equal(c->n_keep_outs, 2);
    assert_near(c->keep_outs[0].margin_mm, 4, 0); /* the default */
    assert_near(c->keep_outs[1].margin_mm, 3, 0);
    assert_int_equal(c->keep_outs[0].kind, NP_CASE_KEEP_OUT_DISCS);
    assert_int_equal(c->keep_outs[0].drawn.points.n, 1);
    assert_int_equal(c->keep_outs[1].kind, NP_CASE_KEEP_OUT_OUTLINE);
    assert_int_equal(c->keep_outs[1].drawn.points.n, 3);
    assert_int_equal(c->n_layers, 2);
    assert_int_equal(c->layers[0].n_params, 3);
    assert_string_equal(c->layers[0].params[0].id, "density_per_cm2");
    assert_string_equal(c->layers[0].params[0].value, "75");
    assert_string_equal(c->layers[0].params[2].value, "true");
    assert_int_equal(c->layers[0].line, 27);
    assert_near(c->layers[0].reach_mm, 15, 0); /* the default */
    assert_near(c->layers[1].reach_mm, 12, 0);
    assert_null(c->layers[1].region);
    assert_string_equal(c->layers[1].points, "fue");
    assert_int_equal(c->n_sessions, 2);
    assert_near(c->sessions[0].cumulative, 0.5, 0);
    assert_int_equal(c->sessions[1].day, 14);
    assert_int_equal(c->pattern, NP_CASE_PATTERN_EVEN);
    assert_int_equal(c->quality, NP_CASE_QUALITY_FAST);
    assert_int_equal(c->count, 1234);
    assert_near(c->needle_diameter_mm, 0.25, 0);
    assert_near(c->limits.tilt_max_deg, 20, 0);
    assert_int_equal(c->limits.max_dots, 5000);
    assert_near(c->arm.speed_mm_s, 50, 0);
    assert_near(c->arm.acceleration_mm_s2, 1000, 0);
    assert_near(c->arm.reload_station_mm.z, 3, 0);
    assert_int_equal(c->arm.reload_every, 0);
    assert_int_equal(c->tour_kicks_per_dot, 4);
    np_case_destroy(c);
}

static void whatever_is_said_of_whorls_has_a_line(void **state)
{
    (void)state;
    static const char *const said[] = {"whorls: [[1, 2, 3]]", "whorl_turns: [clockwise]", "whorl_strengths: [1]"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "needlepath: 1\n%s\ncurves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}]\n"
                 "layers: [{name: a, strategy: s, curve: c}]\n",
                 said[i]);
        np_case *c = parse(text);
        assert_string_equal(c->scan.whorls_at, "folder/case.yaml:2");
        np_case_destroy(c);
    }
}

static void almost_nothing_gets_the_defaults(void **state)
{
    (void)state;
    np_case *c = parse("needlepath: 1\n"
                       "curves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}]\n"
                       "layers: [{name: a, strategy: s, curve: c}]\n");
    assert_string_equal(c->title, "");
    assert_true(c->seed == 1);
    assert_null(c->scan.file);
    assert_int_equal(c->scan.sex, NP_CASE_SEX_M);
    assert_near(c->scan.percentile, 50, 0);
    assert_int_equal(c->n_sessions, 3);
    assert_near(c->sessions[1].cumulative, 0.7, 0);
    assert_int_equal(c->sessions[2].day, 30);
    assert_near(c->natural_density_per_cm2, 75, 0);
    assert_near(c->limits.depth_min_mm, NP_HARD_DEPTH_MIN_MM, 0);
    assert_near(c->limits.tilt_max_deg, NP_DEFAULT_TILT_MAX_DEG, 0);
    assert_near(c->limits.session_spacing_min_mm, NP_HARD_SESSION_SPACING_MIN_MM, 0);
    assert_int_equal(c->limits.max_dots, 100000);
    assert_near(c->needle_diameter_mm, 0.2, 0);
    assert_int_equal(c->tour_kicks_per_dot, -1);
    assert_near(c->arm.reload_station_mm.y, 200, 0);
    assert_int_equal(c->layers[0].n_params, 0);
    np_case_destroy(c);
}

static void reads_a_file_and_its_follicles(void **state)
{
    (void)state;
    char folder[] = "/tmp/np-case-XXXXXX", path[64], follicles[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    snprintf(follicles, sizeof follicles, "%s/f.xyz", folder);
    FILE *f = fopen(path, "w");
    fputs("needlepath: 1\nexisting: {file: f.xyz}\ncurves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}]\n"
          "layers: [{name: a, strategy: s, curve: c}]\n",
          f);
    fclose(f);
    f = fopen(follicles, "w");
    fputs("\n# x y z\n1 2 3\r\n\n  4,5,6.5\n", f); /* a first line that is empty is no sign of binary data */
    fclose(f);
    np_case *c;
    np_error err = {0};
    assert_int_equal(np_case_read(path, &c, &err), NP_OK);
    assert_int_equal(c->existing.n, 2);
    assert_near(c->existing.points[1].z, 6.5, 0);
    np_case_destroy(c);

    /* A bad line is named; so is a file that is not there. */
    f = fopen(follicles, "w");
    fputs("1 2 3\n1 2\n", f);
    fclose(f);
    assert_int_equal(np_case_read(path, &c, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "f.xyz:2: expected three numbers"));
    unlink(follicles);
    assert_int_equal(np_case_read(path, &c, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "existing.file"));
    unlink(path);
    assert_int_equal(np_case_read(path, &c, &err), NP_ERR_IO);
    assert_null(c);
    rmdir(folder);
}

static void reads_whorls_that_were_drawn(void **state)
{
    (void)state;
    char folder[] = "/tmp/np-case-XXXXXX", path[64], whorls[64];
    const char *text = "needlepath: 1\nwhorls: {file: w.csv}\ncurves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}]\n"
                       "strokes: [{name: s, points: {file: w.csv}}]\nlayers: [{name: a, strategy: s, curve: c}]\n";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    snprintf(whorls, sizeof whorls, "%s/w.csv", folder);
    FILE *f = fopen(whorls, "w");
    fputs("x,y,z,label\n1,2,3,first\n4,5,6.5,second\n", f);
    fclose(f);
    np_case *c;
    np_error err = {0};
    assert_int_equal(np_case_parse(path, text, strlen(text), &c, &err), NP_OK);
    assert_int_equal(c->scan.whorls.n, 2);
    assert_near(c->scan.whorls.points[1].z, 6.5, 0);
    assert_string_equal(c->scan.whorls_file, "w.csv");
    assert_int_equal(strlen(c->scan.whorls_sha256), 64);
    assert_int_equal(c->scan.n_strokes, 1);
    assert_int_equal(c->scan.strokes[0].line, 4);
    assert_near(c->scan.strokes[0].points.points[1].x, 4, 0);
    assert_string_equal(c->scan.strokes[0].sha256, c->scan.whorls_sha256);
    np_case_destroy(c);
    f = fopen(whorls, "w");
    fputs("x,y,z\n1,2\n", f);
    fclose(f);
    assert_int_equal(np_case_parse(path, text, strlen(text), &c, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "w.csv:2: expected a number"));
    unlink(whorls);
    rmdir(folder);
}

static void destroying_nothing_is_fine(void **state)
{
    (void)state;
    np_case_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_scan_and_the_shapes),
        cmocka_unit_test(reads_what_is_to_be_done),
        cmocka_unit_test(whatever_is_said_of_whorls_has_a_line),
        cmocka_unit_test(almost_nothing_gets_the_defaults),
        cmocka_unit_test(reads_a_file_and_its_follicles),
        cmocka_unit_test(reads_whorls_that_were_drawn),
        cmocka_unit_test(destroying_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
