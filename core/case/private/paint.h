/* What a case says of paint on a mesh.  Internal. */
#ifndef NP_CASE_PRIVATE_PAINT_H
#define NP_CASE_PRIVATE_PAINT_H

#include "case/case.h"
#include "case/private/document.h"

/* The mapping at NODE, called WHERE in messages, into OUT: its paint, and the file with its SHA-256; SCAN_FILE where it names none, which is as
 * the case has it (NULL: the built-in head).  A MAP tells a density, else it is a region.  NP_ERR_FORMAT or NP_ERR_INVALID names file and
 * line.  OUT is the caller's, also after an error. */
np_status case_paint_read(const case_document *document, int node, const char *where, bool map, const char *scan_file,
                          np_case_shape *out, np_error *err);

#endif
