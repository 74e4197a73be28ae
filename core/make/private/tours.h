/* The tours stage: the order of the dots within each session. */
#ifndef NP_MAKE_PRIVATE_TOURS_H
#define NP_MAKE_PRIVATE_TOURS_H

#include "make/private/making.h"

/* Orders plan->dots within each session and numbers them; the sessions' lengths and times.  Needs the dots. */
np_status make_tours(make_making *m, np_error *err);

#endif
