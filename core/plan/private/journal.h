/* The journal of a plan file that is open already. */
#ifndef NP_PLAN_PRIVATE_JOURNAL_H
#define NP_PLAN_PRIVATE_JOURNAL_H

#include "plan/journal.h"
#include "plan/private/db.h"

/* As np_journal_read. */
np_status plan_journal_read_db(plan_db *db, int session, np_journal_state *out_states, size_t n, np_error *err);

#endif
