/* The moves stage: the tool's proved way through each session. */
#ifndef NP_MAKE_PRIVATE_MOVES_H
#define NP_MAKE_PRIVATE_MOVES_H

#include "make/private/making.h"

/* arm, and what it borrows.  Needs the scan and points. */
np_status make_arm(make_making *m, np_error *err);

/* A dot as the planner of moves sees it. */
np_arm_puncture make_puncture(const np_dot *dot);

/* plan->moves, and what they take in the sessions' times.  Needs the tours and arm.  NP_ERR_GEOMETRY names the dots between which the tool
 * finds no way, or at which it has no room. */
np_status make_moves(make_making *m, np_error *err);

#endif
