/* OBJ as programs write it. */
#include <stdio.h>

#include "base/angle.h"
#include "mesh_readers.h"

#define SQUARE "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"

static void assert_obj(const char *text, size_t vertices, size_t triangles)
{
    assert_reads(head_obj_read, text, vertices, triangles);
}

static void faces_in_every_form(void **state)
{
    (void)state;
    assert_obj(SQUARE "f 1 2 3\nf 1 3 4\n", 4, 2);
    assert_obj(SQUARE "vt 0 0\nvn 0 0 1\nf 1/1 2/1 3/1\nf 1//1 3//1 4//1\nf 1/1/1 2/1/1 3/1/1 4/1/1", 4, 4);
    assert_obj(SQUARE "f -4 -3 -2\nv 5 5 5\nf -5 -3/-1 -2//-1\n", 5, 2);
    assert_obj("f 1 2 3\n" SQUARE, 4, 1); /* before its corners */
    assert_obj(SQUARE "f 1 1 2\np 1\nl 1 2 3\n", 4, 1);
}

static void lines_as_they_come(void **state)
{
    (void)state;
    assert_obj("# C:\\scans\\head\\\n" SQUARE "f 1 2 3", 4, 1);
    assert_obj("mtllib D:\\a\\\r\n" SQUARE "usemtl a#b\r\nf 1 2 3 # C:\\\r\nf 1 3 4\r\n", 4, 2);
    assert_obj("v 0 \\\n0 0\nv 1 0 \\\r\n 0\nv 1 1\\\n 0\nf 1 \\\n2 \\\n3\n", 3, 1);
    assert_obj("v 0 0 0\rv 1 0 0\rv 1 1 0\rf 1 2 3\r", 3, 1);
    assert_obj("\tv\t0\t0\t0\n  v 1  0 0 \n\nv 1 1 0\nf 1 2 3\n\n", 3, 1);
    assert_obj("v 0 0 0 0.5 0.5 0.5\nv 1 0 0 0.5 0.5 0.5 1\nv 1 1 0 1.0\nf 1 2 3\n", 3, 1);
    const char *commas = "v 0,5 -1,25e1 ,5\nv 1 0 0\nv nan -1.#IND inf\nv 1 1 0\nf 1 2 4\n";
    np_mesh mesh = read_as(head_obj_read, commas, strlen(commas), 4, 1);
    assert_true(mesh.vertices[0].x == 0.5);
    assert_true(mesh.vertices[0].y == -12.5);
    assert_true(mesh.vertices[0].z == 0.5);
    assert_false(np_vec3_is_finite(mesh.vertices[2]));
    np_mesh_fini(&mesh);
}

static void what_cannot_be_is_named_with_its_line(void **state)
{
    (void)state;
    const struct {
        const char *text, *says;
    } bad[] = {
        {"v 0 0\n", "scan:1: the line ends where a coordinate is expected"},
        {SQUARE "v 0 0", "ends in line 5, where a coordinate is expected; is it cut short"},
        {"v 0 0 1.2.3\n", "found '1.2.3'"},
        {"v 0 0 1,234.5\n", "found '1,234.5'"},
        {"v 0 0 0 2\n", "expected a weight of 1, found '2'"},
        {SQUARE "f 1 2 5\n", "scan:5: expected the number of a vertex of this file, found '5'"},
        {SQUARE "f 0 1 2\n", "found '0'"},
        {"v 0 0 0\nv 1 0 0\nf -1 -2 -3\n" SQUARE, "scan:3: expected the number of a vertex of this file, found '-3'"},
        {SQUARE "f 1 2 3x\n", "found '3x'"},
        {SQUARE "f 1 2 /3\n", "found '/3'"},
        {SQUARE "f 1 2 18446744073709551619\n", "found '18446744073709551619'"},
        {SQUARE "f 1 2\n", "a face's third corner"},
        {SQUARE "f 1 \x1B[2J 2\n", "found '\\x1B[2J'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refuses_text(head_obj_read, bad[i].text, bad[i].says);
}

static void zero_bytes_are_only_at_the_end(void **state)
{
    (void)state;
    static const char filled[] = SQUARE "f 1 2 3\n\0\0\0", split[] = "v 1\0002 0 0\n" SQUARE "f 1 2 3\n",
                      key[] = "# a\r\r\nv\0 0 0 0\n" SQUARE "f 1 2 3\n";
    np_mesh mesh = read_as(head_obj_read, filled, sizeof filled, 4, 1);
    np_mesh_fini(&mesh);
    assert_refuses(head_obj_read, split, sizeof split, "scan:1: has a zero byte");
    assert_refuses(head_obj_read, key, sizeof key, "scan:3: has a zero byte");
}

/* The triangles of a face have its area, and all of them its side. */
static void assert_cut(const char *text, double area)
{
    np_mesh mesh;
    np_error err = {0};
    if (read_bytes(head_obj_read, text, strlen(text), &mesh, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(mesh.n_triangles, mesh.n_vertices - 2);
    assert_near(np_mesh_area_mm2(&mesh), area, 1e-9);
    for (uint32_t t = 0; t < mesh.n_triangles; t++)
        assert_true(np_mesh_triangle_normal(&mesh, t).z > 0.99);
    np_mesh_fini(&mesh);
}

static void polygons_are_cut_into_triangles(void **state)
{
    (void)state;
    assert_cut(SQUARE "f 1 2 3 4\n", 1);
    assert_cut("v 0 0 0\nv 4 0 0\nv 0 4 0\nv 1 1 0\nf 1 2 4 3\n", 4); /* a fan from the first corner would turn over */
    assert_cut("v 1 1 0\nv 0 4 0\nv 0 0 0\nv 4 0 0\nf 1 2 3 4\n", 4);
    assert_cut("v 0 0 0\nv 5 0 0\nv 5 5 0\nv 4 5 0\nv 4 1 0\nv 1 1 0\nv 1 5 0\nv 0 5 0\nf 1 2 3 4 5 6 7 8\n", 13);
    /* The hole of a neck that was closed by one face: a star of 1,000 corners. */
    static char text[100000];
    size_t used = 0;
    for (int i = 0; i < 1000; i++) {
        double r = i % 2 ? 50 : 100, a = 2 * NP_PI * i / 1000;
        used += (size_t)sprintf(text + used, "v %.17g %.17g 7\n", r * cos(a), r * sin(a));
    }
    used += (size_t)sprintf(text + used, "f");
    for (int i = 1; i <= 1000; i++)
        used += (size_t)sprintf(text + used, " %d", i);
    assert_cut(text, 1000 * 0.5 * 100 * 50 * sin(2 * NP_PI / 1000));
}

/* Whatever is lost of a face without area or one that crosses itself: no corner. */
static void faces_that_have_no_ears(void **state)
{
    (void)state;
    assert_obj("v 0 0 0\nv 1 0 0\nv 2 0 0\nv 3 0 0\nf 1 2 3 4\n", 4, 2);
    assert_obj("v 0 0 0\nv 1 1 0\nv 1 0 0\nv 0 1 0\nf 1 2 3 4\n", 4, 2);
    assert_obj(SQUARE "v nan nan nan\nf 1 2 5 3 4\n", 5, 3);
    assert_obj(SQUARE "f 1 1 1 1 1 1\n", 4, 4);
}

static void a_face_that_would_take_minutes_is_refused(void **state)
{
    (void)state;
    size_t n = 300000, used = 0;
    char *text = malloc(64 * n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) /* a comb: half of its corners are no ears */
        used += (size_t)sprintf(text + used, "v %zu %d 0\n", i, i % 2 ? 1 : 1000);
    text[used++] = 'f';
    for (size_t i = 1; i <= n; i++)
        used += (size_t)sprintf(text + used, " %zu", i);
    assert_refuses(head_obj_read, text, used, "would take too long");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faces_in_every_form),
        cmocka_unit_test(lines_as_they_come),
        cmocka_unit_test(what_cannot_be_is_named_with_its_line),
        cmocka_unit_test(zero_bytes_are_only_at_the_end),
        cmocka_unit_test(polygons_are_cut_into_triangles),
        cmocka_unit_test(faces_that_have_no_ears),
        cmocka_unit_test(a_face_that_would_take_minutes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
