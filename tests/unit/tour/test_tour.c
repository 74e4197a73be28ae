/* Properties of orders over random and awkward sets. */
#include "../test.h"

#include <omp.h>

#include "base/angle.h"
#include "base/rng.h"
#include "tour/private/measure.h"
#include "tour/private/patches.h"

#define STREAM 0x74657374u

typedef enum shape { SQUARE, BALL, LINE, CLUSTERS, DUPLICATES, LATTICE, SHAPES } shape;

static const np_case_arm test_arm = {.speed_mm_s = 100,
                                     .acceleration_mm_s2 = 1000,
                                     .rotation_deg_s = 60,
                                     .rotation_acceleration_deg_s2 = 300,
                                     .lift_mm = 2,
                                     .approach_mm_s = 20,
                                     .repose_s = 5,
                                     .reload_s = 4,
                                     .reload_station_mm = {100, 100, 100}};

static double draw(uint64_t seed, size_t i, unsigned k)
{
    return np_rng_uniform(seed, STREAM, i, k);
}

static np_vec3 shape_point(shape s, uint64_t seed, size_t i, size_t n)
{
    double x = draw(seed, i, 0), y = draw(seed, i, 1), z = draw(seed, i, 2), side = sqrt((double)n);
    switch (s) {
    case BALL:
        return np_vec3_scale(np_vec3_normalize(np_vec3_make(x - 0.5, y - 0.5, z - 0.5)), 0.3 * side);
    case LINE:
        return np_vec3_make(side * x, 2 * side * x, 0);
    case CLUSTERS: {
        size_t c = i % 7;
        return np_vec3_make(3 * side * draw(seed + 1, c, 0) + x, 3 * side * draw(seed + 1, c, 1) + y, 0);
    }
    case DUPLICATES:
        return np_vec3_make(floor(0.2 * side * x), floor(0.2 * side * y), 0);
    case LATTICE:
        return np_vec3_make((double)(i % (size_t)ceil(side)), floor((double)i / ceil(side)), 0);
    default:
        return np_vec3_make(side * x, side * y, 0);
    }
}

typedef struct cloud {
    np_vec3 *positions, *axes;
    uint32_t *order, *other;
    np_tour_request request;
} cloud;

static cloud cloud_make(shape s, size_t n, np_tour_metric metric, bool closed, uint64_t seed)
{
    cloud c = {.positions = calloc(n + 1, sizeof *c.positions), .axes = calloc(n + 1, sizeof *c.axes)};
    c.order = calloc(n + 1, sizeof *c.order);
    c.other = calloc(n + 1, sizeof *c.other);
    assert_non_null(c.positions);
    assert_non_null(c.axes);
    assert_non_null(c.order);
    assert_non_null(c.other);
    for (size_t i = 0; i < n; i++) {
        c.positions[i] = shape_point(s, seed, i, n);
        np_vec3 tilt = np_vec3_make(draw(seed, i, 3) - 0.5, draw(seed, i, 4) - 0.5, 1);
        c.axes[i] = np_vec3_normalize(tilt);
    }
    c.request = (np_tour_request){.positions = c.positions,
                                  .axes = c.axes,
                                  .n = n,
                                  .metric = metric,
                                  .closed = closed,
                                  .arm = test_arm,
                                  .dwell_ms = 30,
                                  .kicks_per_dot = 1,
                                  .seed = seed};
    return c;
}

static void cloud_free(cloud *c)
{
    free(c->positions);
    free(c->axes);
    free(c->order);
    free(c->other);
}

static void check_permutation(const cloud *c)
{
    uint8_t *seen = calloc(c->request.n + 1, 1);
    assert_non_null(seen);
    for (size_t i = 0; i < c->request.n; i++) {
        assert_true(c->order[i] < c->request.n);
        assert_false(seen[c->order[i]]);
        seen[c->order[i]] = 1;
    }
    free(seen);
}

static double naive_length(const cloud *c)
{
    double sum = 0;
    size_t n = c->request.n;
    for (size_t i = 1; i < n; i++)
        sum += np_vec3_distance(c->positions[c->order[i - 1]], c->positions[c->order[i]]);
    return sum + (c->request.closed && n > 1
                      ? np_vec3_distance(c->positions[c->order[n - 1]], c->positions[c->order[0]])
                      : 0);
}

/* The totals of ORDER, whoever made it. */
static np_tour_totals measured(const cloud *c, const uint32_t *order)
{
    uint32_t *patch = calloc(c->request.n + 1, sizeof *patch), n_patches;
    np_tour_totals totals;
    np_error err;
    assert_non_null(patch);
    assert_int_equal(tour_patches(c->positions, c->request.n, c->request.arm.patch_radius_mm, patch, &n_patches, &err),
                     NP_OK);
    assert_int_equal(tour_measure(&c->request, patch, order, &totals, &err), NP_OK);
    free(patch);
    return totals;
}

static double naive_move_s(const cloud *c, uint32_t a, uint32_t b)
{
    double angle = acos(fmax(-1, fmin(1, np_vec3_dot(c->axes[a], c->axes[b]))));
    return tour_move_s(&c->request.arm, np_vec3_distance(c->positions[a], c->positions[b]), angle);
}

static void every_order_is_a_permutation_with_true_totals(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 40, 300};
    for (int s = 0; s < SHAPES; s++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (int mode = 0; mode < 4; mode++) {
                cloud c = cloud_make((shape)s, sizes[k], mode % 2 ? NP_TOUR_TIME : NP_TOUR_LENGTH, mode / 2, 7 + k);
                np_tour_totals totals;
                np_error err = {0};
                assert_int_equal(np_tour_order(&c.request, NULL, c.order, &totals, &err), NP_OK);
                check_permutation(&c);
                assert_near(totals.length_mm, naive_length(&c), 1e-6 * (1 + totals.length_mm));
                double time_s = 0.03 * (double)sizes[k];
                for (size_t i = 1; i < sizes[k] + (c.request.closed && sizes[k] > 1); i++)
                    time_s += naive_move_s(&c, c.order[i - 1], c.order[i % sizes[k]]);
                assert_near(totals.time_s, time_s, 1e-5 * (1 + time_s));
                if (c.request.metric == NP_TOUR_TIME)
                    assert_true(totals.time_s <= totals.greedy_time_s);
                np_tour_totals again = measured(&c, c.order);
                assert_true(again.time_s == totals.time_s);
                assert_true(again.length_mm == totals.length_mm);
                cloud_free(&c);
            }
}

static void threads_do_not_change_the_order(void **state)
{
    (void)state;
    for (int s = 0; s < SHAPES; s++) {
        cloud c = cloud_make((shape)s, s < 2 ? 5000 : 1500, s % 2 ? NP_TOUR_TIME : NP_TOUR_LENGTH, s % 3 == 0, 3);
        c.request.arm.patch_radius_mm = s % 2 ? 15 : 0;
        int before = omp_get_max_threads();
        for (int threads = 1; threads <= 8; threads *= 2) {
            omp_set_num_threads(threads);
            np_error err = {0};
            assert_int_equal(np_tour_order(&c.request, NULL, threads == 1 ? c.order : c.other, NULL, &err), NP_OK);
            if (threads > 1)
                assert_memory_equal(c.order, c.other, c.request.n * sizeof *c.order);
        }
        omp_set_num_threads(before);
        cloud_free(&c);
    }
}

static void fixed_ends_are_kept(void **state)
{
    (void)state;
    static const size_t sizes[] = {2, 3, 4, 5, 6, 9, 40, 300, 5000};
    for (int s = 0; s < SHAPES; s++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (int mode = 1; mode < 8; mode++) {
                uint32_t n = (uint32_t)sizes[k], first = n / 3, last = n - 1;
                if (n == 5000 && mode != 3 + (s % 2) * 4)
                    continue;
                cloud c = cloud_make((shape)s, n, s % 2 ? NP_TOUR_TIME : NP_TOUR_LENGTH, false, 7 + k);
                c.request.first = mode & 1 ? &first : NULL;
                c.request.last = mode & 2 ? &last : NULL;
                if (mode & 4) {
                    c.request.arm.rest_s = 3;
                    c.request.arm.rest_radius_mm = 1;
                    c.request.arm.reload_every = 10;
                }
                np_error err = {0};
                assert_int_equal(np_tour_order(&c.request, NULL, c.order, NULL, &err), NP_OK);
                check_permutation(&c);
                assert_true(!(mode & 1) || c.order[0] == first);
                assert_true(!(mode & 2) || c.order[n - 1] == last);
                cloud_free(&c);
            }
}

/* All orders of 7 dots between two fixed ones, one digit of a mixed-radix number a place. */
static void fixed_ends_are_solved(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        cloud c = cloud_make(SQUARE, 9, NP_TOUR_LENGTH, false, seed);
        uint32_t first = 3, last = 5;
        c.request.first = &first;
        c.request.last = &last;
        c.request.kicks_per_dot = 50;
        double best = INFINITY;
        for (int code = 0; code < 5040; code++) {
            uint32_t left[7] = {0, 1, 2, 4, 6, 7, 8}, at = first;
            double sum = 0;
            for (int size = 7, rest = code; size > 0; rest /= size--) {
                uint32_t next = left[rest % size];
                left[rest % size] = left[size - 1];
                sum += np_vec3_distance(c.positions[at], c.positions[next]);
                at = next;
            }
            best = fmin(best, sum + np_vec3_distance(c.positions[at], c.positions[last]));
        }
        np_tour_totals totals;
        assert_int_equal(np_tour_order(&c.request, NULL, c.order, &totals, NULL), NP_OK);
        assert_near(totals.length_mm, best, 1e-6);
        cloud_free(&c);
    }
}

/* Two corners of a lattice: the tour between them is hardly longer than the free one. */
static void fixed_ends_cost_little(void **state)
{
    (void)state;
    cloud c = cloud_make(LATTICE, 2500, NP_TOUR_LENGTH, false, 1);
    uint32_t first = 0, last = 49;
    np_tour_totals totals;
    c.request.kicks_per_dot = 10;
    c.request.first = &first;
    c.request.last = &last;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, &totals, NULL), NP_OK);
    assert_true(totals.length_mm < 2499 * 1.002);
    cloud_free(&c);
}

static void fixed_ends_order_the_patches(void **state)
{
    (void)state;
    cloud c = cloud_make(SQUARE, 3000, NP_TOUR_TIME, false, 2);
    c.request.arm.patch_radius_mm = 12;
    np_error err = {0};
    np_tour_totals totals;
    /* The dots nearest to two corners, and the first one's neighbour. */
    uint32_t first = 0, last = 0, beside = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        np_vec3 p = c.positions[i], a = c.positions[first], b = c.positions[last];
        first = p.x + p.y < a.x + a.y ? i : first;
        last = p.x - p.y > b.x - b.y ? i : last;
    }
    beside = first == 0 ? 1 : 0;
    for (uint32_t i = 0; i < 3000; i++) {
        double d = np_vec3_distance(c.positions[i], c.positions[first]);
        if (i != first && d < np_vec3_distance(c.positions[beside], c.positions[first]))
            beside = i;
    }
    for (int mode = 1; mode < 4; mode++) {
        c.request.first = mode & 1 ? &first : NULL;
        c.request.last = mode & 2 ? &last : NULL;
        assert_int_equal(np_tour_order(&c.request, NULL, c.order, &totals, &err), NP_OK);
        check_permutation(&c);
        assert_true(totals.patches > 4);
        assert_true(!(mode & 1) || c.order[0] == first);
        assert_true(!(mode & 2) || c.order[2999] == last);
    }
    c.request.last = &beside;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, &totals, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "lie in the same of"));
    cloud_free(&c);
}

static void reloads_and_patches_are_counted(void **state)
{
    (void)state;
    cloud c = cloud_make(SQUARE, 1000, NP_TOUR_TIME, false, 5);
    np_tour_totals plain, full;
    np_error err = {0};
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, &plain, &err), NP_OK);
    c.request.arm.reload_every = 100;
    c.request.arm.patch_radius_mm = 8;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, &full, &err), NP_OK);
    check_permutation(&c);
    assert_int_equal(full.reloads, 9);
    assert_true(full.patches > 4);
    assert_true(full.patches < 40);
    assert_int_equal(plain.patches, 1);
    assert_int_equal(plain.reloads, 0);
    assert_true(full.time_s > plain.time_s + 9 * 4 + (full.patches - 1) * 5);
    cloud_free(&c);
}

/* Plays the order through naively and checks each pair of close dots. */
static void rests_are_kept_and_interleaving_beats_waiting(void **state)
{
    (void)state;
    cloud c = cloud_make(SQUARE, 600, NP_TOUR_TIME, false, 9);
    np_tour_totals plain, rested;
    np_error err = {0};
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, &plain, &err), NP_OK);
    memcpy(c.other, c.order, 600 * sizeof *c.order);
    c.request.arm.rest_s = 10;
    c.request.arm.rest_radius_mm = 1.5;
    np_tour_totals waiting = measured(&c, c.other);
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, &rested, &err), NP_OK);
    check_permutation(&c);
    assert_true(rested.time_s < 0.5 * waiting.time_s);

    double now_s = 0, done_s[600];
    for (size_t i = 0; i < 600; i++) {
        now_s += i > 0 ? naive_move_s(&c, c.order[i - 1], c.order[i]) : 0;
        for (size_t k = 0; k < i; k++)
            if (np_vec3_distance(c.positions[c.order[k]], c.positions[c.order[i]]) <= 1.5)
                now_s = fmax(now_s, done_s[k] + 10);
        done_s[i] = now_s += 0.03;
    }
    assert_near(rested.time_s, now_s, 1e-3);
    cloud_free(&c);
}

static void moves_take_the_time_of_a_trapezoid(void **state)
{
    (void)state;
    np_case_arm arm = test_arm;
    arm.lift_mm = 0;
    assert_near(tour_move_s(&arm, 0, 0), 0, 0);
    assert_near(tour_move_s(&arm, 1, 0), 2 * sqrt(1.0 / 1000), 1e-12);
    assert_near(tour_move_s(&arm, 10, 0), 0.2, 1e-12);
    assert_near(tour_move_s(&arm, 110, 0), 1.2, 1e-12);
    assert_near(tour_move_s(&arm, 1, NP_PI / 2), 1.5 + 0.2, 1e-12);
    assert_near(tour_move_s(&test_arm, 10, 0), 0.4, 1e-12);
}

static bool stop_at_once(void *context, const char *stage, double fraction)
{
    (void)fraction;
    assert_string_equal(stage, "tour");
    ++*(int *)context;
    return false;
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    cloud c = cloud_make(SQUARE, 50, NP_TOUR_TIME, false, 1);
    np_error err = {0};
    c.request.arm.speed_mm_s = 0;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, NULL, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "speed_mm_s"));
    c.request.arm.speed_mm_s = 100;
    c.positions[17].y = NAN;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, NULL, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "dot 17"));
    c.positions[17].y = 0;
    uint32_t beyond = 50, same = 4;
    c.request.first = &beyond;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, NULL, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "dot 50"));
    c.request.first = c.request.last = &same;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, NULL, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "both the first and the last"));
    c.request.last = NULL;
    c.request.closed = true;
    assert_int_equal(np_tour_order(&c.request, NULL, c.order, NULL, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "a closed tour has no ends"));
    c.request.first = NULL;
    c.request.closed = false;
    int calls = 0;
    np_progress progress = {stop_at_once, &calls};
    assert_int_equal(np_tour_order(&c.request, &progress, c.order, NULL, &err), NP_ERR_STOPPED);
    assert_int_equal(calls, 1);
    cloud_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_is_a_permutation_with_true_totals),
        cmocka_unit_test(threads_do_not_change_the_order),
        cmocka_unit_test(fixed_ends_are_kept),
        cmocka_unit_test(fixed_ends_are_solved),
        cmocka_unit_test(fixed_ends_cost_little),
        cmocka_unit_test(fixed_ends_order_the_patches),
        cmocka_unit_test(reloads_and_patches_are_counted),
        cmocka_unit_test(rests_are_kept_and_interleaving_beats_waiting),
        cmocka_unit_test(moves_take_the_time_of_a_trapezoid),
        cmocka_unit_test(bad_requests_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
