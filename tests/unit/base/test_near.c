/* What the hashed grid finds is what a search of all points finds, wherever the points and the places lie. */
#include "base/near.h"

#include "../test.h"
#include "base/angle.h"
#include "base/rng.h"

enum { N = 3000 };

/* As other structures hold them: the position is not the first member. */
typedef struct item {
    int other;
    np_vec3 at;
} item;

static item items[N];

static np_vec3 random_place(uint64_t seed, uint64_t i, double wide)
{
    return np_vec3_make(wide * np_rng_uniform(seed, 1, i, 0), wide * np_rng_uniform(seed, 1, i, 1) - 40,
                        wide * np_rng_uniform(seed, 1, i, 2) + 1000);
}

/* The first 9 in 10 in a cloud of WIDE mm, the last in the same place as others. */
static void fill(size_t n, double wide)
{
    for (size_t i = 0; i < n; i++)
        items[i].at = i < n - n / 10 ? random_place(7, i, wide) : items[i - (n - n / 10)].at;
}

static np_near near_items(size_t n, double cell_mm)
{
    np_near near;
    np_error err;
    assert_int_equal(np_near_init(&near, &items->at, sizeof *items, n, cell_mm, &err), NP_OK);
    return near;
}

/* How often each point comes in WALK: never more than once; returns how many there are. */
static size_t tick(np_near_walk walk, unsigned char *seen, size_t n)
{
    size_t found = 0;
    memset(seen, 0, n);
    for (uint32_t j; np_near_next(&walk, &j); found++) {
        assert_true(j < n);
        assert_int_equal(seen[j], 0);
        seen[j] = 1;
    }
    return found;
}

static void check_all_within(const unsigned char *seen, size_t n, np_vec3 p, double radius_mm)
{
    for (size_t i = 0; i < n; i++)
        if (np_vec3_distance(items[i].at, p) <= radius_mm)
            assert_int_equal(seen[i], 1);
}

/* Everything within the radius comes once, from a walk and from a view; and not everything there is. */
static void all_within_a_radius_are_found(void **state)
{
    (void)state;
    static const double cells[] = {0.1, 0.5, 2, 9, 100}, radii[] = {0, 0.3, 1.9, 7, 15};
    unsigned char seen[N];
    int kinds[2] = {0}; /* of grids: a slot for each cube; hashed */
    fill(N, 30);
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        np_near near = near_items(N, cells[c]);
        kinds[near.mask != 0]++;
        np_near_view view = {.filled = false};
        for (size_t r = 0; r < sizeof radii / sizeof *radii; r++)
            for (uint64_t q = 0; q < 60; q++) {
                np_vec3 p = q < 20 ? items[q].at : random_place(8, q / 2, 40);
                size_t around = tick(np_near_around(&near, p, radii[r]), seen, N);
                check_all_within(seen, N, p, radii[r]);
                if (cells[c] < 10 && radii[r] < 8 && radii[r] < 4 * cells[c])
                    assert_true(around < N);
                size_t looked = tick(np_near_look(&near, p, radii[r], &view), seen, N);
                check_all_within(seen, N, p, radii[r]);
                assert_true(looked <= around || !view.whole); /* cubes that the ball touches, not all of its box */
            }
        np_near_fini(&near);
        np_near_fini(&near);
    }
    assert_true(kinds[0] >= 2);
    assert_true(kinds[1] >= 1);
}

/* A cube of a view that the ball does not touch is left out. */
static void cubes_beyond_the_ball_are_left_out(void **state)
{
    (void)state;
    const double cell = 3, radius = 1.1 * cell;
    fill(N, 30);
    np_near near = near_items(N, cell);
    np_near_view view = {.filled = false};
    for (uint64_t q = 0; q < 100; q++) {
        np_near_walk walk = np_near_look(&near, items[q].at, radius, &view);
        for (uint32_t j; np_near_next(&walk, &j);)
            assert_true(np_vec3_distance(items[j].at, items[q].at) <= radius + cell * sqrt(3) + 1e-6);
    }
    np_near_fini(&near);
}

/* A view of more cubes than it has room for walks them every time. */
static void a_view_may_overflow(void **state)
{
    (void)state;
    unsigned char seen[N];
    fill(N, 30);
    np_near near = near_items(N, 2);
    np_near_view view = {.filled = false};
    for (int again = 0; again < 2; again++) {
        assert_true(tick(np_near_look(&near, items[5].at, 12, &view), seen, N) > NP_NEAR_VIEW_CUBES);
        check_all_within(seen, N, items[5].at, 12);
    }
    assert_false(view.whole);
    np_near_fini(&near);
}

/* Cube by cube in the order of x, y and z, and by index in each, whatever the radius. */
static void the_order_is_that_of_the_cubes(void **state)
{
    (void)state;
    fill(N, 30);
    np_near near = near_items(N, 3);
    for (uint64_t q = 0; q < 50; q++) {
        np_near_walk walk = np_near_around(&near, items[q].at, 5);
        uint64_t last_key = 0;
        uint32_t last = 0;
        for (uint32_t j; np_near_next(&walk, &j);) {
            np_vec3 d = np_vec3_scale(np_vec3_sub(items[j].at, near.low), 1 / near.cell_mm);
            uint64_t key = np_near_key((int64_t)floor(d.x), (int64_t)floor(d.y), (int64_t)floor(d.z));
            assert_true(key > last_key || (key == last_key && j > last));
            last_key = key;
            last = j;
        }
    }
    np_near_fini(&near);
}

static void the_nearest_is_what_a_search_of_all_finds(void **state)
{
    (void)state;
    static const double limits[] = {0.4, 1.2, 6, 1e4, 1e300, HUGE_VAL};
    fill(1000, 25);
    np_near near = near_items(1000, 0.5);
    for (size_t l = 0; l < sizeof limits / sizeof *limits; l++)
        for (uint64_t q = 0; q < 300; q++) {
            size_t except = q < 200 ? q : SIZE_MAX, best = SIZE_MAX;
            np_vec3 p = q < 200 ? items[q].at : random_place(9, q, q < 290 ? 60 : 1e6);
            double best_mm = limits[l], mm;
            for (size_t i = 0; i < 1000; i++)
                if (i != except && np_vec3_distance(items[i].at, p) < best_mm) {
                    best_mm = np_vec3_distance(items[i].at, p);
                    best = i;
                }
            assert_true(np_near_nearest(&near, p, limits[l], except, &mm) == best);
            assert_true(mm == best_mm);
        }
    np_near_fini(&near);
}

/* No place, radius or spread overflows a cube's number, and no ball is walked for ever. */
static void far_and_wide_is_no_harm(void **state)
{
    (void)state;
    unsigned char seen[N];
    static const double wides[] = {0, 1e-300, 1, 1e9, 1e300}, radii[] = {0, 1, 1e12, HUGE_VAL};
    for (size_t w = 0; w < sizeof wides / sizeof *wides; w++) {
        fill(500, wides[w]);
        np_near near = near_items(500, 1e-3);
        for (size_t r = 0; r < sizeof radii / sizeof *radii; r++)
            for (int far = -1; far <= 1; far++) {
                np_vec3 p = far ? np_vec3_make(far * 1e300, -far * 1e20, far * 1e7) : items[0].at;
                np_near_view view = {.filled = false};
                tick(np_near_around(&near, p, radii[r]), seen, 500);
                check_all_within(seen, 500, p, radii[r]);
                tick(np_near_look(&near, p, radii[r], &view), seen, 500);
                check_all_within(seen, 500, p, radii[r]);
            }
        np_near_walk nowhere = np_near_around(&near, np_vec3_make(NAN, 0, 0), 1);
        tick(nowhere, seen, 500);
        np_near_fini(&near);
    }
}

static void no_points_have_no_nearest(void **state)
{
    (void)state;
    np_near near = near_items(0, 1);
    np_near_view view = {.filled = false};
    unsigned char seen[1];
    double mm;
    assert_int_equal(tick(np_near_around(&near, np_vec3_make(1, 2, 3), 5), seen, 0), 0);
    assert_int_equal(tick(np_near_look(&near, np_vec3_make(1, 2, 3), 5, &view), seen, 0), 0);
    assert_true(np_near_nearest(&near, np_vec3_make(1, 2, 3), 5, SIZE_MAX, &mm) == SIZE_MAX);
    assert_near(mm, 5, 0);
    np_near_fini(&near);
}

static void what_is_no_point_is_refused(void **state)
{
    (void)state;
    np_error err;
    np_near near;
    fill(10, 3);
    items[4].at.y = NAN;
    assert_int_equal(np_near_init(&near, &items->at, sizeof *items, 10, 1, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "point 4 "));
    np_near_fini(&near);
    items[4].at.y = 1e308;
    items[5].at.y = -1e308;
    assert_int_equal(np_near_init(&near, &items->at, sizeof *items, 10, 1, &err), NP_ERR_INVALID);
    np_near_fini(&near);
    assert_int_equal(np_near_init(&near, &items->at, sizeof *items, NP_NEAR_POINTS_MAX + 1, 1, &err), NP_ERR_INVALID);
    np_near_fini(&near);
}

/* ---- density ---- */

static np_near near_lattice(double density_per_cm2, double half_mm, np_vec3 *points, size_t room)
{
    double s = 10 / sqrt(density_per_cm2);
    size_t n = 0;
    for (double y = -half_mm; y < half_mm; y += s)
        for (double x = -half_mm; x < half_mm; x += s) {
            assert_true(n < room);
            points[n++] = np_vec3_make(x, y, 0);
        }
    np_near near;
    np_error err;
    assert_int_equal(np_near_init(&near, points, sizeof *points, n, NP_NEAR_DENSITY_CELL_MM, &err), NP_OK);
    return near;
}

/* Lattices of known density, asked at random places. */
static void density_of_a_lattice_is_its_density(void **state)
{
    (void)state;
    static const double densities[] = {15, 40, 75, 150, 400};
    static np_vec3 points[10000];
    for (size_t k = 0; k < sizeof densities / sizeof *densities; k++) {
        double mean = 0;
        np_near near = near_lattice(densities[k], 20, points, sizeof points / sizeof *points);
        for (uint64_t q = 0; q < 300; q++) {
            double x = 24 * (np_rng_uniform(2, 1, q, 0) - 0.5), y = 24 * (np_rng_uniform(2, 1, q, 1) - 0.5);
            double d = np_near_density_per_cm2(&near, np_vec3_make(x, y, 0));
            assert_near(d, densities[k], 0.35 * densities[k]);
            mean += d / 300;
        }
        assert_near(mean, densities[k], 0.08 * densities[k]);
        np_near_fini(&near);
    }
}

/* The kernel, summed over all points with the bandwidth of the thirteenth nearest. */
static void the_kernel_is_as_wide_as_a_dozen_points(void **state)
{
    (void)state;
    fill(600, 24);
    np_near near = near_items(600, NP_NEAR_DENSITY_CELL_MM);
    double narrowest = HUGE_VAL, widest = 0;
    for (uint64_t q = 0; q < 200; q++) {
        np_vec3 p = random_place(11, q, 30);
        double last = -1, h = 0, sum = 0;
        for (int k = 0; k < 13; k++) { /* the next distance, by a look at all; there are pairs in one place */
            double next = HUGE_VAL;
            size_t equal = 0;
            for (size_t i = 0; i < 600; i++) {
                double d = np_vec3_distance(p, items[i].at);
                equal += d <= last;
                next = d > last ? fmin(next, d) : next;
            }
            h = equal >= 13 ? h : next;
            last = next;
        }
        h = fmin(fmax(h, 2.5), 6);
        narrowest = fmin(narrowest, h);
        widest = fmax(widest, h);
        for (size_t i = 0; i < 600; i++)
            sum += fmax(0, 1 - np_vec3_distance2(p, items[i].at) / (h * h));
        double bandwidth, by = np_near_density_by_per_cm2(&near, p, &bandwidth);
        assert_near(by, 200 * sum / (NP_PI * h * h), 1e-9);
        assert_near(bandwidth, h, 1e-9);
        assert_near(np_near_density_of_per_cm2(&near, p, bandwidth), by, 1e-9);
    }
    assert_true(narrowest < 3.5);
    assert_near(widest, 6, 0);
    np_near_fini(&near);
}

static void few_points_have_little_density_and_none_have_none(void **state)
{
    (void)state;
    np_near near = near_items(0, NP_NEAR_DENSITY_CELL_MM);
    assert_near(np_near_density_per_cm2(&near, np_vec3_make(0, 0, 0)), 0, 0);
    np_near_fini(&near);
    for (int i = 0; i < 100; i++)
        items[i].at = np_vec3_make(1, 1, 1);
    near = near_items(1, NP_NEAR_DENSITY_CELL_MM);
    assert_near(np_near_density_per_cm2(&near, np_vec3_make(1, 1, 1)), 200 / (NP_PI * 36), 1e-12);
    assert_near(np_near_density_per_cm2(&near, np_vec3_make(1, 7.1, 1)), 0, 0);
    np_near_fini(&near);
    near = near_items(100, NP_NEAR_DENSITY_CELL_MM); /* all in one place */
    assert_near(np_near_density_per_cm2(&near, np_vec3_make(1, 1, 1)), 100 * 200 / (NP_PI * 6.25), 1e-9);
    np_near_fini(&near);
}

/* ---- edges: hair on a plane, as irregular as follicles are ---- */

typedef enum hair { WHOLE, HALF, STRIP, FADE, THINNED } hair;

/* The share that is left of hair at X mm; the bare strip is 6 mm wide. */
static double share_at(hair kind, double x)
{
    switch (kind) {
    case WHOLE:
        return 1;
    case HALF:
        return x < 0;
    case STRIP:
        return fabs(x) > 3;
    case FADE:
        return fmin(fmax((10 - x) / 20, 0), 1);
    default:
        return 0.5;
    }
}

/* Mean densities by whole mm of x, -16 to 16. */
static void measure_hair(hair kind, double density_per_cm2, double *out32)
{
    static np_vec3 points[6000];
    double s = 10 / sqrt(density_per_cm2), column = s * sqrt(2 / sqrt(3)), row = column * sqrt(3) / 2;
    int asked = 0;
    memset(out32, 0, 32 * sizeof *out32);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        size_t n = 0;
        uint64_t q = 0;
        for (int j = 0; j * row < 50; j++)
            for (int i = 0; i * column < 50; i++, q++) {
                double x = (i + 0.5 * (j % 2)) * column - 25 + 0.18 * s * np_rng_normal(seed, 1, q, 0);
                double y = j * row - 25 + 0.18 * s * np_rng_normal(seed, 2, q, 0);
                assert_true(n < sizeof points / sizeof *points);
                if (np_rng_uniform(seed, 3, q, 0) < share_at(kind, x))
                    points[n++] = np_vec3_make(x, y, 0);
            }
        np_near near;
        assert_int_equal(np_near_init(&near, points, sizeof *points, n, NP_NEAR_DENSITY_CELL_MM, NULL), NP_OK);
        for (double y = -16; y < 16; y += 0.4, asked++)
            for (int i = 0; i < 32 * 4; i++)
                out32[i / 4] += np_near_density_per_cm2(&near, np_vec3_make(-15.875 + 0.25 * i, y, 0)) / 4;
        np_near_fini(&near);
    }
    for (int i = 0; i < 32; i++)
        out32[i] /= asked;
}

/* What makes up for hair must not draw its edge: the whole density to the last millimetre, nothing a millimetre and a half beyond it, and as much in all. */
static void hair_that_ends_has_its_density_up_to_the_edge(void **state)
{
    (void)state;
    static const double densities[] = {30, 75, 150};
    for (int k = 0; k < 3; k++) {
        double got[32], full = densities[k], s = 10 / sqrt(full);
        measure_hair(HALF, full, got);
        for (int x = -8; x < 0; x++)
            assert_near(got[x + 16], full, 0.12 * full);
        assert_true(got[16] < 0.4 * full);
        for (int x = (int)ceil(s) + 1; x < 16; x++)
            assert_near(got[x + 16], 0, 0.02 * full);
        measure_hair(STRIP, full, got);
        for (int x = 4; x < 12; x++)
            assert_near(got[x + 16], full, 0.12 * full);
        assert_true(got[16] < 0.15 * full);
    }
}

static void hair_that_fades_or_is_thin_has_its_density(void **state)
{
    (void)state;
    double got[32];
    measure_hair(WHOLE, 75, got);
    for (int i = 0; i < 32; i++)
        assert_near(got[i], 75, 4);
    measure_hair(FADE, 75, got);
    for (int i = 0; i < 32; i++)
        assert_near(got[i], 75 * share_at(FADE, i - 15.5), 6);
    measure_hair(THINNED, 75, got);
    for (int i = 0; i < 32; i++)
        assert_near(got[i], 37.5, 5);
}

/* ---- units ---- */

/* Rows of hairs 0.3 mm apart, two rows 0.4 mm from each other and the rest by themselves: whatever the order, hairs of a row have one number. */
static void hairs_near_each_other_are_a_unit(void **state)
{
    (void)state;
    enum { UNITS = 300, HAIRS = 4 };
    static np_vec3 hairs[UNITS * HAIRS];
    static uint32_t unit[UNITS * HAIRS];
    size_t n, next = 0;
    for (size_t i = 0; i < UNITS * HAIRS; i++) {
        size_t of = i * 7 % UNITS, k = i / UNITS;
        hairs[i] = np_vec3_make(0.3 * (double)k, 0.4 * (double)(of % 2), (double)(of / 2));
    }
    assert_int_equal(np_near_units(hairs, sizeof *hairs, UNITS * HAIRS, unit, &n, NULL), NP_OK);
    assert_int_equal(n, UNITS);
    for (size_t i = 0; i < UNITS * HAIRS; i++) {
        if (i < UNITS)
            assert_int_equal(unit[i], next++); /* in the order of first hairs */
        assert_int_equal(unit[i], unit[i % UNITS]);
    }
    assert_int_equal(np_near_units(hairs, sizeof *hairs, 0, unit, &n, NULL), NP_OK);
    assert_int_equal(n, 0);
    np_error err;
    hairs[3].x = NAN;
    assert_int_equal(np_near_units(hairs, sizeof *hairs, 5, unit, &n, &err), NP_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_within_a_radius_are_found),
        cmocka_unit_test(cubes_beyond_the_ball_are_left_out),
        cmocka_unit_test(a_view_may_overflow),
        cmocka_unit_test(the_order_is_that_of_the_cubes),
        cmocka_unit_test(the_nearest_is_what_a_search_of_all_finds),
        cmocka_unit_test(far_and_wide_is_no_harm),
        cmocka_unit_test(no_points_have_no_nearest),
        cmocka_unit_test(what_is_no_point_is_refused),
        cmocka_unit_test(density_of_a_lattice_is_its_density),
        cmocka_unit_test(the_kernel_is_as_wide_as_a_dozen_points),
        cmocka_unit_test(few_points_have_little_density_and_none_have_none),
        cmocka_unit_test(hair_that_ends_has_its_density_up_to_the_edge),
        cmocka_unit_test(hair_that_fades_or_is_thin_has_its_density),
        cmocka_unit_test(hairs_near_each_other_are_a_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
