/* The numbers of data/fu_reference_stats.csv and data/follicular_potential.csv; a test compares them with the
 * files. */
#include "dots/private/reference.h"

#include <math.h>

const double dots_reference_quantile[9] = {0.410, 0.500, 0.556, 0.651, 0.754, 0.844, 0.932, 0.983, 1.044};

const double dots_reference_g[NP_DOTS_G_BINS] = {0.0000, 0.0000, 0.0000, 0.0000, 0.0038, 0.0000, 0.0081, 0.0441, 0.1337,
                                                 0.1946, 0.2872, 0.4027, 0.5005, 0.6614, 0.8620, 1.1168, 1.2988, 1.4633,
                                                 1.4774, 1.6199, 1.5572, 1.4958, 1.4381, 1.2105, 1.0814, 1.0342, 1.0144,
                                                 0.9713, 0.9648, 0.9199, 0.9306, 0.9563, 0.8904, 0.8969, 0.8803, 0.9362,
                                                 0.9007, 0.8760, 0.8154, 0.9370, 0.9078, 0.8641, 0.7329, 0.7429};

const dots_gas dots_follicular_gas = {
    .pair = {12.0000, 12.0000, 12.0000, 12.0000, 12.0000, 12.0000, 7.7524,  5.9693,  3.8887,  3.2229,
             2.1728,  1.2890,  0.6298,  -0.0811, -0.5929, -0.9683, -1.2099, -1.5213, -1.6229, -1.9248,
             -1.9305, -1.9042, -1.8430, -1.5836, -1.3353, -1.1141, -0.9284, -0.7001, -0.4844, -0.2857,
             -0.0918, 0.0544,  0.1516,  0.2362,  0.2595,  0.2534,  0.2046,  0.1407,  0.0926,  0.0000},
    .wide = {.strength = 12, .sd = 1.25},
};

/* Measured, 20,000 dots on a plane each: R 1.486, 1.454, 1.427, 1.399 at 1, 1.2, 1.4, 1.6 kT. */
double dots_follicular_kt(double evenness)
{
    const double at_one = 1.486, fall_per_kt = 0.1445;
    return evenness > 0 ? fmax(1, 1 + (at_one - evenness) / fall_per_kt) : 1;
}
