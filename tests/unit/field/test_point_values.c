/* Values that points of a case have beside their places: given in the case and in files, checked, and handed to the strategy; and pins that keep a radius
 * clear (tests/badplugins/misbehave.c, strategy valued). */
#include "fixture.h"

#define N_SPOTS 3u

static char folder[] = "/tmp/needlepath-values-XXXXXX";

/* A case with spots on the head, LAYER of its one layer, and SPOTS for a description of them: in it @ stands for the places as a list. */
static np_status make(const char *spots, np_case **out_case, np_error *err)
{
    np_scan_description d = {0};
    np_mesh mesh = {0};
    char *text = NULL, path[200];
    size_t size;
    *err = (np_error){0};
    assert_int_equal(np_head_create(NP_CASE_SEX_M, 50, &mesh, &d, err), NP_OK);
    FILE *f = open_memstream(&text, &size);
    fputs("needlepath: 1\nscan: {head: {sex: m, percentile: 50}}\n"
          "layers: [{name: test, strategy: valued, reach_mm: 20, inputs: {spots: [spots]}}]\npoints:\n  - ",
          f);
    for (; *spots; spots++) {
        if (*spots != '@') {
            fputc(*spots, f);
            continue;
        }
        for (unsigned i = 0; i < N_SPOTS; i++)
            fprintf(f, "%s[%.4f, %.4f, %.4f]", i ? ", " : "", d.crown_outline.points[i].x, d.crown_outline.points[i].y,
                    d.crown_outline.points[i].z);
    }
    fclose(f);
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    np_status status = np_case_parse(path, text, size, out_case, err);
    free(text);
    np_mesh_fini(&mesh);
    np_scan_description_fini(&d);
    return status;
}

static void write_file(const char *name, const char *head, const char *const *rest)
{
    np_scan_description d = {0};
    np_mesh mesh = {0};
    np_error err = {0};
    char path[200];
    assert_int_equal(np_head_create(NP_CASE_SEX_M, 50, &mesh, &d, &err), NP_OK);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%s\n", head);
    for (unsigned i = 0; i < N_SPOTS; i++)
        fprintf(f, "%.4f,%.4f,%.4f%s\n", d.crown_outline.points[i].x, d.crown_outline.points[i].y,
                d.crown_outline.points[i].z, rest[i]);
    fclose(f);
    np_mesh_fini(&mesh);
    np_scan_description_fini(&d);
}

/* The density at each of the spots, and the radius of its pin. */
static void expect(const np_scan *scan, const char *spots, const double *density, const double *radius,
                   const char *note)
{
    np_case *c;
    np_error err = {0};
    np_field field;
    size_t n;
    if (make(spots, &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_painter *painter = fixture_painter(c, scan);
    const np_pin *pins = np_painter_pins(painter, &n);
    assert_int_equal(n, N_SPOTS);
    np_surface_point points[N_SPOTS];
    for (unsigned i = 0; i < N_SPOTS; i++)
        points[i] = pins[i].point;
    assert_int_equal(np_field_init(&field, N_SPOTS, NULL), NP_OK);
    assert_int_equal(np_painter_paint(painter, points, N_SPOTS, 0, NULL, &field, &err), NP_OK);
    for (unsigned i = 0; i < N_SPOTS; i++) {
        assert_near(field.density_per_cm2[i], density[i], 1e-9);
        assert_near(pins[i].radius_mm, radius[i], 0);
    }
    if (note ? !strstr(np_painter_notes(painter), note) : *np_painter_notes(painter) != '\0')
        fail_msg("notes: '%s'", np_painter_notes(painter));
    np_field_fini(&field);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void values_of_points_arrive(void **state)
{
    const double usual[] = {53, 53, 53}, given[] = {51, 62, 59}, two[] = {2, 2, 2}, radius[] = {1, 2.5, 0.5};
    const double mixed[] = {53, 58, 60};
    static const char *const rest[] = {",1,1,0,x", ",2.5,2,1,", ",0.5,9,0,y"};
    static const char *const gaps[] = {",1,,", ",2.5,8,", ",0.5,0,1"};
    expect(*state, "{name: spots, points: [@], values: {clear_mm: 2}}", usual, two, NULL);
    expect(*state,
           "{name: spots, points: [@], values: {clear_mm: [1, 2.5, 0.5], rank: [1, 2, 9], old: [0, true, false]}}",
           given, radius, NULL);
    write_file("spots.csv", "x,y,z,Clear_mm,rank,old,remark", rest);
    expect(*state, "{name: spots, points: {file: spots.csv}}", given, radius, NULL);
    write_file("gaps.csv", "x,y,z,clear_mm,rank,old", gaps);
    expect(*state, "{name: spots, points: {file: gaps.csv}}", mixed, radius, NULL);
    write_file("some.csv", "x,y,z,clear_mm", (const char *const[]){",1", ",2.5", ",0.5"});
    expect(*state, "{name: spots, points: {file: some.csv}, values: {rank: [1, 2, 9], old: [0, 1, 0]}}", given, radius,
           NULL);
    expect(*state, "{name: spots, points: {file: some.csv}, values: {old: 0}}", usual, radius, NULL);
    write_file("gaps.csv", "x,y,z,clear_mm,rnak", gaps);
    expect(*state, "{name: spots, points: {file: gaps.csv}, values: {old: 0}}", usual, radius,
           "layer test (valued): note: the file of points spots has numbers of other names, but no rank: it is 3 for "
           "each\n");
}

static void what_is_wrong_with_a_value_is_told(void **state)
{
    static const struct {
        const char *spots, *says;
    } rows[] = {
        {"{name: spots, points: [@]}",
         "case.yaml:3: layer test: points spots, point 1: clear_mm: expected 0.5..12 mm, found none; give it"},
        {"{name: spots, points: [@], values: {clear_mm: [1, 2]}}",
         "case.yaml:5: points 'spots': values.clear_mm: expected one number for all, or a list of 3"},
        {"{name: spots, points: [@], values: {clear_mm: [1, 2, 13]}}",
         "points spots, point 3: clear_mm: expected 0.5..12 mm, found 13"},
        {"{name: spots, points: [@], values: {clear_mm: [1, 2, nan]}}",
         "case.yaml:5: points 'spots': values.clear_mm: expected a number"},
        {"{name: spots, points: [@], values: {clear_mm: 1, rank: 1.5}}",
         "points spots, point 1: rank: expected a whole number 0..9, found 1.5"},
        {"{name: spots, points: [@], values: {clear_mm: 1, old: 2}}",
         "points spots, point 1: old: expected 0 or 1, found 2"},
        {"{name: spots, points: [@], values: {clear_mm: 1, clera_mm: 1}}",
         "case.yaml:5: points spots: no layer that uses them takes the value 'clera_mm', did you mean clear_mm?"},
        {"{name: spots, points: [@], values: {clear_mm: 1, clear_mm: 1}}",
         "values.clear_mm: expected each value of the points once"},
        {"{name: spots, points: [@], values: {Clear: 1}}",
         "values.Clear: expected each value of the points once, by its id"},
        {"{name: spots, points: [@], values: [1]}", "case.yaml:5: points 'spots': values: expected a mapping"},
        {"{name: spots, points: {file: bad.csv}}",
         "points spots, point 2: clear_mm: expected 0.5..12 mm, found something else than one number"},
        {"{name: spots, points: {file: twice.csv}}",
         "points spots, point 1: clear_mm: expected 0.5..12 mm, found something else than one number"},
        {"{name: spots, points: {file: some.csv}, values: {clear_mm: 1}}",
         "values.clear_mm: the file of the points has it, too; keep one of the two"},
        {"{name: spots, points: {file: less.csv}}", "points spots, point 3: clear_mm: expected 0.5..12 mm, found none"},
        {"{name: spots, of: fue_scars, values: {clear_mm: [1, 2, 3]}}",
         "clear_mm: expected 0.5..12 mm, found 3 numbers for "},
    };
    write_file("some.csv", "x,y,z,clear_mm", (const char *const[]){",1", ",2.5", ",0.5"});
    write_file("bad.csv", "x,y,z,clear_mm", (const char *const[]){",1", ",2.5mm", ",0.5"});
    write_file("twice.csv", "x,y,z,clear_mm,CLEAR_MM", (const char *const[]){",1,1", ",2,2", ",0.5,1"});
    write_file("less.csv", "x,y,z,clear_mm", (const char *const[]){",1", ",2.5", ""});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_case *c = NULL;
        np_painter *painter = NULL;
        np_error err;
        np_status status = make(rows[i].spots, &c, &err);
        if (status == NP_OK)
            status = np_painter_create(c, *state, NULL, &painter, &err);
        if ((status != NP_ERR_INVALID && status != NP_ERR_FORMAT) || !strstr(err.text, rows[i].says))
            fail_msg("%zu: expected '%s', found %d: '%s'", i, rows[i].says, (int)status, err.text);
        np_painter_destroy(painter);
        np_case_destroy(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_points_arrive),
        cmocka_unit_test(what_is_wrong_with_a_value_is_told),
    };
    static const char *const files[] = {"spots", "gaps", "some", "bad", "twice", "less"};
    char path[200];
    assert_non_null(mkdtemp(folder));
    fixture_use_bad_plugins();
    int failed = cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s.csv", folder, files[i]);
        unlink(path);
    }
    return rmdir(folder) == 0 ? failed : 1;
}
