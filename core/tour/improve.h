/* Making a tour shorter. */
#ifndef NP_TOUR_IMPROVE_H
#define NP_TOUR_IMPROVE_H

#include "tour/graph.h"

/* Improves ORDER[n] (a path; a cycle when CLOSED) until no 2-opt or Or-opt move along a candidate edge helps. */
np_status tour_improve(const tour_space *space, const tour_graph *graph, bool closed, uint32_t *order, np_error *err);

#endif
