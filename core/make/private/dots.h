/* The dots stage: where dots are made, and how. */
#ifndef NP_MAKE_PRIVATE_DOTS_H
#define NP_MAKE_PRIVATE_DOTS_H

#include "make/private/making.h"

/* placed, points, dot_field; plan->dots by session, not yet ordered, and their numbers in the layers and sessions.  Needs the
 * field.  NP_ERR_INVALID where there is nothing to place, or not all of it fits; NP_ERR_UNSAFE for values that cannot be meant. */
np_status make_dots(make_making *m, np_error *err);

#endif
