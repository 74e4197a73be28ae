/* What a touch-up's case names of what was made before. */
#ifndef NP_PLAN_PRIVATE_PAST_H
#define NP_PLAN_PRIVATE_PAST_H

#include "plan/plan.h"

/* What stands in notes in front of the digest of each earlier plan, in hexadecimal. */
#define PLAN_PAST_WORDS "plan digest "

/* Of PLAN, the file at PATH, beside which it is looked for: *OUT_PATH, the path of the earlier plan, and *OUT_FOUND, the file of dots that were found, as the
 * case names it; each NULL where it names none.  The caller frees both, also on error. */
np_status plan_past_path(const char *path, const np_plan *plan, char **out_path, char **out_found, np_error *err);

#endif
