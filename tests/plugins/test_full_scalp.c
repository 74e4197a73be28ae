/* full_scalp on the test host: whatever the seed, no stretch of the nape's edge is straight for long. */
#include <math.h>
#include <needlepath/plugin_test.h>
#include <stdio.h>

#include "../../plugins/full_scalp/full_scalp.h"

#define REGION_MM 185.0 /* around the vertex: its border runs round the nape */
#define REACH_RAD 0.75  /* of the border, to either side of the midline: where all of it is nape */
#define WITHIN_MM 0.4
#define MOST_MM 11.0
enum { COLUMNS = 119, SEEDS = 40 }; /* a millimetre apart */

/* The place DEEP mm above the border, AROUND radians to the left of the middle of the back. */
static double coverage(np_test *t, double around, double deep)
{
    double down = (REGION_MM - deep) / NP_TEST_RADIUS_MM;
    np_test_dot dot =
        np_test_at(t, -NP_TEST_RADIUS_MM * sin(down) * cos(around), NP_TEST_RADIUS_MM * sin(down) * sin(around),
                   NP_TEST_MIDDLE_Z_MM + NP_TEST_RADIUS_MM * cos(down));
    return dot.coverage;
}

/* How far above the border half of the density is reached. */
static double edge_mm(np_test *t, double around)
{
    double low = 0, high = 45;
    for (int i = 0; i < 12; i++) {
        double middle = 0.5 * (low + high);
        *(coverage(t, around, middle) < 0.5 ? &low : &high) = middle;
    }
    return low;
}

/* The longest stretch of the edge that keeps within WITHIN_MM of its chord. */
static double straight_mm(np_test *t)
{
    double edge[COLUMNS], step = 2 * REACH_RAD * NP_TEST_RADIUS_MM * sin(REGION_MM / NP_TEST_RADIUS_MM) / (COLUMNS - 1);
    int longest = 0;
    for (int i = 0; i < COLUMNS; i++)
        edge[i] = edge_mm(t, REACH_RAD * (2.0 * i / (COLUMNS - 1) - 1));
    for (int a = 0; a < COLUMNS; a++)
        for (int b = a + 1; b < COLUMNS; b++) {
            double off = 0;
            for (int i = a; i < b; i++)
                off = fmax(off, fabs(edge[i] - edge[a] - (edge[b] - edge[a]) * (i - a) / (b - a)));
            if (off > WITHIN_MM)
                break;
            longest = b - a > longest ? b - a : longest;
        }
    return longest * step;
}

static int napes_of(uint64_t seeds, double wander_mm, double *out_longest)
{
    int failures = 0;
    *out_longest = 0;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        np_test *t = np_test_begin(np_plugin_entry_v1(), "full_scalp");
        np_test_draw_region(t, "region", (const double[]){0, 0, 130}, REGION_MM);
        np_test_set(t, "nape_wander_mm", wander_mm);
        np_test_set_seed(t, seed);
        NP_TEST_EXPECT(t, np_test_run(t) == 0);
        *out_longest = fmax(*out_longest, straight_mm(t));
        failures += np_test_end(t);
    }
    return failures;
}

int main(void)
{
    double longest, drawn;
    int failures = napes_of(SEEDS, 6, &longest) + napes_of(1, 0, &drawn);
    printf("longest straight stretch of %d napes: %.1f mm; of one that does not wander: %.1f mm\n", SEEDS, longest,
           drawn);
    if (!(longest < MOST_MM && drawn > 60))
        failures++;
    return failures > 0;
}
