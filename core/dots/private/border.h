/* The surface's border as closed loops of edges, and ghosts of dots beyond it.
 *
 * Without anything outside, particles that repel each other pile up at a border, and those that attract each other
 * keep away from it.  So every dot near the border has a ghost outside, which acts on the dots near it as if the pattern
 * went on.  A plain mirror image would line dots up along the border, each opposite its own image; the ghost therefore
 * stands further along the border (a glide reflection), among dots that do not interact with its source: what is outside is
 * then a piece of the same pattern, independent of what is inside there. */
#ifndef NP_DOTS_PRIVATE_BORDER_H
#define NP_DOTS_PRIVATE_BORDER_H

#include "base/near.h"
#include "dots/private/surface.h"

/* One border edge, in its place along its loop. */
typedef struct dots_border_edge {
    np_vec3 a, b;
    np_vec3 outward;         /* unit, in the triangle's plane */
    np_vec3 normal;          /* unit, the triangle's */
    double local_density[2]; /* at a and b */
    double start_mm;         /* of a along the loop */
    uint32_t first, n;       /* the loop's edges */
} dots_border_edge;

typedef struct dots_border {
    dots_border_edge *edge; /* loop by loop, in order */
    size_t n_edges;
    np_vec3 *sample; /* points along the edges, at most spacing_mm apart */
    uint32_t *owner; /* the edge of each */
    size_t n_samples;
    double spacing_mm;
    np_near grid; /* of the samples */
} dots_border;

typedef struct dots_ghost {
    np_vec3 at, normal;
    double local_density;
} dots_ghost;

/* Chains the surface's borders into loops.  Fini is safe on zero. */
np_status dots_border_init(dots_border *border, const dots_surface *surface, np_error *err);
void dots_border_fini(dots_border *border);

/* The ghost of a dot at P where the local density is LOCAL_DENSITY; false where no border is within REACH s, or where the
 * ghost would stand too near another border, as beyond a narrow gap. */
bool dots_border_ghost(const dots_border *border, np_vec3 p, double local_density, double reach, dots_ghost *out);

#endif
