#include "base/status.h"

#include "../test.h"

static void exit_statuses(void **state)
{
    (void)state;
    assert_int_equal(np_status_exit(NP_OK), 0);
    assert_int_equal(np_status_exit(NP_ERR_NO_MEMORY), 1);
    assert_int_equal(np_status_exit(NP_ERR_USAGE), 2);
    assert_int_equal(np_status_exit(NP_ERR_UNSAFE), 3);
    assert_int_equal(np_status_exit(NP_ERR_LINK), 4);
    assert_int_equal(np_status_exit(NP_ERR_STOPPED), 5);
    assert_int_equal(np_status_exit((np_status)999), 1);
    assert_string_equal(np_status_name(NP_ERR_IO), "ERR_IO");
    assert_string_equal(np_status_text(NP_OK), "done");
}

static void texts_are_kept_prefixed_and_cut(void **state)
{
    (void)state;
    np_error err = {0};
    assert_int_equal(np_error_set(&err, NP_ERR_INVALID, "%d is too many", 7), NP_ERR_INVALID);
    assert_int_equal(np_error_prefix(&err, NP_ERR_INVALID, "case.yaml:%d", 3), NP_ERR_INVALID);
    assert_string_equal(err.text, "case.yaml:3: 7 is too many");
    assert_int_equal(np_error_set(NULL, NP_ERR_IO, "nobody listens"), NP_ERR_IO);
    assert_int_equal(np_error_prefix(NULL, NP_ERR_IO, "nobody"), NP_ERR_IO);
    assert_int_equal(np_error_pass(NULL, &err), NP_ERR_INVALID);
    np_error copy = {0};
    assert_int_equal(np_error_pass(&copy, &err), NP_ERR_INVALID);
    assert_string_equal(copy.text, err.text);
    assert_int_equal(np_error_no_memory(&err, "dots"), NP_ERR_NO_MEMORY);
    assert_string_equal(err.text, "out of memory for dots");

    char wide[sizeof err.text + 10];
    for (size_t i = 0; i + 2 < sizeof wide; i += 2)
        memcpy(wide + i, "\xC3\xA9", 2);
    wide[sizeof wide - 1 - (sizeof wide - 1) % 2] = '\0';
    np_error_set(&err, NP_ERR_IO, "x%s", wide);
    assert_true(strlen(err.text) < sizeof err.text);
    assert_int_equal((unsigned char)err.text[strlen(err.text) - 1], 0xA9);
    np_error_set(&err, NP_ERR_IO, "%s", wide);
    assert_int_equal((unsigned char)err.text[strlen(err.text) - 1], 0xA9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_statuses),
        cmocka_unit_test(texts_are_kept_prefixed_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
