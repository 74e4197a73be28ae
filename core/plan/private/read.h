/* Reading from a plan file that is open already, wherever its bytes are: the tests and the fuzzing targets keep them in
 * memory.  Internal; np_plan_read and np_journal_read open a path and close it again. */
#ifndef NP_PLAN_PRIVATE_READ_H
#define NP_PLAN_PRIVATE_READ_H

#include "plan/private/db.h"
#include "plan/journal.h"

/* As np_plan_read, after plan_db_check_plan; leaves no transaction open. */
np_status plan_read_db(plan_db *db, np_plan **out_plan, np_error *err);
/* made.c: the table supplies, and what was made with each; nothing in a file of version 1. */
np_status plan_read_supplies(plan_db *db, np_plan *plan, np_error *err);
/* As np_journal_read. */
np_status plan_journal_read_db(plan_db *db, int session, np_journal_state *out_states, size_t n, np_error *err);

#endif
