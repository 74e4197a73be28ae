/* Which side of each face is outside. */
#ifndef NP_SURFACE_ORIENT_H
#define NP_SURFACE_ORIENT_H

#include "surface/mesh.h"

/* Turns stray triangles of MESH so that neighbours agree: in each connected part, the fewer adapt to the
 * more.  The number of those that disagreed goes to *out_turned; where that is more than 0.1 % of all, the
 * mesh stays as it is and the status is NP_ERR_GEOMETRY.  Edges of three or more triangles bind nothing. */
np_status np_mesh_make_coherent(np_mesh *mesh, size_t *out_turned, np_error *err);

#endif
