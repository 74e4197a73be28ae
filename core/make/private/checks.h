/* The checks stage, which is the last. */
#ifndef NP_MAKE_PRIVATE_CHECKS_H
#define NP_MAKE_PRIVATE_CHECKS_H

#include "make/private/making.h"

/* inside_mm, the sessions' spacings and the plan's figures.  NP_ERR_UNSAFE names the dot that is off the scan, outside the treated
 * area or not within the envelope.  Needs all stages before. */
np_status make_checks(make_making *m, np_error *err);

#endif
