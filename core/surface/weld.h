/* Joining vertices at equal places, so that triangle soups (STL, exports with split vertices) become
 * surfaces. */
#ifndef NP_SURFACE_WELD_H
#define NP_SURFACE_WELD_H

#include "surface/mesh.h"

/* Joins vertices of MESH that are as good as equal (within 2e-6 of its extent: 0.001 mm on a head), drops triangles without area,
 * all but the first of triangles with the same corners (*OUT_DOUBLED of them), and vertices that none uses, in place; what stays
 * keeps its order.  NP_ERR_NO_MEMORY leaves MESH as it was. */
np_status np_mesh_weld(np_mesh *mesh, size_t *out_doubled, np_error *err);

/* Drops vertices that no triangle uses, in place; the others keep their order.  NP_ERR_NO_MEMORY leaves MESH as it was. */
np_status np_mesh_drop_unused(np_mesh *mesh, np_error *err);

#endif
