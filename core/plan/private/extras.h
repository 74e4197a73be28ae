/* What a plan file holds besides the dots and is not signed (texts, figures): guarded by a checksum of its
 * own, so that a changed bit is found there too.  Internal. */
#ifndef NP_PLAN_PRIVATE_EXTRAS_H
#define NP_PLAN_PRIVATE_EXTRAS_H

#include "plan/plan.h"

void plan_extras_hash(const np_plan *plan, unsigned char out_hash[32]);

/* The statistics as a list of named numbers, for the table `statistics`. */
typedef struct plan_statistic {
    char name[32];
    double value;
} plan_statistic;

#define PLAN_STATISTICS (2 + 10 + 9 + NP_DOTS_G_BINS) /* counts, figures, quantiles, g */

void plan_statistics_list(const np_dots_stats *stats, plan_statistic out[PLAN_STATISTICS]);
/* Sets the number NAME; false if there is none. */
bool plan_statistics_set(np_dots_stats *stats, const char *name, double value);

#endif
