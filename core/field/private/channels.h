/* What a strategy is told of its samples. */
#ifndef NP_FIELD_PRIVATE_CHANNELS_H
#define NP_FIELD_PRIVATE_CHANNELS_H

#include "field/private/painter_parts.h"

/* Fills every layer's shared memory for N samples (a chunk at most). */
void field_painter_fill(np_painter *painter, const np_surface_point *points, size_t n, uint64_t first_id);

#endif
