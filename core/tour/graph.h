/* The candidate edges of a tour: each point's K nearest, by the tour's own cost. */
#ifndef NP_TOUR_GRAPH_H
#define NP_TOUR_GRAPH_H

#include "tour/space.h"

typedef struct tour_graph {
    uint32_t n;
    unsigned k;     /* neighbours a point; min(asked, n - 1) */
    uint32_t *to;   /* [n][k], cheapest first, ties by rank */
} tour_graph;

np_status tour_graph_init(tour_graph *graph, const tour_space *space, unsigned k, np_error *err);
void tour_graph_fini(tour_graph *graph);

/* Greedy edge (Bentley, Fast algorithms for geometric traveling salesman problems, ORSA J. Computing 4, 1992): the cheapest
 * edge that closes no cycle and gives no point three, over and over; then the same among the ends of the pieces.  Writes
 * a path through all points into out_order[n]. */
np_status tour_greedy(const tour_space *space, const tour_graph *graph, uint32_t *out_order, np_error *err);

#endif
