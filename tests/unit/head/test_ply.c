/* PLY as programs write it. */
#include <stdbool.h>
#include <stdio.h>

#include "mesh_readers.h"

#define TEXT(counts) "ply\nformat ascii 1.0\n" counts
#define XYZ "property float x\nproperty float y\nproperty float z\n"
#define FACES(n) "element face " #n "\nproperty list uchar int vertex_indices\n"
#define SQUARE_HEADER TEXT("element vertex 4\n" XYZ FACES(1)) "end_header\n"
#define SQUARE "0 0 0\n1 0 0\n1 1 0\n0 1 0\n"

static void assert_ply(const char *text, size_t vertices, size_t triangles)
{
    assert_reads(head_ply_read, text, vertices, triangles);
}

static void text_as_it_comes(void **state)
{
    (void)state;
    assert_ply(SQUARE_HEADER SQUARE "4 0 1 2 3\n", 4, 2);
    assert_ply(SQUARE_HEADER "\n" SQUARE "\n\n  4\t0 1 2 3", 4, 2);
    assert_ply("ply\r\ncomment\r\nformat ascii 1.0\r\nelement vertex 3\r\ncomment by somebody\r\nproperty float x\r\n"
               "obj_info a b\r\nproperty float y\r\nproperty float z\r\nelement face 1\r\ncomment\r\n\r\n"
               "property list uchar uint vertex_index\r\nend_header\r\n0 0 0\r\n1 0 0\r\n0 1 0\r\n3 0 1 2\r\n",
               3, 1);
    /* colours with alpha, other elements and lists, in any order; faces before vertices */
    assert_ply(
        TEXT("element camera 1\nproperty float view\nproperty list uchar float more\n"
             "element face 1\nproperty list uchar float texcoord\nproperty list int ushort vertex_indices\nproperty "
             "int q\n"
             "element empty 99\n"
             "element vertex 3\nproperty uchar red\nproperty double z\nproperty uchar alpha\nproperty int y\nproperty "
             "float x\n") "end_header\n7 2 1 1\n2 0.5 0.5 3 0 1 2 7\n255 1 0 2 3\n255 1e-1 0 2,5 3\n255 nan 0 4 4",
        3, 1);
    np_mesh mesh;
    const char *mixed =
        TEXT("element vertex 3\nproperty uchar red\nproperty double z\nproperty int y\nproperty float x\n" FACES(
            1)) "end_header\n1 0.1 -2 3\n1 2 3 4\n1 3 4 -1.#IND\n3 0 1 2\n";
    mesh = read_as(head_ply_read, mixed, strlen(mixed), 3, 1);
    assert_true(mesh.vertices[0].x == 3);
    assert_true(mesh.vertices[0].y == -2);
    assert_true(mesh.vertices[0].z == 0.1);
    np_mesh_fini(&mesh);
}

static void strips_of_triangles(void **state)
{
    (void)state;
    const char *text =
        TEXT("element vertex 6\n" XYZ
             "element tristrips 1\nproperty list int int vertex_indices\n") "end_header\n0 0 0\n0 1 0\n1 0 0\n1 1 0\n2 "
                                                                            "0 0\n2 1 0\n11 1 0 3 2 5 -1 0 2 1 -1 -1\n";
    np_mesh mesh = read_as(head_ply_read, text, strlen(text), 6, 4);
    for (uint32_t t = 0; t < 4; t++)
        assert_true(np_mesh_triangle_normal(&mesh, t).z > 0.99);
    np_mesh_fini(&mesh);
}

/* ---- binary ---- */

typedef struct bytes {
    unsigned char at[1000];
    size_t n;
    bool big;
} bytes;

static void put(bytes *b, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++)
        b->at[b->n++] = (unsigned char)(value >> 8 * (b->big ? size - 1 - i : i));
}

static void put_float(bytes *b, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(b, 4, bits);
}

static void put_double(bytes *b, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(b, 8, bits);
}

/* Three vertices with every type of number, a face of each type of list, and strips. */
static bytes every_type(bool big)
{
    bytes b = {.big = big};
    b.n = (size_t)sprintf(
        (char *)b.at,
        "ply\nformat binary_%s_endian 1.0\nelement vertex 3\nproperty int8 y\nproperty uint16 a\n"
        "property double x\nproperty float z\nproperty list uchar short b\nelement odd 2\nproperty int a\n"
        "element face 2\nproperty list uint16 float vertex_indices\nproperty uint32 c\n"
        "element tristrips 1\nproperty list int int vertex_indices\nend_header\n",
        big ? "big" : "little");
    for (int i = 0; i < 3; i++) {
        put(&b, 1, (uint64_t)-5);
        put(&b, 2, 9);
        put_double(&b, i + 0.1);
        put_float(&b, 0.5f);
        put(&b, 1, 2);
        put(&b, 2, 1), put(&b, 2, 1);
    }
    put(&b, 4, 1), put(&b, 4, 1);
    for (int i = 0; i < 2; i++) {
        put(&b, 2, 3);
        for (int k = 0; k < 3; k++)
            put_float(&b, (float)k);
        put(&b, 4, 7);
    }
    put(&b, 4, 4);
    put(&b, 4, 0), put(&b, 4, 1), put(&b, 4, 2), put(&b, 4, UINT32_MAX);
    return b;
}

static void binary_in_both_byte_orders(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        bytes b = every_type(big);
        assert_whole(head_ply_read, b.at, b.n, 1);
        np_mesh mesh = read_as(head_ply_read, b.at, b.n, 3, 3);
        assert_true(mesh.vertices[2].x == 2.1);
        assert_true(mesh.vertices[2].y == -5);
        assert_true(mesh.vertices[2].z == 0.5);
        np_mesh_fini(&mesh);
        b.n += 60; /* whatever stands behind it */
        mesh = read_as(head_ply_read, b.at, b.n, 3, 3);
        np_mesh_fini(&mesh);
    }
}

static void counts_that_lie(void **state)
{
    (void)state;
    const char *const cut[] = {
        TEXT("element vertex 18446744073709551615\n" XYZ) "end_header\n0 0 0\n",
        TEXT("element vertex 999999999999999999\n" XYZ) "end_header\n0 0 0\n",
        TEXT("element vertex 1\n" XYZ FACES(1)) "end_header\n0 0 0\n99999999 0 0 0\n",
        TEXT("element vertex 1\n" XYZ FACES(1)) "end_header\n0 0 0\n1e300 0 0 0\n",
        "ply\nformat binary_little_endian 1.0\nelement x 4000000000\nproperty list uint double "
        "l\nend_header\n\xFF\xFF\xFF\xFF",
        "ply\nformat binary_little_endian 1.0\nelement x 2\nproperty list uint double "
        "l\nend_header\n\xFF\xFF\xFF\xFF....",
        "ply\nformat binary_big_endian 1.0\nelement face 1\nproperty list uint int "
        "vertex_index\nend_header\n\x40\0\0\0\0\0\0\0",
    };
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++)
        assert_refuses(head_ply_read, cut[i], strlen(cut[i]), i == 0 ? "a count" : "cut short");
    size_t n = 1000001, begin = 300; /* a face of so many corners is refused before they are read */
    char *text = calloc(begin + n + 1, 1);
    assert_non_null(text);
    begin =
        (size_t)sprintf(text,
                        "ply\nformat binary_little_endian 1.0\nelement face 1\nproperty list uint uchar vertex_index\n"
                        "end_header\n%c%c%c",
                        (int)(n & 0xFF), (int)(n >> 8 & 0xFF), (int)(n >> 16)) +
        1;
    assert_refuses(head_ply_read, text, begin + n, "more than 1000000 corners");
    free(text);
    assert_ply("ply\nformat ascii 1.0\nelement nothing 999999999999999999\nend_header\n", 0, 0);
    assert_refuses_text(head_ply_read, TEXT("element vertex 1\n" XYZ FACES(1)) "end_header\n0 0 0\n-3 0 0 0\n",
                        "a list of -3");
    assert_refuses_text(head_ply_read, TEXT("element vertex 1\n" XYZ FACES(1)) "end_header\n0 0 0\nnan 0 0 0\n",
                        "a list of");
    assert_refuses_text(head_ply_read, TEXT("element vertex 1\n" XYZ FACES(1)) "end_header\n0 0 0\n1.5 0 0 0\n",
                        "a list of 1.5");
}

static void text_that_is_none(void **state)
{
    (void)state;
    assert_whole(head_ply_read, SQUARE_HEADER SQUARE "4 0 1 2 3\n", strlen(SQUARE_HEADER SQUARE "4 0 1 2 3\n"), 3);
    const struct {
        const char *text, *says;
    } bad[] = {
        {"", "cut short"},
        {"plx\n", "scan:1: expected ply, found 'plx'"},
        {"ply\nformat ebcdic 1.0\nend_header\n", "scan:2: expected ascii"},
        {"ply\nformat ascii 1.0\nproperty float x\nend_header\n", "an element before its properties"},
        {TEXT("element vertex 1\nproperty quaternion x\n") "end_header\n", "scan:4: expected a type (char"},
        {TEXT("element face 1\nproperty list uchar\n") "end_header\n", "a type (char"},
        {TEXT("element vertex one\n") "end_header\n", "expected a count, found 'one'"},
        {TEXT("element vertex\n") "end_header\n", "a count"},
        {TEXT("element vertex 1\nproperty float\n") "end_header\n", "a property's name"},
        {TEXT("something else\n") "end_header\n", "found 'something'"},
        {TEXT("element vertex 1\nproperty float x\nproperty float y\n") "end_header\n0 0\n", "x, y and z"},
        {TEXT("element vertex 1\n" XYZ "property float x\n") "end_header\n0 0 0 0\n", "not just one x, y and z"},
        {TEXT("element face 1\nproperty list uchar int corners\n") "end_header\n", "vertex_indices"},
        {SQUARE_HEADER "0 0 0 5\n" SQUARE "4 0 1 2 3\n", "scan:10: expected the end of the line"},
        {SQUARE_HEADER "0 0\n0\n" SQUARE "4 0 1 2 3\n", "scan:10: the line ends where a number"},
        {SQUARE_HEADER SQUARE "4 0 1 2 4\n", "corner 4, and the vertices are 0 to 3"},
        {SQUARE_HEADER SQUARE "4 0 1 2 -1\n", "corner -1"},
        {SQUARE_HEADER SQUARE "4 0 1 2 1.5\n", "corner 1.5"},
        {SQUARE_HEADER SQUARE "4 0 1 2 nan\n", "corner nan"},
        {TEXT("element vertex 1\n" XYZ "property float f_dc_0\nproperty float opacity\n") "end_header\n0 0 0 1 1\n",
         "Gaussian splat"},
        {TEXT("element chunk 1\nproperty float a\nelement vertex 1\nproperty uint packed_position\n") "end_"
                                                                                                      "header\n0\n1\n",
         "Gaussian splat"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refuses_text(head_ply_read, bad[i].text, bad[i].says);
}

/* Counts of elements and properties have no limit but the file. */
static void headers_of_any_length(void **state)
{
    (void)state;
    static char text[100000] = "ply\nformat ascii 1.0\n";
    for (int i = 0; i < 200; i++)
        sprintf(text + strlen(text), "element e%d 0\nproperty float a\ncomment %0200d\n", i, i);
    strcat(text, "element vertex 1\n" XYZ);
    for (int i = 0; i < 300; i++)
        strcat(text, "property uchar p\n");
    strcat(text, "end_header\n1 2 3");
    for (int i = 0; i < 300; i++)
        strcat(text, " 0");
    assert_ply(text, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_as_it_comes),           cmocka_unit_test(strips_of_triangles),
        cmocka_unit_test(binary_in_both_byte_orders), cmocka_unit_test(counts_that_lie),
        cmocka_unit_test(text_that_is_none),          cmocka_unit_test(headers_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
