/* The arm's kinematics: the maker's numbers, and the way back from every pose. */
#include "../test.h"

#include "base/angle.h"
#include "base/rng.h"
#include "robot/ur.h"

static const np_rng_stream STREAM = 0x74657331;

static np_joints random_joints(uint64_t index)
{
    np_joints j;
    for (uint32_t i = 0; i < NP_UR_JOINTS; i++)
        j.q[i] = (np_rng_uniform(7, STREAM, index, i) * 2 - 1) * NP_PI;
    return j;
}

static void assert_same_frame(const np_frame3 *a, const np_frame3 *b)
{
    assert_near(np_vec3_distance(a->p, b->p), 0, 1e-6);
    assert_near(np_vec3_distance(a->x, b->x), 0, 1e-8);
    assert_near(np_vec3_distance(a->z, b->z), 0, 1e-8);
}

/* At zero the arm lies along -x: a2 + a3, d4 + d6 to the side, d1 - d5 high. */
static void test_zero_posture(void **state)
{
    (void)state;
    np_frame3 f = np_ur_forward(&np_ur5e, &(np_joints){{0}});
    assert_near(f.p.x, -817.2, 1e-9);
    assert_near(f.p.y, -232.9, 1e-9);
    assert_near(f.p.z, 62.8, 1e-9);
    assert_near(f.z.y, -1, 1e-12);
}

/* Row by row with 4x4 matrices, as the maker's table is meant, against the closed form. */
static np_frame3 by_table(const np_ur *arm, const np_joints *j)
{
    const double a[] = {0, arm->a2_mm, arm->a3_mm, 0, 0, 0},
                 d[] = {arm->d1_mm, 0, 0, arm->d4_mm, arm->d5_mm, arm->d6_mm};
    static const double alpha[] = {NP_PI / 2, 0, 0, NP_PI / 2, -NP_PI / 2, 0};
    np_frame3 all = np_frame3_identity();
    for (int i = 0; i < 6; i++) {
        double c = cos(j->q[i]), s = sin(j->q[i]), ca = cos(alpha[i]), sa = sin(alpha[i]);
        np_frame3 row = {{c, s, 0}, {-s * ca, c * ca, sa}, {s * sa, -c * sa, ca}, {a[i] * c, a[i] * s, d[i]}};
        all = np_frame3_compose(&all, &row);
    }
    return all;
}

static void test_forward_is_the_table(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 4000; k++) {
        const np_ur *arm = k % 2 ? &np_ur5e : &np_ur10e;
        np_joints j = random_joints(k);
        np_frame3 closed = np_ur_forward(arm, &j), table = by_table(arm, &j);
        assert_same_frame(&closed, &table);
    }
    assert_ptr_equal(np_ur_find("ur10e"), &np_ur10e);
    assert_ptr_equal(np_ur_find("UR5e"), &np_ur5e);
    assert_null(np_ur_find("ur5"));
}

/* Every solution leads to the pose, and the posture it came from is among them. */
static void test_inverse_of_forward(void **state)
{
    (void)state;
    int n_all = 0;
    for (uint64_t k = 0; k < 20000; k++) {
        np_joints j = random_joints(k), found[NP_UR_MAX_SOLUTIONS];
        np_frame3 pose = np_ur_forward(&np_ur5e, &j);
        int n = np_ur_inverse(&np_ur5e, &pose, 0, found);
        double nearest = HUGE_VAL;
        for (int i = 0; i < n; i++) {
            np_frame3 again = np_ur_forward(&np_ur5e, &found[i]);
            assert_same_frame(&again, &pose);
            double apart = 0;
            for (int a = 0; a < 6; a++) {
                assert_true(found[i].q[a] > -NP_PI - 1e-12);
                assert_true(found[i].q[a] <= NP_PI + 1e-12);
                apart = fmax(apart, fabs(remainder(found[i].q[a] - j.q[a], NP_TWO_PI)));
            }
            nearest = fmin(nearest, apart);
        }
        assert_near(nearest, 0, 1e-6);
        n_all += n;
    }
    assert_true(n_all > 20000 * 6);
}

static void test_out_of_reach(void **state)
{
    (void)state;
    np_joints found[NP_UR_MAX_SOLUTIONS];
    np_frame3 f = np_frame3_identity();
    f.p = (np_vec3){1200, 0, 300};
    assert_int_equal(np_ur_inverse(&np_ur5e, &f, 0, found), 0);
    f.p = (np_vec3){50, 50, 300}; /* inside the cylinder that the shoulder's offset leaves out */
    assert_int_equal(np_ur_inverse(&np_ur5e, &f, 0, found), 0);
}

/* With joint 5 straight, joint 6 is free and takes what it is given. */
static void test_straight_wrist(void **state)
{
    (void)state;
    np_joints j = {{0.3, -1.2, 1.1, 0.4, 0, 0.9}}, found[NP_UR_MAX_SOLUTIONS];
    np_frame3 pose = np_ur_forward(&np_ur5e, &j);
    int n = np_ur_inverse(&np_ur5e, &pose, 0.9, found);
    assert_true(n > 0);
    double nearest = HUGE_VAL;
    for (int i = 0; i < n; i++) {
        double apart = 0;
        for (int a = 0; a < 6; a++)
            apart = fmax(apart, fabs(remainder(found[i].q[a] - j.q[a], NP_TWO_PI)));
        nearest = fmin(nearest, apart);
    }
    assert_near(nearest, 0, 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zero_posture),       cmocka_unit_test(test_forward_is_the_table),
        cmocka_unit_test(test_inverse_of_forward), cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_straight_wrist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
