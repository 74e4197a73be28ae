/* What of a plan's depths comes from what, as `plan` and `show` print it. */
#ifndef NP_CLI_PLAN_DEPTHS_H
#define NP_CLI_PLAN_DEPTHS_H

#include <jansson.h>

#include "plan/plan.h"

void cli_print_depths(const np_plan *plan);
/* {"case": ..., "layers": [{"name": ..., "least_mm": ..., "most_mm": ..., "by_zone": ..., ...}]} */
json_t *cli_depths_json(const np_plan *plan);

#endif
