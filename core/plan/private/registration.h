/* The registrations of runs, in the plan file. */
#ifndef NP_PLAN_PRIVATE_REGISTRATION_H
#define NP_PLAN_PRIVATE_REGISTRATION_H

#include "plan/private/db.h"
#include "plan/plan.h"

/* Gives the runs of PLAN, which were read, their registrations. */
np_status plan_registration_read(plan_db *db, np_plan *plan, np_error *err);
/* Writes down that of RUN. */
np_status plan_registration_write(plan_db *db, int64_t run, const np_plan_registration *registration, np_error *err);
/* Its rotation and translation, seven columns from FIRST on. */
void plan_registration_bind_pose(sqlite3_stmt *s, int first, const np_plan_registration *registration);
void plan_registration_read_pose(sqlite3_stmt *s, int first, np_plan_registration *out_registration);
/* Frees one; safe on NULL. */
void plan_registration_destroy(np_plan_registration *registration);

#endif
