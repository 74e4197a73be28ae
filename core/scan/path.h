/* Paths along the surface between two points of a mesh.  Inside the scan room. */
#ifndef NP_SCAN_PATH_H
#define NP_SCAN_PATH_H

#include "scan/sleeve.h"

/* Finds paths one after the other on one mesh; not shared between threads.  Zero-initialise; fini is safe on zero. */
typedef struct np_pathfinder {
    const np_topology *topology;
    np_sleeve section, mesh_path;
    struct np_path_search *search; /* made when first needed */
} np_pathfinder;

void np_pathfinder_init(np_pathfinder *finder, const np_topology *topology);
void np_pathfinder_fini(np_pathfinder *finder);

/* The path from A to B, both inside their triangles (no weight 0), as the sleeve it runs through; valid until the next
 * call.  Where the mesh cut by the plane through A, B and their mean normal joins them and is within 3 % of the shortest
 * path, that cut (smooth on coarse meshes, and on a sphere the geodesic itself); else a locally shortest path over the
 * triangles.  *OUT_PATH is NULL if no path over edges joins A and B. */
np_status np_pathfinder_join(np_pathfinder *finder, const np_surface_point *a, const np_surface_point *b,
                             const np_sleeve **out_path, np_error *err);

#endif
