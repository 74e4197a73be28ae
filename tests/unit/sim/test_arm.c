/* The arm's dots: where and how deep the needle went, how long it took, and what a stop on the way leaves behind. */
#include "../test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/angle.h"
#include "sim/arm.h"
#include "sim/body_ur5e.h"

static const np_wire_pose IDENTITY = {.rotation_ppm = {1000000, 0, 0, 0}};

static np_wire_dot a_dot(uint32_t id, double x, double y, double tilt)
{
    /* on the crown, as round as a head of 100 mm */
    double z = sqrt(100 * 100 - x * x - y * y) + 20;
    np_vec3 n = {x / 100, y / 100, (z - 20) / 100};
    np_vec3 axis = np_vec3_scale(np_vec3_rotate(n, np_vec3_perpendicular(n), tilt), -1);
    np_wire_dot dot = {.id = id, .depth_um = 750, .dwell_us = 20000, .tone_ppm = 500000, .hover_um = 2000};
    const double p[3] = {x, y, z}, nn[3] = {n.x, n.y, n.z}, aa[3] = {axis.x, axis.y, axis.z};
    for (int i = 0; i < 3; i++) {
        dot.position_um[i] = (int32_t)lround(p[i] * 1000);
        dot.normal_ppm[i] = (int32_t)lround(nn[i] * 1e6);
        dot.axis_ppm[i] = (int32_t)lround(aa[i] * 1e6);
    }
    return dot;
}

static sim_body *body;

/* An arm at rest on a body of its own, which replaces the one before. */
static void set_up(sim_arm *arm, sim_arm_config config, uint64_t now_us)
{
    sim_body_destroy(body);
    assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
    config.body = body;
    sim_arm_init(arm, &config, now_us);
    arm->at_home = false; /* it rests where the body does */
}

/* A dot straight from where the arm stands. */
static void begin(sim_arm *arm, uint64_t now_us, const np_wire_dot *dot, const np_wire_pose *registration,
                  const np_wire_pose *head, bool air)
{
    sim_arm_begin(arm, now_us, SIM_ARM_DOT,
                  &(np_wire_move){.dot = dot, .registration = registration, .head = head, .air = air});
}

static np_wire_stop a_stop(double x, double y, double z)
{
    return (np_wire_stop){{(int32_t)(x * 1000), (int32_t)(y * 1000), (int32_t)(z * 1000)}, {0, 0, -1000000}};
}

static int tear_down(void **state)
{
    (void)state;
    sim_body_destroy(body);
    body = NULL;
    return 0;
}

static char record_path[64];
static sim_record record;

static void open_record(void)
{
    strcpy(record_path, "/tmp/np-test-arm-XXXXXX");
    int file = mkstemp(record_path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(sim_record_open(&record, record_path, NULL), NP_OK);
}

/* The record's lines behind the header, at most MAX; returns their number. */
typedef struct row {
    double time_s, x, y, z, depth_mm;
    unsigned id;
    char status[16];
} row;

static int read_record(row *rows, int max)
{
    FILE *f = fopen(record_path, "r");
    char line[256];
    int n = 0;
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_string_equal(line, "time_s,id,x,y,z,depth_mm,status\n");
    while (n < max && fgets(line, sizeof line, f)) {
        row *r = &rows[n++];
        assert_int_equal(sscanf(line, "%lf,%u,%lf,%lf,%lf,%lf,%15s", &r->time_s, &r->id, &r->x, &r->y, &r->z,
                                &r->depth_mm, r->status),
                         7);
    }
    fclose(f);
    return n;
}

static void close_record(void)
{
    sim_record_close(&record);
    unlink(record_path);
}

static void test_virtual_dots(void **state)
{
    (void)state;
    open_record();
    sim_arm arm;
    set_up(&arm, (sim_arm_config){.record = &record}, 0);
    sim_arm_report report;
    np_error err = {0};
    np_wire_dot dots[40];
    assert_false(sim_arm_step(&arm, 0, &report, &err));
    assert_true(sim_arm_deadline(&arm, 0) == UINT64_MAX);
    for (uint32_t i = 0; i < 40; i++) {
        dots[i] = a_dot(i + 1, -40 + 2.0 * i, 20.0 - i, i % 4 * NP_PI / 18);
        begin(&arm, i, &dots[i], &IDENTITY, NULL, false);
        assert_true(sim_arm_deadline(&arm, i) == i);
        assert_true(sim_arm_step(&arm, i, &report, &err));
        assert_int_equal(report.outcome, NP_WIRE_OUTCOME_DONE);
        assert_int_equal(report.depth_um, 750);
    }
    row rows[50];
    assert_int_equal(read_record(rows, 50), 40);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(rows[i].id, i + 1);
        assert_near(rows[i].x, dots[i].position_um[0] * 1e-3, 0.002);
        assert_near(rows[i].y, dots[i].position_um[1] * 1e-3, 0.002);
        assert_near(rows[i].z, dots[i].position_um[2] * 1e-3, 0.002);
        assert_near(rows[i].depth_mm, 0.75, 0.001);
        assert_string_equal(rows[i].status, "done");
        /* in: travel, 2.75 mm at 20 mm/s; out: dwell and 2.75 mm again */
        assert_true(i == 0 || rows[i].time_s > rows[i - 1].time_s + 2 * 2.75 / 20 + 0.02);
        assert_true(i == 0 || rows[i].time_s < rows[i - 1].time_s + 1.5);
    }
    assert_int_equal(arm.punctures, 40);
    close_record();
}

/* The registration and the head's motion move the arm, and not what is written in the head frame. */
static void test_registration(void **state)
{
    (void)state;
    open_record();
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    np_wire_dot dot = a_dot(1, 10, 5, 0.2);
    /* 10 degrees around z, and 5 mm to the front; then 3 mm up */
    np_wire_pose turned = {{996195, 0, 0, 87156}, {5000, 0, 0}}, moved = {{1000000, 0, 0, 0}, {0, 0, 3000}};
    set_up(&arm, (sim_arm_config){.record = &record}, 0);
    begin(&arm, 0, &dot, &turned, &moved, false);
    np_vec3 tip = sim_body_tool(body, sim_body_arrives_s(body, 1)).tip;
    double angle = NP_PI / 18, x = 10 + 0.75 * dot.axis_ppm[0] * 1e-6, y = 5 + 0.75 * dot.axis_ppm[1] * 1e-6;
    assert_near(tip.x, 5 + cos(angle) * x - sin(angle) * y, 0.05);
    assert_near(tip.y, sin(angle) * x + cos(angle) * y, 0.05);
    assert_near(tip.z, dot.position_um[2] * 1e-3 - 0.75 + 3, 0.05);
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    row r;
    assert_int_equal(read_record(&r, 1), 1);
    assert_near(r.x, 10, 0.002);
    assert_near(r.y, 5, 0.002);
    assert_near(r.depth_mm, 0.75, 0.001);
    close_record();
}

/* One dot of each kind of fault: what the needle did, and what the arm says of it. */
static void test_faults(void **state)
{
    (void)state;
    open_record();
    static const sim_arm_fault faults[] = {
        {1, SIM_ARM_SKIPS}, {2, SIM_ARM_TOO_DEEP}, {3, SIM_ARM_NO_CONTACT}, {4, SIM_ARM_CANNOT_TELL}};
    static const np_wire_outcome outcomes[] = {NP_WIRE_OUTCOME_SKIPPED, NP_WIRE_OUTCOME_TOO_DEEP,
                                               NP_WIRE_OUTCOME_NO_CONTACT, NP_WIRE_OUTCOME_IN_DOUBT,
                                               NP_WIRE_OUTCOME_DONE};
    static const int depths_um[] = {0, 1250, 0, 0, 750};
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    set_up(&arm, (sim_arm_config){.record = &record, .faults = faults, .n_faults = 4}, 0);
    for (uint32_t i = 0; i < 5; i++) {
        np_wire_dot dot = a_dot(i + 1, 10 + i, 0, 0.1);
        sim_pose before = sim_body_tool(body, 0);
        begin(&arm, i, &dot, &IDENTITY, NULL, false);
        assert_true(sim_arm_step(&arm, i, &report, &err));
        assert_int_equal(report.outcome, outcomes[i]);
        assert_int_equal(report.depth_um, depths_um[i]);
        assert_int_equal(report.force_mn, depths_um[i]);
        assert_false(report.unreachable);
        assert_true(np_vec3_distance(before.tip, sim_body_tool(body, 0).tip) >
                    0.5); /* at its hover, whatever befell it */
    }
    row rows[5];
    assert_int_equal(read_record(rows, 5), 3);
    assert_int_equal(rows[0].id, 2);
    assert_near(rows[0].depth_mm, 1.25, 0.001);
    assert_int_equal(rows[1].id, 4);
    assert_near(rows[1].depth_mm, 0.75, 0.001);
    sim_arm_fault f;
    assert_true(sim_arm_fault_parse("no-contact:4294967295", &f));
    assert_int_equal(f.kind, SIM_ARM_NO_CONTACT);
    assert_int_equal(f.id, UINT32_MAX);
    assert_false(sim_arm_fault_parse("no-contact:4294967296", &f));
    assert_false(sim_arm_fault_parse("no:4", &f));
    assert_false(sim_arm_fault_parse("skipped:-4", &f));
    close_record();
}

/* Stopped on its way over a round head the tip may be below the plane of the dot's skin, and is in nobody. */
static void test_stopped_on_the_way(void **state)
{
    (void)state;
    open_record();
    np_error err = {0};
    sim_arm_report report;
    np_wire_dot first = a_dot(1, -70, 0, 0), second = a_dot(2, 0, 0, 0);
    int below = 0;
    for (int i = 1; i < 20; i++) {
        sim_arm arm;
        set_up(&arm, (sim_arm_config){.real_time = true, .record = &record}, 0);
        begin(&arm, 0, &first, &IDENTITY, NULL, true); /* above the skin, to be there */
        assert_true(sim_arm_step(&arm, 60000000, &report, &err));
        begin(&arm, 60000000, &second, &IDENTITY, NULL, false);
        double seconds = sim_body_arrives_s(body, 0) * i / 20;
        uint64_t now = 60000000 + (uint64_t)(seconds * 1e6);
        below += np_frame3_place_back(&arm.head, sim_body_tool(body, seconds).tip).z < 120;
        sim_arm_retract(&arm, now);
        assert_true(sim_arm_step(&arm, now, &report, &err));
        assert_int_equal(report.outcome, NP_WIRE_OUTCOME_NONE);
        assert_int_equal(report.depth_um, 0);
        assert_int_equal(arm.punctures, 0);
    }
    assert_true(below > 5); /* or this shows nothing */
    row rows[1];
    assert_int_equal(read_record(rows, 1), 0);
    close_record();
}

/* A move by two stops, stopped on its way every 30 ms: each time it goes on from there, and by both of them. */
static void test_a_move_is_gone_on_with(void **state)
{
    (void)state;
    np_error err = {0};
    sim_arm_report report;
    np_wire_dot first = a_dot(1, -70, 0, 0), second = a_dot(2, 70, 0, 0);
    np_wire_stop stops[] = {a_stop(-40, 0, 160), a_stop(40, 0, 160)};
    np_wire_move move = {.dot = &second, .stops = stops, .n_stops = 2, .registration = &IDENTITY};
    sim_arm arm;
    set_up(&arm, (sim_arm_config){.real_time = true}, 0);
    begin(&arm, 0, &first, &IDENTITY, NULL, true);
    assert_true(sim_arm_step(&arm, 60000000, &report, &err));
    uint64_t now = 60000000;
    int stopped = 0;
    double least = 1e9;
    for (;;) {
        sim_arm_begin(&arm, now, SIM_ARM_TRAVEL, &move);
        for (double t = 0; t <= 0.03; t += 0.001) {
            np_vec3 tip = np_frame3_place_back(&arm.head, sim_body_tool(body, t).tip);
            least = fmin(least, np_vec3_distance(tip, (np_vec3){0, 0, 20}));
        }
        now += 30000;
        if (!sim_arm_step(&arm, now, &report, &err)) {
            sim_arm_retract(&arm, now);
            assert_true(sim_arm_step(&arm, now, &report, &err));
        }
        assert_int_equal(report.task, SIM_ARM_TRAVEL);
        if (report.arrived)
            break;
        stopped++;
        assert_true(stopped < 2000);
        move.goes_on = true;
        move.n_stops = 0;
    }
    assert_true(stopped > 20);
    assert_true(least > 100.5); /* straight it would be 71 mm, inside the head */
    np_vec3 hover = np_vec3_mad((np_vec3){70, 0, sqrt(100 * 100 - 70 * 70) + 20}, (np_vec3){0.7, 0, sqrt(0.51)}, 2);
    assert_near(np_vec3_distance(np_frame3_place_back(&arm.head, sim_body_tool(body, 0).tip), hover), 0, 0.01);
}

/* To the pigment station, in both kinds of time; called back, it has fetched nothing, and goes on when it is sent again. */
static void test_reload(void **state)
{
    (void)state;
    np_error err = {0};
    np_wire_stop station = a_stop(0, 0, 200);
    np_wire_move move = {.stops = &station, .n_stops = 1, .registration = &IDENTITY};
    sim_arm arm;
    sim_arm_report report;
    set_up(&arm, (sim_arm_config){.reload_s = 4}, 0);
    assert_false(sim_arm_step(&arm, 0, &report, &err));
    sim_arm_begin(&arm, 10, SIM_ARM_RELOAD, &move);
    assert_true(sim_arm_deadline(&arm, 10) == 10);
    assert_true(sim_arm_step(&arm, 10, &report, &err));
    assert_true(report.arrived);
    assert_true(arm.time_s >= 4);
    assert_int_equal(arm.reloads, 1);
    set_up(&arm, (sim_arm_config){.real_time = true, .reload_s = 4}, 0);
    for (int i = 0; i < 3; i++) {
        uint64_t now = 1000000u + (uint64_t)i * 20000000u;
        sim_arm_begin(&arm, now, SIM_ARM_RELOAD, &move);
        uint64_t end = now + (uint64_t)((sim_body_arrives_s(body, 0) + 4) * 1e6) + 1;
        assert_false(sim_arm_step(&arm, end - 100000, &report, &err));
        if (i == 1)
            sim_arm_retract(&arm, end - 100000);
        assert_true(sim_arm_step(&arm, i == 1 ? end - 100000 : end, &report, &err));
        assert_int_equal(report.task, SIM_ARM_RELOAD);
        assert_int_equal(report.arrived, i != 1);
        assert_true(sim_arm_deadline(&arm, now) == UINT64_MAX);
        move.goes_on = true;
        move.n_stops = 0;
    }
    assert_int_equal(arm.reloads, 2);
}

static void test_air(void **state)
{
    (void)state;
    open_record();
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    np_wire_dot dot = a_dot(1, 0, 0, 0);
    set_up(&arm, (sim_arm_config){.record = &record}, 0);
    begin(&arm, 0, &dot, &IDENTITY, NULL, true);
    assert_near(sim_body_tool(body, sim_body_arrives_s(body, 0)).tip.z, 122, 0.001);
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    assert_int_equal(report.outcome, NP_WIRE_OUTCOME_DONE);
    row r;
    assert_int_equal(read_record(&r, 1), 0);
    close_record();
}

static void test_unreachable(void **state)
{
    (void)state;
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    np_wire_dot dot = a_dot(9, 0, 0, 0);
    for (int i = 0; i < 3; i++)
        dot.axis_ppm[i] = -dot.axis_ppm[i]; /* from inside the head */
    set_up(&arm, (sim_arm_config){.record = NULL}, 0);
    begin(&arm, 0, &dot, &IDENTITY, NULL, false);
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    assert_int_equal(report.outcome, NP_WIRE_OUTCOME_NONE); /* its turn comes again */
    assert_true(report.unreachable);
    assert_int_equal(arm.unreached, 1);
    assert_int_equal(arm.punctures, 0);
}

/* In real time: nothing before the time has come, then the puncture, then the end. */
static void test_real_time(void **state)
{
    (void)state;
    open_record();
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    row r;
    np_wire_dot dot = a_dot(3, 0, 10, 0);
    set_up(&arm, (sim_arm_config){.real_time = true, .record = &record}, 1000000);
    begin(&arm, 1000000, &dot, &IDENTITY, NULL, false);
    uint64_t deep = sim_arm_deadline(&arm, 1000000), now;
    /* a clock that was read a moment before the dot began */
    assert_false(sim_arm_step(&arm, 999990, &report, &err));
    for (now = 1000000; now < deep - 1000; now += 5000)
        assert_false(sim_arm_step(&arm, now, &report, &err));
    assert_int_equal(read_record(&r, 1), 0);
    assert_false(sim_arm_step(&arm, deep, &report, &err));
    assert_int_equal(read_record(&r, 1), 1);
    assert_near(r.time_s, (double)(deep - 1000000) * 1e-6, 1e-4);
    uint64_t end = sim_arm_deadline(&arm, deep);
    assert_near((double)(end - deep), 20000 + 2.75 / 20 * 1e6, 12000);
    assert_false(sim_arm_step(&arm, end - 1000, &report, &err));
    assert_true(sim_arm_step(&arm, end, &report, &err));
    assert_int_equal(report.outcome, NP_WIRE_OUTCOME_DONE);
    /* idle time counts */
    begin(&arm, end + 2000000, &dot, &IDENTITY, NULL, false);
    assert_near(arm.begun_s, (double)(end + 1000000) * 1e-6, 1e-4);
    close_record();
}

/* A stop at any time: no puncture before the skin is met, one line after, never more depth than planned. */
static void test_retract_at_any_time(void **state)
{
    (void)state;
    np_wire_dot dot = a_dot(3, 0, 10, 0.3);
    int none = 0, part = 0, whole = 0;
    for (uint64_t after = 0; after < 4000000; after += 20000) {
        open_record();
        sim_arm arm;
        sim_arm_report report;
        np_error err = {0};
        row r = {0};
        set_up(&arm, (sim_arm_config){.real_time = true, .record = &record}, 0);
        begin(&arm, 0, &dot, &IDENTITY, NULL, false);
        bool over = sim_arm_step(&arm, after, &report, &err);
        if (!over) {
            sim_arm_retract(&arm, after);
            /* out of the skin as slowly as it went in */
            if (!sim_arm_step(&arm, after + 1, &report, &err))
                assert_true(sim_arm_step(&arm, sim_arm_deadline(&arm, after + 1), &report, &err));
        }
        assert_int_equal(arm.task, SIM_ARM_IDLE);
        int n = read_record(&r, 1);
        assert_int_equal(n, report.outcome == NP_WIRE_OUTCOME_DONE);
        if (n == 0) {
            assert_int_equal(report.outcome, NP_WIRE_OUTCOME_NONE);
            none++;
        } else if (strcmp(r.status, "cut_short") == 0) {
            assert_true(r.depth_mm > 0);
            assert_true(r.depth_mm < 0.75);
            assert_near(report.depth_um, r.depth_mm * 1000, 1);
            part++;
        } else {
            assert_near(r.depth_mm, 0.75, 0.001);
            whole++;
        }
        close_record();
    }
    assert_true(none > 5);
    assert_true(part > 0);
    assert_true(whole > 3);
}

static void test_repeatability(void **state)
{
    (void)state;
    open_record();
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    set_up(&arm, (sim_arm_config){.record = &record, .seed = 5, .repeatability_mm = 0.03}, 0);
    for (uint32_t i = 0; i < 200; i++) {
        np_wire_dot dot = a_dot(i + 1, 0, 0, 0);
        begin(&arm, 0, &dot, &IDENTITY, NULL, false);
        assert_true(sim_arm_step(&arm, 0, &report, &err));
    }
    row rows[200];
    double square = 0;
    assert_int_equal(read_record(rows, 200), 200);
    for (int i = 0; i < 200; i++)
        square += rows[i].x * rows[i].x;
    assert_near(sqrt(square / 200), 0.03, 0.005);
    close_record();
}

/* The record is gone on with, in time and in lines; what is no record is left alone. */
static void test_record_files(void **state)
{
    (void)state;
    open_record();
    sim_puncture p = {.time_s = 12.5, .id = 4, .position = {1, 2, 3}, .depth_mm = 0.5};
    assert_int_equal(sim_record_write(&record, &p, NULL), NP_OK);
    sim_record_close(&record);
    assert_int_equal(sim_record_open(&record, record_path, NULL), NP_OK);
    assert_near(record.last_time_s, 12.5, 1e-6);
    p.time_s = 13;
    p.cut_short = true;
    assert_int_equal(sim_record_write(&record, &p, NULL), NP_OK);
    row rows[3];
    assert_int_equal(read_record(rows, 3), 2);
    assert_string_equal(rows[1].status, "cut_short");
    sim_record_close(&record);

    np_error err = {0};
    FILE *f = fopen(record_path, "a");
    fputs("14.0,5,1", f);
    fclose(f);
    assert_int_equal(sim_record_open(&record, record_path, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "not complete"));
    f = fopen(record_path, "w");
    fputs("something else\n", f);
    fclose(f);
    assert_int_equal(sim_record_open(&record, record_path, &err), NP_ERR_FORMAT);
    assert_int_equal(sim_record_open(&record, "/nowhere/record.csv", &err), NP_ERR_IO);
    assert_int_equal(sim_record_open(&record, "/dev/null", &err), NP_ERR_IO);
    close_record();
}

/* A record that cannot be written stops the arm: what it does then nobody would know. */
static void test_full_disk(void **state)
{
    (void)state;
    sim_record full = {.file = open("/dev/full", O_WRONLY), .path = "/dev/full"};
    assert_true(full.file > 0);
    sim_arm arm;
    sim_arm_report report;
    np_error err = {0};
    np_wire_dot dot = a_dot(1, 0, 0, 0);
    set_up(&arm, (sim_arm_config){.record = &full}, 0);
    begin(&arm, 0, &dot, &IDENTITY, NULL, false);
    assert_true(sim_arm_step(&arm, 0, &report, &err));
    assert_int_equal(err.status, NP_ERR_IO);
    assert_int_equal(report.outcome, NP_WIRE_OUTCOME_IN_DOUBT);
    sim_record_close(&full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_virtual_dots),
        cmocka_unit_test(test_registration),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_stopped_on_the_way),
        cmocka_unit_test(test_a_move_is_gone_on_with),
        cmocka_unit_test(test_reload),
        cmocka_unit_test(test_air),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_real_time),
        cmocka_unit_test(test_retract_at_any_time),
        cmocka_unit_test(test_repeatability),
        cmocka_unit_test(test_record_files),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
