/* What was made of an earlier plan. */
#ifndef NP_MAKE_PRIVATE_HISTORY_H
#define NP_MAKE_PRIVATE_HISTORY_H

#include "make/private/making.h"

/* Tells the painter of the plan that the case names (made.plan), and adds a sentence on it to the plan's notes. */
np_status make_history(make_making *m, np_error *err);

#endif
