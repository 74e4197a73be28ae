/* The layers' answers, checked and composed into one field. */
#ifndef NP_FIELD_PRIVATE_COMPOSE_H
#define NP_FIELD_PRIVATE_COMPOSE_H

#include "field/private/painter_parts.h"

/* Copies and checks a layer's answer for N samples; FIRST is the number of the first, for
 * messages. */
np_status field_layer_take(field_layer *layer, size_t n, size_t first, np_error *err);
/* Composes all layers' answers into OUT from FIRST on. */
void field_painter_compose(const np_painter *painter, const np_surface_point *points, size_t n, size_t first,
                           np_field *out);

#endif
