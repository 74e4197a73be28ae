/* Whether a mesh file is whole, seen before Assimp gets it: some of its readers take a cut file for a small
 * one, and its PLY reader never returns from a header without an end. */
#ifndef NP_SURFACE_WHOLENESS_H
#define NP_SURFACE_WHOLENESS_H

#include <stddef.h>

#include "base/status.h"

/* Checks PLY (header, and every element is there) and GLB (the length in its header) of SIZE bytes at DATA, by the ENDING (".ply") of PATH; other
 * kinds pass.  NP_ERR_FORMAT says what is missing. */
np_status np_mesh_file_check(const char *path, const char *ending, const unsigned char *data, size_t size,
                             np_error *err);

#endif
