/* Files that a mesh file names beside itself. */
#ifndef NP_HEAD_PRIVATE_BESIDE_H
#define NP_HEAD_PRIVATE_BESIDE_H

#include <stddef.h>

#include "base/status.h"

/* Opens for reading what the mesh file DOCUMENT calls URI, which may be percent-encoded: a regular file in DOCUMENT's folder or below, not by
 * a link that leads elsewhere.  The caller closes *out_file.  NP_ERR_FORMAT for another place, NP_ERR_IO where it cannot be read. */
np_status head_beside_open(const char *document, const char *uri, int *out_file, size_t *out_size, np_error *err);

#endif
