/* Paths along the surface between two points of a mesh. */
#ifndef NP_SURFACE_PRIVATE_PATH_H
#define NP_SURFACE_PRIVATE_PATH_H

#include "surface/private/sleeve.h"

/* Finds paths one after the other on one mesh; not shared between threads.  Zero-initialise; fini is safe on zero. */
typedef struct surface_pathfinder {
    const np_topology *topology;
    surface_sleeve section, mesh_path;
    struct np_path_search *search; /* made when first needed */
} surface_pathfinder;

void surface_pathfinder_init(surface_pathfinder *finder, const np_topology *topology);
void surface_pathfinder_fini(surface_pathfinder *finder);

/* The path from A to B, both inside their triangles (no weight 0), as the sleeve it runs through; valid until the next
 * call.  Where the mesh cut by the plane through A, B and their mean normal joins them and is within 3 % of the shortest
 * path, that cut (smooth on coarse meshes, and on a sphere the geodesic itself); else a locally shortest path over the
 * triangles.  *OUT_PATH is NULL if no path over edges joins A and B. */
np_status surface_pathfinder_join(surface_pathfinder *finder, const np_surface_point *a, const np_surface_point *b,
                                  const surface_sleeve **out_path, np_error *err);

#endif
