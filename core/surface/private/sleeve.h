/* Sleeves: strips of triangles, each across an edge from the one before, and the shortest path within one.  path.c finds sleeves, this pulls the string tight. */
#ifndef NP_SURFACE_PRIVATE_SLEEVE_H
#define NP_SURFACE_PRIVATE_SLEEVE_H

#include "surface/topology.h"

/* A path's step over an edge: out of triangle FROM, whose corners A and B follow each other counter-clockwise, into TO.
 * The place is A + T (B - A), never at a corner.  B is to the left of the direction of travel. */
typedef struct surface_crossing {
    uint32_t from, to, a, b;
    double t;
} surface_crossing;

typedef struct surface_sleeve {
    uint32_t *triangles;         /* n */
    surface_crossing *crossings; /* n - 1, filled by surface_sleeve_tighten and kept in step with TRIANGLES */
    size_t n, capacity, crossing_capacity;
} surface_sleeve;

/* Zero-initialise; fini is safe on zero. */
np_status surface_sleeve_push(surface_sleeve *sleeve, uint32_t triangle, np_error *err);
void surface_sleeve_fini(surface_sleeve *sleeve);

/* Where the crossing is in space. */
np_vec3 surface_crossing_position(const np_mesh *mesh, const surface_crossing *crossing);

/* Fills the crossing over the edge from corner K of FROM into TO at T, kept off the corners. */
surface_crossing surface_crossing_make(const np_mesh *mesh, uint32_t from, int k, uint32_t to, double t);

/* Length in mm of the path from A over the crossings to B. */
double surface_sleeve_length(const surface_sleeve *sleeve, const np_mesh *mesh, np_vec3 a, np_vec3 b);

/* Makes the path from A (in the first triangle) to B (in the last) as short as it can be: the funnel within the sleeve
 * (Lee & Preparata 1984), then the sleeve led round the other side of each vertex that the path touches for as long as
 * that is shorter (Xin & Wang 2007, IEEE TVCG 13(5)).  The result is a locally shortest path. */
np_status surface_sleeve_tighten(surface_sleeve *sleeve, const np_topology *topology, np_vec3 a, np_vec3 b,
                                 np_error *err);

#endif
