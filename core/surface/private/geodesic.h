/* Distances along the surface from a set of points, at every vertex. */
#ifndef NP_SURFACE_PRIVATE_GEODESIC_H
#define NP_SURFACE_PRIVATE_GEODESIC_H

#include "surface/mesh.h"

/* Geodesic distance in mm from the nearest of SOURCES (points of MESH) to each vertex, into out_distance_mm[n_vertices];
 * INFINITY on parts that no source reaches. */
np_status surface_geodesic_distance(const np_mesh *mesh, const np_surface_point *sources, size_t n_sources,
                                    double *out_distance_mm, np_error *err);

#endif
