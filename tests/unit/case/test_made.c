/* Dots that were found, as programs list them: which column is which, and what is refused rather than read as another place. */
#include "../test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "case/private/made.h"

static np_status read_text(const char *text, np_case_points *out, double **out_tones, np_error *err)
{
    char path[] = "/tmp/needlepath-made-XXXXXX", sha256[65];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    np_status status = case_made_read(path, out, out_tones, sha256, err);
    unlink(path);
    return status;
}

/* Each is the dots 1 2 3 and 4.5 -5 6, the second of tone 0.25, the first of FIRST. */
static const struct {
    const char *text;
    double first;
} goods[] = {
    {"1 2 3\n4.5 -5 6 0.25\n", (double)NAN},
    {"# found\n1, 2, 3, 0.5\n\n4.5, -5, 6, 0.25\n", 0.5},
    {"1;2;3\r\n4.5;-5;6;0.25\r\n", (double)NAN},
    {"x,y,z,tone\n1,2,3,\n4.5,-5,6,0.25\n", (double)NAN},
    {"x,y,z,label,tone\n1,2,3,,0.5\n4.5,-5,6,near,0.25\n", 0.5},
    {"x,y,z,tone,size\n1,2,3,,0.75\n4.5,-5,6,0.25,0.75\n", (double)NAN},
    {"label,x,y,z,tone,size\n,1,2,3,0.5,9\nb,4.5,-5,6,0.25,9\n", 0.5},
    {"\"label\",\"x\",\"y\",\"z\",\"tone\"\n\"a, b\",1,2,3,0.5\n\"c\",4.5,-5,6,0.25\n", 0.5},
    {"\xEF\xBB\xBFx;y;z;tone\n1;2;3;0.5\n4.5;-5;6;0.25\n", 0.5},
    {"tone\tz\ty\tx\n0.5\t3\t2\t1\n0.25\t6\t-5\t4.5\n", 0.5},
    {"ply\nformat ascii 1.0\ncomment 2 \"dots, found\nelement vertex 2\nproperty float x\nproperty float y\n"
     "property float z\nproperty float tone\nend_header\n1 2 3 0.5\n4.5 -5 6 0.25\n",
     0.5},
};

static void each_kind_of_list_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        np_case_points points;
        double *tones;
        np_error err = {0};
        if (read_text(goods[i].text, &points, &tones, &err) != NP_OK)
            fail_msg("%s: %s", goods[i].text, err.text);
        assert_int_equal(points.n, 2);
        if (np_vec3_distance(points.points[0], np_vec3_make(1, 2, 3)) > 0 ||
            np_vec3_distance(points.points[1], np_vec3_make(4.5, -5, 6)) > 0)
            fail_msg("%s: read as other places", goods[i].text);
        if (tones[1] != 0.25 || !(isnan(goods[i].first) ? isnan(tones[0]) : tones[0] == goods[i].first))
            fail_msg("%s: tones %g and %g", goods[i].text, tones[0], tones[1]);
        free(points.points);
        free(tones);
    }
}

static void what_may_mean_another_place_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bads[] = {
        {"10,0;20,0;30,0\n", ":1: expected"},         /* decimal commas */
        {"x;y;z\n10,0;20,0;30,0\n", ":2: expected"},  /* in a list with names */
        {"x,y,z,x\n1,2,3,4\n", ":1: expected"},       /* which x? */
        {"label,x,y,z\n\"a,1,2,3\n", ":2: expected"}, /* nothing ends the quotation mark */
        {"x,y,z,label\n1,,3,4\n", ":2: expected"},    /* no y */
        {"id,x,y,z,size\n,1,2,,4\n", ":2: expected"}, /* no z */
        {"x,y,z\n0x10,2,3\n", ":2: expected"},
    };
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        np_case_points points;
        double *tones;
        np_error err = {0};
        if (read_text(bads[i].text, &points, &tones, &err) != NP_ERR_FORMAT)
            fail_msg("%s: not refused", bads[i].text);
        assert_non_null(strstr(err.text, bads[i].says));
        assert_null(points.points);
        assert_null(tones);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_list_is_read),
        cmocka_unit_test(what_may_mean_another_place_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
