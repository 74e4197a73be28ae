/* The lean: where needles enter so that their marks lie where the pattern wants them. */
#ifndef NP_MAKE_PRIVATE_LEAN_H
#define NP_MAKE_PRIVATE_LEAN_H

#include "make/private/making.h"

/* Moves points from the marks' places to the entries of the needles, and lowers the tilt of those that have no room to lean.  Dots that have no room beside the entries of dots that stand are left
 * out, and the plan's notes say so.  The mark
 * of each is within 0.01 mm of its place.  Where a tilt is beyond the limits all stays as it is, for the envelope to refuse.  Needs
 * placed, points, needles and arm.  The result does not depend on the number of threads. */
np_status make_lean(make_making *m, np_error *err);

/* Leaves out dots of a density where the tool has no room though the needle stands upright, up to one in a hundred, and one always; the
 * plan's notes say so.  More of them stay, and so do pins and an only dot, for make_moves to refuse with the place.  After np_soundness_check,
 * which is to see them all.  Needs placed, points, needles and arm, after make_lean.  The result does not depend on the number of threads.
 * NP_ERR_NO_MEMORY. */
np_status make_room(make_making *m, np_error *err);

/* The axis of a needle that enters the skin at P. */
np_vec3 make_needle_axis(const make_needle *needle, const np_surface_point *p);

#endif
