/* Runs out of the sessions' order or before their day, in the plan file. */
#ifndef NP_PLAN_PRIVATE_EARLY_H
#define NP_PLAN_PRIVATE_EARLY_H

#include "plan/plan.h"
#include "plan/private/db.h"

/* Gives the runs of PLAN, which were read, what stands of them in the table early. */
np_status plan_early_read(plan_db *db, np_plan *plan, np_error *err);
/* Writes down that of RUN. */
np_status plan_early_write(plan_db *db, int64_t run, const char *found, const char *reason, np_error *err);

#endif
