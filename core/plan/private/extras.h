/* What a plan file holds besides the dots and is not signed (texts, figures): guarded by a checksum of its own, so that a
 * changed bit is found there too. */
#ifndef NP_PLAN_PRIVATE_EXTRAS_H
#define NP_PLAN_PRIVATE_EXTRAS_H

#include "plan/plan.h"

/* The checksum that a file of schema VERSION holds. */
void plan_extras_hash(const np_plan *plan, int64_t version, unsigned char out_hash[32]);

#endif
