/* The depths: from what the field asks for to what the tip travels. */
#ifndef NP_MAKE_PRIVATE_DEPTH_H
#define NP_MAKE_PRIVATE_DEPTH_H

#include "make/private/making.h"

/* Width of skin, mm, over which depth may change from the shallowest of a plan to the deepest (domain.md 1.3). */
#define MAKE_DEPTH_BLEND_MM 10.0
/* The steepest part of a smooth step over that width. */
#define MAKE_DEPTH_STEEPEST 1.5

/* Of the needles, whose depths are what was painted, or what their pins say: blends them, adds the person's calibration and the
 * skin's indentation, and holds them within the limits; counts in depths.  A depth that a pin or a strategy asks for beyond the limits,
 * and beyond what zones say there, stays as it is, for the envelope to refuse, and nothing is blended then.  Needs placed, points, needles,
 * patch and painter.  The result does not depend on the number of threads. */
np_status make_depth(make_making *m, np_error *err);

#endif
