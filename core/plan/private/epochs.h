/* The table epochs: by which a run knows the executor again that leads.  Internal. */
#ifndef NP_PLAN_PRIVATE_EPOCHS_H
#define NP_PLAN_PRIVATE_EPOCHS_H

#include "plan/journal.h"
#include "plan/private/db.h"

/* The last epoch of SESSION in which something could be armed; *OUT_FOUND is false without one. */
np_status plan_epochs_last(plan_db *db, int session, np_plan_epoch *out, bool *out_found, np_error *err);
/* Fills in the runs' reasons. */
np_status plan_epochs_read(plan_db *db, np_plan *plan, np_error *err);
/* Appends one of RUN, durably.  REASON: why an executor is taken that lacks the one before; NULL: it has it. */
np_status plan_epochs_write(plan_db *db, int64_t run, const np_plan_epoch *epoch, const char *reason, np_error *err);

#endif
