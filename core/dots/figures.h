/* The statistics of a pattern as named numbers, as the plan file keeps them. */
#ifndef NP_DOTS_FIGURES_H
#define NP_DOTS_FIGURES_H

#include "base/figure.h"
#include "dots/stats.h"

#define NP_DOTS_FIGURES_COUNT_ONE(name, what) +1
/* Two counts, NP_DOTS_STATS_TABLE, quantiles, pair correlation. */
#define NP_DOTS_FIGURES (2 NP_DOTS_STATS_TABLE(NP_DOTS_FIGURES_COUNT_ONE) + 9 + NP_DOTS_G_BINS)

/* Every figure under its name ("fano", "nn_quantile_03", "g_17").  One that few dots cannot give is 0: JSON knows no NaN. */
void np_dots_figures_list(const np_dots_stats *stats, np_figure out[NP_DOTS_FIGURES]);

/* The way back; names that are none are left out, and figures without a name among the N are 0. */
void np_dots_figures_read(const np_figure *figures, size_t n, np_dots_stats *out);

#endif
