/* Values that points have beside their places: from what the case or its file says to what a slot's descriptor asks for. */
#ifndef NP_FIELD_PRIVATE_POINT_VALUES_H
#define NP_FIELD_PRIVATE_POINT_VALUES_H

#include "field/private/painter_parts.h"

/* The values that slot IN describes, for the points of SET, which were drawn from the case's SHAPE; they are the set's.  *OUT_LACKING is a value that
 * SHAPE's file might have been meant to have: it has numbers of other names, and this one is at its default; NULL for none.  NP_ERR_INVALID names points, value and point. */
np_status field_point_values_take(const np_case_shape *shape, const np_input_desc *in, field_point_set *set,
                                  const np_param_desc **out_lacking, np_error *err);

/* Each value that the case file itself gives to points must be taken by one of the layers that use them.  NP_ERR_INVALID names its line. */
np_status field_point_values_check_taken(const np_painter *painter, np_error *err);

#endif
