/* What a plan's dot leaves in skin. */
#ifndef NP_REPORT_PRIVATE_DEPOSIT_H
#define NP_REPORT_PRIVATE_DEPOSIT_H

#include "plan/plan.h"
#include "skin/deposit.h"

/* Of DOT at DEPTH_MM of the tip below the skin as it lies (the skin gives way by a part of it), with its own draw of how much ink it takes. */
np_skin_deposit report_deposit(const np_plan *plan, const np_skin_model *model, const np_dot *dot, double depth_mm);

/* MODEL with the healed size of PLAN's person. */
np_skin_model report_deposit_model(const np_plan *plan, const np_skin_model *model);

#endif
