/* The two ways of moving dots from the first guess to the pattern. */
#ifndef NP_DOTS_RELAX_H
#define NP_DOTS_RELAX_H

#include "base/progress.h"
#include "dots/swarm.h"

/* Moves the free dots by Metropolis sweeps with a pair POTENTIAL (NP_DOTS_POTENTIAL_BINS values in kT;
 * np_dots_potential makes them look like real follicles). */
np_status np_dots_relax_follicular(np_dots_swarm *swarm, const double *potential, uint64_t seed,
                                   const np_progress *progress, np_error *err);

/* One group of dots that is to be evenly spaced by itself: every dot with rank <= RANK, whose share of the
 * density is SHARE. RHO is the smallest spacing wanted, in units of the hexagonal lattice's at that density.
 */
typedef struct np_dots_level {
    int32_t rank;
    double share;
    double rho;
} np_dots_level;

/* Pushes dots apart until in each level no two are nearer than its rho, at most SWEEPS times: RANK (n_own of them;
 * hair and ghosts belong to the last level only) may be NULL where there is one level.  Linear in dots and
 * levels. */
np_status np_dots_relax_even(np_dots_swarm *swarm, const int32_t *rank, const np_dots_level *levels,
                             size_t n_levels, int sweeps, const np_progress *progress, np_error *err);

#endif
