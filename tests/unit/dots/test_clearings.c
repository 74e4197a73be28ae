/* Pins that keep their surroundings clear of dots that the density makes. */
#include "dots/dots.h"

#include "base/angle.h"

#include "../test.h"
#include "checks.h"
#include "shapes.h"

#include <omp.h>

#define DENSITY 60.0

static size_t within(const np_placed_dot *dots, size_t n, np_vec3 at, double radius_mm)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += dots[i].pin < 0 && np_vec3_distance(dots[i].point.position, at) < radius_mm;
    return found;
}

/* Two apart, two whose clearings overlap, one at the border, and one that keeps the spacing alone. */
static const np_dots_fixed pins[] = {
    {{10, 10, 0}, 1, 0, 4}, {{30, 12, 0}, 2, 0, 6}, {{12, 30, 0}, 1, 0, 5},
    {{16, 30, 0}, 1, 0, 5}, {{40, 30, 0}, 1, 0, 3}, {{28, 32, 0}, 1, 0, 0},
};
#define N_PINS (sizeof pins / sizeof *pins)

static void nothing_comes_nearer_and_nothing_is_made_up_for(void **state)
{
    (void)state;
    shape s = shape_sheet(40, 40, 0.8, 0, 0, DENSITY);
    for (int pattern = 0; pattern < 2; pattern++) {
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        r.pins = pins;
        r.n_pins = N_PINS;
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        check_floors(&r, dots, n);
        for (size_t k = 0; k < N_PINS; k++)
            assert_int_equal(within(dots, n, pins[k].position, pins[k].radius_mm), 0);
        /* the union of the clearings on the sheet: two discs of 5 mm share a lens */
        double lens = 2 * 25 * acos(0.4) - 2 * sqrt(25 - 4.0);
        double cleared = NP_PI * (16 + 36 + 2 * 25 + 4.5) - lens;
        double expected = DENSITY / 100 * (1600 - cleared) + 5;
        assert_near((double)n, expected, 0.012 * expected);
        for (size_t i = 0; i < n; i++)
            if (dots[i].pin >= 0)
                assert_near(dots[i].density_per_cm2, DENSITY, 1e-9);
        free(dots);
        r.exact_count = 700;
        dots = place(&r, &n);
        assert_int_equal(n, 700);
        assert_int_equal(within(dots, n, pins[1].position, 6), 0);
        free(dots);
    }
    shape_fini(&s);
}

/* Beside a clearing the pattern is as dense as elsewhere: what would have been in it is not heaped up around it. */
static void density_goes_on_beside_a_clearing(void **state)
{
    (void)state;
    shape s = shape_sheet(40, 40, 0.8, 0, 0, DENSITY);
    const np_dots_fixed pin = {{20, 20, 0}, 1, 0, 6};
    for (int pattern = 0; pattern < 2; pattern++) {
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        r.pins = &pin;
        r.n_pins = 1;
        size_t beside = 0, beyond = 0, n;
        const int seeds = 4;
        r.quality = NP_DOTS_FAST;
        for (r.seed = 1; r.seed <= (uint64_t)seeds; r.seed++) {
            np_placed_dot *dots = place(&r, &n);
            size_t to_8 = within(dots, n, pin.position, 8);
            beside += to_8;
            beyond += within(dots, n, pin.position, 12) - to_8;
            free(dots);
        }
        assert_near((double)beside / seeds / (NP_PI * (64 - 36) * DENSITY / 100), 1, 0.14);
        assert_near((double)beyond / seeds / (NP_PI * (144 - 64) * DENSITY / 100), 1, 0.06);
    }
    shape_fini(&s);
}

/* A clearing that takes no more than the pin's own dot: as many dots as without it. */
static void a_small_clearing_takes_no_dots(void **state)
{
    (void)state;
    shape s = shape_sheet(40, 40, 0.8, 0, 0, DENSITY);
    np_dots_fixed pin = {{20, 20, 0}, 1, 0, 0};
    np_dots_request r = shape_request(&s, NP_DOTS_FOLLICULAR);
    r.pins = &pin;
    r.n_pins = 1;
    for (pin.radius_mm = 0; pin.radius_mm < 0.8; pin.radius_mm += 0.35) {
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        assert_near((double)n, 960, 1);
        assert_int_equal(within(dots, n, pin.position, pin.radius_mm), 0);
        free(dots);
    }
    shape_fini(&s);
}

static void the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    shape s = shape_ball(20, 40, 60);
    const np_dots_fixed on_ball[] = {{{0, 0, 20}, 1, 0, 5}, {{0, 20, 0}, 1, 0, 2}};
    for (int pattern = 0; pattern < 2; pattern++) {
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        r.pins = on_ball;
        r.n_pins = 2;
        np_placed_dot *first = NULL, *dots;
        size_t n_first = 0, n;
        for (int threads = 1; threads <= 8; threads += 7) {
            omp_set_num_threads(threads);
            dots = place(&r, &n);
            if (first) {
                assert_int_equal(n, n_first);
                assert_memory_equal(dots, first, n * sizeof *dots);
                free(dots);
            } else {
                first = dots;
                n_first = n;
            }
        }
        omp_set_num_threads(2);
        free(first);
    }
    shape_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_comes_nearer_and_nothing_is_made_up_for),
        cmocka_unit_test(density_goes_on_beside_a_clearing),
        cmocka_unit_test(a_small_clearing_takes_no_dots),
        cmocka_unit_test(the_same_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
