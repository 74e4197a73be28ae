/* The treated skin: the part of the scan that is treated, cut out exactly and refined, so that a field given at its vertices is a
 * good picture of the field and its border is the border of the treated area. */
#ifndef NP_SURFACE_TREATED_H
#define NP_SURFACE_TREATED_H

#include "surface/surface.h"

/* Signed distance in mm to the border of what is wanted, positive inside; about 1-Lipschitz.  Called from any thread. */
typedef double np_treated_inside(void *context, const np_surface_point *p);

typedef struct np_treated {
    np_mesh mesh;            /* every triangle wholly inside; edges at most the given length */
    np_vec3 *normals;        /* of the vertices: the scan's smooth normals */
    uint32_t *scan_triangle; /* for each triangle, the scan's triangle it lies in */
} np_treated;

/* Refines the scan's triangles to edges of at most MAX_EDGE_MM near and inside the wanted area and clips them at INSIDE =
 * 0; no point of a triangle was found farther outside than 0.08 mm, also where the border is finer than such edges.  Vertices lie on the scan's triangles, conforming (no T-junctions).  NP_ERR_GEOMETRY when nothing is inside.  Zero-
 * initialise; fini is safe on zero. */
np_status np_treated_init(np_treated *treated, const np_surface *surface, np_treated_inside *inside, void *context,
                          double max_edge_mm, np_error *err);
void np_treated_fini(np_treated *treated);

#endif
