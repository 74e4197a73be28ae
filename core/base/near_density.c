/* The density of points on skin, from the points alone.  One estimator, so that what a strategy plans for and what dots feel of
 * the same hair is one figure.  The bandwidth follows the points: wide where there are few, so that single hairs make no bumps,
 * and narrow where there are many, so that a hairline stays one. */
#include "base/near.h"

#include "base/angle.h"

/* The kernel holds so many points, if there are that many in its widest. */
#define HELD 12
#define LEAST_MM 2.5
#define WIDEST_MM 6.0

/* An Epanechnikov kernel of BANDWIDTH_MM over a plane, with its integral 1: 2 / (pi h^2) (1 - r^2 / h^2); per cm2. */
static double kernel_sum(double sum, double bandwidth_mm)
{
    return 100 * sum * 2 / (NP_PI * bandwidth_mm * bandwidth_mm);
}

/* The squares of the N least distances within WIDEST_MM, ascending; returns how many there are. */
static size_t least_distances2(const np_near *near, np_vec3 p, double *out_least2, size_t n)
{
    size_t found = 0;
    np_near_walk walk = np_near_around(near, p, WIDEST_MM);
    for (uint32_t j; np_near_next(&walk, &j);) {
        double d2 = np_vec3_distance2(p, np_near_point(near, j));
        if (d2 >= (found < n ? WIDEST_MM * WIDEST_MM : out_least2[n - 1]))
            continue;
        size_t at = found < n ? found++ : n - 1;
        for (; at > 0 && out_least2[at - 1] > d2; at--)
            out_least2[at] = out_least2[at - 1];
        out_least2[at] = d2;
    }
    return found;
}

double np_near_density_by_per_cm2(const np_near *near, np_vec3 p, double *out_bandwidth_mm)
{
    size_t n = 0;
    *out_bandwidth_mm = LEAST_MM;
    double sum = 0;
    np_near_walk walk = np_near_around(near, p, LEAST_MM);
    for (uint32_t j; np_near_next(&walk, &j);) {
        double d2 = np_vec3_distance2(p, np_near_point(near, j));
        if (d2 < LEAST_MM * LEAST_MM) {
            n++;
            sum += 1 - d2 / (LEAST_MM * LEAST_MM);
        }
    }
    if (n > HELD)
        return kernel_sum(sum, LEAST_MM);
    double least2[HELD + 1];
    n = least_distances2(near, p, least2, HELD + 1);
    double bandwidth2 = n > HELD ? least2[HELD] : WIDEST_MM * WIDEST_MM;
    sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += 1 - least2[k] / bandwidth2;
    *out_bandwidth_mm = sqrt(bandwidth2);
    return kernel_sum(sum, *out_bandwidth_mm);
}

double np_near_density_per_cm2(const np_near *near, np_vec3 p)
{
    double bandwidth_mm;
    return np_near_density_by_per_cm2(near, p, &bandwidth_mm);
}

double np_near_density_of_per_cm2(const np_near *near, np_vec3 p, double bandwidth_mm)
{
    double sum = 0, bandwidth2 = bandwidth_mm * bandwidth_mm;
    np_near_walk walk = np_near_around(near, p, bandwidth_mm);
    for (uint32_t j; np_near_next(&walk, &j);)
        sum += fmax(0, 1 - np_vec3_distance2(p, np_near_point(near, j)) / bandwidth2);
    return kernel_sum(sum, bandwidth_mm);
}
