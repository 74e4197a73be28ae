/* Which triangles meet at a vertex and across an edge, from one pass over the triangles.  A surface keeps its own; who makes a mesh
 * makes one for it and drops it when done. */
#ifndef NP_SURFACE_TOPOLOGY_H
#define NP_SURFACE_TOPOLOGY_H

#include <stdbool.h>

#include "surface/mesh.h"

#define NP_NO_TRIANGLE UINT32_MAX

/* The triangles around vertex v are around[first[v] .. first[v + 1]), ascending. */
typedef struct np_topology {
    const np_mesh *mesh; /* borrowed */
    uint32_t *first;     /* n_vertices + 1 */
    uint32_t *around;
    uint32_t *across; /* 3 a triangle: what np_topology_across says; NULL: it looks */
} np_topology;

/* Triangles that name a vertex twice are left out.  Zero-initialise; fini is safe on zero. */
np_status np_topology_init(np_topology *topology, const np_mesh *mesh, np_error *err);
void np_topology_fini(np_topology *topology);
/* Finds what lies across every edge, for who asks about most of them more than once. */
np_status np_topology_find_across(np_topology *topology, np_error *err);

/* The triangle on the other side of the edge from corner K to corner K + 1 of TRIANGLE; NP_NO_TRIANGLE at a border, and
 * where the edge has more than two triangles or the other one runs the wrong way round. */
uint32_t np_topology_across(const np_topology *topology, uint32_t triangle, int k);

/* The one other triangle at that edge, whichever way it runs; NP_NO_TRIANGLE at a border and where there are several.
 * *OUT_SAME_WAY: it runs along the edge as TRIANGLE does, which faces of one side do not. */
uint32_t np_topology_beside(const np_topology *topology, uint32_t triangle, int k, bool *out_same_way);

/* The corner (0..2) of TRIANGLE that is VERTEX; -1 if none is. */
int np_topology_corner(const np_mesh *mesh, uint32_t triangle, uint32_t vertex);

#endif
