/* Regions made of others: unions, differences, intersections, mirror images, and whatever is grown or shrunk. */
#ifndef NP_FIELD_PRIVATE_COMBINE_H
#define NP_FIELD_PRIVATE_COMBINE_H

#include "field/private/painter_parts.h"

/* The region of SHAPE: a combination, or anything with a grow_mm.  The caller destroys *out_region.  NP_ERR_GEOMETRY where nothing is
 * left of it. */
np_status field_combine(np_painter *painter, const np_case_shape *shape, np_region **out_region, np_error *err);

#endif
