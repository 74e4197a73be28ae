/* What is wanted around dots of two treatments, whose own densities are not: what there is of both. */
#ifndef NP_DOTS_AROUND_H
#define NP_DOTS_AROUND_H

#include "base/near.h"

#define NP_DOTS_AROUND_MM 8.0 /* some hundred dots */

/* Dots per cm2 within NP_DOTS_AROUND_MM of point I of NEAR (straight) on its side of the head; unit normals lie STRIDE bytes apart from NORMAL on, in the
 * order of the points.  VIEW, the thread's own, is of the point that was asked about before.  Any thread. */
double np_dots_around_per_cm2(const np_near *near, const np_vec3 *normal, size_t stride, size_t i, np_near_view *view);

#endif
