/* Directions along a surface: the smoothest field of tangents that goes where it is pulled, and where such a field turns around. */
#ifndef NP_SURFACE_DIRECTIONS_H
#define NP_SURFACE_DIRECTIONS_H

#include "surface/mesh.h"

/* At each vertex of MESH the direction of the smoothest field that agrees with what is wanted: the minimum of the Dirichlet energy of the
 * connection Laplacian plus the squared distance from WANTED, PULL_PER_MM2 times the area (Knoeppel, Crane, Pinkall, Schroeder 2013,
 * Globally optimal direction fields, ACM TOG 32(4), section 5: alignment), made unit length afterwards.  A pull of 1 / L^2 is felt over a
 * length of about L; INFINITY fixes the vertex at WANTED.
 *
 * NORMALS: n_vertices, unit, as of np_mesh_vertex_normals.  WANTED: n_vertices, unit tangents; not read where the pull is 0.  OUT:
 * n_vertices, unit tangents.  Conjugate gradients on one thread: the same bytes always.  NP_ERR_INVALID where nothing is pulled;
 * NP_ERR_GEOMETRY where no solution is found: a mesh or pull with numbers that are none. */
np_status np_directions_solve(const np_mesh *mesh, const np_vec3 *normals, const np_vec3 *wanted,
                              const double *pull_per_mm2, np_vec3 *out, np_error *err);

/* V, a tangent where the normal is FROM, carried to where it is TO: by the shortest turn of the one to the other. */
np_vec3 np_directions_carry(np_vec3 v, np_vec3 from, np_vec3 to);

/* How often DIRECTIONS (of the vertices) turn around in TRIANGLE, counter-clockwise: 1 at a source, a sink or a whorl, -1 where they
 * part, 0 nearly everywhere.  Over a piece of the surface it sums up to its Euler characteristic plus the turns that DIRECTIONS make
 * against the border (Poincare and Hopf). */
int np_directions_index(const np_mesh *mesh, const np_vec3 *normals, const np_vec3 *directions, uint32_t triangle);

#endif
