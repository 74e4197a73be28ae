/* Statuses, and texts of errors: kept, prefixed, cut, and harmless. */
#include "base/status.h"

#include "base/plain.h"

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

    /* what to do stands at the end, and is kept */
    np_error_set(&err, NP_ERR_IO, "%s", wide);
    np_error_prefix(&err, NP_ERR_IO, "scan.ply");
    np_error_set(&copy, NP_ERR_IO, "case.yaml: %s%s%s; take another scan", err.text, wide, wide);
    assert_memory_equal(copy.text, "case.yaml: scan.ply: ", 21);
    assert_non_null(strstr(copy.text, " ... "));
    assert_string_equal(copy.text + strlen(copy.text) - strlen("; take another scan"), "; take another scan");
    assert_true(np_plain_is(copy.text));
}

/* A stranger's file can neither write to the terminal nor hide what it says. */
static void what_does_not_show_is_escaped(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"red \x1b[31m", "red \\x1B[31m"},
        {"two\nlines\r", "two\\x0Alines\\x0D"},
        {"a\xC2\xA0"
         "b",
         "a\\xA0b"},
        {"\xE2\x80\xAE"
         "evil\xE2\x80\x8B",
         "\\u202Eevil\\u200B"},
        {"\xEF\xBB\xBFv", "\\uFEFFv"},
        {"\xFF\xC3 \xC0\x80 \xED\xA0\x80", "\\xFF\\xC3 \\xC0\\x80 \\uD800"},
        {"Gr\xC3\xBC\xC3\x9F Gott \xF0\x9F\x99\x82", "Gr\xC3\xBC\xC3\x9F Gott \xF0\x9F\x99\x82"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_error err = {0};
        np_error_set(&err, NP_ERR_IO, "%s", rows[i][0]);
        assert_string_equal(err.text, rows[i][1]);
        np_error_prefix(&err, NP_ERR_IO, "x"); /* once only */
        assert_string_equal(err.text + 3, rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_statuses),
        cmocka_unit_test(texts_are_kept_prefixed_and_cut),
        cmocka_unit_test(what_does_not_show_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
