/* Layers: what their strategies, not the schema, give a meaning.  Internal. */
#ifndef NP_CASE_PRIVATE_LAYERS_H
#define NP_CASE_PRIVATE_LAYERS_H

#include "case/case.h"
#include "case/private/document.h"

/* Parameters, inputs and lines of all layers.  NP_ERR_FORMAT or NP_ERR_INVALID names file, line and layer. */
np_status case_layers_read(const case_document *document, np_case *c, np_error *err);
void case_layers_free(np_case_layer *layers, unsigned n);

#endif
