/* Meshes as PLY files, for looking at them elsewhere. */
#ifndef NP_SURFACE_PLY_H
#define NP_SURFACE_PLY_H

#include "surface/mesh.h"

/* Writes MESH as binary little-endian PLY. */
np_status np_mesh_write_ply(const np_mesh *mesh, const char *path, np_error *err);

#endif
