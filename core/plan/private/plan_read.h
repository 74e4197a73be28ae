/* Reading from a plan file that is open already, wherever its bytes are: the tests and the fuzzing targets keep them in
 * memory.  np_plan_read opens a path and closes it again. */
#ifndef NP_PLAN_PRIVATE_PLAN_READ_H
#define NP_PLAN_PRIVATE_PLAN_READ_H

#include "plan/plan.h"
#include "plan/private/db.h"

/* As np_plan_read, after plan_db_check_plan; leaves no transaction open. */
np_status plan_read_db(plan_db *db, np_plan **out_plan, np_error *err);

#endif
