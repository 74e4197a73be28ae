/* Points drawn in other programs: every kind of file as those write it, and what is wrong with others. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "case/private/drawn.h"

static char folder[] = "/tmp/needlepath-drawn-XXXXXX";

static np_status read_file(const char *name, const char *text, case_drawn_frame frame, case_drawn *out, np_error *err)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    fclose(f);
    np_status status = case_drawn_read(path, frame, out, err);
    unlink(path);
    return status;
}

#define MARKUP(frame, points)                                                                                          \
    "{\"@schema\": \"x\", \"markups\": [{\"type\": \"ClosedCurve\", \"coordinateSystem\": \"" frame                    \
    "\", \"coordinateUnits\": \"mm\", \"controlPoints\": [" points "]}]}"
#define AT(label, xyz)                                                                                                 \
    "{\"id\": \"1\", \"label\": \"" label "\", \"position\": [" xyz "], \"positionStatus\": \"defined\"}"
#define TWO AT("F-1", "1, 2, 3") "," AT("F-2", "4.5, -5, 6e0")
#define PP                                                                                                             \
    "<!DOCTYPE PickedPoints>\n<PickedPoints>\n <DocumentData>\n  <DataFileName name=\"a &amp; b.ply\"/>\n"             \
    " </DocumentData>\n <point x=\"1\" y=\"2\" z=\"3\" name=\"0\" active=\"1\"/>\n"                                    \
    " <point active=\"0\" x=\"9\" y=\"9\" z=\"9\" name=\"off\"/>\n"                                                    \
    " <point z=\"6\" y=\"-5\" x=\"4.5\" name=\"F-2\"/>\n</PickedPoints>\n"

typedef struct good {
    const char *name, *text;
    case_drawn_frame frame;
    bool turned;
    const char *label; /* of the second */
} good;

/* Each is the points 1 2 3 and 4.5 -5 6, or both with x and y negated. */
static const good goods[] = {
    {"a.mrk.json", MARKUP("LPS", TWO), CASE_DRAWN_ANY, false, "F-2"},
    {"a.mrk.json", MARKUP("LPS", TWO), CASE_DRAWN_LPS, false, "F-2"},
    {"a.mrk.json", MARKUP("LPS", TWO), CASE_DRAWN_RAS, true, "F-2"},
    {"a.mrk.json", MARKUP("RAS", TWO), CASE_DRAWN_ANY, true, "F-2"},
    {"a.mrk.json", MARKUP("RAS", TWO), CASE_DRAWN_RAS, false, "F-2"},
    {"a.fcsv",
     "# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n"
     "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
     "1,1,2,3,0,0,0,1,1,1,0,F-1,,,2,0\n2,4.5,-5,6,0,0,0,1,1,1,0,F-2,,,2,0\n",
     CASE_DRAWN_ANY, false, "F-2"},
    {"a.fcsv", "# CoordinateSystem = 0\n1,1,2,3,0,0,0,1,1,1,0,F-1,,\n2,4.5,-5,6,0,0,0,1,1,1,0,F-2,,\n", CASE_DRAWN_ANY,
     true, "F-2"},
    {"a.pp", PP, CASE_DRAWN_ANY, false, "F-2"},
    {"a.csv", "1,2,3\n4.5,-5,6\n", CASE_DRAWN_ANY, false, ""},
    {"a.CSV",
     "\xEF\xBB\xBF"
     "label;z;y;x\r\nF-1;3;2;1\r\n\r\n\"F-2\";6;-5;4.5\r\n",
     CASE_DRAWN_ANY, false, "F-2"},
    {"a.txt", "Point #0,1.000000,2.000000,3.000000\nF-2,4.500000,-5.000000,6.000000\n", CASE_DRAWN_ANY, false, "F-2"},
    {"a.txt", "0,1.0,2.0,3.0\n1,4.5,-5.0,6.0\n", CASE_DRAWN_ANY, false, "1"},
    {"a.csv", "\"name\", x, y, z\n\"left, front\",1,2,3\n\"the \"\"old\"\" one, 2 mm; low\", \"4.5\",-5,6\n",
     CASE_DRAWN_ANY, false, "the \"old\" one, 2 mm; low"},
    {"a.csv", "\"a,b\";1;2;3\n\"a;b\";4.5;-5;6\n", CASE_DRAWN_ANY, false, "a;b"},
    {"a.xyz", "# by hand\n// another\n  1   2 3\n4.5  -5 6", CASE_DRAWN_ANY, false, ""},
    {"a.asc", "1\t2\t3\n4.5\t-5\t6\n", CASE_DRAWN_ANY, false, ""},
};

static void files_are_read_as_programs_write_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        const good *g = &goods[i];
        case_drawn d;
        np_error err = {0};
        double sign = g->turned ? -1 : 1;
        if (read_file(g->name, g->text, g->frame, &d, &err) != NP_OK)
            fail_msg("%zu: %s", i, err.text);
        assert_int_equal(d.n, 2);
        assert_near(d.points[0].x, sign * 1, 0);
        assert_near(d.points[0].y, sign * 2, 0);
        assert_near(d.points[0].z, 3, 0);
        assert_near(d.points[1].x, sign * 4.5, 0);
        assert_near(d.points[1].y, sign * -5, 0);
        assert_near(d.points[1].z, 6, 0);
        assert_string_equal(d.labels[1], g->label);
        assert_int_equal(strlen(d.sha256), 64);
        case_drawn_fini(&d);
    }
}

#define MEASURED(measurements)                                                                                         \
    "{\"markups\": [{\"coordinateSystem\": \"LPS\", \"controlPoints\": [" TWO "], \"measurements\": [" measurements    \
    "]}]}"

/* What points have beside their places: of the first and of the second, NAN for what is not given. */
static const struct {
    const char *name, *text, *id;
    double numbers[2];
    unsigned bad_point;
} valued[] = {
    {"a.csv", "x,y,z,Diameter_MM\n1,2,3,0.8\n4.5,-5,6,1.25\n", "diameter_mm", {0.8, 1.25}, 0},
    {"a.csv", "size;x;y;z;name\n;1;2;3;a\n-2e3;4.5;-5;6;b\n", "size", {NAN, -2000}, 0},
    {"a.txt", "x y z old\n1 2 3 true\n4.5 -5 6 false\n", "old", {1, 0}, 0},
    {"a.csv", "x,y,z,size\n1,2,3\n4.5,-5,6,7\n", "size", {NAN, 7}, 0},
    {"a.csv", "x,y,z,size\n1,2,3,small\n4.5,-5,6,7\n", "size", {NAN, 7}, 1},
    {"a.csv", "x,y,z,size\n1,2,3,4\n4.5,-5,6,nan\n", "size", {4, NAN}, 2},
    {"a.csv", "x,y,z,size\n1,2,3,4\n4.5,-5,6,1e13\n", "size", {4, NAN}, 2},
    {"a.csv", "x,y,z,size,SIZE\n1,2,3,4,4\n4.5,-5,6,,5\n", "size", {4, 5}, 1},
    {"a.mrk.json",
     MEASURED("{\"name\": \"diameter_mm\", \"controlPointValues\": [0.8, 1.25]}"),
     "diameter_mm",
     {0.8, 1.25},
     0},
    {"a.mrk.json",
     MEASURED("{\"name\": \"length\", \"value\": 3}, {\"name\": \"Size\", \"controlPointValues\": [1]}"),
     "size",
     {1, NAN},
     2},
    {"a.mrk.json",
     MARKUP("LPS", "{\"position\": [1, 2, 3], \"description\": \"diameter_mm=0.8\"},{\"position\": [4.5, -5, 6], "
                   "\"description\": \"an old one; old = true, diameter_mm = 1.25 (twice)\"}"),
     "diameter_mm",
     {0.8, 1.25},
     0},
    {"a.mrk.json",
     MARKUP("LPS", "{\"position\": [1, 2, 3], \"description\": \"size=big size=3\"},{\"position\": [4, 5, 6]}"),
     "size",
     {3, NAN},
     1},
    {"a.fcsv",
     "# CoordinateSystem = LPS\n1,1,2,3,0,0,0,1,1,1,0,F-1,size=4,\n2,4.5,-5,6,0,0,0,1,1,1,0,F-2,\"size=5, or so\",\n",
     "size",
     {4, 5},
     0},
};

static void numbers_beside_the_places_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof valued / sizeof *valued; i++) {
        case_drawn d;
        np_error err = {0};
        if (read_file(valued[i].name, valued[i].text, CASE_DRAWN_ANY, &d, &err) != NP_OK)
            fail_msg("%zu: %s", i, err.text);
        unsigned v = 0;
        while (v < d.n_values && strcmp(d.values[v].id, valued[i].id) != 0)
            v++;
        if (v == d.n_values)
            fail_msg("%zu: no %s", i, valued[i].id);
        assert_int_equal(d.values[v].n, 2);
        if (d.values[v].bad_point != valued[i].bad_point)
            fail_msg("%zu: bad point %u", i, d.values[v].bad_point);
        for (int k = 0; k < 2; k++)
            if (isnan(valued[i].numbers[k]) ? !isnan(d.values[v].numbers[k])
                                            : !(fabs(d.values[v].numbers[k] - valued[i].numbers[k]) < 1e-12))
                fail_msg("%zu: point %d has %g", i, k + 1, d.values[v].numbers[k]);
        case_drawn_fini(&d);
    }
}

/* Columns that no strategy could ask for are none. */
static void other_columns_are_nobodys(void **state)
{
    (void)state;
    case_drawn d;
    np_error err = {0};
    assert_int_equal(
        read_file("a.csv", "x,y,z,label,_a,1b,a b,a-b,\xC3\xA4\n1,2,3,F,1,1,1,1,1\n", CASE_DRAWN_ANY, &d, &err), NP_OK);
    assert_int_equal(d.n_values, 0);
    assert_null(d.values);
    case_drawn_fini(&d);
}

static const struct {
    const char *name, *text;
    case_drawn_frame frame;
    const char *message;
} bads[] = {
    {"a.mrk.json", "{\n\"markups\": [", CASE_DRAWN_ANY, "a.mrk.json:2: not valid JSON"},
    {"a.mrk.json",
     "{\"markups\": [{\"coordinateSystem\": \"LPS\",\n\"coordinateSystem\": \"RAS\", \"controlPoints\": [" TWO "]}]}",
     CASE_DRAWN_ANY, "a.mrk.json:2: not valid JSON: duplicate object key"},
    {"a.mrk.json", "[1, 2]", CASE_DRAWN_ANY, "expected markups of 3D Slicer"},
    {"a.mrk.json", "{\"markups\": [{}, {}]}", CASE_DRAWN_ANY, "expected markups of 3D Slicer"},
    {"a.mrk.json", "{\"markups\": [{\"controlPoints\": []}, {}]}", CASE_DRAWN_ANY, "it has 2 markups; save each"},
    {"a.mrk.json", "{\"markups\": [{\"controlPoints\": []}]}", CASE_DRAWN_ANY, "\"LPS\" or \"RAS\""},
    {"a.mrk.json", MARKUP("LAS", TWO), CASE_DRAWN_ANY, "\"LPS\" or \"RAS\""},
    {"a.mrk.json",
     "{\"markups\": [{\"coordinateSystem\": \"LPS\", \"coordinateUnits\": \"um\", \"controlPoints\": []}]}",
     CASE_DRAWN_ANY, "expected \"coordinateUnits\": \"mm\""},
    {"a.mrk.json", MARKUP("LPS", TWO ",{\"position\": [1, 2]}"), CASE_DRAWN_ANY, "control point 3: expected"},
    {"a.mrk.json", MARKUP("LPS", AT("F", "1, 2, \\\"3\\\"")), CASE_DRAWN_ANY, "not valid JSON"},
    {"a.mrk.json", MARKUP("LPS", AT("F", "1, 2, 1e5")), CASE_DRAWN_ANY, "point 1: expected coordinates between"},
    {"a.mrk.json", MARKUP("LPS", TWO ",{\"position\": [1, 2, 3], \"positionStatus\": \"undefined\"}"), CASE_DRAWN_ANY,
     "control point 3 has no place yet (positionStatus \"undefined\")"},
    {"a.pp", "<PickedPoints>\n<point x=\"1\" y=\"2\"/></PickedPoints>", CASE_DRAWN_ANY, "a.pp:2: a point: expected"},
    {"a.pp", "<PickedPoints>\n<point x=\"1\" y=\"2\" z=\"nan\"/></PickedPoints>", CASE_DRAWN_ANY, "the numbers x, y"},
    {"a.pp", "<PickedPoints>\n<point x=\"1\" y=\"2\"", CASE_DRAWN_ANY, "a.pp:2: not valid XML"},
    {"a.pp", "<svg/>", CASE_DRAWN_ANY, "expected picked points of MeshLab"},
    {"a.pp", "", CASE_DRAWN_ANY, "not valid XML"},
    {"a.pp", "<!DOCTYPE PickedPoints [<!ENTITY a \"b\">]><PickedPoints/>", CASE_DRAWN_ANY, "a document type"},
    {"a.pp", PP, CASE_DRAWN_RAS, "'frame' is for files of 3D Slicer"},
    {"a.csv", "1,2,3\n4,5\n", CASE_DRAWN_ANY, "a.csv:2: expected a number with a decimal point as z, in column 3"},
    {"a.csv", "1,2,3\n4,5,six\n", CASE_DRAWN_ANY, "as z, in column 3, found '4,5,six'"},
    {"a.csv", "1.5,2.5,3.5,4.5\n", CASE_DRAWN_ANY, "a.csv:1: expected lines 'x, y, z'"},
    {"a.csv", "1,5;2,5;3,5\n", CASE_DRAWN_ANY, "a.csv:1: "},
    {"a.csv", "a,b,c\n1,2,3\n", CASE_DRAWN_ANY, "a.csv:1: expected lines 'x, y, z'"},
    {"a.csv", "x,y,z\n1,2\n", CASE_DRAWN_ANY, "a.csv:2: expected a number"},
    {"a.csv", "1,2,3\n4,5,1e9\n", CASE_DRAWN_ANY, "point 2: expected coordinates between"},
    {"a.csv", "x,y,z,x\n1,2,3,4\n", CASE_DRAWN_ANY,
     "a.csv:1: expected one column of each of x, y, z and radius_mm or diameter_mm, found another x in 'x,y,z,x'"},
    {"a.csv", "x,y,z,radius_mm\n1,2,3,4\n1,2,3,\n", CASE_DRAWN_ANY,
     "a.csv:3: expected more than 0 and at most 100 mm as radius_mm, in column 4, found ''"},
    {"a.csv", "diameter_mm;x;y;z\n\n0;1;2;3\n", CASE_DRAWN_ANY,
     "a.csv:3: expected more than 0 and at most 200 mm as diameter_mm, in column 1, found '0'"},
    {"a.csv", "x,y,z,radius_mm\n1,2,3,-4\n", CASE_DRAWN_ANY, "a.csv:2: expected more than 0"},
    {"a.csv", "x,y,z,radius_mm\n1,2,3,1e300\n", CASE_DRAWN_ANY, "a.csv:2: expected more than 0"},
    {"a.csv", "x,y,z,radius_mm\n1,2,3,\x1b[2J\n", CASE_DRAWN_ANY, "found '\\x1B[2J'"},
    {"a.csv", "x,y,z,radius_mm,diameter_mm\n1,2,3,4,8\n", CASE_DRAWN_ANY, "found another diameter_mm in"},
    {"a.csv", "\"F-1,1,2,3\n", CASE_DRAWN_ANY,
     "a.csv:1: expected at most 64 fields, each in a pair of quotation marks"},
    {"a.csv", "\"F\"1,1,2,3\n", CASE_DRAWN_ANY,
     "a.csv:1: expected at most 64 fields, each in a pair of quotation marks"},
    {"a.csv", "1,2,3,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,4\n", CASE_DRAWN_ANY,
     "a.csv:1: expected at most 64 fields"},
    {"a.mrk.json", "{\"markups\": [{\"type\": \"ROI\", \"coordinateSystem\": \"LPS\", \"controlPoints\": [" TWO "]}]}",
     CASE_DRAWN_ANY, "expected a markup of \"type\" Fiducial (points), Curve or ClosedCurve, found 'ROI'"},
    {"a.csv", "\x1b[2J\n", CASE_DRAWN_ANY, "found '\\x1B[2J'"},
    {"a.stl", "1,2,3\n", CASE_DRAWN_ANY, "expected a file of points whose name ends with .mrk.json"},
};

static void what_is_wrong_with_a_file_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        case_drawn d;
        np_error err = {0};
        np_status status = read_file(bads[i].name, bads[i].text, bads[i].frame, &d, &err);
        if (status == NP_OK)
            fail_msg("%zu was taken: %s", i, bads[i].text);
        if (!strstr(err.text, bads[i].message))
            fail_msg("%zu: expected '%s' in\n%s", i, bads[i].message, err.text);
        case_drawn_fini(&d);
    }
}

/* Radii are halves of diameters, and those of no unit are no radii; a curve says that it is one. */
static void radii_and_kinds_come_with_points(void **state)
{
    static const struct {
        const char *name, *text;
        double radius_mm; /* of the second of two; 0: the file has none */
        np_case_drawn_as as;
    } files[] = {
        {"a.csv", "x,y,z,radius_mm\n1,2,3,4\n4,5,6,2.5\n", 2.5, NP_CASE_DRAWN_ANY},
        {"a.csv", "Diameter_MM;x;y;z\n1;2;3;4\n4;5;6;2\n", 2, NP_CASE_DRAWN_ANY},
        {"a.csv", "name,x,y,z,radius\na,2,3,4,x\nb,5,6,2,\n", (double)NAN, NP_CASE_DRAWN_ANY},
        {"a.csv", "diameter,x,y,z\n1,2,3,4\n4,5,6,2\n", (double)NAN, NP_CASE_DRAWN_ANY},
        {"a.csv", "1,2,3\n4,5,6\n", 0, NP_CASE_DRAWN_ANY},
        {"a.mrk.json",
         "{\"markups\": [{\"type\": \"Fiducial\", \"coordinateSystem\": \"LPS\", \"controlPoints\": [" TWO "]}]}", 0,
         NP_CASE_DRAWN_ANY},
        {"a.mrk.json",
         "{\"markups\": [{\"type\": \"Curve\", \"coordinateSystem\": \"LPS\", \"controlPoints\": [" TWO "]}]}", 0,
         NP_CASE_DRAWN_CURVE},
        {"a.mrk.json",
         "{\"markups\": [{\"type\": \"ClosedCurve\", \"coordinateSystem\": \"LPS\", \"controlPoints\": [" TWO "]}]}", 0,
         NP_CASE_DRAWN_CLOSED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        case_drawn d;
        np_error err = {0};
        if (read_file(files[i].name, files[i].text, CASE_DRAWN_ANY, &d, &err) != NP_OK)
            fail_msg("%zu: %s", i, err.text);
        assert_int_equal(d.n, 2);
        assert_int_equal(d.as, files[i].as);
        assert_int_equal(d.radii_mm != NULL, files[i].radius_mm != 0);
        for (int k = 0; k < 2 && d.radii_mm; k++)
            assert_int_equal(isnan(d.radii_mm[k]) != 0, isnan(files[i].radius_mm) != 0);
        if (d.radii_mm && !isnan(files[i].radius_mm))
            assert_near(d.radii_mm[1], files[i].radius_mm, 0);
        case_drawn_fini(&d);
    }
}

/* Each good file cut short everywhere: points or an error, never a crash. */
static void files_cut_short_do_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++)
        for (size_t n = 0; n < strlen(goods[i].text); n++) {
            char *text = strndup(goods[i].text, n); /* of its own, so that a sanitizer sees its end */
            case_drawn d;
            np_error err = {0};
            np_status status = case_drawn_parse(goods[i].name, text, n, &d, &err);
            free(text);
            assert_int_equal(*err.text != 0, status != NP_OK);
            case_drawn_fini(&d);
        }
}

/* FIRST, then TIMES REPEATED, in a file called NAME: an error with MESSAGE. */
static void refuse_repeated(const char *name, const char *first, const char *repeated, size_t times,
                            const char *message)
{
    size_t begin = strlen(first), step = strlen(repeated);
    char *text = malloc(begin + step * times + 1);
    case_drawn d;
    np_error err = {0};
    assert_non_null(text);
    memcpy(text, first, begin + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + begin + i * step, repeated, step + 1);
    assert_int_not_equal(read_file(name, text, CASE_DRAWN_ANY, &d, &err), NP_OK);
    if (!strstr(err.text, message))
        fail_msg("%s: expected '%s' in '%s'", name, message, err.text);
    case_drawn_fini(&d);
    free(text);
}

static void what_is_deep_or_without_end_is_refused(void **state)
{
    (void)state;
    refuse_repeated("a.mrk.json", "", "[", 1000000, "a.mrk.json:1: not valid JSON: maximum parsing depth");
    refuse_repeated("a.mrk.json", "", "{\"a\":", 1000000, "a.mrk.json:1: not valid JSON: maximum parsing depth");
    refuse_repeated("a.mrk.json", "[0", ",0", 9000000,
                    "18000002 bytes are too many for JSON; at most 16777216 are read");
    refuse_repeated("a.pp", "<PickedPoints>", "<a>", 1000000, "a.pp:1: elements in elements");
    refuse_repeated("a.pp", "<PickedPoints>", "<a/>", 5000000, "20000014 bytes are too many for XML");
    refuse_repeated("a.csv", "1", ",1", 1000000, "a.csv:1: expected at most 64 fields");
    refuse_repeated("a.csv", "", "1,2,3\n", 250001, "a.csv: more than 250000 points; at most so many are read");
    refuse_repeated("a.csv", "x,y,z,a,b,c,d,e,f\n", "1,2,3,1,2,3,4,5,6\n", 166667,
                    "a.csv: more than 1000000 numbers beside the points");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_as_programs_write_them),  cmocka_unit_test(what_is_wrong_with_a_file_is_told),
        cmocka_unit_test(radii_and_kinds_come_with_points),       cmocka_unit_test(files_cut_short_do_no_harm),
        cmocka_unit_test(numbers_beside_the_places_are_read),     cmocka_unit_test(other_columns_are_nobodys),
        cmocka_unit_test(what_is_deep_or_without_end_is_refused),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
