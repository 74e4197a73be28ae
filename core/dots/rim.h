/* The rim: the surface's border, and ghosts of dots beyond it.
 *
 * Without anything outside, a pattern that repels itself piles up at its border, and one that attracts shuns
 * it.  So every dot near the border has a ghost outside, which its neighbours feel as if the pattern went on.
 * A plain mirror image would line dots up along the border, since everyone would face his own image; the
 * ghost therefore stands further along the border (a glide reflection), where it knows nobody: what is
 * outside is then a piece of the same pattern, independent of what is inside there. */
#ifndef NP_DOTS_RIM_H
#define NP_DOTS_RIM_H

#include "dots/grid.h"
#include "dots/surface.h"

/* One border edge, in its place along its loop. */
typedef struct np_dots_rim_edge {
    np_vec3 a, b;
    np_vec3 outward;   /* unit, in the triangle's plane */
    np_vec3 normal;    /* unit, the triangle's */
    double crowd[2];   /* at a and b */
    double start_mm;   /* of a along the loop */
    uint32_t first, n; /* the loop's edges */
} np_dots_rim_edge;

typedef struct np_dots_rim {
    np_dots_rim_edge *edge; /* loop by loop, in order */
    size_t n_edges;
    np_vec3 *sample; /* points along the edges, at most spacing_mm apart */
    uint32_t *owner; /* the edge of each */
    size_t n_samples;
    double spacing_mm;
    np_dots_grid grid; /* of the samples */
} np_dots_rim;

typedef struct np_dots_ghost {
    np_vec3 at, normal;
    double crowd;
} np_dots_ghost;

/* Chains the surface's borders into loops.  Fini is safe on zero. */
np_status np_dots_rim_init(np_dots_rim *rim, const np_dots_surface *surface, np_error *err);
void np_dots_rim_fini(np_dots_rim *rim);

/* The edge nearest to P within REACH_MM, or NULL; *out_t: where along it, 0..1. */
const np_dots_rim_edge *np_dots_rim_nearest(const np_dots_rim *rim, np_vec3 p, double reach_mm,
                                            double *out_t);

/* The ghost of a dot at P whose crowd is CROWD; false where no border is within REACH s, or where the ghost
 * would stand too near another border, as beyond a narrow gap. */
bool np_dots_rim_ghost(const np_dots_rim *rim, np_vec3 p, double crowd, double reach, np_dots_ghost *out);

#endif
