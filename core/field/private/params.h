/* A layer's parameters: from the strings of the case file to the numbers of the strategy's descriptor. */
#ifndef NP_FIELD_PRIVATE_PARAMS_H
#define NP_FIELD_PRIVATE_PARAMS_H

#include "case/case.h"
#include "field/plugins.h"

/* Fills out_values[desc->param_count] with the defaults, then with what LAYER says.  Options by label,
 * booleans as true or false (yes, no, on, off).  NP_ERR_INVALID for an unknown parameter (names the nearest),
 * one that is given twice, a wrong type, or a value out of range; the text begins with CASE_PATH, the line
 * and the layer. */
np_status field_params_read(const char *case_path, const np_case_layer *layer, const np_strategy_desc *desc,
                            double *out_values, np_error *err);

#endif
