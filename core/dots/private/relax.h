/* The two ways of moving dots from the first guess to the pattern. */
#ifndef NP_DOTS_PRIVATE_RELAX_H
#define NP_DOTS_PRIVATE_RELAX_H

#include "base/progress.h"
#include "dots/private/reference.h"
#include "dots/private/particles.h"

/* Moves the free dots by Metropolis sweeps with the energies of GAS (dots_follicular_gas makes them look like real
 * follicles) at the temperature KT (1: the one that the gas was found at; above it the dots are less even), or each layer's at its own, LAYER_KT
 * (NULL: all at KT), and the BACKGROUND of their wanted density. */
np_status dots_relax_follicular(dots_particles *particles, const dots_gas *gas, double kt, const double *layer_kt,
                                const dots_background *background, uint64_t seed, const np_progress *progress,
                                np_error *err);

/* One group of dots that is to be evenly spaced by itself: every dot with rank <= RANK, whose share of the
 * density is SHARE. RHO is the smallest spacing wanted, in units of the hexagonal lattice's at that density.
 */
typedef struct dots_level {
    int32_t rank;
    double share;
    double rho;
} dots_level;

/* Pushes dots apart until in each level no two are nearer than its rho, at most SWEEPS times: RANK (n_own of them;
 * hair and ghosts belong to the last level only) may be NULL where there is one level.  Linear in dots and
 * levels. */
np_status dots_relax_even(dots_particles *particles, const int32_t *rank, const dots_level *levels, size_t n_levels,
                          int sweeps, const np_progress *progress, np_error *err);

#endif
