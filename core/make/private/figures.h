/* The plan's figures: how natural its pattern is, how deep its layers go, how far apart a session's dots are. */
#ifndef NP_MAKE_PRIVATE_FIGURES_H
#define NP_MAKE_PRIVATE_FIGURES_H

#include "make/private/making.h"

/* The statistics of the pattern, the depths of the layers and the sessions' spacings, into M's plan.  Needs inside_mm.  The pattern is judged at
 * the dots that a density made, among all that an eye sees beside them: pins and listed hair, too.  In a touch-up it is that of new dots and those that stand, together, and a note
 * says so. */
np_status make_figures(make_making *m, np_error *err);

#endif
