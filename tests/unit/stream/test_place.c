/* Where the head is in a run: what is given, what is kept, and what is another place. */
#include "stream/private/place.h"

#include <stdio.h>

#include "../test.h"

static char first_name[] = "first.yaml", second_name[] = "second.yaml", no_text[] = "";

typedef struct job {
    np_plan plan;
    np_dot dots[2];
    np_plan_run runs[2];
    np_plan_registration first, second;
    np_run_options options;
    stream_session session;
} job;

static char said[300];

static void take_log(void *context, const char *text)
{
    (void)context;
    snprintf(said, sizeof said, "%s", text);
}

/* Two dots 100 mm from the origin, a run that made one of them, and two registrations 2 mm apart. */
static void job_init(job *j)
{
    *j = (job){.dots = {{.id = 1, .session = 1, .position = {100, 0, 0}, .depth_mm = 1},
                        {.id = 2, .session = 1, .position = {0, 100, 0}, .depth_mm = 1}},
               .first = {.name = first_name, .fiducials = no_text, .rotation = {1000000, 0, 0, 0}, .rms_mm = 0.1},
               .second = {.name = second_name, .fiducials = no_text, .rotation = {1000000, 0, 0, 0}}};
    j->second.translation[1] = 2000;
    j->runs[0] =
        (np_plan_run){.id = 1, .session = 1, .started_unix_s = 1700000000, .done = 1, .registration = &j->first};
    j->plan = (np_plan){
        .dots = j->dots, .n_dots = 2, .n_sessions = 1, .sessions = {{.dots = 2}}, .runs = j->runs, .n_runs = 1};
    j->options = (np_run_options){.session = 1, .log = take_log};
    j->session = (stream_session){.options = &j->options, .plan = &j->plan};
    said[0] = '\0';
}

static void somebody_must_say_where_the_head_is(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j);
    j.plan.n_runs = 0;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "--head-is-arm-frame"));
    j.options.air = true;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_USAGE);
    j.options.head_is_arm_frame = true;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_string_equal(j.session.place.name, NP_PLAN_HEAD_IS_ARM_FRAME);
    assert_int_equal(stream_place_pose(&j.session).rotation_ppm[0], 1000000);
    j.options.head_is_arm_frame = false;
    j.options.registration = &j.second;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_int_equal(stream_place_pose(&j.session).translation_um[1], 2000);
}

static void a_run_that_goes_on_keeps_its_place(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j);
    j.first.translation[0] = 12345;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_string_equal(j.session.place.name, "first.yaml");
    assert_int_equal(stream_place_pose(&j.session).translation_um[0], 12345);
    /* the same place measured once more is the same to the bit */
    j.second = j.first;
    j.second.translation[0] += 20;
    j.options.registration = &j.second;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_int_equal(stream_place_pose(&j.session).translation_um[0], 12345);
}

static void another_place_is_refused_or_said(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j);
    j.options.registration = &j.second;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "first.yaml, 2023-11-14 22:13 UTC"));
    assert_non_null(strstr(err.text, "up to 2.00 mm, 2.00 on average"));
    assert_non_null(strstr(err.text, "--moved"));
    j.options.moved = true;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_near(j.session.place.moved_mm, 2, 1e-9);
    assert_non_null(strstr(said, "up to 2.00 mm"));
    assert_int_equal(stream_place_pose(&j.session).translation_um[1], 2000);
    /* the arm's own frame is a place like others */
    job_init(&j);
    j.first.translation[2] = 500;
    j.options.head_is_arm_frame = true;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "up to 0.50 mm"));
}

/* A turn moves what is far from its axis. */
static void the_difference_is_that_of_the_dots(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j);
    j.second = (np_plan_registration){.name = second_name, .fiducials = no_text, .rotation = {999950, 9999, 0, 0}};
    j.options.registration = &j.second; /* 0.02 rad about x: the dot on x stays */
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "up to 2.00 mm, 1.00 on average"));
}

static void runs_that_made_nothing_or_were_of_others_do_not_count(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j);
    j.options.registration = &j.second;
    j.runs[0].done = 0;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_near(j.session.place.moved_mm, 0, 0);
    assert_false(j.session.place.moved_unknown);
    j.options.moved = true; /* from where, this file does not know */
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_true(j.session.place.moved_unknown);
    j.options.moved = false;
    j.runs[0].in_doubt = 1;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_UNSAFE);
    j.runs[0].session = 2;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    /* a later run with nothing made does not hide the one that made dots */
    job_init(&j);
    j.runs[1] = (np_plan_run){.id = 2, .session = 1, .registration = &j.second};
    j.plan.n_runs = 2;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_string_equal(j.session.place.name, "first.yaml");
}

static uint32_t moved_um(const job *j)
{
    np_wire_load load = {0};
    stream_place_fill_load(&j->session, &load);
    return load.moved_um;
}

static void moved_says_where_to_and_how_far(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j);
    j.options.moved = true;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "give --fiducials FILE with --moved"));
    j.options.registration = &j.second;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_int_equal(moved_um(&j), 2000);
    /* by the plan's record it was not */
    j.options.registration = &j.first;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_int_equal(moved_um(&j), NP_WIRE_MOVED_UNKNOWN_UM);
    assert_non_null(strstr(said, "by the plan's record the head is where it was (first.yaml, run 1)"));
}

static void records_that_disagree_are_told_apart(void **state)
{
    (void)state;
    job j;
    char text[400];
    np_error err = {0};
    job_init(&j);
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    assert_int_equal(moved_um(&j), 0);
    stream_place_advise(&j.session, text, sizeof text);
    assert_non_null(strstr(text,
                           "the two records disagree where the head was: by the plan's it lay in run 1 as it does now "
                           "(first.yaml), by the executor's elsewhere"));
    job_init(&j);
    j.plan.n_runs = 0;
    j.options.registration = &j.second;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    stream_place_advise(&j.session, text, sizeof text);
    assert_string_equal(text, " with --moved, and confirm it at the executor");
}

/* A verdict names the place where the session's dots lie, and none that nobody has said. */
static void a_verdict_invents_no_place(void **state)
{
    (void)state;
    job j;
    np_wire_load load = {0};
    np_error err = {0};
    const np_run_verdict done = {2, true}, again = {2, false};
    job_init(&j);
    j.options.target = "zmq:tcp://127.0.0.1:1";
    j.options.verdicts = &done;
    j.options.n_verdicts = 1;
    j.first.translation[0] = 12345;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    stream_place_fill_load(&j.session, &load);
    assert_int_equal(load.registration.translation_um[0], 12345);
    j.options.registration = &j.second; /* another place than the plan's */
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "a verdict does not move it"));
    job_init(&j);
    j.options.target = "zmq:tcp://127.0.0.1:1";
    j.options.verdicts = &done;
    j.options.n_verdicts = 1;
    j.plan.n_runs = 0;
    assert_int_equal(stream_place_find(&j.session, &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "--head-is-arm-frame"));
    j.options.registration = &j.second;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    stream_place_fill_load(&j.session, &load);
    assert_int_equal(load.registration.translation_um[1], 2000);
    job_init(&j); /* nobody writes down where a dot is that is to be made again, and a gantry nothing at all */
    j.plan.n_runs = 0;
    j.options.target = "zmq:tcp://127.0.0.1:1";
    j.options.verdicts = &again;
    j.options.n_verdicts = 1;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
    j.options.target = "grbl:/dev/ttyUSB0";
    j.options.verdicts = &done;
    assert_int_equal(stream_place_find(&j.session, &err), NP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_must_say_where_the_head_is),
        cmocka_unit_test(a_run_that_goes_on_keeps_its_place),
        cmocka_unit_test(another_place_is_refused_or_said),
        cmocka_unit_test(the_difference_is_that_of_the_dots),
        cmocka_unit_test(runs_that_made_nothing_or_were_of_others_do_not_count),
        cmocka_unit_test(moved_says_where_to_and_how_far),
        cmocka_unit_test(records_that_disagree_are_told_apart),
        cmocka_unit_test(a_verdict_invents_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
