/* What is foreseen: an arm that was asked for a whole walk over a scalp turns no joint far between near places of it, and goes on so after an entry. */
#include <stdlib.h>

#include "../test.h"

#include "base/angle.h"
#include "base/rng.h"
#include "robot/ur.h"
#include "sim/body_ur5e.h"

static const np_rng_stream STREAM = 0x74657333;
static const np_frame3 HEAD = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 0}};
static const sim_pose HOME = {{0, 0, 240}, {0, 0, -1}};
enum { PLACES = 1200, ENTRY = 700 };

/* A walk with steps of some 4 mm over the scalp of an ellipsoid head, never back: hovers. */
static void make_walk(uint64_t walk, sim_pose hovers[PLACES])
{
    const np_vec3 half = {98, 77, 128};
    np_vec3 d = {0, 0, 1}, heading = {1, 0, 0}, lean = np_vec3_rotate((np_vec3){-0.25, 0, 0}, d, (double)walk);
    int n = 0;
    for (uint64_t k = 0; n < PLACES; k++) {
        np_vec3 turned = np_vec3_rotate(heading, d, np_rng_normal(7, STREAM, walk << 32 | k, 0) / 4);
        np_vec3 next = np_vec3_normalize(np_vec3_mad(d, turned, 0.04));
        np_vec3 p = {half.x * next.x, half.y * next.y, half.z * next.z};
        if (p.z < (p.x > 60 ? 55 : p.x > -20 ? 20 : -35)) { /* back from the scalp's border */
            heading = np_vec3_scale(turned, -1);
            continue;
        }
        heading = np_vec3_normalize(np_vec3_reject(turned, next));
        d = next;
        np_vec3 out = np_vec3_normalize((np_vec3){next.x / half.x, next.y / half.y, next.z / half.z});
        np_vec3 axis = np_vec3_scale(np_vec3_normalize(np_vec3_add(out, lean)), -1);
        hovers[n++] = (sim_pose){np_vec3_mad(p, axis, -2.1), axis};
    }
}

/* By hand to home. */
static bool stand_at_home(sim_body *body)
{
    const sim_leg leg = {.to = HOME, .speed_mm_s = 100, .by_hand = true};
    bool stands = sim_body_follow(body, &HEAD, &leg, 1);
    if (stands)
        sim_body_stop(body, sim_body_arrives_s(body, 0));
    return stands;
}

/* To the hover, by a stop above it if it comes from home, and into the skin and back; false if it does not go. */
static bool make_dot(sim_body *body, const sim_pose *hover, bool from_home)
{
    const sim_pose deep = {np_vec3_mad(hover->tip, hover->axis, 2.7), hover->axis},
                   above = {np_vec3_mad(hover->tip, hover->axis, -60), hover->axis};
    const sim_leg legs[] = {{.to = above, .speed_mm_s = 100},
                            {.to = *hover, .speed_mm_s = 100},
                            {.to = deep, .speed_mm_s = 20, .puncture = true},
                            {.to = *hover, .speed_mm_s = 20, .puncture = true}};
    const int skipped = from_home ? 0 : 1, n = 4 - skipped;
    if (!sim_body_follow(body, &HEAD, legs + skipped, n))
        return false;
    sim_body_stop(body, sim_body_arrives_s(body, n - 1));
    return true;
}

/* On how many near ways a joint turns by more than 20 degrees, with the turn in place before; but for the first behind an entry, before which the
 * needle is turned to where it was foreseen. */
static int count_far(sim_body *body, const sim_pose *hovers, int first)
{
    int far = 0;
    assert_true(stand_at_home(body));
    assert_true(make_dot(body, &hovers[first], true));
    for (int i = first + 1; i < PLACES; i++) {
        const np_joints from = sim_body_ur5e_joints(body);
        assert_true(make_dot(body, &hovers[i], false));
        const np_joints to = sim_body_ur5e_joints(body);
        far += (first == 0 || i > first + 1) && np_joints_largest_turn(&from, &to) > np_angle_rad(20) &&
               np_vec3_distance(hovers[i].tip, hovers[i - 1].tip) < 5;
    }
    return far;
}

static void ask(sim_foresight *f, const sim_pose *hovers)
{
    sim_body *asked = sim_foresight_body(f);
    assert_true(stand_at_home(asked));
    for (int i = 0; i < PLACES; i++) {
        assert_true(make_dot(asked, &hovers[i], i == 0));
        if (i != ENTRY)
            continue;
        assert_true(stand_at_home(asked));
        assert_true(make_dot(asked, &hovers[i], true));
    }
}

static void joints_turn_little_between_near_places(void **state)
{
    (void)state;
    sim_pose hovers[PLACES];
    sim_foresight *f;
    int far_alone = 0;
    assert_int_equal(sim_foresight_create(&f, NULL), NP_OK);
    for (uint64_t walk = 0; walk < 3; walk++) {
        sim_body *body, *alone;
        np_joints leaves;
        assert_int_equal(sim_body_ur5e_create(&body, NULL), NP_OK);
        assert_int_equal(sim_body_ur5e_create(&alone, NULL), NP_OK);
        sim_body_ur5e_heed(body, f);
        make_walk(walk, hovers);
        sim_foresight_forget(f);
        assert_false(sim_foresight_find(f, &hovers[4], &hovers[5], &leaves));
        ask(f, hovers);
        assert_true(sim_foresight_find(f, &hovers[4], &hovers[5], &leaves));
        assert_false(sim_foresight_find(f, &hovers[5], &hovers[4], &leaves));
        assert_int_equal(count_far(body, hovers, 0), 0);
        assert_int_equal(count_far(body, hovers, ENTRY), 0);
        far_alone += count_far(alone, hovers, 0);
        sim_body_destroy(body);
        sim_body_destroy(alone);
    }
    assert_true(far_alone > 0); /* so it is the foresight */
    sim_foresight_destroy(f);
}

/* What the arm does not reach is told, and it goes on from where it was. */
static void what_is_out_of_reach_is_told(void **state)
{
    (void)state;
    sim_pose hovers[PLACES], away;
    sim_foresight *f;
    np_joints leaves;
    make_walk(1, hovers);
    away = hovers[3];
    away.tip.z += 2000;
    assert_int_equal(sim_foresight_create(&f, NULL), NP_OK);
    sim_body *asked = sim_foresight_body(f);
    assert_false(make_dot(asked, &hovers[0], true)); /* from nowhere */
    assert_true(stand_at_home(asked));
    for (int i = 0; i < 5; i++) {
        assert_true(make_dot(asked, &hovers[i], i == 0));
        assert_false(make_dot(asked, &away, false));
    }
    assert_true(sim_foresight_find(f, &hovers[3], &hovers[4], &leaves));
    assert_true(stand_at_home(asked));
    assert_false(make_dot(asked, &away, true)); /* an entry */
    assert_true(make_dot(asked, &hovers[5], false));
    assert_true(sim_foresight_find(f, &hovers[4], &hovers[5], &leaves));
    sim_foresight_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joints_turn_little_between_near_places),
        cmocka_unit_test(what_is_out_of_reach_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
