/* The judge with what stands at hand. */
#ifndef NP_REPORT_PRIVATE_JUDGED_H
#define NP_REPORT_PRIVATE_JUDGED_H

#include "report/judged.h"
#include "report/private/standing.h"

/* np_plan_judge, with STANDING as it was read. */
np_status report_judge(const np_plan *plan, const report_standing *standing, np_plan_look *out, np_error *err);

#endif
