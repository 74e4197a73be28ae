/* Whether a mesh file is whole, seen before Assimp gets it: some of its readers take a cut file for a small
 * one. */
#ifndef NP_SURFACE_WHOLENESS_H
#define NP_SURFACE_WHOLENESS_H

#include <stddef.h>

#include "base/status.h"

/* Checks GLB (the length in its header) of SIZE bytes at DATA, by the ENDING (".ply") of PATH; other
 * kinds pass.  NP_ERR_FORMAT says what is missing. */
np_status np_mesh_file_check(const char *path, const char *ending, const unsigned char *data, size_t size,
                             np_error *err);

#endif
