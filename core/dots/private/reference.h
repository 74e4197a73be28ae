/* What real follicular units look like, in numbers (domain.md section 7; data/fu_reference_stats.csv), and
 * the pair potential that makes dots look so (data/follicular_potential.csv; docs/decisions/placing-dots.md says how
 * it was made). */
#ifndef NP_DOTS_PRIVATE_REFERENCE_H
#define NP_DOTS_PRIVATE_REFERENCE_H

#include "dots/private/wide.h"
#include "dots/stats.h"

extern const double dots_reference_quantile[9]; /* nearest neighbour, in s: 1 5 10 25 50 75 90 95 99 % */
extern const double dots_reference_g[NP_DOTS_G_BINS];

#define DOTS_POTENTIAL_BINS 40
#define DOTS_POTENTIAL_STEP 0.05 /* s; value k stands for (k + 1/2) steps, nothing is felt beyond the last bin */

/* What follicular dots feel of each other, in kT. */
typedef struct dots_gas {
    double pair[DOTS_POTENTIAL_BINS];
    dots_wide wide; /* beyond the last bin, of own dots only */
} dots_gas;

extern const dots_gas dots_follicular_gas;

/* The temperature at which the gas has a Clark-Evans R of EVENNESS; 0: 1, as follicles in the mean. */
double dots_follicular_kt(double evenness);

#endif
