/* Regions, curves and sets of points: drawn, named, or, of regions, made of others.  Internal. */
#ifndef NP_CASE_PRIVATE_SHAPES_H
#define NP_CASE_PRIVATE_SHAPES_H

#include "case/case.h"
#include "case/private/document.h"

/* Checks and reads all shapes of the case.  NP_ERR_FORMAT or NP_ERR_INVALID names file, line and key. */
np_status case_shapes_read(const case_document *document, np_case *c, np_error *err);
/* What no list tells by itself: that regions refer to such as are there, and not in circles. */
np_status case_shapes_verify(const np_case *c, np_error *err);
void case_shapes_free(np_case_shape *shapes, unsigned n);

#endif
