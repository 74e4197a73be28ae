/* Files that were cut short are told from whole ones, in every format. */
#include "surface/wholeness.h"

#include <stdio.h>

#include "../test.h"

static np_status check_bytes(const char *ending, const void *data, size_t size, np_error *err)
{
    /* In a buffer of exactly this size, so that the sanitizer sees a look beyond its end. */
    unsigned char *copy = malloc(size + !size);
    assert_non_null(copy);
    memcpy(copy, data, size);
    np_status status = np_mesh_file_check("scan", ending, copy, size, err);
    free(copy);
    return status;
}

/* DATA is whole, and every shorter beginning of it down to LEAST bytes less is not. */
static void assert_whole(const char *ending, const void *data, size_t size, size_t least)
{
    np_error err = {0};
    if (check_bytes(ending, data, size, &err) != NP_OK)
        fail_msg("%s", err.text);
    for (size_t cut = least; cut <= size; cut++) {
        if (check_bytes(ending, data, size - cut, &err) != NP_ERR_FORMAT)
            fail_msg("%s without its last %zu bytes passes", ending, cut);
        assert_non_null(strstr(err.text, "cut short"));
    }
}

#define HEADER(format)                                                                                                 \
    "ply\nformat " format " 1.0\ncomment a scan\nobj_info nothing\nelement vertex 2\nproperty float x\n"               \
    "property double y\nproperty uchar red\nelement face 2\nproperty list ushort int "                                 \
    "vertex_indices\nend_header\n"

static void binary_ply_in_both_byte_orders(void **state)
{
    (void)state;
    unsigned char data[1024] = HEADER("binary_little_endian");
    size_t header = strlen(HEADER("binary_little_endian"));
    size_t size = header + 2 * 13 + 2 * (2 + 3 * 4);
    data[header + 26] = data[header + 40] = 3;
    assert_whole(".ply", data, size, 1);

    memset(data, 0, sizeof data);
    header = strlen(HEADER("binary_big_endian"));
    memcpy(data, HEADER("binary_big_endian"), header);
    size = header + 2 * 13 + 2 * (2 + 3 * 4);
    data[header + 27] = data[header + 41] = 3;
    assert_whole(".PLY", data, size, 1);
    data[header + 26] = 0xFF; /* a list longer than the file */
    assert_int_equal(check_bytes(".ply", data, size, NULL), NP_ERR_FORMAT);
}

static void text_ply_by_its_lines(void **state)
{
    (void)state;
    const char *text = HEADER("ascii") "0 0 0 9\n1 0 0 9\n\n3 0 1 0\n3 1 0 1";
    assert_whole(".ply", text, strlen(text), 7);
}

static void odd_ply_headers(void **state)
{
    (void)state;
    const char *bad[] = {
        "",
        "plx\n",
        "ply\nformat ebcdic 1.0\nend_header\n",
        "ply\nformat ascii 1.0\nproperty float x\nend_header\n",
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty quaternion x\nend_header\n",
        "ply\nformat ascii 1.0\nelement face 1\nproperty list uchar\nend_header\n",
        "ply\nformat ascii 1.0\nelement face 1\nproperty list uchar complex v\nend_header\n",
        "ply\nformat ascii 1.0\nsomething else\nend_header\n",
        "ply\nformat ascii 1.0\nelement vertex 3\nend_header\n1\n2\n3\n",
        ("ply\nformat binary_little_endian 1.0\nelement vertex 18446744073709551615\nproperty float "
         "x\nend_header\n...."),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (check_bytes(".ply", bad[i], strlen(bad[i]), NULL) != NP_ERR_FORMAT)
            fail_msg("header %zu passes", i);

    /* More elements, or properties, than any mesh has. */
    char many[4096] = "ply\nformat ascii 1.0\n";
    for (int i = 0; i < 20; i++)
        strcat(many, "element e 0\n");
    strcat(many, "end_header\n");
    assert_int_equal(check_bytes(".ply", many, strlen(many), NULL), NP_ERR_FORMAT);
    strcpy(many, "ply\nformat ascii 1.0\nelement e 0\n");
    for (int i = 0; i < 40; i++)
        strcat(many, "property float x\n");
    strcat(many, "end_header\n");
    assert_int_equal(check_bytes(".ply", many, strlen(many), NULL), NP_ERR_FORMAT);
}

static void glb_by_its_length(void **state)
{
    (void)state;
    unsigned char data[40] = "glTF";
    data[4] = 2;
    data[8] = 40;
    assert_whole(".glb", data, sizeof data, 1);
    data[0] = 'x';
    assert_int_equal(check_bytes(".glb", data, sizeof data, NULL), NP_ERR_FORMAT);
    assert_int_equal(check_bytes(".obj", data, sizeof data, NULL), NP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binary_ply_in_both_byte_orders),
        cmocka_unit_test(text_ply_by_its_lines),
        cmocka_unit_test(odd_ply_headers),
        cmocka_unit_test(glb_by_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
