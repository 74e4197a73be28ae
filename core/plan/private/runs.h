/* The table runs: a row for each execution of a session, and for what was learnt of runs that this file does not know. */
#ifndef NP_PLAN_PRIVATE_RUNS_H
#define NP_PLAN_PRIVATE_RUNS_H

#include "plan/plan.h"
#include "plan/private/db.h"

typedef struct plan_runs_row {
    int session;
    int64_t unix_s;
    const char *target;
    np_plan_run_state state;
    const unsigned char *digest; /* NP_PLAN_DIGEST_BYTES: of the plan */
} plan_runs_row;

/* Adds a row; *OUT_RUN is its id, 0 on error.  In the caller's transaction, if there is one; so are the others. */
np_status plan_runs_add(plan_db *db, const plan_runs_row *row, int64_t *out_run, np_error *err);

np_status plan_runs_set_state(plan_db *db, int64_t run, np_plan_run_state state, np_error *err);

/* Who ran the plan before and holds it no more was killed: what is running is interrupted. */
np_status plan_runs_end_others(plan_db *db, np_error *err);

/* The last run of SESSION that could make dots, which have a registration that is not only claimed; 0: none. */
np_status plan_runs_last_placed(plan_db *db, int session, int64_t *out_run, np_error *err);

/* The run to which the last row of a dot belongs; 0: there is none. */
np_status plan_runs_of_dot(plan_db *db, uint32_t dot_id, int64_t *out_run, np_error *err);

#endif
