/* Counts, shares, pins and errors of placing; what the pattern looks like is in test_pattern.c and test_properties.c. */
#include "dots/dots.h"

#include "base/rng.h"

#include "../test.h"
#include "checks.h"
#include "shapes.h"

#include <omp.h>

/* ---- tests ---- */

static void counts_are_those_of_the_density_and_shares_exact(void **state)
{
    (void)state;
    for (int pattern = 0; pattern < 2; pattern++) {
        shape s = shape_sheet(40, 30, 0.9, 0, 0, 60);
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        r.n_layers = 2;
        for (size_t v = 0; v < s.mesh.n_vertices; v++)
            s.layer[v] = s.mesh.vertices[v].x > 20;
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        assert_int_equal(n, 720);
        for (int32_t l = 0; l < 2; l++) {
            double all = (double)count_of(dots, n, l, 3);
            assert_near(all, 360, 18);
            assert_near((double)count_of(dots, n, l, 1), 0.3 * all, 1);
            assert_near((double)count_of(dots, n, l, 2), 0.7 * all, 1);
        }
        free(dots);
        r.exact_count = 500;
        dots = place(&r, &n);
        assert_int_equal(n, 500);
        assert_near(dots[0].density_per_cm2, 500 / 12.0, 1e-6);
        free(dots);
        /* rounding in each of many layers does not add up: sessions have their shares of the whole */
        r.n_layers = 8;
        for (size_t v = 0; v < s.mesh.n_vertices; v++)
            s.layer[v] = (int32_t)fmin(s.mesh.vertices[v].x / 5, 7);
        dots = place(&r, &n);
        size_t first = 0, second = 0;
        for (size_t i = 0; i < n; i++) {
            first += dots[i].session <= 1;
            second += dots[i].session <= 2;
        }
        assert_int_equal(first, 150);
        assert_int_equal(second, 350);
        free(dots);
        shape_fini(&s);
    }
}

static void pins_hair_and_first_sessions_are_honoured(void **state)
{
    (void)state;
    for (int pattern = 0; pattern < 2; pattern++) {
        shape s = shape_sheet(30, 30, 1, 0, 0, 50);
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        for (size_t v = 0; v < s.mesh.n_vertices; v++)
            s.first_session[v] = s.mesh.vertices[v].y > 20 ? 2 : 1;
        np_dots_fixed pins[3] = {{{5, 5, 0.2}, 1, 0, 0}, {{15.5, 5, 0}, 2, 0, 0}, {{25, 5, 0}, 3, 0, 0}};
        np_vec3 hair[40];
        for (size_t k = 0; k < 40; k++)
            hair[k] = np_vec3_make(2 + 26 * np_rng_uniform(5, 1, k, 0), 8 + 20 * np_rng_uniform(5, 1, k, 1), 0);
        r.pins = pins;
        r.n_pins = 3;
        r.existing = hair;
        r.n_existing = 40;
        size_t n, seen = 0;
        np_placed_dot *dots = place(&r, &n);
        assert_int_equal(n, 450);
        for (size_t i = 0; i < n; i++) {
            if (dots[i].pin >= 0) {
                const np_dots_fixed *pin = &pins[dots[i].pin];
                seen++;
                assert_near(np_vec3_distance(dots[i].point.position, np_vec3_make(pin->position.x, pin->position.y, 0)),
                            0, 1e-9);
                assert_true(dots[i].session >= pin->session);
            } else if (dots[i].point.position.y > 20.7) {
                assert_true(dots[i].session >= 2);
            }
        }
        assert_int_equal(seen, 3);
        free(dots);
        shape_fini(&s);
    }
}

static void expect_the_same_on_any_number_of_threads(const np_dots_request *r)
{
    static const int threads[3] = {1, 2, 8};
    np_placed_dot *first = NULL;
    size_t n_first = 0;
    for (int k = 0; k < 3; k++) {
        size_t n;
        np_placed_dot *dots;
        np_error err = {0};
        omp_set_num_threads(threads[k]);
        assert_int_equal(np_dots_place(r, NULL, &dots, &n, &err), NP_OK);
        if (k == 0) {
            first = dots;
            n_first = n;
            continue;
        }
        assert_int_equal(n, n_first);
        assert_memory_equal(dots, first, n * sizeof *dots);
        free(dots);
    }
    omp_set_num_threads(2);
    free(first);
}

static void the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    for (int pattern = 0; pattern < 2; pattern++) {
        shape s = shape_ball(20, 40, 60);
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        expect_the_same_on_any_number_of_threads(&r);
        shape_fini(&s);
    }
}

/* Where the density steps s differs from one dot to its neighbour, so that what stood too far off for one another may come near:
 * in fields of 5 mm, of 15 and 90 a cm2. */
static void the_same_where_the_density_steps(void **state)
{
    (void)state;
    shape s = shape_sheet(40, 40, 0.8, 0, 0, 0);
    for (size_t v = 0; v < s.mesh.n_vertices; v++)
        s.density[v] = ((int)(s.mesh.vertices[v].x / 5) + (int)(s.mesh.vertices[v].y / 5)) % 2 ? 90 : 15;
    for (int pattern = 0; pattern < 2; pattern++) {
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        for (r.seed = 1; r.seed <= 3; r.seed++)
            expect_the_same_on_any_number_of_threads(&r);
    }
    shape_fini(&s);
}

static bool stop_at_once(void *context, const char *stage, double fraction)
{
    (void)context;
    (void)stage;
    (void)fraction;
    return false;
}

static void expect_error(const np_dots_request *r, np_status status, const char *part)
{
    np_placed_dot *dots;
    size_t n;
    np_error err = {0};
    assert_int_equal(np_dots_place(r, NULL, &dots, &n, &err), status);
    assert_null(dots);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" does not say \"%s\"", err.text, part);
}

static void bad_requests_say_what_is_wrong(void **state)
{
    (void)state;
    shape s = shape_sheet(10, 10, 1, 0, 0, 50);
    np_dots_request good = shape_request(&s, NP_DOTS_FOLLICULAR), r = good;
    s.density[7] = NAN;
    expect_error(&r, NP_ERR_INVALID, "vertex 7");
    s.density[7] = -1;
    expect_error(&r, NP_ERR_INVALID, "vertex 7");
    s.density[7] = 900;
    expect_error(&r, NP_ERR_INVALID, "layer 0 asks for 900 dots per cm2");
    s.density[7] = 50;
    s.layer[3] = 2;
    expect_error(&r, NP_ERR_INVALID, "layer 2 of 1");
    s.layer[3] = 0;
    s.first_session[4] = 0;
    expect_error(&r, NP_ERR_INVALID, "first session at vertex 4");
    s.first_session[4] = 1;
    np_dots_fixed pins[2] = {{{5, 5, 0}, 1, 0, 0}, {{5.2, 5, 0}, 1, 0, 0}};
    r.pins = pins;
    r.n_pins = 2;
    expect_error(&r, NP_ERR_INVALID, "0.200 mm from pin");
    pins[1].position.z = 5;
    expect_error(&r, NP_ERR_INVALID, "off the surface");
    pins[1].position.z = NAN;
    expect_error(&r, NP_ERR_INVALID, "pin 1");
    pins[1] = (np_dots_fixed){{8, 8, 0}, 1, 4, 0};
    expect_error(&r, NP_ERR_INVALID, "layer 4");
    pins[1].layer = 0;
    r.exact_count = 1;
    expect_error(&r, NP_ERR_INVALID, "2 pins");
    np_vec3 hair[1] = {{5, 5.1, 0}};
    r = good;
    r.pins = pins;
    r.n_pins = 2;
    r.existing = hair;
    r.n_existing = 1;
    expect_error(&r, NP_ERR_INVALID, "existing hair 0");
    hair[0].x = INFINITY;
    expect_error(&r, NP_ERR_INVALID, "existing hair 0");
    r = good;
    r.exact_count = 1000000000;
    expect_error(&r, NP_ERR_INVALID, "at most");
    r = good;
    r.cumulative_share[1] = 0.2;
    expect_error(&r, NP_ERR_INVALID, "share 2");
    r = good;
    r.cumulative_share[2] = 0.9;
    expect_error(&r, NP_ERR_INVALID, "last");
    r = good;
    r.n_sessions = 9;
    expect_error(&r, NP_ERR_INVALID, "9 sessions");
    r = good;
    r.spacing_min_mm = NAN;
    expect_error(&r, NP_ERR_INVALID, "spacing");
    r = good;
    r.surface = NULL;
    expect_error(&r, NP_ERR_INVALID, "no surface");
    for (int pattern = 0; pattern < 2; pattern++) {
        np_progress progress = {stop_at_once, NULL};
        np_placed_dot *dots;
        size_t n;
        np_error err = {0};
        r = good;
        r.pattern = (np_dots_pattern)pattern;
        assert_int_equal(np_dots_place(&r, &progress, &dots, &n, &err), NP_ERR_STOPPED);
    }
    for (size_t v = 0; v < s.mesh.n_vertices; v++)
        s.density[v] = 0;
    size_t n;
    np_placed_dot *dots = place(&good, &n);
    assert_int_equal(n, 0);
    free(dots);
    r = good;
    r.exact_count = 10;
    expect_error(&r, NP_ERR_INVALID, "density is 0");
    shape_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_the_density_and_shares_exact),
        cmocka_unit_test(pins_hair_and_first_sessions_are_honoured),
        cmocka_unit_test(the_same_on_any_number_of_threads),
        cmocka_unit_test(the_same_where_the_density_steps),
        cmocka_unit_test(bad_requests_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
