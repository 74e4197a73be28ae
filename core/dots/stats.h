/* Point statistics of a dot pattern against real follicular units (domain.md section 7). */
#ifndef NP_DOTS_STATS_H
#define NP_DOTS_STATS_H

#include "base/status.h"
#include "base/vec3.h"

#include <stddef.h>

#define NP_DOTS_G_BINS 44 /* of 0.05 s: 0 .. 2.2 s */

/* Lengths in units of the local s = 10 / sqrt(density_per_cm2) mm. */
typedef struct np_dots_stats {
    size_t n, n_interior;     /* all dots; those that count (far enough from the border) */
    double spacing_min_mm;    /* smallest distance of any two */
    double clark_evans_r;     /* 1.40-1.60 natural */
    double nn_mean, nn_cv;    /* CV 0.16-0.24 */
    double nn_min;            /* smallest, in s */
    double nn_quantile[9];    /* 1 5 10 25 50 75 90 95 99 % */
    double nn_quantile_error; /* mean |error| against the reference, 1-95 % */
    double g[NP_DOTS_G_BINS]; /* pair correlation */
    double g_rms_error;       /* against the reference, 0.3-1.9 s */
    double g_peak, g_peak_at; /* largest g, and where */
    double g_shell_max;       /* largest g in 1.7-2.0 s: over 1.08 is a lattice */
    double fano;              /* variance over mean of counts in windows of about 6 dots */
    double psi6;              /* mean sixfold order of the six nearest; 1: a lattice, over 0.46 looks like one */
} np_dots_stats;

/* Statistics of the N points with NORMALS, local DENSITY and INTERIOR flags (1: far enough from the border to
 * count; all points count as neighbours). */
np_status np_dots_stats_compute(const np_vec3 *positions, const np_vec3 *normals, const double *density_per_cm2,
                                const unsigned char *interior, size_t n, np_dots_stats *out, np_error *err);

#endif
