/* Joining vertices at equal places, so that triangle soups (STL, exports with split vertices) become
 * surfaces. */
#ifndef NP_SURFACE_WELD_H
#define NP_SURFACE_WELD_H

#include "surface/mesh.h"

/* Joins vertices of MESH with exactly equal coordinates, drops triangles without area and vertices that none
 * uses, in place; what stays keeps its order.  NP_ERR_NO_MEMORY leaves MESH as it was. */
np_status np_mesh_weld(np_mesh *mesh, np_error *err);

#endif
