/* The table meta: what a plan file says once. */
#ifndef NP_PLAN_PRIVATE_META_H
#define NP_PLAN_PRIVATE_META_H

#include "plan/private/db.h"

/* What stands in meta and is no part of the plan. */
typedef struct plan_meta {
    unsigned char extras[32]; /* see private/extras.h */
    int64_t dots;
} plan_meta;

/* Writes every row, over what is there. */
np_status plan_meta_write(plan_db *db, const np_plan *plan, np_error *err);
/* Reads every row that a file of VERSION has into PLAN and OUT; what an older one lacks comes from its case. */
np_status plan_meta_read(plan_db *db, int64_t version, np_plan *plan, plan_meta *out, np_error *err);

#endif
