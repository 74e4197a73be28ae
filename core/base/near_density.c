/* The density of points on skin, from the points alone.  One estimator, so that what a strategy plans for and what dots feel of
 * the same hair is one figure.  The bandwidth follows the points: wide where there are few, so that single hairs make no bumps,
 * and narrow where there are many.
 *
 * A kernel smears the edge of hair over its bandwidth: too little hair on this side of the edge, and some on the bare one.  Who makes up
 * the difference would then draw the edge: dots too many among the last hairs, too few beside them.  So what the kernel misses beyond an
 * edge is taken from the other side (reflection: Schuster, Commun. Stat. Theory Methods 14, 1985), and hair ends where the hairs do. */
#include "base/near.h"

#include "base/angle.h"
#include "base/smooth.h"

/* The kernel holds so many points, if there are that many in its widest. */
#define HELD 12
#define LEAST_MM 2.5
#define WIDEST_MM 6.0

/* Of the spacing of hairs, which is about the distance to the third neighbour: where a place is among them, and where it is no longer.  CELL:
 * the hair's own patch, one hair's worth of skin, which leaves small gaps; HOLE: the widest that follicles leave between them. */
#define NEIGHBOUR 3
#define SPACING_LEAST_MM 0.5 /* of hairs listed twice, or one by one */
typedef struct near_among {
    double up_to, beyond;
} near_among;
static const near_among CELL = {0.6, 1}, HOLE = {0.75, 1.1};

/* The share of the kernel's hairs whose mirror images lie off every cell: up to LOPSIDED_LEAST among hairs, whose cells leave gaps; of the
 * rest, LOPSIDED_EDGE at the last hairs and all of it beyond.  Cells reach beyond the edge, so that what they show to be missed is less than
 * what is, by MISSED: these four and the cells were set so that hair that ends, hair that fades out over centimetres and hair thinned by lot all
 * have their own density (tests/unit/base/test_near.c). */
#define LOPSIDED_LEAST 0.12
#define LOPSIDED_EDGE 0.55
#define LOPSIDED_BEYOND 0.95
#define MISSED 2.6

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

/* How much P is among points that are SPACING_MM apart, 0..1. */
static double among(const np_near *near, np_vec3 p, double spacing_mm, near_among a)
{
    double mm;
    np_near_nearest(near, p, a.beyond * spacing_mm, SIZE_MAX, &mm);
    return 1 - np_smooth_step(a.up_to * spacing_mm, a.beyond * spacing_mm, mm);
}

/* The share of the kernel about P that has nothing opposite, beyond what is so among hairs: 0..1. */
static double lopsided(const np_near *near, np_vec3 p, double spacing_mm, double bandwidth_mm)
{
    double sum = 0, missed = 0;
    np_near_walk walk = np_near_around(near, p, bandwidth_mm);
    for (uint32_t j; np_near_next(&walk, &j);) {
        np_vec3 away = np_vec3_sub(p, np_near_point(near, j));
        double weight = fmax(0, 1 - np_vec3_dot(away, away) / (bandwidth_mm * bandwidth_mm));
        sum += weight;
        if (weight > 0)
            missed += weight * (1 - among(near, np_vec3_add(p, away), spacing_mm, CELL));
    }
    return sum > 0 ? fmax(0, missed / sum - LOPSIDED_LEAST) / (1 - LOPSIDED_LEAST) : 0;
}

double np_near_density_per_cm2(const np_near *near, np_vec3 p)
{
    double bandwidth_mm, mm, least2[NEIGHBOUR + 1], density = np_near_density_by_per_cm2(near, p, &bandwidth_mm);
    size_t nearest = np_near_nearest(near, p, WIDEST_MM, SIZE_MAX, &mm);
    if (nearest == SIZE_MAX || least_distances2(near, np_near_point(near, nearest), least2, NEIGHBOUR + 1) <= NEIGHBOUR)
        return density; /* single hairs have no edge */
    double spacing_mm = fmax(sqrt(least2[NEIGHBOUR]), SPACING_LEAST_MM);
    double share = among(near, p, spacing_mm, HOLE);
    if (share <= 0)
        return 0;
    double edge = lopsided(near, p, spacing_mm, bandwidth_mm);
    return density * (1 + fmin(1, MISSED * edge)) * share * (1 - np_smooth_step(LOPSIDED_EDGE, LOPSIDED_BEYOND, edge));
}

double np_near_density_of_per_cm2(const np_near *near, np_vec3 p, double bandwidth_mm)
{
    double sum = 0, bandwidth2 = bandwidth_mm * bandwidth_mm;
    np_near_walk walk = np_near_around(near, p, bandwidth_mm);
    for (uint32_t j; np_near_next(&walk, &j);)
        sum += fmax(0, 1 - np_vec3_distance2(p, np_near_point(near, j)) / bandwidth2);
    return kernel_sum(sum, bandwidth_mm);
}
