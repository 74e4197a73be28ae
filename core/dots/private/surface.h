/* The surface that dots live on: a triangle mesh that can be walked over.
 *
 * A dot is kept as a spot (triangle and barycentric weights), never as a free point that is projected back: a
 * step unfolds triangle after triangle, so it cannot leave the mesh, jump to the other side of a fold, or
 * depend on a search. */
#ifndef NP_DOTS_PRIVATE_SURFACE_H
#define NP_DOTS_PRIVATE_SURFACE_H

#include "base/near.h"
#include "surface/mesh.h"

#include <stdbool.h>

typedef struct dots_spot {
    uint32_t triangle;
    double weight[3]; /* >= 0, sum 1 */
} dots_spot;

/* An edge with a triangle on one side only. */
typedef struct dots_open_edge {
    uint32_t triangle;
    uint32_t corner; /* of the triangle, opposite the edge */
} dots_open_edge;

/* A pin that keeps its surroundings clear. */
typedef struct dots_clearing {
    np_vec3 at;
    double radius_mm;
} dots_clearing;

/* See clearings.h; zero for none. */
typedef struct dots_clearings {
    dots_clearing *pins;
    size_t n;
    double widest_mm;
    np_near grid;
    double *depth_mm; /* of the surface's vertices: how far inside; negative outside, or far */
} dots_clearings;

typedef struct dots_surface {
    const np_mesh *mesh;    /* borrowed */
    const np_vec3 *normals; /* borrowed; of its vertices */
    const int32_t *layer;   /* borrowed; of its vertices */
    double *density;        /* of its vertices, per cm2: the target, scaled to the count asked for */
    double *local_density;  /* of its vertices, per cm2: dots and existing hair together; > 0 */
    uint32_t *across;       /* 3 a triangle: the triangle over the edge opposite that corner, or NP_NO_TRIANGLE */
    dots_open_edge *open_edges;
    size_t n_open_edges;
    double longest_edge_mm;
    int32_t *zone; /* of its vertices: layer and first session in one; a dot never changes its zone */
    bool one_zone;
    dots_clearings clearings;
} dots_surface;

/* Links the triangles and copies DENSITY into density and local_density; FIRST_SESSION may be NULL.  Edges with more
 * than two triangles become borders. Fini is safe on zero.  NP_ERR_NO_MEMORY. */
np_status dots_surface_init(dots_surface *surface, const np_mesh *mesh, const np_vec3 *normals,
                            const double *density_per_cm2, const int32_t *layer, const int32_t *first_session,
                            np_error *err);
void dots_surface_fini(dots_surface *surface);

/* Position, target density, local density, layer (the nearest corner's) and smooth unit normal of a spot. */
np_vec3 dots_surface_position(const dots_surface *surface, const dots_spot *spot);
double dots_surface_density(const dots_surface *surface, const dots_spot *spot);
double dots_surface_local_density(const dots_surface *surface, const dots_spot *spot);
uint32_t dots_surface_corner(const dots_surface *surface, const dots_spot *spot); /* the nearest: a vertex */
np_vec3 dots_surface_normal(const dots_surface *surface, const dots_spot *spot);

/* Whether two spots are of one zone. */
bool dots_surface_same_zone(const dots_surface *surface, const dots_spot *a, const dots_spot *b);

/* Two perpendicular unit vectors in TRIANGLE's plane; false when it has no area. */
bool dots_surface_frame(const dots_surface *surface, uint32_t triangle, np_vec3 *out_u, np_vec3 *out_v);

/* Walks SPOT straight ahead by STEP (mm; its part in the triangle's plane counts), bending at edges as on
 * unfolded paper. False when a border stops it: SPOT is then on that border. */
bool dots_surface_walk(const dots_surface *surface, dots_spot *spot, np_vec3 step);

/* Walks like dots_surface_walk, but slides along a border that is in the way instead of stopping at it. */
void dots_surface_slide(const dots_surface *surface, dots_spot *spot, np_vec3 step);

/* The spot nearest to POINT among all triangles (a full search: for the few pins), and its distance in mm. */
dots_spot dots_surface_nearest(const dots_surface *surface, np_vec3 point, double *out_distance_mm);

/* Twice the area of TRIANGLE as a vector along its normal. */
np_vec3 dots_surface_area2(const dots_surface *surface, uint32_t triangle);

#endif
