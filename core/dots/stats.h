/* Point statistics of a dot pattern against real follicular units (domain.md section 7). */
#ifndef NP_DOTS_STATS_H
#define NP_DOTS_STATS_H

#include "base/status.h"
#include "base/vec3.h"

#include <stddef.h>

#define NP_DOTS_G_BINS 44 /* of 0.05 s: 0 .. 2.2 s */

/* Every figure that is one number: X(name, what it is).  Lengths are in units of the local s = 10 / sqrt(density_per_cm2)
 * mm.  Whatever stores, prints or compares the figures goes through this table. */
#define NP_DOTS_STATS_TABLE(X)                                                                                         \
    X(spacing_min_mm, "smallest distance of any two dots, in mm")                                                      \
    X(clark_evans_r, "mean nearest-neighbour distance over that of random dots; 1.40-1.60 natural")                    \
    X(nn_mean, "mean nearest-neighbour distance")                                                                      \
    X(nn_cv, "coefficient of variation of the nearest-neighbour distance; 0.16-0.24 natural")                          \
    X(nn_min, "smallest nearest-neighbour distance")                                                                   \
    X(nn_quantile_error, "mean |error| of the nearest-neighbour quantiles against real follicles, 1-95 %")             \
    X(g_rms_error, "RMS error of the pair correlation against real follicles, 0.3-1.9 s")                              \
    X(g_peak, "largest pair correlation")                                                                              \
    X(g_peak_at, "distance of that peak")                                                                              \
    X(g_shell_max, "largest pair correlation in 1.7-2.2 s, over 0.15 s: more than 1.08 is a lattice")                  \
    X(fano, "variance over mean of counts in windows of 6 dots, each counted as 1 / its wanted density")               \
    X(fano_30, "the same in windows of 30 dots")                                                                       \
    X(structure_factor_0, "structure factor towards k = 0: 1 is random, 0 even")                                       \
    X(blotch, "mottling at 1 m: SD of tone in the band 0.9-3.5 mm over the mean darkening, at 75 dots/cm2")            \
    X(psi6, "mean sixfold order of the six nearest neighbours; 1: a lattice, over 0.46 looks like one")

typedef struct np_dots_stats {
    size_t n, n_interior;     /* all dots; those that count (far enough from the border) */
    double nn_quantile[9];    /* 1 5 10 25 50 75 90 95 99 % */
    double g[NP_DOTS_G_BINS]; /* pair correlation */
#define NP_DOTS_STATS_FIELD(name, what) double name;
    NP_DOTS_STATS_TABLE(NP_DOTS_STATS_FIELD)
#undef NP_DOTS_STATS_FIELD
} np_dots_stats;

/* What a point is in the statistics: a neighbour whose own surroundings reach over the border; one whose distances count; one that stands in
 * the pattern, but that no density made, as hair among dots; or one whose distances count beside skin that stays bare, over which no window may reach. */
enum { NP_DOTS_BORDER, NP_DOTS_SAMPLE, NP_DOTS_NEIGHBOUR, NP_DOTS_EDGE };

/* Statistics of the N points with NORMALS, local DENSITY and INTERIOR (what each is, as above). */
np_status np_dots_stats_compute(const np_vec3 *positions, const np_vec3 *normals, const double *density_per_cm2,
                                const unsigned char *interior, size_t n, np_dots_stats *out, np_error *err);

#endif
