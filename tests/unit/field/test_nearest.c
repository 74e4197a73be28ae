/* The k-d tree against a search of all points, and its density on a lattice. */
#include "../test.h"

#include "base/rng.h"
#include "field/private/nearest.h"

static np_surface_point at(double x, double y, double z)
{
    return (np_surface_point){.position = {x, y, z}};
}

static np_surface_point random_point(uint64_t i)
{
    return at(np_rng_uniform(1, 1, i, 0) * 50, np_rng_uniform(1, 1, i, 1) * 50, np_rng_uniform(1, 1, i, 2) * 5);
}

static void the_nearest_is_what_a_search_of_all_finds(void **state)
{
    (void)state;
    enum { N = 2000 };
    np_surface_point points[N];
    for (size_t i = 0; i < N; i++)
        points[i] = random_point(i / 2); /* each twice: ties go to the smaller index */
    field_nearest *tree;
    assert_int_equal(field_nearest_create(points, N, &tree, NULL), NP_OK);
    for (uint64_t q = 0; q < 500; q++) {
        np_vec3 p = random_point(10000 + q).position;
        int32_t index, best = 0;
        for (int32_t i = 1; i < N; i++)
            if (np_vec3_distance2(points[i].position, p) < np_vec3_distance2(points[best].position, p))
                best = i;
        assert_near(field_nearest_find(tree, p, &index), np_vec3_distance(points[best].position, p), 1e-12);
        assert_int_equal(index, best);
    }
    field_nearest_destroy(tree);
}

static void an_empty_set_is_infinitely_far(void **state)
{
    (void)state;
    field_nearest *tree;
    int32_t index = 5;
    assert_int_equal(field_nearest_create(NULL, 0, &tree, NULL), NP_OK);
    assert_near(field_nearest_find(tree, np_vec3_make(0, 0, 0), &index), 1e9, 0);
    assert_int_equal(index, -1);
    field_nearest_destroy(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_is_what_a_search_of_all_finds),
        cmocka_unit_test(an_empty_set_is_infinitely_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
