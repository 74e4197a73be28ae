/* The witness: a tool beside, on, in and through a round head; and a body that is looked at. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/angle.h"
#include "sim/arm.h"
#include "sim/body_ur5e.h"
#include "sim/body_witness.h"

enum { RINGS = 90, SECTORS = 180 };
static const double RADIUS_MM = 90;

/* A ball round (0, 0, 30), a little less round than its corners: 0.03 mm. */
static sim_head_mesh a_ball(void)
{
    sim_head_mesh m = {.n_vertices = (RINGS + 1) * SECTORS, .n_triangles = 2 * RINGS * SECTORS};
    m.vertices = calloc(m.n_vertices, sizeof *m.vertices);
    m.triangles = calloc(m.n_triangles, sizeof *m.triangles);
    for (uint32_t i = 0; i <= RINGS; i++)
        for (uint32_t j = 0; j < SECTORS; j++) {
            double down = NP_PI * i / RINGS, round = NP_TWO_PI * j / SECTORS;
            m.vertices[i * SECTORS + j] = (np_vec3){RADIUS_MM * sin(down) * cos(round),
                                                    RADIUS_MM * sin(down) * sin(round), RADIUS_MM * cos(down) + 30};
        }
    for (uint32_t i = 0; i < RINGS; i++)
        for (uint32_t j = 0; j < SECTORS; j++) {
            uint32_t a = i * SECTORS + j, b = i * SECTORS + (j + 1) % SECTORS, c = a + SECTORS, d = b + SECTORS,
                     *t = m.triangles[2 * a];
            memcpy(t, (uint32_t[]){a, c, b, b, c, d}, 6 * sizeof *t);
        }
    return m;
}

static sim_witness *a_witness(double tolerance_mm)
{
    sim_head_mesh ball = a_ball();
    sim_tool tool = sim_tool_default();
    sim_witness *w;
    assert_int_equal(sim_witness_create(&ball, &tool, tolerance_mm, &w, NULL), NP_OK);
    assert_null(ball.vertices);
    return w;
}

/* Upright over the top, the tip HEIGHT above the skin. */
static sim_pose above(double height)
{
    return (sim_pose){{0, 0, 30 + RADIUS_MM + height}, {0, 0, -1}};
}

static void test_up_and_down(void **state)
{
    (void)state;
    sim_witness *w = a_witness(0);
    sim_finding f;
    for (double height = 20; height > 0.1; height -= 0.05) {
        sim_pose pose = above(height);
        assert_true(sim_witness_look(w, &pose, false, &f));
    }
    sim_pose in = above(-1.5);
    assert_true(sim_witness_look(w, &in, true, &f)); /* 2.5 mm of the needle are out still */
    assert_false(sim_witness_look(w, &in, false, &f));
    assert_string_equal(f.part, "needle");
    assert_near(f.depth_mm, 1.5, 0.02);
    assert_near(np_vec3_distance(f.place, (np_vec3){0, 0, 30 + RADIUS_MM}), 0, 0.3);
    in = above(-4.2);
    assert_false(sim_witness_look(w, &in, true, &f));
    assert_string_equal(f.part, "cone");
    assert_near(f.depth_mm, 0.2, 0.02);
    in = above(-45);
    assert_false(sim_witness_look(w, &in, false, &f));
    assert_near(f.depth_mm, 45, 0.05);
    sim_witness_destroy(w);
}

/* The handpiece alone touches: its rim, and its side. */
static void test_cone_and_body(void **state)
{
    (void)state;
    sim_witness *w = a_witness(0);
    sim_finding f;
    for (double beside = 16; beside > 12; beside -= 0.01) {
        sim_pose along = {{40, 0, 30 + RADIUS_MM + beside}, {1, 0, 0}}; /* lies over the ball */
        bool clear = sim_witness_look(w, &along, false, &f);
        assert_int_equal(clear, beside > 13.99);
        if (!clear) {
            assert_string_equal(f.part, "body");
            assert_near(f.depth_mm, 14 - beside, 0.05);
        }
        if (fabs(beside - 14) < 0.05)
            beside -= 0.08; /* flat between its corners */
    }
    sim_witness_destroy(w);
}

/* What was clear a moment ago is not looked at again, and nothing is missed by that: quick and slow see the same. */
static void test_steps_of_any_size(void **state)
{
    (void)state;
    sim_finding f;
    sim_witness *quick = a_witness(0);
    for (int k = 0; k < 400; k++) {
        double tilt = 0.9 * sin(k * 0.05), height = 3 + 3.5 * cos(k * 0.021);
        np_vec3 axis = np_vec3_rotate((np_vec3){0, 0, -1}, (np_vec3){1, 0, 0}, tilt);
        sim_pose pose = {{10 * sin(k * 0.03), 0, 30 + RADIUS_MM + height}, axis};
        bool clear = sim_witness_look(quick, &pose, false, &f);
        if (k % 10 == 0) {
            sim_witness *fresh = a_witness(0);
            assert_int_equal(sim_witness_look(fresh, &pose, false, &f), clear);
            sim_witness_destroy(fresh);
        }
    }
    sim_witness_destroy(quick);
}

static void test_tolerance(void **state)
{
    (void)state;
    sim_witness *w = a_witness(0.5);
    sim_finding f;
    sim_pose pose = above(-0.45);
    assert_true(sim_witness_look(w, &pose, false, &f));
    pose = above(-0.55);
    assert_false(sim_witness_look(w, &pose, false, &f));
    sim_witness_destroy(w);
}

/* The file that `needlepath head` writes, cut short anywhere, and with something else in it. */
static void test_files(void **state)
{
    (void)state;
    static const char whole[] = "ply\nformat binary_little_endian 1.0\ncomment needlepath, mm, head frame: x anterior, "
                                "y left, z up\nelement vertex 3\nproperty float x\n"
                                "property float y\nproperty float z\nelement face 1\nproperty list uchar uint "
                                "vertex_indices\nend_header\n";
    static const unsigned char face[13] = {3, 0, 0, 0, 0, 1, 0, 0, 0, 2};
    const float corners[9] = {0, 0, 0, 10, 0, 0, 0, 10, 0};
    char bytes[sizeof whole + 64], path[] = "/tmp/np-test-witness-XXXXXX";
    size_t size = sizeof whole - 1 + sizeof corners + sizeof face;
    memcpy(bytes, whole, sizeof whole - 1);
    memcpy(bytes + sizeof whole - 1, corners, sizeof corners);
    memcpy(bytes + sizeof whole - 1 + sizeof corners, face, sizeof face);
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    for (size_t n = 0; n <= size + 1; n++) {
        sim_head_mesh mesh;
        np_error err = {0};
        FILE *f = fopen(path, "wb");
        fwrite(bytes, 1, n, f);
        fclose(f);
        assert_int_equal(sim_head_mesh_read(path, &mesh, &err), n == size ? NP_OK : NP_ERR_FORMAT);
        if (n == size)
            assert_near(mesh.vertices[1].x, 10, 0);
        sim_head_mesh_fini(&mesh);
    }
    char *frame = bytes + (strstr(whole, "head frame") - whole);
    *frame = 'h' + 1; /* somebody else's comment */
    FILE *other = fopen(path, "wb");
    fwrite(bytes, 1, size, other);
    fclose(other);
    assert_int_equal(sim_head_mesh_read(path, &(sim_head_mesh){0}, NULL), NP_ERR_FORMAT);
    *frame = 'h';
    bytes[size - 4] = 3; /* a vertex that is not there */
    FILE *f = fopen(path, "wb");
    fwrite(bytes, 1, size, f);
    fclose(f);
    sim_head_mesh mesh;
    assert_int_equal(sim_head_mesh_read(path, &mesh, NULL), NP_ERR_FORMAT);
    unlink(path);
    assert_int_equal(sim_head_mesh_read(path, &mesh, NULL), NP_ERR_IO);
}

/* ---- a body that is looked at ---- */

static sim_pose at_side(double side, double height)
{
    return (sim_pose){{0, side * (RADIUS_MM + height), 30}, {0, -side, 0}};
}

enum { OVER, STRAIGHT, BY_HAND };

/* From one temple to the other and what was found: by stops over the top, straight, or driven by a person, who goes around by himself. */
static np_status go_round(int way, np_error *err)
{
    sim_body *arm, *body;
    sim_witness *w = a_witness(0);
    np_frame3 head = np_frame3_identity();
    assert_int_equal(sim_body_ur5e_create(&arm, NULL), NP_OK);
    assert_int_equal(sim_body_witness_create(arm, w, &body, NULL), NP_OK);
    sim_leg first = {.to = at_side(1, 3), .speed_mm_s = 100};
    const double slant = RADIUS_MM + 60;
    sim_pose left = {{0, slant * 0.7, 30 + slant * 0.7}, {0, -sqrt(0.5), -sqrt(0.5)}}, top = above(60),
             right = {{0, -slant * 0.7, 30 + slant * 0.7}, {0, sqrt(0.5), -sqrt(0.5)}};
    const sim_leg on[] = {{.to = left, .speed_mm_s = 100}, {.to = first.to, .speed_mm_s = 100}};
    sim_body_witness_name(body, 11);
    assert_true(sim_body_follow(body, &head, on, 2));
    sim_body_stop(body, sim_body_arrives_s(body, 1));
    assert_int_equal(sim_body_witness_verdict(body, NULL), NP_OK);
    sim_body_witness_name(body, 12);
    if (way == OVER) {
        const sim_leg legs[] = {{.to = left, .speed_mm_s = 100},
                                {.to = top, .speed_mm_s = 100},
                                {.to = right, .speed_mm_s = 100},
                                {.to = at_side(-1, 3), .speed_mm_s = 100}};
        assert_true(sim_body_follow(body, &head, legs, 4));
        sim_body_stop(body, sim_body_arrives_s(body, 3));
    } else {
        /* only as far as the arm itself has room */
        const sim_leg straight = {
            .to = {{0, -60, 70}, {0, 0.5, -sqrt(0.75)}}, .speed_mm_s = 100, .by_hand = way == BY_HAND};
        assert_true(sim_body_follow(body, &head, &straight, 1));
        sim_body_stop(body, sim_body_arrives_s(body, 0));
    }
    np_status status = sim_body_witness_verdict(body, err);
    sim_body_destroy(body);
    sim_body_destroy(arm);
    sim_witness_destroy(w);
    return status;
}

static void test_temple_to_temple(void **state)
{
    (void)state;
    np_error err = {0};
    assert_int_equal(go_round(OVER, &err), NP_OK);
    assert_int_equal(go_round(BY_HAND, &err), NP_OK);
    assert_int_equal(go_round(STRAIGHT, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "from dot 11 to dot 12, "));
    double depth_mm = 0;
    assert_non_null(strstr(err.text, "its needle was "));
    assert_int_equal(sscanf(strstr(err.text, "its needle was "), "its needle was %lf mm below the skin at", &depth_mm),
                     1);
    assert_near(depth_mm, 66, 2);
}

/* A plan of another head, or one that stands elsewhere: its dots are not on this skin. */
static void test_another_head(void **state)
{
    (void)state;
    for (int other = 0; other < 2; other++) {
        sim_body *arm, *body;
        sim_witness *w = a_witness(0);
        np_error err = {0};
        np_frame3 head = np_frame3_identity();
        assert_int_equal(sim_body_ur5e_create(&arm, NULL), NP_OK);
        assert_int_equal(sim_body_witness_create(arm, w, &body, NULL), NP_OK);
        const sim_leg legs[] = {{.to = above(other ? 15 : 7), .speed_mm_s = 100},
                                {.to = above(other ? 10 : 5), .speed_mm_s = 20, .puncture = true}};
        sim_body_witness_name(body, 3);
        assert_true(sim_body_follow(body, &head, legs, 2));
        assert_int_equal(sim_body_witness_verdict(body, &err), other ? NP_ERR_INVALID : NP_OK);
        assert_true(!other || strstr(err.text, "dot 3 is more than"));
        sim_body_destroy(body);
        sim_body_destroy(arm);
        sim_witness_destroy(w);
    }
}

/* A dot on the top by the phases of sim/arm.h: the needle in the skin is none of the witness's business, on its axis. */
static void test_a_puncture(void **state)
{
    (void)state;
    static const np_wire_pose identity = {.rotation_ppm = {1000000, 0, 0, 0}};
    np_wire_dot dot = {.id = 5,
                       .position_um = {0, 0, 120000},
                       .normal_ppm = {0, 0, 1000000},
                       .axis_ppm = {0, 0, -1000000},
                       .depth_um = 1500,
                       .dwell_us = 20000,
                       .hover_um = 3000};
    for (int deep = 0; deep < 2; deep++) {
        sim_body *arm_body, *body;
        sim_witness *w = a_witness(0);
        sim_arm arm;
        sim_arm_report report;
        np_error err = {0};
        assert_int_equal(sim_body_ur5e_create(&arm_body, NULL), NP_OK);
        assert_int_equal(sim_body_witness_create(arm_body, w, &body, NULL), NP_OK);
        sim_arm_init(&arm, &(sim_arm_config){.body = body}, 0);
        dot.position_um[2] = deep ? 117000 : 120000; /* the registration is 3 mm off: the cone touches */
        arm.at_home = false;                         /* it rests where the body does */
        sim_arm_begin(&arm, 0, SIM_ARM_DOT, &(np_wire_move){.dot = &dot, .registration = &identity});
        assert_true(sim_arm_step(&arm, 0, &report, &err));
        assert_int_equal(report.outcome, NP_WIRE_OUTCOME_DONE);
        assert_int_equal(sim_body_witness_verdict(body, &err), deep ? NP_ERR_UNSAFE : NP_OK);
        sim_body_destroy(body);
        sim_body_destroy(arm_body);
        sim_witness_destroy(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_and_down),
        cmocka_unit_test(test_cone_and_body),
        cmocka_unit_test(test_steps_of_any_size),
        cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_temple_to_temple),
        cmocka_unit_test(test_another_head),
        cmocka_unit_test(test_a_puncture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
