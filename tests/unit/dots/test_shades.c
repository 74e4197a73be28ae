/* Shades over dots: shares, neighbours that differ, and more of the darker one where darker tones are wanted. */
#include "dots/shades.h"

#include <math.h>
#include <stdlib.h>

#include "../test.h"
#include "base/rng.h"

enum { SIDE = 60, N = SIDE * SIDE };

static np_vec3 at[N];
static int32_t session[N];
static double density[N], tone[N];
static uint8_t shade[N];

/* A jittered grid of 1.15 mm, which is 75 dots/cm2; every third dot is of session 1. */
static np_dots_shading field(int n_shades, const double *tones, const double *shares)
{
    np_dots_shading r = {at, session, density, tone, N, n_shades, {0}, {0}};
    for (int i = 0; i < N; i++) {
        at[i] = np_vec3_make(1.15 * (i % SIDE + 0.6 * np_rng_uniform(7, 0, (uint64_t)i, 0)),
                             1.15 * (i / SIDE + 0.6 * np_rng_uniform(7, 0, (uint64_t)i, 1)), 0);
        session[i] = i % 3 ? 2 : 1;
        density[i] = 75;
        tone[i] = 0.5;
    }
    for (int k = 0; k < n_shades; k++) {
        r.shade_tone[k] = tones[k];
        r.share[k] = shares[k];
    }
    return r;
}

static double share_of(int k, int of_session, double x_from, double x_to)
{
    double n = 0, of = 0;
    for (int i = 0; i < N; i++)
        if ((!of_session || session[i] == of_session) && at[i].x >= x_from && at[i].x < x_to) {
            of += shade[i] == k;
            n++;
        }
    return of / n;
}

/* How often the nearest dot of the same session, or any, has the same shade. */
static double same_as_nearest(int of_session)
{
    double same = 0, n = 0;
    for (int i = 0; i < N; i++) {
        double best = HUGE_VAL;
        int nearest = -1;
        for (int j = 0; j < N && (!of_session || session[i] == of_session); j++)
            if (j != i && (!of_session || session[j] == of_session) && np_vec3_distance(at[i], at[j]) < best) {
                best = np_vec3_distance(at[i], at[j]);
                nearest = j;
            }
        if (nearest < 0)
            continue;
        same += shade[i] == shade[nearest];
        n++;
    }
    return same / n;
}

static void shares_are_met_in_every_session(void **state)
{
    (void)state;
    np_error err = {0};
    np_dots_shading r = field(3, (const double[]){0.9, 0.5, 0.1}, (const double[]){0.2, 0.3, 0.5});
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    for (int s = 0; s <= 2; s++)
        for (int k = 0; k < 3; k++)
            assert_near(share_of(k, s, 0, 1e3), r.share[k], 0.01);
}

/* Whatever single dots want. */
static void a_rare_shade_stays_rare(void **state)
{
    (void)state;
    np_error err = {0};
    static const double shares[] = {0.03, 0.1};
    for (int i = 0; i < 2; i++) {
        np_dots_shading r = field(2, (const double[]){0.9, 0.4}, (const double[]){shares[i], 1 - shares[i]});
        for (int j = 0; j < N; j++)
            tone[j] += 0.31 * fmin(fmax(np_rng_normal(9, 1, (uint64_t)j, 0), -2), 2);
        assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
        assert_near(share_of(0, 0, 0, 1e3), shares[i], 0.01);
    }
}

/* Of the number of shade 0 in squares of 36 dots, MEAN of them in the mean. */
static double dark_variance(double mean)
{
    double variance = 0;
    for (int y = 0; y < SIDE; y += 6)
        for (int x = 0; x < SIDE; x += 6) {
            double dark = 0;
            for (int k = 0; k < 36; k++)
                dark += shade[(y + k / 6) * SIDE + x + k % 6] == 0;
            variance += (dark - mean) * (dark - mean) / 100;
        }
    return variance;
}

static void neighbours_differ(void **state)
{
    (void)state;
    np_error err = {0};
    np_dots_shading r = field(2, (const double[]){0.9, 0.4}, (const double[]){0.5, 0.5});
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    /* by chance a half of them would be the same */
    assert_true(same_as_nearest(0) < 0.35);
    assert_true(same_as_nearest(1) < 0.45);
    /* and a quarter of dark dots in squares of 36 dots: chance has a variance of 6.75 */
    r = field(2, (const double[]){0.9, 0.4}, (const double[]){0.25, 0.75});
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    assert_true(dark_variance(9) < 0.3 * 6.75);
}

/* Tones that vary from dot to dot, as strategies draw them, make no patches, and the dots that are to be darker are. */
static void single_dots_decide_among_neighbours(void **state)
{
    (void)state;
    np_error err = {0};
    for (int quarter = 0; quarter <= 1; quarter++) {
        double share = quarter ? 0.25 : 0.5, wanted[2] = {0};
        np_dots_shading r = field(2, (const double[]){0.9, 0.4}, (const double[]){share, 1 - share});
        for (int i = 0; i < N; i++)
            tone[i] += 0.31 * fmin(fmax(np_rng_normal(9, 1, (uint64_t)i, 0), -2), 2);
        assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
        for (int s = 0; s <= 2; s++)
            assert_near(share_of(0, s, 0, 1e3), share, 0.03);
        for (int i = 0; i < N; i++)
            wanted[shade[i]] += tone[i];
        assert_true(wanted[0] / (N * share) - wanted[1] / (N * (1 - share)) > 0.3);
        assert_true(dark_variance(36 * share) < 0.65 * 36 * share * (1 - share)); /* of what chance makes */
    }
}

static void darker_where_it_is_wanted(void **state)
{
    (void)state;
    np_error err = {0};
    np_dots_shading r = field(2, (const double[]){0.8, 0.3}, (const double[]){0.5, 0.5});
    for (int i = 0; i < N; i++)
        tone[i] = 0.45 + 0.2 * at[i].x / (1.15 * SIDE);
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    assert_near(share_of(0, 0, 0, 1e3), 0.5, 0.01);
    /* 0.15 of tone more on the right quarter than on the left one are 0.3 of the way between the shades */
    assert_near(share_of(0, 0, 51.75, 69) - share_of(0, 0, 0, 17.25), 0.3, 0.06);
}

static void the_same_again_and_one_shade_is_all(void **state)
{
    (void)state;
    static uint8_t again[N];
    np_error err = {0};
    np_dots_shading r = field(2, (const double[]){0.9, 0.4}, (const double[]){0.4, 0.6});
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    assert_int_equal(np_dots_shade(&r, again, &err), NP_OK);
    assert_memory_equal(shade, again, N);
    r = field(1, (const double[]){0.9}, (const double[]){1});
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    for (int i = 0; i < N; i++)
        assert_int_equal(shade[i], 0);
    r.n = 0;
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_OK);
    r = field(2, (const double[]){0.9, 0.4}, (const double[]){0.4, 0.6});
    at[5].x = NAN;
    assert_int_equal(np_dots_shade(&r, shade, &err), NP_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_met_in_every_session),
        cmocka_unit_test(a_rare_shade_stays_rare),
        cmocka_unit_test(neighbours_differ),
        cmocka_unit_test(single_dots_decide_among_neighbours),
        cmocka_unit_test(darker_where_it_is_wanted),
        cmocka_unit_test(the_same_again_and_one_shade_is_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
