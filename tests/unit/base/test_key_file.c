/* Key files: what is written is read, and whatever else lies there is told by what it is. */
#include "base/key_file.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../test.h"
#include "../folder.h"

static const char *path_of(const char *name)
{
    static char paths[2][80];
    static int next;
    char *path = paths[next++ % 2];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void expect_bad(const char *text, np_key_file kind, np_status status, const char *says)
{
    np_key_line line;
    np_error err = {0};
    FILE *f = fopen(path_of("bad"), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path_of("bad"), 0600);
    assert_int_equal(np_key_file_read(path_of("bad"), kind, &line, &err), status);
    if (!strstr(err.text, says))
        fail_msg("expected \"%s\": %s", says, err.text);
    assert_int_equal(line.key[0], 0);
    unlink(path_of("bad"));
}

static void pairs_are_written_and_read(void **state)
{
    (void)state;
    np_key_line line;
    np_error err = {0};
    struct stat about;
    assert_int_equal(np_key_file_write_pair(path_of("k"), NP_KEY_FILE_CURVE_SECRET, "lab", "SECRET", "PUBLIC", &err),
                     NP_OK);
    assert_int_equal(np_key_file_read(path_of("k"), NP_KEY_FILE_CURVE_SECRET, &line, &err), NP_OK);
    assert_string_equal(line.name, "lab");
    assert_string_equal(line.key, "SECRET");
    assert_int_equal(np_key_file_read(path_of("k.pub"), NP_KEY_FILE_CURVE_PUBLIC, &line, &err), NP_OK);
    assert_string_equal(line.key, "PUBLIC");
    assert_int_equal(stat(path_of("k"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    /* what is there is never replaced, and half a pair never left behind */
    assert_int_equal(np_key_file_write_pair(path_of("k"), NP_KEY_FILE_CURVE_SECRET, "x", "S", "P", &err),
                     NP_ERR_INVALID);
    unlink(path_of("k.pub"));
    assert_int_equal(np_key_file_write_pair(path_of("k"), NP_KEY_FILE_CURVE_SECRET, "x", "S", "P", &err),
                     NP_ERR_INVALID);
    assert_int_equal(access(path_of("k.pub"), F_OK), -1);
    assert_int_equal(chmod(path_of("k"), 0640), 0);
    assert_int_equal(np_key_file_read(path_of("k"), NP_KEY_FILE_CURVE_SECRET, &line, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "chmod 600"));
    unlink(path_of("k"));
}

static void other_files_are_told_apart(void **state)
{
    (void)state;
    expect_bad("", NP_KEY_FILE_LINK, NP_ERR_FORMAT, "expected one line 'needlepath-link-key-v1 NAME BASE64'");
    expect_bad("needlepath-secret-key-v1 a K\n", NP_KEY_FILE_OPERATOR_PUBLIC, NP_ERR_FORMAT,
               "this is the secret key; expected the public one (the file ending in .pub)");
    expect_bad("needlepath-curve-public-key-v1 a K\n", NP_KEY_FILE_OPERATOR_PUBLIC, NP_ERR_FORMAT,
               "this is a key of `needlepath keys curve`; expected one line 'needlepath-public-key-v1 NAME BASE64'");
    expect_bad("needlepath-link-key-v1 a K more\n", NP_KEY_FILE_LINK, NP_ERR_FORMAT, "damaged");
    expect_bad("needlepath-link-key-v1 a\n", NP_KEY_FILE_LINK, NP_ERR_FORMAT, "damaged");
    np_error err = {0};
    assert_int_equal(np_key_file_check_name("Dr.Ada", &err), NP_OK);
    static const char *const bad[] = {"", "two words", "tab\there", "\x7f"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(np_key_file_check_name(bad[i], &err), NP_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_written_and_read),
        cmocka_unit_test(other_files_are_told_apart),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
