/* Point statistics against patterns whose figures are known, and the built-in tables against their data files. */
#include "dots/findings.h"
#include "dots/private/reference.h"
#include "dots/stats.h"

#include "base/angle.h"
#include "base/rng.h"

#include <stdio.h>

#include "../test.h"

/* N points of the plane with normals up and one density; interior: at least MARGIN from the square's border.
 */
typedef struct pattern {
    np_vec3 *at, *normal;
    double *density;
    unsigned char *interior;
    size_t n;
} pattern;

static pattern pattern_make(size_t n)
{
    return (pattern){calloc(n, sizeof(np_vec3)), calloc(n, sizeof(np_vec3)), calloc(n, sizeof(double)), calloc(n, 1),
                     n};
}

static void pattern_fini(pattern *p)
{
    free(p->at);
    free(p->normal);
    free(p->density);
    free(p->interior);
}

static void pattern_set(pattern *p, size_t i, double x, double y, double width, double height, double density)
{
    p->at[i] = np_vec3_make(x, y, 0);
    p->normal[i] = np_vec3_make(0, 0, 1);
    p->density[i] = density;
    p->interior[i] = x > 5 && x < width - 5 && y > 5 && y < height - 5;
}

static np_dots_stats measure(const pattern *p)
{
    np_dots_stats stats;
    np_error err = {0};
    assert_int_equal(np_dots_stats_compute(p->at, p->normal, p->density, p->interior, p->n, &stats, &err), NP_OK);
    return stats;
}

static void a_hexagonal_lattice_has_its_textbook_figures(void **state)
{
    (void)state;
    enum { SIDE = 80 };
    pattern p = pattern_make(SIDE * SIDE);
    double row = sqrt(3) / 2, density = 100 / row; /* spacing 1 mm */
    for (size_t i = 0; i < p.n; i++)
        pattern_set(&p, i, (double)(i % SIDE) + (i / SIDE % 2 ? 0.5 : 0), row * (double)(i / SIDE), SIDE, SIDE * row,
                    density);
    np_dots_stats s = measure(&p);
    assert_near(s.spacing_min_mm, 1, 1e-9);
    assert_near(s.clark_evans_r, 2.1491, 0.001);
    assert_near(s.nn_cv, 0, 1e-6);
    assert_near(s.psi6, 1, 1e-6);
    assert_true(s.fano < 0.15);
    assert_true(s.fano_30 < 0.08);
    assert_true(s.structure_factor_0 < 0.01);
    assert_true(s.n_interior > 0);
    assert_true(s.n_interior < s.n);
    pattern_fini(&p);
}

static void random_points_have_theirs(void **state)
{
    (void)state;
    enum { N = 30000 };
    pattern p = pattern_make(N);
    for (size_t i = 0; i < N; i++)
        pattern_set(&p, i, 200 * np_rng_uniform(1, 1, i, 0), 150 * np_rng_uniform(1, 1, i, 1), 200, 150, 100);
    np_dots_stats s = measure(&p);
    assert_near(s.clark_evans_r, 1, 0.02);
    assert_near(s.nn_cv, 0.5227, 0.02);
    assert_near(s.fano, 1, 0.06);
    assert_near(s.fano_30, 1, 0.12);
    assert_near(s.structure_factor_0, 1, 0.15);
    assert_true(s.blotch > 0.22);
    for (int k = 4; k < NP_DOTS_G_BINS; k++)
        assert_near(s.g[k], 1, 0.06);
    assert_true(s.g_rms_error > 0.3);
    assert_true(s.nn_quantile_error > 0.15);
    pattern_fini(&p);
}

/* A distance of 2.2 s, where g ends, is less than that as a square, and not less as its root: it counts in the last bin. */
static void a_pair_at_the_very_end_of_g_counts_in_its_last_bin(void **state)
{
    (void)state;
    pattern p = pattern_make(2);
    double distance_mm = 3.111269837220809;
    pattern_set(&p, 0, 0, 50, 100, 100, 50);
    pattern_set(&p, 1, distance_mm, 50, 100, 100, 50);
    p.interior[0] = p.interior[1] = 1;
    np_dots_stats s = measure(&p);
    assert_near(s.spacing_min_mm, distance_mm, 1e-12);
    assert_true(s.g[NP_DOTS_G_BINS - 1] > 0);
    pattern_fini(&p);
}

/* A lattice in which every other dot is hair, say: what a density made keeps the lattice's distance from it, and hair that is lopsided by itself
 * does not count. */
static void neighbours_are_seen_and_do_not_count(void **state)
{
    (void)state;
    enum { SIDE = 40 };
    pattern p = pattern_make(SIDE * SIDE + 1);
    for (int i = 0; i < SIDE * SIDE; i++) {
        pattern_set(&p, (size_t)i, i % SIDE, i / SIDE, SIDE, SIDE, 100);
        if ((i % SIDE + i / SIDE) % 2 && p.interior[i])
            p.interior[i] = NP_DOTS_NEIGHBOUR;
    }
    pattern_set(&p, SIDE * SIDE, 20.3, 20, SIDE, SIDE, 100); /* beside hair: a hair of the same follicle */
    p.interior[SIDE * SIDE] = NP_DOTS_NEIGHBOUR;
    p.interior[20 * SIDE + 20] = NP_DOTS_NEIGHBOUR;
    np_dots_stats s = measure(&p);
    assert_in_range(s.n_interior, 300, SIDE * SIDE / 2);
    assert_near(s.nn_mean, 1, 0.001);
    assert_true(s.nn_cv < 0.02);
    pattern_fini(&p);
}

/* Random points in waves of 5:1 that were asked for, 25 mm long: as random as without. */
static void a_fade_that_is_wanted_adds_nothing_to_the_variance_of_counts(void **state)
{
    (void)state;
    enum { N = 30000 };
    pattern p = pattern_make(N);
    uint32_t draw = 0;
    for (size_t i = 0; i < N;) {
        double x = 250 * np_rng_uniform(2, 1, draw, 0), y = 200 * np_rng_uniform(2, 1, draw, 1);
        double share = 0.6 + 0.4 * sin(NP_TWO_PI * x / 25);
        if (np_rng_uniform(2, 1, draw++, 2) < share)
            pattern_set(&p, i++, x, y, 250, 200, 100 * share);
    }
    np_dots_stats s = measure(&p);
    assert_near(s.fano, 1, 0.06);
    assert_near(s.fano_30, 1, 0.12);
    for (size_t i = 0; i < N; i++)
        p.density[i] = 60;
    np_dots_stats unwanted = measure(&p);
    assert_true(unwanted.fano > 1.3);
    assert_true(unwanted.fano_30 > 2);
    pattern_fini(&p);
}

/* Two strips, 60 x 24 mm at 75 and at 44 a cm2, and bare skin between them, which no dot tells of unless it is TOLD: a jittered lattice, or as many
 * dots anywhere. */
static np_dots_stats measure_strips(bool bunched, bool told)
{
    enum { MOST = 4000 };
    pattern p = pattern_make(MOST);
    p.n = 0;
    for (int strip = 0; strip < 2; strip++) {
        double density = strip ? 44 : 75, s = 10 / sqrt(density), low = strip * 30.0;
        for (double row = low; row < low + 24; row += s)
            for (double column = 0; column < 60; column += s, p.n++) {
                double u = np_rng_uniform(5, 1, p.n, 0), v = np_rng_uniform(5, 1, p.n, 1);
                double x = bunched ? 60 * u : column + s * (u - 0.5) / 4;
                double y = bunched ? low + 24 * v : row + s * (v - 0.5) / 4;
                pattern_set(&p, p.n, x, y, 60, 54, density);
                bool edge = fmin(fmin(x, 60 - x), fmin(y - low, low + 24 - y)) < 3;
                p.interior[p.n] = edge && told ? NP_DOTS_EDGE : NP_DOTS_SAMPLE;
            }
    }
    np_dots_stats out = measure(&p);
    pattern_fini(&p);
    return out;
}

static void bare_skin_beside_two_densities_is_not_bunching(void **state)
{
    (void)state;
    np_dots_finding f[NP_DOTS_FINDINGS];
    enum { FANO = 7 };
    np_dots_stats even = measure_strips(false, true), unaware = measure_strips(false, false),
                  bunched = measure_strips(true, true);
    np_dots_stats_findings(&even, f);
    assert_string_equal(f[FANO].key, "fano");
    assert_true(f[FANO].measured);
    assert_true(even.n_interior == unaware.n_interior);
    assert_true(even.fano < 0.32);
    assert_true(unaware.fano > 2 * even.fano);
    np_dots_stats_findings(&bunched, f);
    assert_true(f[FANO].out);
    assert_non_null(strstr(f[FANO].sentence, "bunched"));
}

/* What no window fits into has no such figure, and nobody finds fault with it. */
static void windows_need_room(void **state)
{
    (void)state;
    enum { N = 400 };
    pattern p = pattern_make(N);
    for (size_t i = 0; i < N; i++) {
        pattern_set(&p, i, 80 * np_rng_uniform(3, 1, i, 0), 5 * np_rng_uniform(3, 1, i, 1), 0, 0, 100);
        p.interior[i] = p.at[i].y > 1 && p.at[i].y < 4;
    }
    np_dots_stats s = measure(&p);
    assert_true(s.fano == 0);
    assert_true(s.fano_30 == 0);
    assert_true(s.structure_factor_0 == 0);
    assert_true(s.blotch == 0);
    np_dots_finding findings[NP_DOTS_FINDINGS];
    np_dots_stats_findings(&s, findings);
    for (int k = 0; k < NP_DOTS_FINDINGS; k++)
        assert_true(findings[k].measured || !findings[k].out);
    assert_false(findings[7].measured);
    assert_true(findings[0].measured);
    pattern_fini(&p);
}

static void what_cannot_be_measured_is_an_error(void **state)
{
    (void)state;
    pattern p = pattern_make(10);
    for (size_t i = 0; i < 10; i++)
        pattern_set(&p, i, (double)i, 0, 10, 10, i == 7 ? 0 : 50);
    np_dots_stats s;
    np_error err = {0};
    assert_int_equal(np_dots_stats_compute(p.at, p.normal, p.density, p.interior, p.n, &s, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "dot 7"));
    p.density[7] = 50;
    p.at[3].y = NAN;
    assert_int_equal(np_dots_stats_compute(p.at, p.normal, p.density, p.interior, p.n, &s, &err), NP_ERR_INVALID);
    pattern_fini(&p);
    assert_int_equal(np_dots_stats_compute(NULL, NULL, NULL, NULL, 0, &s, &err), NP_OK);
    assert_int_equal(s.n, 0);
}

static void check_potential(const char *path, const double *table)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[256];
    int n = 0;
    double key, value;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%lf,%lf", &key, &value) == 2) {
            assert_true(n < DOTS_POTENTIAL_BINS);
            assert_near(key, (n + 0.5) * DOTS_POTENTIAL_STEP, 1e-6);
            assert_near(table[n++], value, 1e-4);
        }
    fclose(file);
    assert_int_equal(n, DOTS_POTENTIAL_BINS);
}

/* The tables in C are the data files'. */
static void the_tables_are_those_of_the_data_files(void **state)
{
    (void)state;
    FILE *file = fopen(NP_TEST_SOURCE_DIR "/core/dots/data/fu_reference_stats.csv", "r");
    assert_non_null(file);
    char line[256];
    int n_quantiles = 0, n_g = 0;
    double key, value;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "nn_quantile,%lf,%lf", &key, &value) == 2)
            assert_near(dots_reference_quantile[n_quantiles++], value, 1e-6);
        if (sscanf(line, "g,%lf,%lf", &key, &value) == 2)
            assert_near(dots_reference_g[n_g++], value, 1e-6);
    }
    fclose(file);
    check_potential(NP_TEST_SOURCE_DIR "/core/dots/data/follicular_potential.csv", dots_follicular_gas.pair);
    assert_int_equal(n_quantiles, 9);
    assert_int_equal(n_g, NP_DOTS_G_BINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hexagonal_lattice_has_its_textbook_figures),
        cmocka_unit_test(random_points_have_theirs),
        cmocka_unit_test(a_pair_at_the_very_end_of_g_counts_in_its_last_bin),
        cmocka_unit_test(neighbours_are_seen_and_do_not_count),
        cmocka_unit_test(a_fade_that_is_wanted_adds_nothing_to_the_variance_of_counts),
        cmocka_unit_test(bare_skin_beside_two_densities_is_not_bunching),
        cmocka_unit_test(windows_need_room),
        cmocka_unit_test(what_cannot_be_measured_is_an_error),
        cmocka_unit_test(the_tables_are_those_of_the_data_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
