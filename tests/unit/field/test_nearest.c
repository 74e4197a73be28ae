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

        double near[7];
        size_t found = field_nearest_distances(tree, p, 4, 7, near), within = 0;
        for (size_t i = 0; i < N; i++)
            within += np_vec3_distance(points[i].position, p) <= 4;
        assert_int_equal(found, within < 7 ? within : 7);
        for (size_t i = 1; i < found; i++)
            assert_true(near[i - 1] <= near[i]);
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
    assert_near(field_nearest_density_per_cm2(tree, np_vec3_make(0, 0, 0)), 0, 0);
    field_nearest_destroy(tree);
}

/* Lattices of known density, asked at random places. */
static void density_of_a_lattice_is_its_density(void **state)
{
    (void)state;
    static const double densities[] = {15, 40, 75, 150};
    for (size_t k = 0; k < sizeof densities / sizeof *densities; k++) {
        enum { SIDE = 60 };
        static np_surface_point points[SIDE * SIDE];
        double s = 10 / sqrt(densities[k]), mean = 0;
        for (int i = 0; i < SIDE * SIDE; i++)
            points[i] = at(s * (i % SIDE), s * (double)(i / SIDE), 0);
        field_nearest *tree;
        assert_int_equal(field_nearest_create(points, SIDE * SIDE, &tree, NULL), NP_OK);
        for (uint64_t q = 0; q < 300; q++) {
            double x = s * SIDE * (0.3 + 0.4 * np_rng_uniform(2, 1, q, 0)),
                   y = s * SIDE * (0.3 + 0.4 * np_rng_uniform(2, 1, q, 1));
            double d = field_nearest_density_per_cm2(tree, np_vec3_make(x, y, 0));
            assert_near(d, densities[k], 0.35 * densities[k]);
            mean += d / 300;
        }
        assert_near(mean, densities[k], 0.08 * densities[k]);
        field_nearest_destroy(tree);
    }
}

static void a_heap_of_points_has_no_density(void **state)
{
    (void)state;
    np_surface_point points[100];
    for (int i = 0; i < 100; i++)
        points[i] = at(1, 1, 1);
    field_nearest *tree;
    assert_int_equal(field_nearest_create(points, 100, &tree, NULL), NP_OK);
    assert_true(isfinite(field_nearest_density_per_cm2(tree, np_vec3_make(1, 1, 1))));
    field_nearest_destroy(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_is_what_a_search_of_all_finds),
        cmocka_unit_test(an_empty_set_is_infinitely_far),
        cmocka_unit_test(density_of_a_lattice_is_its_density),
        cmocka_unit_test(a_heap_of_points_has_no_density),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
