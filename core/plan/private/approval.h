/* A row of the table approvals, without its number. */
#ifndef NP_PLAN_PRIVATE_APPROVAL_H
#define NP_PLAN_PRIVATE_APPROVAL_H

#include "plan/private/db.h"

#define PLAN_APPROVAL_COLUMNS "operator, public_key, signature, time_unix_s"
#define PLAN_APPROVAL_TERMS ", version, executors, not_after_unix_s, air_only, reload_every, needle_life"

/* Binds all columns, the first of them as number 1. */
void plan_approval_bind(sqlite3_stmt *statement, const np_plan_approval *approval);
/* Takes the columns of the row but the operator's name, which OUT has; HAS_TERMS: also those that came with version 2.  False: they are
 * none that could have been written. */
bool plan_approval_take(sqlite3_stmt *statement, bool has_terms, np_plan_approval *out);

#endif
