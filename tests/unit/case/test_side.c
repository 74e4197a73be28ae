/* The planner against a reader of side files that a file has taken over (tests/badplugins/side_reader.c): whatever it sends, an error with the
 * reason, and no process, no descriptor and no memory is left. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../open_files.h"
#include "case/private/side.h"

static int use_bad_reader(void **state)
{
    char path[4096];
    (void)state;
    snprintf(path, sizeof path, "%s/tests/badreader", getenv("NEEDLEPATH_BUILD"));
    setenv("NEEDLEPATH_LIBEXEC", path, 1);
    return setenv("NEEDLEPATH_SCAN_TIMEOUT_S", "0.5", 1);
}

static np_status read_named(const char *path, case_side_kind kind, np_error *err)
{
    case_side_found found;
    *err = (np_error){0};
    np_status status = case_side_read(kind, path, "1,2,3\n", 6, &found, err);
    case_side_fini(kind, &found);
    return status;
}

#define CANNOT "cannot be read: needlepath's reader of points and descriptions: "
#define SENSELESS CANNOT "sent an answer that cannot be read and was stopped while reading the file"

static void whatever_a_reader_does_is_an_error(void **state)
{
    static const struct {
        const char *name, *says;
        case_side_kind kind;
    } modes[] = {
        {"/f/crash.csv", CANNOT "crashed (SIGSEGV: Segmentation fault) while reading the file", CASE_SIDE_DRAWN},
        {"/f/exit.csv", CANNOT "ended its process (exit status 0) while reading the file", CASE_SIDE_DRAWN},
        {"/f/hang.csv", CANNOT "gave no answer within 0.5 s and was stopped while reading the file", CASE_SIDE_DRAWN},
        {"/f/drip.csv", CANNOT "gave no answer within 0.5 s", CASE_SIDE_DRAWN},
        {"/f/close.csv", CANNOT "closed its connection to the planner and was stopped", CASE_SIDE_DRAWN},
        {"/f/child.csv", CANNOT "ended its process (exit status 0)", CASE_SIDE_DRAWN},
        {"/f/unknown.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/empty.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/huge.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/count.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/counts.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/more.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/less.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/nan.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/far.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/label.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/nolabel.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/frame.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/as.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/radius.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/value.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/values.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/badpoint.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/id.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/noid.csv", SENSELESS, CASE_SIDE_DRAWN},
        {"/f/tone.made", SENSELESS, CASE_SIDE_MADE},
        {"/f/percentile.yaml", SENSELESS, CASE_SIDE_DESCRIPTION},
        {"/f/units.yaml", SENSELESS, CASE_SIDE_DESCRIPTION},
        {"/f/dilution.yaml", SENSELESS, CASE_SIDE_PALETTE},
        {"/f/shade.yaml", SENSELESS, CASE_SIDE_PALETTE},
        {"/f/noshade.yaml", SENSELESS, CASE_SIDE_PALETTE},
        {"/f/shades.yaml", SENSELESS, CASE_SIDE_PALETTE},
        {"/f/arm.yaml", SENSELESS, CASE_SIDE_FIDUCIALS},
        {"/f/two.yaml", SENSELESS, CASE_SIDE_FIDUCIALS},
        {"/f/limit.yaml", SENSELESS, CASE_SIDE_FIDUCIALS},
        {"/f/number.csv", SENSELESS, CASE_SIDE_MEASURED},
        {"/f/number.csv", SENSELESS, CASE_SIDE_MEASURED_IN_PIXELS},
        {"/f/dots.csv", SENSELESS, CASE_SIDE_MEASURED},
        {"/f/dots.csv", SENSELESS, CASE_SIDE_MEASURED_IN_PIXELS},
        {"/f/silent.csv",
         "/f/silent.csv: cannot be read: needlepath's reader of points and descriptions does not say why",
         CASE_SIDE_DRAWN},
        {"/f/escape.csv", "/f/escape.csv: cannot be read: \\x1B[2J\\x0D\\x0Aneedlepath: plan approved",
         CASE_SIDE_DRAWN},
        {"/f/status.csv", "/f/status.csv: cannot be read: a plan", CASE_SIDE_DRAWN},
    };
    (void)state;
    int descriptors = count_open_files();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        np_error err;
        np_status status = read_named(modes[i].name, modes[i].kind, &err);
        if (status != NP_ERR_FORMAT || !strstr(err.text, modes[i].says) ||
            strncmp(err.text, modes[i].name, strlen(modes[i].name)) != 0)
            fail_msg("%s: expected '%s', found %d: '%s'", modes[i].name, modes[i].says, (int)status, err.text);
        assert_int_equal(count_open_files(), descriptors);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child */
    }
    np_error err;
    assert_int_equal(read_named("/f/right.csv", CASE_SIDE_DRAWN, &err), NP_OK);
    assert_int_equal(read_named("/f/radii.csv", CASE_SIDE_DRAWN, &err), NP_OK);
    assert_int_equal(read_named("/f/right.xyz", CASE_SIDE_EXISTING, &err), NP_OK);
    assert_int_equal(read_named("/f/right.made", CASE_SIDE_MADE, &err), NP_OK);
    assert_int_equal(read_named("/f/right.yaml", CASE_SIDE_DESCRIPTION, &err), NP_OK);
    assert_int_equal(read_named("/f/right.yaml", CASE_SIDE_PALETTE, &err), NP_OK);
    assert_int_equal(read_named("/f/right.yaml", CASE_SIDE_FIDUCIALS, &err), NP_OK);
    assert_int_equal(read_named("/f/right.csv", CASE_SIDE_MEASURED, &err), NP_OK);
    assert_int_equal(read_named("/f/right.csv", CASE_SIDE_MEASURED_IN_PIXELS, &err), NP_OK);
}

/* What only looks right as a message is checked where it is used. */
static void a_description_is_checked_again(void **state)
{
    char path[] = "/tmp/needlepath-axes-XXXXXX", name[100];
    (void)state;
    assert_non_null(mkdtemp(path));
    snprintf(name, sizeof name, "%s/axes.yaml", path);
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs("x\n", f);
    fclose(f);
    np_scan_description d;
    np_error err = {0};
    assert_int_equal(np_scan_description_read(name, &d, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "axes.yaml"));
    assert_null(d.scan.axis_up);
    unlink(name);
    rmdir(path);
}

/* Any bytes, of any length, as an answer of any kind: the same bytes again for the same number. */
static void answers_by_chance_do_no_harm(void **state)
{
    (void)state;
    int descriptors = count_open_files();
    for (int seed = 0; seed < 150; seed++) {
        char name[40];
        np_error err;
        snprintf(name, sizeof name, "/f/seed%d", seed);
        np_status status = read_named(name, (case_side_kind)(seed % CASE_SIDE_KINDS), &err);
        if (status != NP_OK && strncmp(err.text, name, strlen(name)) != 0)
            fail_msg("seed %d: %d: '%s'", seed, (int)status, err.text);
    }
    assert_int_equal(count_open_files(), descriptors);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_time_limit_that_is_none_is_refused(void **state)
{
    np_error err;
    (void)state;
    setenv("NEEDLEPATH_SCAN_TIMEOUT_S", "ten\n", 1);
    assert_int_equal(read_named("/f/right.csv", CASE_SIDE_DRAWN, &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "NEEDLEPATH_SCAN_TIMEOUT_S"));
}

/* A reader that says nothing to a small file is ended after two seconds, unless somebody sets another time. */
static void a_reader_that_hangs_is_soon_ended(void **state)
{
    np_error err;
    (void)state;
    unsetenv("NEEDLEPATH_SCAN_TIMEOUT_S");
    assert_int_equal(read_named("/f/hang.csv", CASE_SIDE_DRAWN, &err), NP_ERR_FORMAT);
#ifndef NP_SANITIZED
    assert_non_null(strstr(err.text, "gave no answer within 2 s"));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whatever_a_reader_does_is_an_error, use_bad_reader),
        cmocka_unit_test_setup(a_description_is_checked_again, use_bad_reader),
        cmocka_unit_test_setup(answers_by_chance_do_no_harm, use_bad_reader),
        cmocka_unit_test_setup(a_time_limit_that_is_none_is_refused, use_bad_reader),
        cmocka_unit_test_setup(a_reader_that_hangs_is_soon_ended, use_bad_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
