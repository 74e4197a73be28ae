/* The first and fastest of the improvements. */
#ifndef NP_TOUR_PRIVATE_TWO_OPT_H
#define NP_TOUR_PRIVATE_TWO_OPT_H

#include "tour/private/graph.h"

/* Improves ORDER[n] (a path; a cycle when CLOSED) until no 2-opt or Or-opt move along an edge of GRAPH helps.
 */
np_status tour_two_opt(const tour_space *space, const tour_graph *graph, bool closed, uint32_t *order, np_error *err);

#endif
