/* Files of fiducials, and what is wrong with them. */
#include "case/fiducials.h"

#include <stdio.h>
#include <unistd.h>

#include "../test.h"

static np_status read_text(const char *text, np_fiducials *out, np_error *err)
{
    char path[] = "/tmp/np_fiducials_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    np_status status = np_fiducials_read(path, out, err);
    unlink(path);
    return status;
}

static void points_and_limit_are_read(void **state)
{
    (void)state;
    np_fiducials f;
    np_error err = {0};
    assert_int_equal(read_text("fiducials:\n  - {name: a, head: [1, 2, 3], arm: [4, 5, 6]}\n"
                               "  - {name: b, head: [1, 2, 4], arm: [4, 5, 7]}\n"
                               "  - {name: c, head: [2, 2, 3], arm: [4, 6, 6]}\n",
                               &f, &err),
                     NP_OK);
    assert_int_equal(f.n, 3);
    assert_near(f.limit_mm, 1, 0);
    assert_string_equal(f.points[2].name, "c");
    assert_near(f.points[1].arm.z, 7, 0);
    np_fiducials_fini(&f);
    np_fiducials_fini(&f);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    np_fiducials f;
    np_error err = {0};
    assert_int_not_equal(read_text("fiducials:\n  - {name: a, head: [1, 2, 3], arm: [4, 5, 6]}\n", &f, &err), NP_OK);
    assert_non_null(strstr(err.text, "fiducials"));
    assert_int_not_equal(read_text("limit_mm: 99\nfiducials: []\n", &f, &err), NP_OK);
    assert_non_null(strstr(err.text, "limit_mm"));
    assert_int_not_equal(
        read_text("fiducials:\n  - {name: a, head: [1, 2], arm: [4, 5, 6]}\n  - {name: b}\n", &f, &err), NP_OK);
    assert_int_equal(read_text("fiducials:\n  - {name: a, head: [1, 2, 3], arm: [4, 5, 6]}\n"
                               "  - {name: b, head: [1, 2, 4], arm: [4, 5, 7]}\n"
                               "  - {name: a, head: [2, 2, 3], arm: [4, 6, 6]}\n",
                               &f, &err),
                     NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "fiducials 1 and 3 have the same name, 'a'"));
    assert_int_equal(np_fiducials_read("/no/such.yaml", &f, &err), NP_ERR_IO);
    np_fiducials_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_and_limit_are_read),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
