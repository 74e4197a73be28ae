/* Patches that the arm reaches from one pose. */
#include "../test.h"

#include "base/rng.h"
#include "tour/private/patches.h"

#define N 4000

static void every_patch_fits_the_arm(void **state)
{
    (void)state;
    static np_vec3 positions[N];
    static uint32_t patch[N];
    for (size_t i = 0; i < N; i++) {
        np_vec3 v = np_vec3_make(np_rng_normal(1, 7, i, 0), np_rng_normal(1, 7, i, 1), np_rng_normal(1, 7, i, 2));
        positions[i] = np_vec3_scale(np_vec3_normalize(v), 90);
    }
    uint32_t count;
    assert_int_equal(tour_patches(positions, N, 40, patch, &count, NULL), NP_OK);
    /* A ball of radius 90 has 20 times the area of a cap of radius 40; no cover is that good. */
    assert_in_range(count, 20, 45);
    for (uint32_t k = 0; k < count; k++) {
        /* A ball around the patch's dots: towards the farthest, in ever smaller steps (Badoiu and Clarkson,
         * 2003). */
        np_vec3 middle = {0, 0, 0};
        double farthest = 0;
        size_t dots = 0;
        for (int step = 1; step < 200; step++) {
            size_t far = 0;
            farthest = -1;
            dots = 0;
            for (size_t i = 0; i < N; i++) {
                if (patch[i] != k)
                    continue;
                dots++;
                double d = np_vec3_distance(positions[i], middle);
                if (d > farthest)
                    farthest = d, far = i;
            }
            middle = np_vec3_lerp(middle, positions[far], 1.0 / step);
        }
        assert_true(dots > 0);
        assert_true(farthest <= 40 * 1.02);
    }
}

static void no_radius_is_one_patch(void **state)
{
    (void)state;
    np_vec3 positions[3] = {{0, 0, 0}, {500, 0, 0}, {0, 500, 0}};
    uint32_t patch[3] = {9, 9, 9}, count;
    assert_int_equal(tour_patches(positions, 3, 0, patch, &count, NULL), NP_OK);
    assert_int_equal(count, 1);
    assert_int_equal(patch[0] + patch[1] + patch[2], 0);
    assert_int_equal(tour_patches(positions, 3, 10, patch, &count, NULL), NP_OK);
    assert_int_equal(count, 3);
    assert_int_equal(tour_patches(positions, 0, 10, patch, &count, NULL), NP_OK);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_patch_fits_the_arm),
        cmocka_unit_test(no_radius_is_one_patch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
