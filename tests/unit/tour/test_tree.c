/* The tree and the graph against full searches. */
#include "../test.h"

#include "base/rng.h"
#include "tour/private/graph.h"
#include "tour/private/tree.h"

#define N 700

static tour_space made_space(bool doubles, np_vec3 *positions)
{
    for (size_t i = 0; i < N; i++) {
        double x = np_rng_uniform(1, 2, i, 0), y = np_rng_uniform(1, 2, i, 1), z = np_rng_uniform(1, 2, i, 2);
        double k = doubles ? 5 : 1e6;
        positions[i] = np_vec3_scale(np_vec3_make(floor(k * x) / k, floor(k * y) / k, floor(k * z) / k), 20);
    }
    np_tour_request request = {.positions = positions, .n = N, .metric = NP_TOUR_LENGTH};
    tour_space space;
    assert_int_equal(tour_space_init(&space, &request, NULL, N, NULL), NP_OK);
    return space;
}

static int compare_near(const void *a, const void *b)
{
    const float *p = a, *q = b; /* squared distance, number */
    return p[0] != q[0] ? (p[0] < q[0] ? -1 : 1) : (p[1] > q[1]) - (p[1] < q[1]);
}

static void nearest_points_are_those_of_a_full_search(void **state)
{
    (void)state;
    np_vec3 positions[N];
    for (int doubles = 0; doubles < 2; doubles++) {
        tour_space space = made_space(doubles, positions);
        tour_tree tree;
        assert_int_equal(tour_tree_init(&tree, space.at, N, NULL), NP_OK);
        for (uint32_t i = 0; i < N; i += 3) {
            float all[N][2];
            for (uint32_t j = 0; j < N; j++) {
                all[j][0] = j == i ? INFINITY : tour_distance2(&space.at[i], &space.at[j]);
                all[j][1] = (float)j;
            }
            qsort(all, N, sizeof *all, compare_near);
            uint32_t near[12];
            assert_int_equal(tour_tree_nearest(&tree, i, 12, TOUR_TREE_ALL, near), 12);
            for (int k = 0; k < 12; k++)
                assert_int_equal(near[k], (uint32_t)all[k][1]);
        }
        tour_tree_fini(&tree);
        tour_space_fini(&space);
    }
}

static void nearest_points_of_an_octant_are_those_of_a_full_search(void **state)
{
    (void)state;
    np_vec3 positions[N];
    for (int doubles = 0; doubles < 2; doubles++) {
        tour_space space = made_space(doubles, positions);
        tour_tree tree;
        assert_int_equal(tour_tree_init(&tree, space.at, N, NULL), NP_OK);
        for (uint32_t i = 0; i < N; i += 7) {
            for (unsigned octant = 0; octant < TOUR_TREE_OCTANTS; octant++) {
                uint32_t best = UINT32_MAX, near;
                for (uint32_t j = 0; j < N; j++) {
                    const float *p = space.at[i].v, *a = space.at[j].v;
                    unsigned of = (a[0] >= p[0]) + 2u * (a[1] >= p[1]) + 4u * (a[2] >= p[2]);
                    if (j != i && of == octant &&
                        (best == UINT32_MAX ||
                         tour_distance2(&space.at[i], &space.at[j]) < tour_distance2(&space.at[i], &space.at[best])))
                        best = j;
                }
                unsigned found = tour_tree_nearest(&tree, i, 1, octant, &near);
                assert_int_equal(found, best != UINT32_MAX);
                assert_true(!found || near == best);
            }
        }
        tour_tree_fini(&tree);
        tour_space_fini(&space);
    }
}

static void count_point(void *context, uint32_t point)
{
    (void)point;
    ++*(unsigned *)context;
}

static void points_within_a_radius_are_all_found(void **state)
{
    (void)state;
    np_vec3 positions[N];
    tour_space space = made_space(false, positions);
    tour_tree tree;
    assert_int_equal(tour_tree_init(&tree, space.at, N, NULL), NP_OK);
    for (uint32_t i = 0; i < N; i += 11) {
        unsigned found = 0, expected = 0;
        tour_tree_within(&tree, &space.at[i], 3.0f, count_point, &found);
        for (uint32_t j = 0; j < N; j++)
            expected += tour_distance2(&space.at[i], &space.at[j]) <= 9.0f;
        assert_int_equal(found, expected);
    }
    tour_tree_fini(&tree);
    tour_space_fini(&space);
}

static void sorting_is_stable(void **state)
{
    (void)state;
    tour_keyed items[500], scratch[500];
    for (uint32_t i = 0; i < 500; i++)
        items[i] = (tour_keyed){np_rng_below(3, 4, i, 0, 40) * 100000007u, i};
    tour_radix_sort(items, scratch, 500, 32);
    for (uint32_t i = 1; i < 500; i++) {
        assert_true(items[i - 1].key <= items[i].key);
        assert_true(items[i - 1].key < items[i].key || items[i - 1].value < items[i].value);
    }
}

static void each_edge_of_the_graph_has_one_owner(void **state)
{
    (void)state;
    np_vec3 positions[N];
    tour_space space = made_space(false, positions);
    tour_graph graph;
    assert_int_equal(tour_graph_init(&graph, &space, 6, true, NULL), NP_OK);
    for (uint32_t i = 0; i < N; i++)
        for (unsigned s = 0; s < 6; s++) {
            uint32_t to = graph.to[i * 6 + s];
            bool back = false;
            for (unsigned b = 0; b < 6; b++)
                back |= graph.to[to * 6 + b] == i;
            if (back)
                assert_true(tour_graph_owns(&graph, i, to) != tour_graph_owns(&graph, to, i));
            else
                assert_true(tour_graph_owns(&graph, i, to));
        }
    tour_graph_fini(&graph);
    tour_space_fini(&space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_points_are_those_of_a_full_search),
        cmocka_unit_test(nearest_points_of_an_octant_are_those_of_a_full_search),
        cmocka_unit_test(points_within_a_radius_are_all_found),
        cmocka_unit_test(sorting_is_stable),
        cmocka_unit_test(each_edge_of_the_graph_has_one_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
