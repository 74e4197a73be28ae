/* A strategy at work: what it lays out, prepares and paints, with all that it says caught. */
#ifndef NP_FIELD_HOST_RUN_H
#define NP_FIELD_HOST_RUN_H

#include "field/host/host.h"

/* Run the strategy; the answer goes into REPLY. */
void field_host_layout(field_host_layer *layer, np_message *reply);
void field_host_prepare(field_host_layer *layer, np_message *reply);
void field_host_paint(const field_host_layer *layer, uint32_t n, np_message *reply);
/* The end of the strategy, if it ever began. */
void field_host_finish(field_host_layer *layer);

#endif
