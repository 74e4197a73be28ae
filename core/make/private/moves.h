/* The moves stage: the tool's proved way through each session. */
#ifndef NP_MAKE_PRIVATE_MOVES_H
#define NP_MAKE_PRIVATE_MOVES_H

#include "make/private/making.h"

/* plan->moves, and what they take in the sessions' times.  Needs the tours.  NP_ERR_GEOMETRY names the dots between which the tool
 * finds no way, or at which it has no room. */
np_status make_moves(make_making *m, np_error *err);

#endif
