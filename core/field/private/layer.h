/* One layer of the painter. */
#ifndef NP_FIELD_PRIVATE_LAYER_H
#define NP_FIELD_PRIVATE_LAYER_H

#include "field/private/painter_parts.h"

/* The layer's strategy, parameters and drawn inputs from the case. */
np_status field_layer_init(np_painter *painter, size_t index, field_layer *layer, np_error *err);
void field_layer_fini(field_layer *layer);
/* Distance to the border of what the layer may paint, positive inside. */
double field_layer_area_mm(const field_layer *layer, const np_surface_point *p);
/* Puts the layer's label before a strategy's error; returns STATUS. */
np_status field_layer_failed(const field_layer *layer, np_status status, np_error *err);

#endif
