/* Trapezoidal motion: known durations, continuity, limits. */
#include "../test.h"

#include "base/ramp.h"
#include "sim/trapezoid.h"

static void test_durations(void **state)
{
    (void)state;
    /* 10 mm at 100 mm/s and 1000 mm/s2: the ramps (0.1 s each) are all there is; 5 mm would be a triangle */
    assert_near(np_ramp_s(10, 100, 1000), 0.2, 1e-12);
    assert_near(np_ramp_s(110, 100, 1000), 1.2, 1e-12);
    assert_near(np_ramp_s(2.5, 100, 1000), 2 * sqrt(2.5 / 1000), 1e-12);
    assert_near(np_ramp_s(0, 100, 1000), 0, 0);
}

static void test_way(void **state)
{
    (void)state;
    const double distances[] = {0.1, 2.5, 10, 47, 300};
    for (int k = 0; k < 5; k++) {
        double d = distances[k], total = np_ramp_s(d, 100, 1000), last = 0, last_speed = 0;
        const double dt = 1e-4;
        assert_near(sim_trapezoid_fraction(d, 100, 1000, -1), 0, 0);
        assert_near(sim_trapezoid_fraction(d, 100, 1000, total), 1, 0);
        assert_near(sim_trapezoid_fraction(d, 100, 1000, total / 2), 0.5, 1e-9);
        for (double t = dt; t < total; t += dt) {
            double way = d * sim_trapezoid_fraction(d, 100, 1000, t), speed = (way - last) / dt;
            assert_true(speed > -1e-9);
            assert_true(speed <= 100 + 1e-6);
            assert_true(fabs(speed - last_speed) <= 1000 * dt * 1.01 + 1e-9);
            last = way;
            last_speed = speed;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_durations), cmocka_unit_test(test_way)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
