/* Descriptions survive writing and reading; each template makes a case that parses. */
#include "../test.h"
#include "../folder.h"

#include <stdio.h>
#include <unistd.h>

#include "case/description.h"
#include "case/template.h"

static np_case_points points(unsigned n, double x)
{
    np_case_points p = {calloc(n, sizeof(np_vec3)), n};
    for (unsigned i = 0; i < n; i++)
        p.points[i] = np_vec3_make(x + i, 10.0 * i, -0.125 * i);
    return p;
}

static np_scan_description make(bool with_file)
{
    np_scan_description d = {0};
    if (with_file) {
        d.scan.file = strdup("some \"head\".ply");
        d.scan.axis_anterior = strdup("+z");
        d.scan.axis_left = strdup("+x");
        d.scan.axis_up = strdup("+y");
    }
    d.scan.sex = NP_CASE_SEX_F;
    d.scan.percentile = 25;
    d.scan.landmarks = (np_case_landmarks){.glabella = {100, 0, 40},
                                           .inion = {-90, 0, 0},
                                           .tragion_left = {0, 70, 0},
                                           .tragion_right = {0, -70, 0},
                                           .vertex = {0, 0, 130}};
    d.scan.whorls = points(2, -60);
    d.scan.whorl_turns = calloc(2, sizeof *d.scan.whorl_turns);
    d.scan.whorl_turns[d.scan.n_whorl_turns++] = NP_CASE_CLOCKWISE;
    d.scan.whorl_turns[d.scan.n_whorl_turns++] = NP_CASE_COUNTERCLOCKWISE;
    d.scan.whorl_strengths = calloc(2, sizeof *d.scan.whorl_strengths);
    d.scan.whorl_strengths[d.scan.n_whorl_strengths++] = 1;
    d.scan.whorl_strengths[d.scan.n_whorl_strengths++] = 0.6;
    d.scalp_outline = points(5, 1);
    d.frontal_outline = points(4, 2);
    d.crown_outline = points(6, 3);
    d.fut_scar = points(7, 4);
    d.facelift_scar = points(3, 5);
    d.fue_scars = points(9, 6);
    return d;
}

static void assert_same_turns(const np_case_scan *a, const np_case_scan *b)
{
    assert_int_equal(a->n_whorl_turns, b->n_whorl_turns);
    assert_memory_equal(a->whorl_turns, b->whorl_turns, a->n_whorl_turns * sizeof *a->whorl_turns);
    assert_int_equal(a->n_whorl_strengths, b->n_whorl_strengths);
    assert_memory_equal(a->whorl_strengths, b->whorl_strengths, a->n_whorl_strengths * sizeof *a->whorl_strengths);
}

static void write_file(const char *name, char path[128], const char *text)
{
    snprintf(path, 128, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void assert_same(const np_case_points *a, const np_case_points *b)
{
    assert_int_equal(a->n, b->n);
    for (unsigned i = 0; i < a->n; i++)
        assert_near(np_vec3_distance(a->points[i], b->points[i]), 0, 1e-9);
}

static void write_and_read(const np_scan_description *d, np_scan_description *out_back)
{
    char path[128];
    np_error err = {0};
    write_file("d.yaml", path, "");
    FILE *f = fopen(path, "w");
    np_scan_description_write(d, f);
    fclose(f);
    if (np_scan_description_read(path, out_back, &err) != NP_OK)
        fail_msg("%s", err.text);
    unlink(path);
}

static void comes_back_as_written(void **state)
{
    (void)state;
    for (int with_file = 0; with_file < 2; with_file++) {
        np_scan_description d = make(with_file), back;
        write_and_read(&d, &back);
        assert_same(&d.scalp_outline, &back.scalp_outline);
        assert_same(&d.frontal_outline, &back.frontal_outline);
        assert_same(&d.crown_outline, &back.crown_outline);
        assert_same(&d.fut_scar, &back.fut_scar);
        assert_same(&d.facelift_scar, &back.facelift_scar);
        assert_same(&d.fue_scars, &back.fue_scars);
        assert_same(&d.scan.whorls, &back.scan.whorls);
        assert_same_turns(&d.scan, &back.scan);
        assert_near(back.scan.landmarks.vertex.z, 130, 0);
        if (with_file) {
            char mesh[160];
            snprintf(mesh, sizeof mesh, "%s/some \"head\".ply", folder);
            assert_string_equal(back.scan.file, mesh);
            assert_string_equal(back.scan.axis_left, "+x");
        } else {
            assert_null(back.scan.file);
            assert_int_equal(back.scan.sex, NP_CASE_SEX_F);
            assert_near(back.scan.percentile, 25, 0);
        }
        np_scan_description_fini(&d);
        np_scan_description_fini(&back);
    }
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const char good[] = "landmarks: {glabella: [1, 2, 3], inion: [1, 2, 3], tragion_left: [1, 2, 3], "
                               "tragion_right: [1, 2, 3], vertex: [1, 2, 3], nasion: [0, 0, 0]}\n";
    static const struct {
        const char *extra, *message;
    } rows[] = {{"scalp_outlin: [[1, 2, 3]]\n", "did you mean 'scalp_outline'?"},
                {"fut_scar: [[1, 2, 3]]\n", "fut_scar: expected 2 to"},
                {"axes: {anterior: \"+x\", left: \"+x\", up: \"+z\"}\n", "right-handed"}};
    char path[128];
    np_scan_description d;
    np_error err = {0};
    for (size_t i = 0; i < 3; i++) {
        char text[600];
        snprintf(text, sizeof text, "%s%s", good, rows[i].extra);
        write_file("bad.yaml", path, text);
        assert_int_not_equal(np_scan_description_read(path, &d, &err), NP_OK);
        if (!strstr(err.text, rows[i].message))
            fail_msg("expected '%s' in\n%s", rows[i].message, err.text);
        np_scan_description_fini(&d); /* safe on zero */
    }
    unlink(path);
    assert_int_equal(np_scan_description_read(path, &d, &err), NP_ERR_IO);
}

/* Writes TEMPLATE into memory and parses it. */
static np_case *from_template(const char *name, const np_scan_description *d)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    np_error err = {0};
    if (np_case_template_write(name, d, f, &err) != NP_OK)
        fail_msg("%s: %s", name, err.text);
    fclose(f);
    np_case *c;
    if (np_case_parse(name, text, size, &c, &err) != NP_OK)
        fail_msg("%s\n%s", err.text, text);
    free(text);
    return c;
}

static void what_may_be_left_out_comes_back_too(void **state)
{
    (void)state;
    np_scan_description d = make(true), back;
    free(d.scan.whorls.points);
    d.scan.whorls = (np_case_points){0};
    d.scan.no_whorls = true;
    d.scan.n_whorl_turns = d.scan.n_whorl_strengths = 0;
    d.scan.landmarks.nasion = np_vec3_make(1, 2, 3);
    d.scan.landmarks.pronasale = np_vec3_make(4, 5, 6);
    write_and_read(&d, &back);
    assert_true(back.scan.no_whorls);
    assert_near(np_vec3_distance(back.scan.landmarks.nasion, d.scan.landmarks.nasion), 0, 1e-9);
    np_case *c = from_template("crown", &back);
    assert_true(c->scan.no_whorls);
    assert_near(np_vec3_distance(c->scan.landmarks.pronasale, d.scan.landmarks.pronasale), 0, 1e-9);
    np_case_destroy(c);
    back.scan.no_whorls = false;
    c = from_template("crown", &back);
    assert_int_equal(c->scan.usual_whorls, 1);
    np_case_destroy(c);
    np_scan_description_fini(&d);
    np_scan_description_fini(&back);
}

/* Drawn with at least LEAST points, named, or made of others. */
static bool is_somewhere(const np_case_shape *region, unsigned least)
{
    return region->points.n >= least || region->named || region->combination != NP_CASE_NOT_COMBINED;
}

static void every_template_parses(void **state)
{
    (void)state;
    for (int with_file = 0; with_file < 2; with_file++) {
        np_scan_description d = make(with_file);
        for (int i = 0; np_case_template_names[i]; i++) {
            np_case *c = from_template(np_case_template_names[i], &d);
            assert_true(c->n_layers >= 1);
            assert_true(*c->title);
            assert_int_equal(c->n_sessions, 3);
            assert_same(&c->scan.whorls, &d.scan.whorls);
            assert_same_turns(&c->scan, &d.scan);
            for (unsigned k = 0; k < c->n_layers; k++)
                if (c->layers[k].region)
                    assert_true(is_somewhere(np_case_find_region(c, c->layers[k].region), 4));
            assert_true((c->scan.file != NULL) == with_file);
            np_case_destroy(c);
        }
        np_scan_description_fini(&d);
    }
}

static void the_real_scans_make_cases(void **state)
{
    (void)state;
    static const char *const names[] = {"ict_head", "lee_perry_smith"};
    for (int i = 0; i < 2; i++) {
        char path[300];
        snprintf(path, sizeof path, NP_TEST_SOURCE_DIR "/../shared/scans/%s.yaml", names[i]);
        if (access(path, R_OK) != 0)
            skip();
        np_scan_description d;
        np_error err = {0};
        if (np_scan_description_read(path, &d, &err) != NP_OK)
            fail_msg("%s", err.text);
        assert_int_equal(d.scalp_outline.n, 40);
        assert_int_equal(d.fut_scar.n, 19);
        np_case *c = from_template("full-scalp", &d);
        assert_same(&np_case_find_region(c, "scalp")->points, &d.scalp_outline);
        np_case_destroy(c);
        c = from_template("fut-scar", &d);
        np_case_destroy(c);
        np_scan_description_fini(&d);
    }
}

/* With landmarks alone all shapes are named. */
static void landmarks_are_enough(void **state)
{
    (void)state;
    np_scan_description d = make(true);
    np_case_points *drawn[] = {&d.scalp_outline, &d.frontal_outline, &d.crown_outline,
                               &d.fut_scar,      &d.facelift_scar,   &d.fue_scars};
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        free(drawn[i]->points);
        *drawn[i] = (np_case_points){0};
    }
    for (int i = 0; np_case_template_names[i]; i++) {
        np_case *c = from_template(np_case_template_names[i], &d);
        for (unsigned k = 0; k < c->n_regions; k++)
            assert_int_equal(c->regions[k].named >= NP_CASE_NAMED_SCALP,
                             c->regions[k].combination == NP_CASE_NOT_COMBINED);
        for (unsigned k = 0; k < c->n_curves; k++)
            assert_true(c->curves[k].named >= NP_CASE_NAMED_FUT_SCAR);
        for (unsigned k = 0; k < c->n_point_sets; k++)
            assert_int_equal(c->point_sets[k].named, NP_CASE_NAMED_FUE_SCARS);
        assert_int_not_equal(c->n_regions + c->n_curves + c->n_point_sets, 0);
        np_case_destroy(c);
    }
    np_scan_description_fini(&d);
}

static void an_unknown_template_is_told(void **state)
{
    (void)state;
    np_scan_description d = {0};
    np_error err = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    assert_int_equal(np_case_template_write("hair-line", &d, f, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "did you mean 'hairline'? Expected one of: full-scalp, fade, hairline"));
    fclose(f);
    assert_int_equal(size, 0); /* nothing half written */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_written),       cmocka_unit_test(what_may_be_left_out_comes_back_too),
        cmocka_unit_test(mistakes_are_named),          cmocka_unit_test(every_template_parses),
        cmocka_unit_test(the_real_scans_make_cases),   cmocka_unit_test(landmarks_are_enough),
        cmocka_unit_test(an_unknown_template_is_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
