/* How good the tours are, on sets whose best tours are known. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "base/angle.h"
#include "base/rng.h"
#include "tour/private/ascent.h"
#include "tour/private/greedy.h"
#include "tour/private/improve.h"
#include "tour/tour.h"
#include "tour/private/two_opt.h"

static const np_case_arm arm = {
    .speed_mm_s = 100, .acceleration_mm_s2 = 1000, .rotation_deg_s = 60, .rotation_acceleration_deg_s2 = 300};

static double ordered_length(np_vec3 *positions, size_t n, bool closed, int kicks)
{
    np_tour_request request = {.positions = positions, .n = n, .metric = NP_TOUR_LENGTH};
    request.closed = closed;
    request.arm = arm;
    request.kicks_per_dot = kicks;
    request.seed = 5;
    uint32_t *order = calloc(n, sizeof *order);
    assert_non_null(order);
    np_tour_totals totals;
    assert_int_equal(np_tour_order(&request, NULL, order, &totals, NULL), NP_OK);
    free(order);
    return totals.length_mm;
}

static void lattices_are_solved(void **state)
{
    (void)state;
    np_vec3 positions[20 * 20];
    for (size_t i = 0; i < 400; i++)
        positions[i] = np_vec3_make((double)(i % 20), (double)(i / 20), 0);
    assert_near(ordered_length(positions, 400, true, 20), 400, 1e-9);
    assert_near(ordered_length(positions, 400, false, 20), 399, 1e-9);
}

static void small_sets_are_solved(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        np_vec3 positions[8];
        for (size_t i = 0; i < 8; i++)
            positions[i] = np_vec3_make(np_rng_uniform(seed, 1, i, 0), np_rng_uniform(seed, 1, i, 1), 0);
        /* All orders that begin with point 0, by Heap's algorithm without recursion. */
        int order[7] = {1, 2, 3, 4, 5, 6, 7}, count[7] = {0};
        double best = INFINITY;
        for (int i = 0; i < 7;) {
            double sum = np_vec3_distance(positions[0], positions[order[0]]) +
                         np_vec3_distance(positions[order[6]], positions[0]);
            for (int k = 1; k < 7; k++)
                sum += np_vec3_distance(positions[order[k - 1]], positions[order[k]]);
            best = fmin(best, sum);
            while (i < 7 && count[i] >= i)
                count[i++] = 0;
            if (i == 7)
                break;
            int k = i % 2 ? count[i] : 0, swap = order[k];
            order[k] = order[i], order[i] = swap;
            count[i]++;
            i = 0;
        }
        assert_near(ordered_length(positions, 8, true, 50), best, 1e-5);
    }
}

static void more_kicks_make_shorter_tours(void **state)
{
    (void)state;
    enum { N = 3000 };
    static np_vec3 positions[N];
    for (size_t i = 0; i < N; i++)
        positions[i] = np_vec3_make(100 * np_rng_uniform(1, 1, i, 0), 100 * np_rng_uniform(1, 1, i, 1), 0);
    double none = ordered_length(positions, N, true, 0), some = ordered_length(positions, N, true, 5);
    /* For random points the best tour is about 0.7124 sqrt(n A) (1 + 0.33 / n) plus the border's share. */
    double expected =
        0.7124 * sqrt(N * 100.0 * 100.0) * (1 + 0.467 / log(N) / N) + 0.55 * sqrt(100.0 * 100.0 * 2 / NP_PI);
    assert_true(some < none);
    assert_true(some > 0.97 * expected);
    assert_true(some < 1.05 * expected);
    assert_true(none < 1.1 * expected);
}

/* Prices change no difference between tours. */
static void prices_add_the_same_to_every_tour(void **state)
{
    (void)state;
    enum { N = 200 };
    np_vec3 positions[N];
    for (size_t i = 0; i < N; i++)
        positions[i] = np_vec3_make(np_rng_uniform(2, 1, i, 0), np_rng_uniform(2, 1, i, 1), 0);
    np_tour_request request = {.positions = positions, .n = N, .metric = NP_TOUR_LENGTH, .arm = arm};
    tour_space space;
    tour_graph graph;
    assert_int_equal(tour_space_init(&space, &request, NULL, N, NULL), NP_OK);
    assert_int_equal(tour_graph_init(&graph, &space, 8, false, NULL), NP_OK);
    double plain[2] = {0}, priced[2] = {0};
    uint32_t way[2][N];
    for (uint32_t i = 0; i < N; i++)
        way[0][i] = i, way[1][i] = i * 77 % N;
    for (int pass = 0; pass < 2; pass++) {
        for (int t = 0; t < 2; t++)
            for (uint32_t i = 0; i < N; i++)
                (pass ? priced : plain)[t] += (double)tour_cost(&space, NP_TOUR_LENGTH, way[t][i], way[t][(i + 1) % N]);
        assert_int_equal(pass ? NP_OK : tour_ascent(&space, &graph, 6, false, NULL), NP_OK);
    }
    assert_int_equal(graph.k, 6);
    assert_true(fabs(priced[0] - plain[0]) > 1e-3 || space.at[0].v[3] != 0);
    assert_near(priced[1] - priced[0], plain[1] - plain[0], 1e-3);
    tour_graph_fini(&graph);
    tour_space_fini(&space);
}

static double two_opt_length(const tour_space *space, const tour_graph *graph, uint32_t *order)
{
    double length = 0;
    assert_int_equal(tour_two_opt(space, graph, true, order, NULL), NP_OK);
    for (uint32_t i = 0; i < space->n; i++)
        length += (double)tour_cost(space, NP_TOUR_LENGTH, order[i], order[(i + 1) % space->n]);
    return length;
}

/* Clusters of more dots than a row of neighbours holds: the nearest are all in the same cluster. */
static void clusters_are_linked_through_their_octants(void **state)
{
    (void)state;
    enum { CLUSTERS = 300, DOTS = 10, N = CLUSTERS * DOTS };
    static np_vec3 positions[N];
    static uint32_t order[2][N];
    for (size_t i = 0; i < N; i++)
        positions[i] = np_vec3_make(600 * np_rng_uniform(4, 1, i / DOTS, 0) + 4 * np_rng_normal(4, 2, i, 0),
                                    600 * np_rng_uniform(4, 1, i / DOTS, 1) + 4 * np_rng_normal(4, 2, i, 1), 0);
    np_tour_request request = {.positions = positions, .n = N, .metric = NP_TOUR_LENGTH, .arm = arm};
    tour_space space;
    tour_graph graph;
    assert_int_equal(tour_space_init(&space, &request, NULL, N, NULL), NP_OK);
    assert_int_equal(tour_graph_init(&graph, &space, 8, false, NULL), NP_OK);
    assert_int_equal(tour_greedy(&space, &graph, order[0], NULL), NP_OK);
    memcpy(order[1], order[0], sizeof *order);
    double nearest = two_opt_length(&space, &graph, order[0]);
    assert_int_equal(tour_graph_connect(&graph, &space, false, NULL), NP_OK);
    double linked = two_opt_length(&space, &graph, order[1]);
    assert_true(linked < 0.98 * nearest);
    for (uint32_t i = 0; i < N; i++)
        for (unsigned s = 1; s < graph.k; s++)
            assert_true(tour_cost(&space, NP_TOUR_LENGTH, i, graph.to[i * graph.k + s - 1]) <=
                        tour_cost(&space, NP_TOUR_LENGTH, i, graph.to[i * graph.k + s]));
    tour_graph_fini(&graph);
    tour_space_fini(&space);
}

static double longest_edge(const np_vec3 *positions, const uint32_t *order, size_t n)
{
    double longest = 0;
    for (size_t i = 0; i < n; i++)
        longest = fmax(longest, np_vec3_distance(positions[order[i]], positions[order[(i + 1) % n]]));
    return longest;
}

/* Greedy leaves edges as long as the set is wide, the closing one among them; they must not stay. */
static void no_edge_stays_long(void **state)
{
    (void)state;
    enum { N = 4000 };
    static np_vec3 positions[N];
    static uint32_t order[N];
    for (uint64_t seed = 0; seed < 24; seed++) {
        for (size_t i = 0; i < N; i++)
            positions[i] = np_vec3_make(60 * np_rng_uniform(seed, 1, i, 0), 60 * np_rng_uniform(seed, 1, i, 1), 0);
        np_tour_request request = {.positions = positions, .n = N, .metric = NP_TOUR_LENGTH, .closed = true};
        request.arm = arm;
        np_tour_totals totals;
        assert_int_equal(np_tour_order(&request, NULL, order, &totals, NULL), NP_OK);
        assert_true(longest_edge(positions, order, N) < 10 * totals.length_mm / N);
    }
}

/* Dots in a line, closed: one edge is as long as all the others, and its rounding larger than their gains. */
static void a_line_comes_to_an_end(void **state)
{
    (void)state;
    enum { N = 3000 };
    static np_vec3 positions[N];
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < N; i++) {
        positions[i] = np_vec3_make(0.5 * (double)i + 0.05 * np_rng_normal(3, 1, i, 0), 0, 0);
        low = fmin(low, positions[i].x), high = fmax(high, positions[i].x);
    }
    assert_near(ordered_length(positions, N, true, 3), 2 * (high - low), 0.01);
    assert_near(ordered_length(positions, N, false, 3), high - low, 0.01);
}

/* Dots of which a half lies 64 times as dense as the other: a dot's price goes in steps of its own scale, and
 * the greedy tour is the better for it in both halves. */
static void prices_suit_every_density(void **state)
{
    (void)state;
    enum { N = 6000 };
    static np_vec3 positions[N];
    for (size_t i = 0; i < N; i++)
        positions[i] = np_vec3_make(np_rng_uniform(6, 1, i, 0), np_rng_uniform(6, 1, i, 1), 0);
    for (size_t i = 0; i < N / 2; i++)
        positions[i] = np_vec3_make(8 * positions[i].x + 1, 8 * positions[i].y, 0);
    np_tour_request request = {.positions = positions, .n = N, .metric = NP_TOUR_LENGTH, .arm = arm};
    tour_space space;
    tour_graph graph;
    static uint32_t order[2][N];
    assert_int_equal(tour_space_init(&space, &request, NULL, N, NULL), NP_OK);
    assert_int_equal(tour_graph_init(&graph, &space, 8, false, NULL), NP_OK);
    assert_int_equal(tour_graph_connect(&graph, &space, false, NULL), NP_OK);
    double length[2];
    for (int priced = 0; priced < 2; priced++) {
        if (priced)
            assert_int_equal(tour_ascent(&space, &graph, 7, false, NULL), NP_OK);
        assert_int_equal(tour_greedy(&space, &graph, order[priced], NULL), NP_OK);
        assert_int_equal(tour_two_opt(&space, &graph, true, order[priced], NULL), NP_OK);
        length[priced] = tour_mean_cost(&space, order[priced], N);
    }
    assert_true(length[1] < 0.99 * length[0]);
    tour_graph_fini(&graph);
    tour_space_fini(&space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lattices_are_solved),
        cmocka_unit_test(small_sets_are_solved),
        cmocka_unit_test(more_kicks_make_shorter_tours),
        cmocka_unit_test(prices_add_the_same_to_every_tour),
        cmocka_unit_test(no_edge_stays_long),
        cmocka_unit_test(a_line_comes_to_an_end),
        cmocka_unit_test(prices_suit_every_density),
        cmocka_unit_test(clusters_are_linked_through_their_octants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
