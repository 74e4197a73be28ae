/* The shades: which cartridge makes which dot. */
#ifndef NP_MAKE_PRIVATE_SHADES_H
#define NP_MAKE_PRIVATE_SHADES_H

#include "make/private/making.h"

/* In a case with shades, gives each dot one of them: the needles' tones become the shades', and a note says in which shares.  Without them all
 * stays as it is.  Needs placed and needles.  The result does not depend on the number of threads. */
np_status make_shades(make_making *m, np_error *err);

#endif
