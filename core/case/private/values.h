/* Numbers that points of a case have beside their places: for a strategy to ask for (np_input_desc.values).  Internal. */
#ifndef NP_CASE_PRIVATE_VALUES_H
#define NP_CASE_PRIVATE_VALUES_H

#include "case/case.h"
#include "case/private/document.h"

#define CASE_VALUES_ID_MAX 40 /* bytes */
#define CASE_VALUES_MAX 1e12  /* on either side of 0 */

/* A lower-case letter, then lower-case letters, digits and underscores; and none of x, y, z, name and label, which are other columns. */
bool case_values_is_id(const char *text);
/* All of TEXT as a number; true and false are 1 and 0. */
bool case_values_number(const char *text, double *out_value);

/* Adds what the key `values` at NODE gives the points of SHAPE, which are read already: numbers, one for all or a list with one of each point.
 * WHERE is for messages; NP_ERR_FORMAT and NP_ERR_INVALID name file and line. */
np_status case_values_read(const case_document *document, int node, const char *where, np_case_shape *shape,
                           np_error *err);
void case_values_free(np_case_values *values, unsigned n);

#endif
