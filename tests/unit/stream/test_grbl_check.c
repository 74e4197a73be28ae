/* What is refused before a gantry moves. */
#include "../test.h"

#include <stdio.h>

#include "base/angle.h"
#include "stream/private/grbl_check.h"
#include "plan/binding.h"
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
    np_dot dots[2] = {dot_at(1, -150, -100, -50)};
    uint8_t leans[2] = {20, 20};
    np_plan plan = {.dots = dots, .n_dots = 2, .limits = {.tilt_max_deg = 30}, .moves = {.lean_deg = leans}};
    np_gantry gantry = {
        .plan = &plan, .registration = {.rotation = {1, 0, 0, 0}}, .settings = {.tilt_max_deg = 15}, .safe_z_mm = -40};
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
        {-150, -100, -98.01,
         "Z from -99.010 to -40.000 (where it travels above the whole head)"}, /* the needle goes deeper than the skin */
        {(double)NAN, -100, -50, "X from"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_error err = {0};
        dots[1] = dot_at(77, rows[i].x, rows[i].y, rows[i].z);
        np_status status = stream_grbl_check_travel(&g, &gantry, dots, 2, &err);
        assert_int_equal(status, rows[i].says ? NP_ERR_DEVICE : NP_OK);
        if (rows[i].says &&
            (!strstr(err.text, rows[i].says) || !strstr(err.text, "1 of 2 dots") || !strstr(err.text, "dot 77")))
            fail_msg("expected \"%s\": %s", rows[i].says, err.text);
    }

    /* one that is left out goes nowhere */
    dots[1] = dot_at(77, -1500, -100, -50);
    leans[1] = 0;
    dots[1].axis = np_vec3_normalize(np_vec3_make(0.1, 0, -1));
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, dots, 2, NULL), NP_OK);

    np_dot *dot = &dots[0];
    gantry.safe_z_mm = -0.5;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, dot, 1, NULL), NP_ERR_DEVICE);
    gantry.safe_z_mm = -40;
    /* an axis that homes to its lower end and calls that 0 */
    strcpy(g.options, "VZ");
    g.settings[23] = 1;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, dot, 1, NULL), NP_ERR_DEVICE);
    dot->position.x = 150;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, dot, 1, NULL), NP_OK);
    /* a machine that does not home has no places that could be checked */
    g.settings[22] = 0;
    dot->position.x = 5000;
    assert_int_equal(stream_grbl_check_travel(&g, &gantry, dot, 1, NULL), NP_OK);
}

/* A session of two dots, the second one's axis TILT_DEG off the normal. */
typedef struct job {
    np_plan plan;
    np_dot dots[2];
    uint8_t leans[2], known[2];
    int32_t support[NP_SUPPORT_NODES];
    char said[NP_GANTRY_TEXT_BYTES + 80];
    np_plan_run run;
    np_run_gantry gantry;
    np_plan_registration place;
    np_run_options options;
    stream_session session;
} job;

static void hear(void *context, const char *text)
{
    strcpy(context, text);
}

static void job_init(job *j, double tilt_deg)
{
    static char file_name[] = "gantry.yaml";
    double a = np_angle_rad(tilt_deg);
    *j = (job){.dots = {dot_at(5, 0, 0, 0), dot_at(6, 1, 0, 0)},
               .gantry = {.accept_no_pedal = true, .tilt_max_deg = 15, .lift_mm = 10, .plunge_mm_s = 20},
               .leans = {20, 20},
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
                        .moves = {.lean_deg = j->leans, .support_um = j->support},
                        .runs = &j->run};
    for (size_t node = 0; node < NP_SUPPORT_NODES; node++) /* a ball of 3 mm around the origin */
        j->support[node] = (int32_t)(3000 * np_vec3_length(np_support_direction(node)));
    j->options = (np_run_options){.plan_path = "p",
                                  .session = 1,
                                  .target = "grbl:/dev/x",
                                  .gantry = &j->gantry,
                                  .log = hear,
                                  .report_context = j->said};
    j->session =
        (stream_session){.options = &j->options, .plan = &j->plan, .place = j->place, .known = j->known, .n_dots = 2};
}

/* Whatever is not done is asked for. */
static np_status leave_out(job *j, np_error *err)
{
    np_gantry gantry;
    j->said[0] = '\0';
    assert_int_equal(stream_grbl_check_session(&j->session, &gantry, err), NP_OK);
    return stream_grbl_leave_out(&j->session, &gantry, err);
}

static void ways(void **state)
{
    (void)state;
    job j;
    np_gantry gantry;
    np_error err = {0};
    job_init(&j, 14.9);
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_OK);
    assert_near(gantry.top_z_mm, -47, 1e-9);
    assert_near(gantry.safe_z_mm, -37, 1e-9);
    np_gantry_way way = np_gantry_way_to(&gantry, NULL, &j.dots[0], NULL);
    assert_near(way.over.z, -37, 1e-9);
    assert_near(way.away.z, -37, 1e-9);
    assert_near(way.back.z, -45, 1e-9);
    assert_near(way.hover.z, -45, 1e-9);
    assert_near(way.deepest.z, -51, 1e-9);
    j.gantry.lift_mm = 0; /* 2 mm at least, and no hover is higher */
    j.options.air = true;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_OK);
    assert_near(gantry.safe_z_mm, -45, 1e-9);
    way = np_gantry_way_to(&gantry, NULL, &j.dots[0], NULL);
    assert_near(way.hover.z, -45, 1e-9);
    assert_near(way.deepest.z, -45, 1e-9);
    /* a plan that was made before */
    j.plan.moves = (np_plan_moves){0};
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "p: this plan does not say how high the head reaches"));
}

/* From dot to dot on the side of a head it is enough to be above both: by 2 mm and what the planes are too high. */
static void travel_between_dots(void **state)
{
    (void)state;
    job j;
    np_gantry gantry;
    job_init(&j, 0);
    for (size_t node = 0; node < NP_SUPPORT_NODES; node++)
        j.support[node] = (int32_t)(90000 * np_vec3_length(np_support_direction(node))) + 1;
    for (int i = 0; i < 2; i++)
        j.dots[i].position = np_vec3_make(45 + i, 3 * i, sqrt(90 * 90 - (45 + i) * (45 + i) - 9 * i));
    j.gantry.lift_mm = 2;
    assert_int_equal(stream_grbl_check_session(&j.session, &gantry, NULL), NP_OK);
    np_gantry_way first = np_gantry_way_to(&gantry, NULL, &j.dots[0], &j.dots[1]);
    np_gantry_way second = np_gantry_way_to(&gantry, &j.dots[0], &j.dots[1], NULL);
    double skin = np_registration_apply(&gantry.registration, j.dots[0].position).z;
    assert_near(first.over.z, gantry.safe_z_mm, 0);
    assert_near(first.away.z, second.over.z, 0);
    assert_near(second.away.z, gantry.safe_z_mm, 0);
    assert_true(gantry.safe_z_mm > skin + 14);
    assert_true(first.away.z > skin + 2);
    assert_true(first.away.z < skin + 4);
    assert_near(first.hover.z, skin + NP_GANTRY_AIR_MM, 1e-9);
    assert_near(first.back.z, first.away.z, 0); /* no higher than it goes on from */
    assert_near(second.hover.z, second.over.z, 0);
}

/* A head that is turned in the machine is as high as it reaches towards z there. */
static void height(void **state)
{
    (void)state;
    job j;
    np_gantry gantry;
    for (int i = 0; i < 20; i++) {
        job_init(&j, 0);
        double a = 0.3 * i, top = -INFINITY;
        np_vec3 axis = np_vec3_normalize(np_vec3_make(sin(i), 1, cos(2 * i)));
        np_vec3 points[] = {{80, 0, 10}, {-100, 20, 30}, {0, 70, -40}, {5, -75, -35}, {0, 0, 130}, {10, 10, -140}};
        j.session.place.rotation[0] = (int32_t)lround(cos(a / 2) * 1e6);
        for (int k = 0; k < 3; k++)
            j.session.place.rotation[k + 1] = (int32_t)lround((&axis.x)[k] * sin(a / 2) * 1e6);
        for (size_t node = 0; node < NP_SUPPORT_NODES; node++) {
            double reach = -INFINITY;
            for (int k = 0; k < 6; k++)
                reach = fmax(reach, np_vec3_dot(points[k], np_support_direction(node)));
            j.support[node] = (int32_t)ceil(reach * 1000);
        }
        assert_int_equal(stream_grbl_check_session(&j.session, &gantry, NULL), NP_OK);
        for (int k = 0; k < 6; k++)
            top = fmax(top, np_registration_apply(&gantry.registration, points[k]).z);
        assert_true(gantry.top_z_mm >= top - 1e-9);
        assert_true(gantry.top_z_mm < top + 10); /* of a body with corners; its span is 270 mm */
    }
}

static void what_is_left_out(void **state)
{
    (void)state;
    job j;
    np_error err = {0};
    job_init(&j, 14.9);
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_int_equal(j.session.state.left, 0);
    assert_string_equal(j.said, "");

    job_init(&j, 15.1);
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_int_equal(j.session.state.left, 1);
    assert_non_null(strstr(j.said, "LEFT OUT, not done, 1 of 2 dots: 1 are planned more than 15 degrees off"));
    assert_non_null(strstr(j.said, "dot 6 (15.1)"));
    assert_null(strstr(j.said, "lean_deg")); /* it stands upright on its skin */
    j.dots[1].tilt_rad = 0.1;
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_non_null(
        strstr(j.said, "dot 6 (15.1); needles of this plan lean with the hair: lean_deg: 0 in the layers' params"));
    j.gantry.tilt_max_deg = 16;
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_int_equal(j.session.state.left, 0);
    j.leans[1] = 15; /* where nothing is proved the flag does not help */
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_int_equal(j.session.state.left, 1);
    assert_non_null(strstr(j.said, "1 have no room"));
    j.known[0] = NP_WIRE_OUTCOME_DONE; /* and nothing else is left to make */
    assert_int_equal(leave_out(&j, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "none of the 1 dots"));
    j.known[1] = NP_WIRE_OUTCOME_IN_DOUBT;
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_int_equal(j.session.state.left, 0);

    /* a needle that points out of the skin */
    job_init(&j, 180);
    j.gantry.tilt_max_deg = 45;
    assert_int_equal(leave_out(&j, &err), NP_OK);
    assert_int_equal(j.session.state.left, 1);
    /* a head that lies askew by 31 degrees: the plan's own limit */
    job_init(&j, 0);
    j.gantry.tilt_max_deg = 45;
    j.session.place.rotation[0] = 963630;
    j.session.place.rotation[1] = 267238;
    assert_int_equal(leave_out(&j, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "2 lie on skin that is more than 30 degrees off level"));
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
        cmocka_unit_test(ways),
        cmocka_unit_test(travel_between_dots),
        cmocka_unit_test(height),
        cmocka_unit_test(what_is_left_out),
        cmocka_unit_test(what_the_operator_must_say),
        cmocka_unit_test(sessions_begun_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
