/* Durations as people read them, and names of files that commands derive from names they are given. */
#include "cli/cli.h"

#include <unistd.h>

#include "../test.h"

static void durations(void **state)
{
    (void)state;
    char text[32];
    cli_duration(12.34, text, sizeof text);
    assert_string_equal(text, "12.3 s");
    cli_duration(245, text, sizeof text);
    assert_string_equal(text, "4 min 05 s");
    cli_duration(3 * 3600 + 12 * 60 + 29, text, sizeof text);
    assert_string_equal(text, "3 h 12 min");
}

static void file_names(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"head.ply", "head.yaml"},
                                           {"a.b/head", "a.b/head.yaml"},
                                           {"/x/.hidden", "/x/.hidden.yaml"},
                                           {"a.b.c", "a.b.yaml"}};
    for (size_t i = 0; i < 4; i++) {
        char *out = cli_replace_extension(cases[i][0], ".yaml");
        assert_string_equal(out, cases[i][1]);
        free(out);
    }
    np_error err = {0};
    assert_int_equal(cli_check_new_file("/dev/null", false, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "--force"));
    assert_int_equal(cli_check_new_file("/proc/version", true, &err), NP_OK);
    assert_int_equal(cli_check_new_file("/dev/null", true, &err), NP_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(durations), cmocka_unit_test(file_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
