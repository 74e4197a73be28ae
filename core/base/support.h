/* The support function of a set of points, which says how far it reaches in every direction, held by its values in the
 * directions of a finely divided octahedron.
 *
 * A support function is convex and homogeneous: in a direction that is a sum of three others with weights that are not
 * negative it is at most the same sum of theirs.  So exact values at the nodes give an upper bound everywhere between them,
 * too large by the square of the nodes' spacing only where the set is round (radius times (0.13 rad)^2 / 8: a quarter of a
 * millimetre on a head), and by up to a thirtieth of the span where its hull is flat. */
#ifndef NP_BASE_SUPPORT_H
#define NP_BASE_SUPPORT_H

#include <stddef.h>

#include "base/vec3.h"

#define NP_SUPPORT_DIVISIONS 16
#define NP_SUPPORT_FACE_NODES ((NP_SUPPORT_DIVISIONS + 1) * (NP_SUPPORT_DIVISIONS + 2) / 2)
/* Face by face: octant 0 to 7 (bit k: coordinate k is negative); in a face the node of (|x|, |y|, |z|) = (i, j,
 * NP_SUPPORT_DIVISIONS - i - j), j fastest.  Nodes on the faces' edges are there more than once. */
#define NP_SUPPORT_NODES (8 * NP_SUPPORT_FACE_NODES)

/* The vector to node NODE; its coordinates are whole, and the sum of their amounts is NP_SUPPORT_DIVISIONS. */
np_vec3 np_support_direction(size_t node);

/* DIRECTION is *OUT_SCALE times the sum of OUT_WEIGHT times the vectors to three nodes of its face; weights are not negative, and
 * their sum is 1.  DIRECTION must not be zero. */
void np_support_corners(np_vec3 direction, size_t out_node[3], double out_weight[3], double *out_scale);

#endif
