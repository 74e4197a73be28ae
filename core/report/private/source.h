/* Where a plan's head comes from, for all that draws it. */
#ifndef NP_REPORT_PRIVATE_SOURCE_H
#define NP_REPORT_PRIVATE_SOURCE_H

#include "head/scan.h"
#include "plan/plan.h"

/* The case that PLAN was made from.  The caller destroys *out_case. */
np_status report_source_case(const np_plan *plan, const char *base_directory, np_case **out_case, np_error *err);

/* The scan of PLAN's case text; relative paths in it start at BASE_DIRECTORY.  The caller destroys *out_scan. */
np_status report_source_scan(const np_plan *plan, const char *base_directory, np_scan **out_scan, np_error *err);

#endif
