/* The girth of a mesh in a plane, as a tape measure lies. */
#ifndef NP_SURFACE_GIRTH_H
#define NP_SURFACE_GIRTH_H

#include "surface/mesh.h"

/* Length of the convex hull of MESH's section with the plane through POINT with unit NORMAL, of what lies
 * within REACH of CENTER (so that shoulders or a chair do not count), in the mesh's units; 0 where there is
 * no section or no memory. */
double np_mesh_girth(const np_mesh *mesh, np_vec3 point, np_vec3 normal, np_vec3 center, double reach);

#endif
