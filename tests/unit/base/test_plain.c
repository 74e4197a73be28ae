/* Text from outside as it may be shown. */
#include "base/plain.h"

#include "../test.h"

static void what_may_be_shown_stays_and_the_rest_is_escaped(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"Müller, 頭 \xF0\x9F\x99\x82", NULL}, /* four bytes */
        {"\033[2J", "\\x1B[2J"},
        {"a\r\nb\tc\x7F", "a\\x0D\\x0Ab\\x09c\\x7F"},
        {"\xC2\x9B"
         "31m",
         "\\x9B31m"}, /* a control of one character, in UTF-8 */
        {"\x9B"
         "31m\xC3(",
         "\\x9B31m\\xC3("}, /* no UTF-8 */
        {"\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8B\xEF\xBB\xBF", "\\u202E\\u2066\\u200B\\uFEFF"},
        {"\xD8\x9C\xF3\xA0\x81\x81", "\\u061C\\uE0041"}, /* a mark that turns the line, a tag that is not seen */
        {"\xC0\xAF\xED\xA0\x80", "\\xC0\\xAF\\uD800"},   /* too long a form; half a pair */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[100];
        const char *expected = rows[i][1] ? rows[i][1] : rows[i][0];
        assert_string_equal(np_plain_copy(rows[i][0], out, sizeof out), expected);
        assert_int_equal(np_plain_is(rows[i][0]), strcmp(rows[i][0], expected) == 0);
    }
}

static void it_is_cut_between_characters(void **state)
{
    (void)state;
    char out[4];
    assert_string_equal(np_plain_copy("ab\xC3\xBC", out, sizeof out), "ab");
    assert_string_equal(np_plain_copy("a\033", out, sizeof out), "a");
    assert_string_equal(np_plain_copy("abcdef", out, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_shown_stays_and_the_rest_is_escaped),
        cmocka_unit_test(it_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
