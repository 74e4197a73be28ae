/* What was made of an earlier plan. */
#ifndef NP_MAKE_PRIVATE_HISTORY_H
#define NP_MAKE_PRIVATE_HISTORY_H

#include "make/private/making.h"

/* Reads the plan that the case names (made.plan) and those before it into M's past, and adds a sentence on each to the plan's notes. */
np_status make_history_read(make_making *m, np_error *err);
/* Tells the painter of them, which was made of the past's source. */
np_status make_history_tell(make_making *m, np_error *err);
void make_history_fini(make_past *past);

#endif
