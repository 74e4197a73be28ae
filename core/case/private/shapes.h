/* Regions, curves and sets of points: drawn, named, or, of regions, made of others.  Internal. */
#ifndef NP_CASE_PRIVATE_SHAPES_H
#define NP_CASE_PRIVATE_SHAPES_H

#include "case/case.h"
#include "case/private/document.h"
#include "case/private/schema.h"

/* Checks and reads all shapes of the case.  NP_ERR_FORMAT or NP_ERR_INVALID names file, line and key. */
np_status case_shapes_read(const case_document *document, np_case *c, np_error *err);
/* What no list tells by itself: that regions refer to such as are there, and not in circles. */
np_status case_shapes_verify(const np_case *c, np_error *err);
void case_shapes_free(np_case_shape *shapes, unsigned n);
void case_shape_fini(np_case_shape *shape); /* not the shape itself */

/* Points at NODE, a list by SCHEMA or a mapping that names a file, into OUT, which is empty and the caller's also after an error. */
np_status case_shapes_read_points(const case_document *document, int node, const char *where,
                                  const cyaml_schema_value_t *schema, np_case_shape *out, np_error *err);

#endif
