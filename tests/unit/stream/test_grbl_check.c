/* What is refused before a gantry moves. */
#include "../test.h"

#include <stdio.h>

#include "base/angle.h"
#include "stream/private/grbl_check.h"
#include "stream/grbl_run.h"

static stream_grbl good_machine(void)
{
    stream_grbl g;
    stream_grbl_init(&g, NULL, "grbl:/dev/x", 0.2);
    const struct {
        int code;
        double value;
    } settings[] = {{10, 1}, {13, 0}, {20, 1}, {21, 1}, {22, 1}, {23, 0}, {27, 1}, {130, 300}, {131, 200}, {132, 100}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        g.settings[settings[i].code] = settings[i].value;
    g.report.state = STREAM_GRBL_STATE_IDLE;
    g.report.substate = -1;
    g.homed = 1;
    return g;
}

static void expect_setup(const stream_grbl *g, const np_run_gantry *options, const char *says)
{
    np_error err = {0};
    np_status status = stream_grbl_check_setup(g, options, &err);
    assert_int_equal(status, says ? NP_ERR_DEVICE : NP_OK);
    if (says && !strstr(err.text, says))
        fail_msg("expected \"%s\": %s", says, err.text);
}

static void settings(void **state)
{
    (void)state;
    np_run_gantry strict = {.accept_no_pedal = true}, lax = {.accept_no_pedal = true, .accept_no_limits = true};
    const struct {
        int code;
        double value;
        const char *strict_says, *lax_says;
    } rows[] = {
        {10, 1, NULL, NULL},
        {10, 511, NULL, NULL}, /* grblHAL's mask */
        {10, 2, "$10=1", "$10=1"},
        {13, 1, "$13=0", "$13=0"},
        {20, 0, "soft limits are off", NULL},
        {22, 0, "homing is off", NULL},
        {22, 9, NULL, NULL}, /* grblHAL: enabled, and more */
        {22, 8, "homing is off", NULL},
        {20, (double)NAN, "did not list", "did not list"},
        {131, (double)NAN, "did not list", "did not list"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stream_grbl g = good_machine();
        g.settings[rows[i].code] = rows[i].value;
        expect_setup(&g, &strict, rows[i].strict_says);
        expect_setup(&g, &lax, rows[i].lax_says);
    }
    stream_grbl g = good_machine();
    strcpy(g.startup[0], "G54G21");
    expect_setup(&g, &strict, NULL);
    strcpy(g.startup[1], "G0Z0");
    expect_setup(&g, &lax, "startup line \"G0Z0\"");
    g = good_machine();
    g.report.state = STREAM_GRBL_STATE_ALARM;
    expect_setup(&g, &lax, "state Alarm and");
    expect_setup(&g, &lax, "--home");
    g.report.substate = 11;
    expect_setup(&g, &lax, "state Alarm (11: it wants to be homed");
}

/* What a controller says of itself, and what must be so. */
static void homing_and_overrides(void **state)
{
    (void)state;
    np_run_gantry lax = {.accept_no_pedal = true, .accept_no_limits = true};
    stream_grbl g = good_machine();
    g.homed = -1; /* grbl 1.1 */
    expect_setup(&g, &lax, NULL);
    g.is_hal = true;
    expect_setup(&g, &lax, "does not say that it was homed");
    g.homed = 0;
    expect_setup(&g, &lax, "H:0");
    g.settings[22] = 0; /* no homing at all, which --accept-no-limits accepts */
    expect_setup(&g, &lax, NULL);
    g = good_machine();
    g.feed_percent = 100;
    expect_setup(&g, &lax, NULL);
    g.feed_percent = 101;
    expect_setup(&g, &lax, "feed override stands at 101 %");
}

static void warnings(void **state)
{
    (void)state;
    stream_grbl g = good_machine();
    g.settings[1] = 255;
    for (int i = 0; i < STREAM_GRBL_WARNINGS; i++)
        assert_null(stream_grbl_warning(&g, i));
    g.settings[1] = 25;
    g.settings[21] = g.settings[22] = 0;
    for (int i = 0; i < 3; i++)
        assert_non_null(stream_grbl_warning(&g, i));
    g = good_machine();
    g.homed = -1;
    assert_non_null(strstr(stream_grbl_warning(&g, 3), "--home is sure"));
}

/* A dot on a level head at P of the machine, 1 mm deep. */
static np_dot dot_at(uint32_t id, double x, double y, double z)
{
    return (np_dot){
        .id = id, .session = 1, .position = {x, y, z}, .normal = {0, 0, 1}, .axis = {0, 0, -1}, .depth_mm = 1};
}

static void travel(void **state)
{
    (void)state;
    stream_grbl g = good_machine();
    np_gantry gantry = {.registration = {.rotation = {1, 0, 0, 0}}, .safe_z_mm = -40};
    const struct {
        double x, y, z;
        const char *says; /* NULL: inside */
    } rows[] = {
        {-150, -100, -50, NULL},
        {-299, -100, -50, NULL},
        {-299.01, -100, -50, "X from -299.010"}, /* the pull-off keeps clear of the switches */
        {-0.99, -100, -50, "X from"},
        {-150, -199.01, -50, "Y from"},
        {-150, -100, -98, NULL},
        {-150, -100, -98.01, "Z from -99.010 to -40.000"}, /* the needle goes deeper than the skin */
        {(double)NAN, -100, -50, "X from"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_error err = {0};
        np_dot dots[] = {dot_at(1, -150, -100, -50), dot_at(77, rows[i].x, rows[i].y, rows[i].z)};
        np_status status = stream_grbl_check_travel(&g, &gantry, dots, 2, &err);
        assert_int_equal(status, rows[i].says ? NP_ERR_DEVICE : NP_OK);
        if (rows[i].says &&
            (!strstr(err.text, rows[i].says) || !strstr(err.text, "1 of 2 dots") || !strstr(err.text, "dot 77")))
            fail_msg("expected \"%s\": %s", rows[i].says, err.text);
    }

    np_dot dot = dot_at(1, -150, -100, -50);
    gantry.safe_z_mm = -0.5;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, &dot, 1, NULL), NP_ERR_DEVICE);
    gantry.safe_z_mm = -40;
    /* an axis that homes to its lower end and calls that 0 */
    strcpy(g.options, "VZ");
    g.settings[23] = 1;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, &dot, 1, NULL), NP_ERR_DEVICE);
    dot.position.x = 150;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, &dot, 1, NULL), NP_OK);
    /* a machine that does not home has no places that could be checked */
    g.settings[22] = 0;
    dot.position.x = 5000;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, &dot, 1, NULL), NP_OK);
}

/* A session of two dots, the second one's axis TILT_DEG off the normal. */
typedef struct job {
    np_plan plan;
    np_dot dots[2];
    np_plan_run run;
    np_run_gantry gantry;
    np_plan_registration place;
    np_run_options options;
    stream_session session;
} job;

static void job_init(job *j, double tilt_deg)
{
    static char file_name[] = "gantry.yaml";
    double a = np_angle_rad(tilt_deg);
    *j = (job){.dots = {dot_at(5, 0, 0, 0), dot_at(6, 1, 0, 0)},
               .gantry = {.accept_no_pedal = true, .tilt_max_deg = 15, .lift_mm = 10, .plunge_mm_s = 20},
               .place = {.name = file_name,
                         .rotation = {1000000, 0, 0, 0},
                         .translation = {-100000, -100000, -50000},
                         .worst_mm = 0.2}};
    j->dots[1].axis = np_vec3_make(sin(a), 0, -cos(a));
    j->plan = (np_plan){.dots = j->dots,
                        .n_dots = 2,
                        .n_sessions = 1,
                        .sessions = {{.dots = 2}},
                        .limits = {.tilt_max_deg = 30},
                        .runs = &j->run};
    j->options = (np_run_options){.plan_path = "p", .session = 1, .target = "grbl:/dev/x", .gantry = &j->gantry};
    j->session = (stream_session){.options = &j->options, .plan = &j->plan, .place = j->place};
}

static void angles(void **state)
{
    (void)state;
    job j;
    np_gantry gantry;
    np_error err = {0};
    job_init(&j, 14.9);
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_OK);
    assert_near(gantry.safe_z_mm, -40, 1e-9);
    assert_near(np_gantry_needle(&gantry, &j.dots[0]).z, -51, 1e-9);
    j.options.air = true;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_OK);
    assert_near(np_gantry_above(&gantry, &j.dots[0]).z, -45, 1e-9);
    assert_true(gantry.safe_z_mm > np_gantry_above(&gantry, &j.dots[0]).z);

    job_init(&j, 15.1);
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "1 of 2 dots"));
    assert_non_null(strstr(err.text, "dot 6 (15.1)"));
    j.gantry.tilt_max_deg = 16;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_OK);
    /* a needle that points out of the skin */
    job_init(&j, 180);
    j.gantry.tilt_max_deg = 45;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_UNSAFE);
    /* a head that lies askew by 31 degrees: the plan's own limit */
    job_init(&j, 0);
    j.gantry.tilt_max_deg = 45;
    j.session.place.rotation[0] = 963630;
    j.session.place.rotation[1] = 267238;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "off level"));
}

static void what_the_operator_must_say(void **state)
{
    static char arm_frame[] = NP_PLAN_HEAD_IS_ARM_FRAME;
    (void)state;
    job j;
    np_gantry gantry;
    np_error err = {0};
    job_init(&j, 0);
    j.gantry.accept_no_pedal = false;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_USAGE);
    job_init(&j, 0);
    j.options.gantry = NULL;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_USAGE);
    job_init(&j, 0);
    j.session.place.name = arm_frame;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "--fiducials"));
    /* a gantry does not feel the skin */
    job_init(&j, 0);
    j.session.place.worst_mm = 0.31;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "0.31 mm off"));
    job_init(&j, 0);
    j.options.link_key = "key";
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_USAGE);
}

static void sessions_begun_elsewhere(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    char grbl[] = "grbl:/dev/ttyACM0", zmq[] = "zmq:tcp://arm:5555";
    job_init(&j, 0);
    j.plan.n_runs = 1;
    j.run = (np_plan_run){.session = 1, .target = grbl};
    assert_int_equal(stream_grbl_check_runs(&j.session, &err), NP_OK);
    j.run.target = zmq;
    assert_int_equal(stream_grbl_check_runs(&j.session, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, zmq));
    j.run.session = 2;
    assert_int_equal(stream_grbl_check_runs(&j.session, &err), NP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings),
        cmocka_unit_test(homing_and_overrides),
        cmocka_unit_test(warnings),
        cmocka_unit_test(travel),
        cmocka_unit_test(angles),
        cmocka_unit_test(what_the_operator_must_say),
        cmocka_unit_test(sessions_begun_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
