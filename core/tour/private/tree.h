/* Nearest points, from a tree of boxes over points that are sorted along a Hilbert curve: eight consecutive
 * points make a leaf, eight consecutive boxes the box above.  Nothing to build but the boxes, and no cell
 * size to choose, so clusters and duplicates cost nothing extra. */
#ifndef NP_TOUR_PRIVATE_TREE_H
#define NP_TOUR_PRIVATE_TREE_H

#include "tour/private/space.h"

#define TOUR_TREE_LEVELS 11

typedef struct tour_box {
    tour_vec low, high;
} tour_box;

typedef struct tour_tree {
    const tour_vec *at; /* borrowed */
    uint32_t n;
    unsigned n_levels;
    uint32_t n_boxes[TOUR_TREE_LEVELS];
    tour_box *boxes[TOUR_TREE_LEVELS]; /* level 0: of points */
} tour_tree;

np_status tour_tree_init(tour_tree *tree, const tour_vec *at, uint32_t n, np_error *err);
void tour_tree_fini(tour_tree *tree);

/* The K points nearest to point I (itself not), nearest first, ties by number, into out_points; returns how
 * many there are, at most min(K, n - 1).  K at most TOUR_TREE_MAX_K.  OCTANT: only points in one of the eight
 * octants around I, bit c set for those not below it in coordinate c; TOUR_TREE_ALL: all points.  Any thread.
 */
#define TOUR_TREE_MAX_K 32
#define TOUR_TREE_OCTANTS 8u
#define TOUR_TREE_ALL TOUR_TREE_OCTANTS
unsigned tour_tree_nearest(const tour_tree *tree, uint32_t i, unsigned k, unsigned octant, uint32_t *out_points);

/* Calls VISIT for every point within RADIUS of CENTER, in order of number. */
typedef void tour_tree_visit(void *context, uint32_t point);
void tour_tree_within(const tour_tree *tree, const tour_vec *center, float radius, tour_tree_visit *visit,
                      void *context);

#endif
