/* Files appear whole or not at all, with the usual rights, and replace nothing that they should not. */
#include "base/file.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../test.h"
#include "../folder.h"

static void what_is_written_is_read(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/a", folder);
    np_file_writer w = {0};
    np_error err = {0};
    assert_int_equal(np_file_writer_open(&w, path, &err), NP_OK);
    fputs("hello", w.stream);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(np_file_writer_commit(&w, &err), NP_OK);
    struct stat about;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0666 & ~mask);
    char *data;
    size_t size;
    assert_int_equal(np_file_read(path, 5, &data, &size, &err), NP_OK);
    assert_int_equal(size, 5);
    assert_string_equal(data, "hello");
    free(data);
    assert_int_equal(np_file_read(path, 4, &data, &size, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "at most 4"));
    unlink(path);
}

static void a_new_file_replaces_nothing_that_came_meanwhile(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/new", folder);
    for (int there = 0; there < 2; there++) {
        np_file_writer w = {0};
        np_error err = {0};
        assert_int_equal(np_file_writer_open(&w, path, &err), NP_OK);
        fputs(there ? "second" : "first", w.stream);
        assert_int_equal(np_file_writer_commit_new(&w, &err), there ? NP_ERR_IO : NP_OK);
    }
    char *data;
    size_t size;
    assert_int_equal(np_file_read(path, 100, &data, &size, NULL), NP_OK);
    assert_string_equal(data, "first");
    free(data);
    unlink(path); /* and nothing else is left in the folder, which is removed at the end */
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/full", folder);
    np_file_writer w = {0};
    np_error err = {0};
    assert_int_equal(np_file_writer_open(&w, path, &err), NP_OK);
    /* a stream that fails as a full disk does */
    fclose(w.stream);
    w.stream = fopen("/dev/full", "wb");
    assert_non_null(w.stream);
    fputs("hello", w.stream);
    assert_int_equal(np_file_writer_commit(&w, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "No space left"));
    assert_int_equal(access(path, F_OK), -1);
}

/* Renamed over, a device would be no device any more. */
static void a_pipe_or_a_device_is_not_replaced(void **state)
{
    (void)state;
    char pipe_path[64];
    struct stat st;
    snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    const char *const paths[] = {pipe_path, "/dev/full"};
    for (int i = 0; i < 2; i++) {
        np_file_writer w = {0};
        np_error err = {0};
        assert_int_equal(np_file_writer_open(&w, paths[i], &err), NP_ERR_IO);
        assert_non_null(strstr(err.text, "is a device or a pipe"));
        assert_int_equal(stat(paths[i], &st), 0);
        assert_false(S_ISREG(st.st_mode));
    }
    unlink(pipe_path);
}

/* A database may hold what is nowhere else; one that comes while a file is written is not replaced either. */
static void a_database_and_the_place_of_a_log_are_left_alone(void **state)
{
    (void)state;
    char path[64], log[80];
    np_error err = {0};
    np_file_writer w = {0};
    snprintf(path, sizeof path, "%s/plan", folder);
    snprintf(log, sizeof log, "%s-wal", path);
    assert_int_equal(np_file_write_new(log, 0600, "rows", "logs", &err), NP_OK);
    assert_int_equal(np_file_writer_open(&w, path, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "-wal is there"));
    unlink(log);
    assert_int_equal(np_file_writer_open(&w, path, &err), NP_OK);
    FILE *database = fopen(path, "wb");
    assert_non_null(database);
    assert_int_equal(fwrite("SQLite format 3", 1, 16, database), 16);
    fclose(database);
    assert_int_equal(np_file_writer_commit(&w, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "is a plan or another database"));
    assert_int_equal(np_file_writer_open(&w, path, &err), NP_ERR_INVALID);
    assert_int_equal(np_file_writer_open_database(&w, path, &err), NP_OK);
    assert_int_equal(np_file_writer_commit(&w, &err), NP_OK);
    unlink(path); /* and nothing else is left in the folder, which is removed at the end */
}

/* What lies beside a database, of whatever content, its place, and a log under whatever name. */
static void what_lies_beside_a_database_is_left_alone(void **state)
{
    (void)state;
    static const char *const ends[] = {"-wal", "-shm", "-journal", "-lock"};
    static const char *const logs[] = {"\x37\x7f\x06\x82 rows", "\x37\x7f\x06\x83",
                                       "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 rows"};
    char path[64], beside[80], link[80];
    np_error err = {0};
    np_file_writer w = {0};
    snprintf(path, sizeof path, "%s/plan", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(np_file_write_new(path, 0600, "no database", "texts", &err), NP_OK);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        assert_int_equal(np_file_check_replaceable(beside, &err), NP_OK); /* of no database */
    }
    unlink(path);
    FILE *database = fopen(path, "wb");
    assert_non_null(database);
    assert_int_equal(fwrite("SQLite format 3", 1, 16, database), 16);
    fclose(database);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        for (int is_there = 0; is_there < 2; is_there++) {
            FILE *file = is_there ? fopen(beside, "wb") : NULL;
            if (file)
                fclose(file);
            assert_int_equal(np_file_writer_open(&w, beside, &err), NP_ERR_INVALID);
            assert_non_null(strstr(err.text, "is a plan or another database"));
        }
        assert_int_equal(symlink(beside, link), 0);
        assert_int_equal(np_file_writer_open(&w, link, &err), NP_ERR_INVALID);
        unlink(link);
        unlink(beside);
        assert_int_equal(np_file_write_new(beside, 0600, "x", "keys", &err), NP_ERR_INVALID);
    }
    unlink(path);
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        assert_int_equal(np_file_write_new(path, 0600, logs[i], "logs", &err), NP_OK);
        assert_int_equal(np_file_writer_open(&w, path, &err), NP_ERR_INVALID);
        assert_non_null(strstr(err.text, "is the log of a plan"));
        unlink(path);
    }
    /* the lock of a plan that was moved away, while its log is there */
    snprintf(beside, sizeof beside, "%s-wal", path);
    snprintf(link, sizeof link, "%s-lock", path);
    assert_int_equal(np_file_write_new(beside, 0600, "rows", "logs", &err), NP_OK);
    assert_int_equal(np_file_check_replaceable(link, &err), NP_ERR_INVALID);
    unlink(beside);
    assert_int_equal(np_file_check_replaceable(link, &err), NP_OK);
}

static void only_a_file_of_its_own_kind_is_opened_to_be_written(void **state)
{
    (void)state;
    static const struct {
        const char *text; /* NULL: the file is not there */
        np_status status;
    } cases[] = {{NULL, NP_OK},          {"", NP_OK},
                 {"a,b\n", NP_OK},       {"a,b\n1,2\n", NP_OK},
                 {"a,b", NP_ERR_FORMAT}, {"a,bc\n", NP_ERR_FORMAT},
                 {"x", NP_ERR_FORMAT},   {"NPJ1 and more", NP_ERR_FORMAT}};
    char path[64], *data;
    size_t size;
    snprintf(path, sizeof path, "%s/own", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        np_error err = {0};
        int file;
        if (cases[i].text)
            assert_int_equal(np_file_write_new(path, 0600, cases[i].text, "files", &err), NP_OK);
        assert_int_equal(np_file_open_own(path, "a,b\n", "list", &file, &err), cases[i].status);
        assert_true((file >= 0) == (cases[i].status == NP_OK));
        if (file >= 0)
            assert_int_equal(close(file), 0);
        else
            assert_non_null(strstr(err.text, "expected a list, which begins with \"a,b\""));
        assert_int_equal(np_file_read(path, 100, &data, &size, &err), NP_OK);
        assert_string_equal(data, cases[i].text ? cases[i].text : "");
        free(data);
        unlink(path);
    }
    np_error err = {0};
    int file;
    assert_int_equal(np_file_open_own("/dev/null", "a,b\n", "list", &file, &err), NP_ERR_IO);
    assert_int_equal(np_file_open_own(folder, "a,b\n", "list", &file, &err), NP_ERR_IO);
}

static void links_are_followed(void **state)
{
    (void)state;
    char path[64], name[64], data[8];
    np_error err = {0};
    np_file_writer w = {0};
    struct stat st;
    snprintf(path, sizeof path, "%s/target", folder);
    snprintf(name, sizeof name, "%s/link", folder);
    assert_int_equal(symlink("target", name), 0);
    assert_int_equal(np_file_writer_open(&w, name, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "leads to no file"));
    assert_int_equal(np_file_write_new(path, 0600, "old", "files", &err), NP_OK);
    assert_true(np_file_is_same(path, name));
    assert_int_equal(np_file_writer_open(&w, name, &err), NP_OK);
    fputs("new", w.stream);
    assert_int_equal(np_file_writer_commit(&w, &err), NP_OK);
    assert_int_equal(readlink(name, data, sizeof data), 6);
    assert_int_equal(lstat(path, &st), 0);
    assert_int_equal(st.st_size, 3);
    assert_int_equal(unlink(path) | unlink(name), 0);
    assert_false(np_file_is_same(path, name));
}

static void discarding_and_missing_folders(void **state)
{
    (void)state;
    np_file_writer w = {0};
    np_error err = {0};
    np_file_writer_discard(&w);
    assert_int_equal(np_file_writer_open(&w, "/no/such/folder/x", &err), NP_ERR_IO);
    assert_int_equal(np_file_writer_open(&w, folder, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "is a folder"));
    char path[64];
    snprintf(path, sizeof path, "%s/b", folder);
    assert_int_equal(np_file_writer_open(&w, path, &err), NP_OK);
    np_file_writer_discard(&w);
    assert_int_equal(access(path, F_OK), -1);
    char *data;
    size_t size;
    assert_int_equal(np_file_read(folder, 100, &data, &size, &err), NP_ERR_IO);
    assert_int_equal(np_file_read("/no/such", 100, &data, &size, &err), NP_ERR_IO);
    assert_null(data);
}

static void new_files_replace_nothing(void **state)
{
    (void)state;
    char path[64];
    struct stat about;
    np_error err = {0};
    snprintf(path, sizeof path, "%s/key", folder);
    mode_t before = umask(077);
    assert_int_equal(np_file_write_new(path, 0640, "one", "keys", &err), NP_OK);
    umask(before);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    assert_int_equal(np_file_write_new(path, 0600, "two", "keys", &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "keys are never overwritten"));
    char *data;
    size_t size;
    assert_int_equal(np_file_read(path, 9, &data, &size, &err), NP_OK);
    assert_string_equal(data, "one");
    free(data);
    unlink(path);
    assert_int_equal(np_file_write_new("/nowhere/key", 0600, "x", "keys", &err), NP_ERR_IO);
}

static void folders_are_made_with_those_above(void **state)
{
    (void)state;
    np_error err = {0};
    char path[200], file[100];
    struct stat st;
    snprintf(path, sizeof path, "%s/a/b/c", folder);
    snprintf(file, sizeof file, "%s/f", folder);
    for (int i = 0; i < 2; i++) /* also where they are there */
        assert_int_equal(np_folder_make(path, 0700, &err), NP_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rmdir(path), 0);
        *strrchr(path, '/') = '\0';
    }
    assert_int_equal(np_file_write_new(file, 0600, "x", "it", &err), NP_OK);
    assert_int_equal(np_folder_make(file, 0700, &err), NP_ERR_IO);
    snprintf(path, sizeof path, "%s/below", file);
    assert_int_equal(np_folder_make(path, 0700, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "the folder cannot be made"));
    unlink(file);
}

/* Of whatever is read up to a byte 0 the rest would be lost without a word. */
static void a_text_has_no_byte_0(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *says; /* NULL: it is a text */
    } cases[] = {{"", 0, NULL},
                 {"1 2 3\n4", 7, NULL},
                 {"\0", 1, "text:1: expected a text, found a byte 0"},
                 {"1 2 3\n\0 2\n", 10, "text:2: expected a text, found a byte 0"},
                 {"1\n2\n\0\0\0", 7, "text:3: expected a text, found a byte 0"}};
    char path[64], *text;
    size_t size;
    snprintf(path, sizeof path, "%s/text", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        np_error err = {0};
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(cases[i].bytes, 1, cases[i].n, file), cases[i].n);
        fclose(file);
        assert_int_equal(np_file_read_text(path, 100, &text, &size, &err), cases[i].says ? NP_ERR_FORMAT : NP_OK);
        if (cases[i].says) {
            assert_non_null(strstr(err.text, cases[i].says));
            assert_null(text);
        } else {
            assert_int_equal(size, cases[i].n);
            assert_memory_equal(text, cases[i].bytes, size);
        }
        free(text);
    }
    unlink(path);
}

static void a_pipe_is_not_waited_for(void **state)
{
    (void)state;
    char path[] = "/tmp/np_test_pipe_XXXXXX", *data;
    size_t size;
    np_error err = {0};
    close(mkstemp(path));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(np_file_read(path, 100, &data, &size, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "it is not a regular file"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_made_with_those_above),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_text_has_no_byte_0),
        cmocka_unit_test(a_pipe_is_not_waited_for),
        cmocka_unit_test(a_new_file_replaces_nothing_that_came_meanwhile),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(a_pipe_or_a_device_is_not_replaced),
        cmocka_unit_test(a_database_and_the_place_of_a_log_are_left_alone),
        cmocka_unit_test(what_lies_beside_a_database_is_left_alone),
        cmocka_unit_test(only_a_file_of_its_own_kind_is_opened_to_be_written),
        cmocka_unit_test(links_are_followed),
        cmocka_unit_test(discarding_and_missing_folders),
        cmocka_unit_test(new_files_replace_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
