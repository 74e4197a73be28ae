/* What was measured of test dots, and what is wrong with such lists. */
#include "case/measured.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../test.h"

static np_status read_text(const char *text, bool in_pixels, np_measured *out, np_error *err)
{
    char path[] = "/tmp/np_measured_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    np_status status = np_measured_read(path, in_pixels, out, err);
    unlink(path);
    return status;
}

static void cells_may_be_empty(void **state)
{
    (void)state;
    np_measured m;
    np_error err = {0};
    assert_int_equal(
        read_text("\xEF\xBB\xBF# by loupe\r\nDot;Contrast;Width_mm\r\n\r\n1;0.5;0.2;2.5\n 7 , 0.25,,\n,1e9", false, &m,
                  &err),
        NP_OK);
    assert_int_equal(m.n, 3);
    assert_int_equal(m.dots[0].line, 4);
    assert_near(m.dots[0].number, 1, 0);
    assert_near(m.dots[0].value[0], 0.5, 0);
    assert_near(m.dots[0].value[1], 0.2, 0);
    assert_near(m.dots[0].value[2], 2.5, 0);
    assert_int_equal(m.dots[1].line, 5);
    assert_near(m.dots[1].number, 7, 0);
    assert_true(isnan(m.dots[1].value[1]));
    assert_true(isnan(m.dots[1].value[2]));
    assert_true(isnan(m.dots[2].number));
    assert_near(m.dots[2].value[0], 1e9, 0);
    np_measured_fini(&m);
    assert_int_equal(read_text("dot,x,y\n3,100.5,-2\n", true, &m, &err), NP_OK);
    assert_near(m.dots[0].value[1], -2, 0);
    np_measured_fini(&m);
    assert_int_equal(read_text("", false, &m, &err), NP_OK);
    assert_int_equal(m.n, 0);
    np_measured_fini(&m);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    static const struct {
        const char *text, *says;
        bool in_pixels;
    } wrong[] = {
        {"1,2,3\n", ":1: expected a first line 'dot,contrast,width_mm,red_over_blue', found '1,2,3'", false},
        {"dot,contrast\n", ":1: expected a first line 'dot,x,y'", true},
        {"dot,contrast\n1\n", ":2: expected dot,contrast,width_mm,red_over_blue (the last two may be empty), found '1'",
         false},
        {"dot,contrast\n1,2,3,4,5\n", ":2: expected dot,contrast", false},
        {"dot,contrast\n1,2,3,4,5,6,7,8\n", ":2: expected dot,contrast", false},
        {"dot,contrast\n\n1|0.5\n", ":3: expected dot,contrast", false},
        {"dot,contrast\n1,nan\n", ":2: ", false},
        {"dot,contrast\n1,1e10\n", ":2: ", false},
        {"dot,contrast\n1,inf\n", ":2: ", false},
        {"dot,contrast\n1,\033[2J\n", "\\x1B[2J", false},
        {"dot,x,y\n1,2\n", ":2: expected dot,x,y, found '1,2'", true},
        {"dot,x,y\n1,2,3,4\n", ":2: expected dot,x,y", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        np_measured m;
        np_error err = {0};
        np_status status = read_text(wrong[i].text, wrong[i].in_pixels, &m, &err);
        if (status != NP_ERR_INVALID || !strstr(err.text, wrong[i].says))
            fail_msg("%s: expected '%s', found %d: '%s'", wrong[i].text, wrong[i].says, (int)status, err.text);
        assert_null(m.dots);
    }
}

static void there_are_not_too_many(void **state)
{
    (void)state;
    char *text = malloc(20 + 10 * (NP_MEASURED_MAX + 1)), *end = text;
    np_measured m;
    np_error err = {0};
    end += sprintf(end, "dot,contrast\n");
    for (int i = 1; i <= NP_MEASURED_MAX; i++)
        end += sprintf(end, "%d,0.5\n", i);
    assert_int_equal(read_text(text, false, &m, &err), NP_OK);
    assert_int_equal(m.n, NP_MEASURED_MAX);
    np_measured_fini(&m);
    sprintf(end, "1,0.5\n");
    assert_int_equal(read_text(text, false, &m, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, ":1002: expected at most 1000 dots"));
    free(text);
}

/* Without the helper nothing is read: the planner takes no such list apart. */
static void it_is_read_in_a_helper(void **state)
{
    (void)state;
    np_measured m;
    np_error err = {0};
    const char *before = getenv("NEEDLEPATH_LIBEXEC");
    setenv("NEEDLEPATH_LIBEXEC", "/nonexistent", 1);
    np_status status = read_text("dot,contrast\n1,0.5\n", false, &m, &err);
    if (before)
        setenv("NEEDLEPATH_LIBEXEC", before, 1);
    else
        unsetenv("NEEDLEPATH_LIBEXEC");
    assert_int_not_equal(status, NP_OK);
    assert_non_null(strstr(err.text, "needlepath-side-reader"));
    assert_null(m.dots);
}

static void a_pipe_is_refused(void **state)
{
    (void)state;
    np_measured m;
    np_error err = {0};
    char path[] = "/tmp/np_measured_XXXXXX", name[60];
    assert_non_null(mkdtemp(path));
    snprintf(name, sizeof name, "%s/pipe.csv", path);
    assert_int_equal(mkfifo(name, 0600), 0);
    assert_int_equal(np_measured_read(name, false, &m, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "not a regular file"));
    unlink(name);
    rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_may_be_empty),     cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(there_are_not_too_many), cmocka_unit_test(it_is_read_in_a_helper),
        cmocka_unit_test(a_pipe_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
