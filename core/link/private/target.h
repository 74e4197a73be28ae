/* The table of kinds, for those who take targets apart. */
#ifndef NP_LINK_PRIVATE_TARGET_H
#define NP_LINK_PRIVATE_TARGET_H

#include "link/private/kind.h"

/* The kind whose scheme TEXT begins with; NULL if there is none. */
const link_kind *link_kind_find(const char *text);
/* Cuts ":BAUD" off TARGET's address if it ends in a number; else the rate is 115200.  NULL, or what is wrong. */
const char *link_target_take_baud(np_link_target *target);

#endif
