/* Where a plan's head comes from, for all that draws it. */
#ifndef NP_REPORT_PRIVATE_SOURCE_H
#define NP_REPORT_PRIVATE_SOURCE_H

#include "case/case.h"
#include "plan/made.h"

/* The case that PLAN was made from; relative paths in it start at BASE_DIRECTORY.  The caller destroys *out_case. */
np_status report_source_case(const np_plan *plan, const char *base_directory, np_case **out_case, np_error *err);

/* What was made of each dot.  Zero-initialise; fini is safe on zero. */
typedef struct report_made {
    const np_made_dot **by_dot; /* of n_dots; NULL: it has no outcome */
    np_made_dot *dots;
} report_made;

/* Of PLAN, which PATH is the file of. */
np_status report_made_init(report_made *made, const np_plan *plan, const char *path, np_error *err);
void report_made_fini(report_made *made);

#endif
