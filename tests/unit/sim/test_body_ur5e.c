/* The kinematic arm as a body: it reaches heads of all sizes with tilted needles, on straight ways, and keeps what sim/body.h
 * promises. */
#include "../test.h"

#include "base/angle.h"
#include "base/ramp.h"
#include "base/rng.h"
#include "sim/body_ur5e.h"

static const np_rng_stream STREAM = 0x74657332;

typedef struct place {
    np_vec3 position, axis;
} place;

/* Above the scalp's border: forehead, temple, sideburn, ear and nape. */
static bool is_scalp(np_vec3 p)
{
    return p.z >= (p.x > 60 ? 55 : p.x > 35 ? 20 : p.x > 10 ? 0 : p.x > -20 ? 20 : -35);
}

/* Somewhere on the scalp of an ellipsoid head: half axes 98 x 77 x 128 mm (up) by SIZE, the face left out. */
static bool on_scalp(uint64_t index, double size, double tilt_max, place *out)
{
    double r[6];
    for (uint32_t i = 0; i < 6; i++)
        r[i] = np_rng_uniform(3, STREAM, index, i);
    double up = r[0] * 1.3 - 0.3, around = NP_TWO_PI * r[1], flat = sqrt(fmax(0, 1 - up * up));
    np_vec3 half = {98 * size, 77 * size, (up > 0 ? 128 : 90) * size};
    np_vec3 p = {half.x * flat * cos(around), half.y * flat * sin(around), half.z * up};
    if (!is_scalp(p))
        return false;
    np_vec3 n = np_vec3_normalize((np_vec3){p.x / half.x / half.x, p.y / half.y / half.y, p.z / half.z / half.z});
    np_vec3 side = np_vec3_rotate(np_vec3_perpendicular(n), n, NP_TWO_PI * r[2]);
    double tilt = tilt_max * r[3];
    out->position = p;
    out->axis = np_vec3_scale(np_vec3_mad(np_vec3_scale(n, cos(tilt)), side, sin(tilt)), -1);
    return true;
}

/* The tool is on the straight way from FROM to TO, at FRACTION of it. */
static void assert_on_way(const sim_pose *tool, const sim_pose *from, const sim_pose *to)
{
    np_vec3 line = np_vec3_sub(to->tip, from->tip);
    double part = np_vec3_dot(np_vec3_sub(tool->tip, from->tip), line) / np_vec3_dot(line, line);
    sim_way way = sim_way_make(from, to);
    sim_pose there = sim_way_at(&way, part);
    assert_near(np_vec3_distance(tool->tip, there.tip), 0, 1e-5);
    assert_near(np_vec3_distance(tool->axis, there.axis), 0, 1e-7);
}

/* From hover to hover anywhere on a scalp, straight through the head, and down, looked at on the way.  Ways so wide wind up the
 * wrist now and then; those of a tour do not (tests/integration/test_heads.py). */
static void test_reaches_the_scalp(void **state)
{
    (void)state;
    sim_body *body;
    np_frame3 head = np_frame3_identity();
    int n = 0, missed = 0;
    assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
    for (uint64_t k = 0; n < 1500; k++) {
        place where;
        const double sizes[] = {0.92, 1.0, 1.1};
        if (!on_scalp(k, sizes[k % 3], NP_PI / 6, &where))
            continue;
        n++;
        sim_pose from = sim_body_tool(body, 0), hover = {np_vec3_mad(where.position, where.axis, -2), where.axis};
        const sim_leg legs[] = {{hover, 100, 0, false, false},
                                {{np_vec3_mad(hover.tip, hover.axis, 2.75), hover.axis}, 20, 0, true, false}};
        if (!sim_body_follow(body, &head, legs, 2)) {
            missed++;
            continue;
        }
        double arrives_s = sim_body_arrives_s(body, 0), deep_s = sim_body_arrives_s(body, 1);
        for (int i = 0; i <= 10; i++) {
            sim_pose tool = sim_body_tool(body, arrives_s * i / 10);
            assert_on_way(&tool, &from, &hover);
        }
        sim_pose deep = sim_body_tool(body, deep_s);
        assert_near(np_vec3_distance(deep.tip, legs[1].to.tip), 0, 1e-6);
        sim_body_stop(body, deep_s);
    }
    sim_body_destroy(body);
    if (missed * 100 > n)
        fail_msg("%d of %d places are out of reach", missed, n);
}

/* A place of an ellipsoid with half axes HALF in direction D, the needle leaning towards LEAN. */
static np_vec3 place_towards(np_vec3 half, np_vec3 d, np_vec3 lean, np_vec3 *out_axis)
{
    np_vec3 p = {half.x * d.x, half.y * d.y, half.z * d.z};
    np_vec3 out = np_vec3_normalize((np_vec3){d.x / half.x, d.y / half.y, d.z / half.z});
    *out_axis = np_vec3_scale(np_vec3_normalize(np_vec3_add(out, lean)), -1);
    return p;
}

/* On chance walks over scalps with steps of some 4 mm every hover is reached together with the puncture below it, past the ears too, where
 * links come as near to the head as they may, and past singular postures. */
static void test_walks_everywhere(void **state)
{
    (void)state;
    static const double sizes[] = {0.92, 1.0, 1.1};
    const np_frame3 head = np_frame3_identity();
    int missed = 0, n = 0;
    for (int walk = 0; walk < 24; walk++) {
        sim_body *body;
        assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
        np_vec3 half = np_vec3_scale((np_vec3){98, 77, 128}, sizes[walk % 3]), d = {0, 0, 1}, heading = {1, 0, 0};
        np_vec3 lean = np_vec3_rotate((np_vec3){-0.25, 0, 0}, d, walk);
        for (uint64_t k = 0; k < 1500; k++) {
            np_vec3 axis, next,
                turned = np_vec3_rotate(heading, d, np_rng_normal(7, STREAM, (uint64_t)walk << 32 | k, 0) / 4);
            next = np_vec3_normalize(np_vec3_mad(d, turned, 0.04));
            np_vec3 p = place_towards(half, next, lean, &axis);
            if (!is_scalp(p)) { /* back from the scalp's border */
                heading = np_vec3_scale(turned, -1);
                continue;
            }
            heading = np_vec3_normalize(np_vec3_reject(turned, next));
            d = next;
            const sim_pose hover = {np_vec3_mad(p, axis, -2.1), axis}, deep = {np_vec3_mad(p, axis, 0.6), axis};
            const sim_leg legs[] = {
                {hover, 100, 0, false, false}, {deep, 20, 0.03, true, false}, {hover, 20, 0, true, false}};
            n++;
            if (sim_body_follow(body, &head, legs, 3))
                sim_body_stop(body, sim_body_arrives_s(body, 2));
            else
                missed++;
        }
        sim_body_destroy(body);
    }
    if (missed > 0)
        fail_msg("%d of %d places are out of reach", missed, n);
}

/* In front of both ears of a small head, down to where a sideburn ends, the forearm passes nearest to the head: from home by a stop above the ear. */
static void test_reaches_the_sideburns(void **state)
{
    (void)state;
    const np_frame3 head = np_frame3_identity();
    for (int side = -1; side <= 1; side += 2) {
        sim_body *body;
        assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
        const np_vec3 axis = np_vec3_normalize((np_vec3){-0.08, -0.92 * side, 0.39}),
                      above = {-12.4, 87.2 * side, 20.1}, skin = {32.5, 65.2 * side, 1.6};
        const sim_pose hover = {np_vec3_mad(skin, axis, -2), axis}, deep = {np_vec3_mad(skin, axis, 0.6), axis};
        const sim_leg legs[] = {
            {{above, np_vec3_normalize((np_vec3){-0.08, -0.99 * side, -0.09})}, 100, 0, false, false},
            {hover, 100, 0, false, false},
            {deep, 20, 0.03, true, false},
            {hover, 20, 0, true, false}};
        assert_true(sim_body_follow(body, &head, legs, 4));
        sim_body_destroy(body);
    }
}

/* Near dots one after the other are near for the arm: it takes the time that tip and axis take. */
static void test_small_moves_are_quick(void **state)
{
    (void)state;
    sim_body *body;
    np_frame3 head = np_frame3_identity();
    assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
    for (int i = 0; i < 60; i++) {
        sim_leg leg = {{{i * 0.5, -i * 0.3, 130}, {0, 0, -1}}, 100, 0, false, false};
        assert_true(sim_body_follow(body, &head, &leg, 1));
        double takes_s = sim_body_arrives_s(body, 0);
        assert_true(i == 0 || takes_s < 2 * np_ramp_s(sqrt(0.34), 100, 2000));
        assert_true(takes_s >= np_ramp_s(sqrt(0.34), 100, 2000) - 1e-9);
        sim_body_stop(body, takes_s);
    }
    sim_body_destroy(body);
}

/* What leads nowhere is told so again and again, and changes nothing for what is asked in between; from home anew as well. */
static void test_dead_ends_are_dead_ends(void **state)
{
    (void)state;
    sim_body *bodies[2];
    np_frame3 head = np_frame3_identity();
    for (int b = 0; b < 2; b++)
        assert_int_equal(sim_body_ur5e_create(&bodies[b], NULL), NP_OK);
    for (int i = 0; i < 70; i++) {
        const sim_leg leg = {{{i % 30, -0.3 * i, 130}, {0, 0, -1}}, 100, 0, false, false};
        const sim_leg away = {{{0, i, 2000}, {0, 0, -1}}, 100, 0, false, false};
        for (int k = 0; k < 3; k++)
            assert_false(sim_body_follow(bodies[1], &head, &away, 1));
        if (i == 35)
            for (int b = 0; b < 2; b++)
                sim_body_ur5e_stand_at_home(bodies[b]);
        double arrives_s[2];
        for (int b = 0; b < 2; b++) {
            assert_true(sim_body_follow(bodies[b], &head, &leg, 1));
            arrives_s[b] = sim_body_arrives_s(bodies[b], 0);
            assert_near(np_vec3_distance(sim_body_tool(bodies[b], arrives_s[b]).tip, leg.to.tip), 0, 1e-6);
            sim_body_stop(bodies[b], arrives_s[b]);
        }
        assert_near(arrives_s[1], arrives_s[0], 0);
    }
    for (int b = 0; b < 2; b++)
        sim_body_destroy(bodies[b]);
}

/* The arm as a body: at the end of each leg the tool is where it was asked for, pauses count, a stop stays. */
static void test_the_arm_keeps_its_word(void **state)
{
    (void)state;
    sim_body *body;
    np_frame3 head = np_frame3_identity();
    assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
    assert_near(np_vec3_distance(sim_body_tool(body, 0).tip, sim_body_rest(body).tip), 0, 1e-9);
    np_vec3 down = {0, 0, -1}, tilted = np_vec3_normalize((np_vec3){0.2, 0, -1});
    sim_leg legs[] = {{{{0, 0, 130}, down}, 100, 0, false, false},
                      {{{0, 0, 127}, down}, 20, 0.5, true, false},
                      {{{30, 10, 135}, tilted}, 100, 0, false, false}};
    assert_true(sim_body_follow(body, &head, legs, 3));
    for (int i = 0; i < 3; i++) {
        sim_pose at = sim_body_tool(body, sim_body_arrives_s(body, i));
        assert_near(np_vec3_distance(at.tip, legs[i].to.tip), 0, 1e-6);
        assert_near(np_vec3_distance(at.axis, legs[i].to.axis), 0, 1e-8);
    }
    double dwell_s = sim_body_arrives_s(body, 1);
    assert_near(sim_body_tool(body, dwell_s + 0.49).tip.z, 127, 1e-6);
    assert_true(sim_body_arrives_s(body, 2) > dwell_s + 0.5 + 0.3);
    sim_pose there = sim_body_tool(body, dwell_s - 0.05);
    sim_body_stop(body, dwell_s - 0.05);
    assert_near(np_vec3_distance(sim_body_tool(body, 0).tip, there.tip), 0, 0);
    assert_false(sim_body_follow(body, &head, &(sim_leg){{{0, 0, 2000}, down}, 100, 0, false, false}, 1));
    assert_near(np_vec3_distance(sim_body_tool(body, 9).tip, there.tip), 0, 0);
    sim_body_destroy(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reaches_the_scalp),       cmocka_unit_test(test_walks_everywhere),
        cmocka_unit_test(test_reaches_the_sideburns),   cmocka_unit_test(test_small_moves_are_quick),
        cmocka_unit_test(test_dead_ends_are_dead_ends), cmocka_unit_test(test_the_arm_keeps_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
