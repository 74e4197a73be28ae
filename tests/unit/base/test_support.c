/* The octahedron of support functions: its nodes, and that what lies between them bounds from above. */
#include "base/support.h"

#include <math.h>

#include "../test.h"
#include "base/rng.h"

static np_vec3 random_direction(uint64_t i)
{
    double v[3];
    for (uint32_t k = 0; k < 3; k++)
        v[k] = 2 * np_rng_uniform(5, 1, i, k) - 1;
    return np_vec3_make(v[0], v[1], v[2]);
}

static void nodes_have_whole_coordinates(void **state)
{
    (void)state;
    for (size_t node = 0; node < NP_SUPPORT_NODES; node++) {
        np_vec3 d = np_support_direction(node);
        assert_true(fabs(d.x) + fabs(d.y) + fabs(d.z) == NP_SUPPORT_DIVISIONS);
        assert_true(d.x == floor(d.x));
        assert_true(d.y == floor(d.y));
        size_t corner[3];
        double weight[3], scale;
        np_support_corners(d, corner, weight, &scale);
        assert_true(scale == 1);
        for (int k = 0; k < 3; k++) /* a node is where only its own vector weighs */
            assert_true(weight[k] == 0 || np_vec3_distance(np_support_direction(corner[k]), d) == 0);
    }
}

static void directions_are_sums_of_their_corners(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        np_vec3 d = random_direction(i), sum = {0, 0, 0};
        if (i % 5 == 0)
            d.x = 0;
        if (i % 7 == 0)
            d.y = 0;
        if (np_vec3_length(d) == 0)
            continue;
        size_t node[3];
        double weight[3], scale;
        np_support_corners(d, node, weight, &scale);
        for (int k = 0; k < 3; k++) {
            assert_in_range(node[k], 0, NP_SUPPORT_NODES - 1);
            assert_true(weight[k] >= 0);
            sum = np_vec3_mad(sum, np_support_direction(node[k]), weight[k] * scale);
            assert_true(np_vec3_dot(np_vec3_normalize(np_support_direction(node[k])), np_vec3_normalize(d)) > 0.98);
        }
        assert_true(np_vec3_distance(sum, d) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_have_whole_coordinates),
        cmocka_unit_test(directions_are_sums_of_their_corners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
