/* A layer's layout, run in its helper. */
#ifndef NP_FIELD_PRIVATE_LAYOUT_H
#define NP_FIELD_PRIVATE_LAYOUT_H

#include "field/private/painter_parts.h"

/* Starts the layer's helper, runs the layout, draws its curves and adds its pins. */
np_status field_layer_lay_out(np_painter *painter, field_layer *layer, np_error *err);
/* Starts the helper of a layer that rests, and has it lay out again: what it emits must be what it emitted at first. */
np_status field_layer_wake(const np_painter *painter, field_layer *layer, const np_progress *progress, np_error *err);
/* Lines to the painter's notes: what the strategy of LAYER logged, bounded and fit to be shown. */
np_status field_painter_add_note(np_painter *painter, const field_layer *layer, const char *text, np_error *err);

#endif
