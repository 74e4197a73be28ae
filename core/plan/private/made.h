/* What was made, in a plan file that is open already. */
#ifndef NP_PLAN_PRIVATE_MADE_H
#define NP_PLAN_PRIVATE_MADE_H

#include "plan/made.h"
#include "plan/private/db.h"

/* The table supplies, and what was made with each; nothing in a file of version 1. */
np_status plan_read_supplies(plan_db *db, np_plan *plan, np_error *err);

#endif
