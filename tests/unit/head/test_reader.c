/* The planner against a reader of scans that a file has taken over (tests/badplugins/reader.c): whatever it sends, an error with the reason,
 * and no process, no file and no memory is left. */
#include "head/private/import.h"

#include <stdio.h>
#include <sys/wait.h>

#include "../../open_files.h"
#include "head_files.h"

static void use_bad_reader(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/badreader", getenv("NEEDLEPATH_BUILD"));
    assert_int_equal(setenv("NEEDLEPATH_LIBEXEC", path, 1), 0);
    assert_int_equal(setenv("NEEDLEPATH_SCAN_TIMEOUT_S", "0.5", 1), 0);
}

/* The status of reading a file called NAME; the mesh is freed. */
static np_status import_named(const char *name, np_error *err)
{
    np_mesh mesh;
    const char *path = in_folder(name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("x\n", f);
    fclose(f);
    *err = (np_error){0};
    np_status status = head_scan_import(path, NULL, &mesh, NULL, err);
    if (status != NP_OK)
        assert_null(mesh.vertices);
    np_mesh_fini(&mesh);
    return status;
}

static void whatever_a_reader_does_is_an_error(void **state)
{
    static const struct {
        const char *name, *says;
    } modes[] = {
        {"crash.ply", "reader of scans: crashed (SIGSEGV: Segmentation fault) while reading the scan"},
        {"exit.ply", "ended its process (exit status 0) while reading the scan"},
        {"hang.ply", "gave no answer within 0.5 s and was stopped while reading the scan"},
        {"drip.ply", "sent an answer that cannot be read"},
        {"close.ply", "closed its connection to the planner and was stopped"},
        {"child.ply", "ended its process (exit status 0) while reading the scan"},
        {"unknown.ply", "sent an answer that cannot be read"},
        {"early.ply", "sent an answer that cannot be read"},
        {"many.ply", "gave a mesh of a size that cannot be"},
        {"few.ply", "gave a mesh of a size that cannot be"},
        {"values.ply", "gave a mesh of a size that cannot be"},
        {"room.ply", "gave a mesh of a size that cannot be"},
        {"text.ply", "sent an answer that cannot be read"},
        {"escape.ply", "escape.ply: cannot be read: \\x1B[2J\\x0D\\x0Aneedlepath: plan approved"},
        {"up.ply", "names a buffer '../up.ply' outside of its own folder"},
        {"device.ply", "names a buffer '/dev/zero' outside of its own folder"},
        {"wants.ply", "gave no answer within 0.5 s"},
        {"deaf.ply", "gave no answer within 0.5 s"},
        {"nan.ply", "gave a mesh with corners that are not there or no numbers"},
        {"index.ply", "gave a mesh with corners that are not there or no numbers"},
        {"corner.ply", "gave a mesh with corners that are not there or no numbers"},
    };
    (void)state;
    use_bad_reader();
    int files = count_open_files();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        np_error err;
        np_status status = import_named(modes[i].name, &err);
        if (status != NP_ERR_FORMAT || !strstr(err.text, modes[i].says))
            fail_msg("%s: expected '%s', found %d: '%s'", modes[i].name, modes[i].says, (int)status, err.text);
        assert_int_equal(count_open_files(), files);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child */
    }
    assert_int_equal(import_named("right.ply", &(np_error){0}), NP_OK);
}

/* A mesh without the values that are asked for, or with others, is none. */
static void values_that_were_not_asked_for_are_refused(void **state)
{
    static const char *const names[] = {"right.ply", "values.ply"};
    (void)state;
    use_bad_reader();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        np_mesh mesh;
        float *values;
        np_error err = {0};
        import_named(names[i], &err); /* which makes the file */
        assert_int_equal(head_scan_import_painted(in_folder(names[i]), "loss", NULL, &mesh, &values, &err),
                         NP_ERR_FORMAT);
        assert_non_null(strstr(err.text, "gave a mesh of a size that cannot be"));
        assert_null(values);
        assert_null(mesh.vertices);
    }
}

/* Memory that is still being written is copied before it is looked at: what was found right stays right. */
static void what_is_checked_is_what_is_used(void **state)
{
    (void)state;
    use_bad_reader();
    for (int i = 0; i < 30; i++) {
        np_error err;
        np_mesh mesh;
        import_named("race.ply", &err);
        if (head_scan_import(in_folder("race.ply"), NULL, &mesh, NULL, &err) == NP_OK)
            for (size_t k = 0; k < mesh.n_vertices; k++)
                assert_true(np_vec3_is_finite(mesh.vertices[k]));
        np_mesh_fini(&mesh);
    }
}

static bool want_no_more(void *context, const char *stage, double fraction)
{
    (void)stage;
    (void)fraction;
    return ++*(int *)context < 3;
}

/* How long it may take is never what somebody did not mean. */
static void a_time_limit_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "12s", "nan", "0", "1e9", "ten\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        np_error err = {0};
        setenv("NEEDLEPATH_SCAN_TIMEOUT_S", wrong[i], 1);
        np_mesh mesh;
        const char *path = in_folder("few.ply");
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs("ply\n", f);
        fclose(f);
        assert_int_equal(head_scan_import(path, NULL, &mesh, NULL, &err), NP_ERR_USAGE);
        assert_non_null(strstr(err.text, "NEEDLEPATH_SCAN_TIMEOUT_S"));
        assert_non_null(strstr(err.text, "0.1 to 3600"));
        assert_null(strchr(err.text, '\n'));
    }
    unsetenv("NEEDLEPATH_SCAN_TIMEOUT_S");
}

/* A reader that does not answer is ended at the third look. */
static void it_ends_when_nobody_wants_it_any_more(void **state)
{
    (void)state;
    use_bad_reader();
    setenv("NEEDLEPATH_SCAN_TIMEOUT_S", "600", 1);
    np_mesh mesh;
    int looks = 0;
    np_error err = {0};
    import_named("few.ply", &err);
    np_progress progress = {want_no_more, &looks};
    assert_int_equal(rename(in_folder("few.ply"), in_folder("hang.ply")), 0);
    assert_int_equal(head_scan_import(in_folder("hang.ply"), &progress, &mesh, NULL, &err), NP_ERR_STOPPED);
    assert_string_equal(err.text, "stopped while reading the scan");
    assert_int_equal(looks, 3);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_a_reader_does_is_an_error),
        cmocka_unit_test(values_that_were_not_asked_for_are_refused),
        cmocka_unit_test(what_is_checked_is_what_is_used),
        cmocka_unit_test(a_time_limit_that_is_none_is_refused),
        cmocka_unit_test(it_ends_when_nobody_wants_it_any_more),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
