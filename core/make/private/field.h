/* The field stage: what the strategies want. */
#ifndef NP_MAKE_PRIVATE_FIELD_H
#define NP_MAKE_PRIVATE_FIELD_H

#include "make/private/making.h"

/* painter, patch and field; the plan's layers, areas and notes.  Needs the scan. */
np_status make_field(make_making *m, np_error *err);

#endif
