/* A layer's layout, run in its helper. */
#ifndef NP_FIELD_PRIVATE_LAYOUT_H
#define NP_FIELD_PRIVATE_LAYOUT_H

#include "field/private/painter_parts.h"

/* Starts the layer's helper, runs the layout, draws its curves and adds its pins. */
np_status field_layer_lay_out(np_painter *painter, field_layer *layer, np_error *err);
/* The parts of that: starts the layer's helper and asks for the layout (*OUT_ANSWER is the helper's); draws what is in the answer; and hands
 * the layer's curves, as joined, to the helper, whose strategy then prepares (*OUT_NOTES is what it logged, the caller's to free). */
np_status field_layer_ask_layout(const np_painter *painter, field_layer *layer, const np_progress *progress,
                                 np_message *request, np_message **out_answer, np_error *err);
np_status field_layer_take_layout(np_painter *painter, field_layer *layer, np_message *answer, np_error *err);
np_status field_layer_prepare(const field_layer *layer, const np_progress *progress, np_message *request,
                              char **out_notes, np_error *err);
/* Starts the helper of a layer that rests, and has it lay out again: what it emits must be what it emitted at first. */
np_status field_layer_wake(const np_painter *painter, field_layer *layer, const np_progress *progress, np_error *err);
/* Lines to the painter's notes: what the strategy of LAYER logged, bounded and fit to be shown. */
np_status field_painter_add_note(np_painter *painter, const field_layer *layer, const char *text, np_error *err);

#endif
