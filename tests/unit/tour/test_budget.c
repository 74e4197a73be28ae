/* A budget of wall time, by a clock of the test's own: it moves on by a millisecond with every look at it, so that how much
 * of a budget is used does not depend on the machine. */
#include "../test.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/rng.h"
#include "tour/tour.h"

#define LOOK_S 1e-3
#define BUDGET_S 1.0
enum { N = 500 };

static atomic_int looks;

/* In place of base/clock.c's. */
double np_clock_s(void)
{
    return LOOK_S * atomic_fetch_add(&looks, 1);
}

/* Seconds that ordering random points took by that clock. */
static double took_s(double seconds, double patch_radius_mm, unsigned *out_patches)
{
    static np_vec3 positions[N];
    static uint32_t order[N];
    for (size_t i = 0; i < N; i++)
        positions[i] = np_vec3_make(np_rng_uniform(1, 1, i, 0), np_rng_uniform(1, 1, i, 1), 0);
    np_tour_request request = {.positions = positions,
                               .n = N,
                               .arm = {.speed_mm_s = 100,
                                       .acceleration_mm_s2 = 1000,
                                       .rotation_deg_s = 60,
                                       .rotation_acceleration_deg_s2 = 300,
                                       .patch_radius_mm = patch_radius_mm},
                               .kicks_per_dot = 1,
                               .seconds = seconds};
    np_tour_totals totals;
    np_error err = {0};
    atomic_store(&looks, 1);
    assert_int_equal(np_tour_order(&request, NULL, order, &totals, &err), NP_OK);
    *out_patches = totals.patches;
    return LOOK_S * atomic_load(&looks);
}

static void seconds_are_kept(void **state)
{
    (void)state;
    unsigned patches;
    double took = took_s(BUDGET_S, 0, &patches);
    assert_int_equal(patches, 1);
    assert_true(took >= BUDGET_S);
    assert_true(took < 1.02 * BUDGET_S);
}

static void patches_share_the_seconds(void **state)
{
    (void)state;
    unsigned patches;
    double took = took_s(BUDGET_S, 0.3, &patches);
    assert_true(patches > 1);
    assert_true(took > 0.5 * BUDGET_S);
    assert_true(took < 1.1 * BUDGET_S);
}

static void without_seconds_the_clock_decides_nothing(void **state)
{
    (void)state;
    unsigned patches;
    assert_true(took_s(0, 0, &patches) < 10 * LOOK_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_are_kept),
        cmocka_unit_test(patches_share_the_seconds),
        cmocka_unit_test(without_seconds_the_clock_decides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
