/* The first order of a tour, which the rest improves on. */
#ifndef NP_TOUR_PRIVATE_GREEDY_H
#define NP_TOUR_PRIVATE_GREEDY_H

#include "tour/private/graph.h"

/* Greedy edge (Bentley, Fast algorithms for geometric traveling salesman problems, ORSA J. Computing 4,
 * 1992): the cheapest edge that closes no cycle and gives no point three, over and over; then the same among
 * the ends of the pieces.  Writes a path through all points into out_order[n]. */
np_status tour_greedy(const tour_space *space, const tour_graph *graph, uint32_t *out_order, np_error *err);

#endif
