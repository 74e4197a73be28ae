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
        cmocka_unit_test(glb_by_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
