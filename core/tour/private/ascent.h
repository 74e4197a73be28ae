/* Prices that make the best tour look like a spanning tree. */
#ifndef NP_TOUR_PRIVATE_ASCENT_H
#define NP_TOUR_PRIVATE_ASCENT_H

#include "tour/private/graph.h"

/* Held and Karp's ascent (The traveling-salesman problem and minimum spanning trees, part II, Math.
 * Programming 1, 1971), in Helsgaun's form (An effective implementation of the Lin-Kernighan traveling
 * salesman heuristic, EJOR 126, 2000), over the edges of GRAPH: a point at which the spanning tree has too
 * many edges becomes dearer, one with too few cheaper.  Sets the prices in SPACE, sorts GRAPH's rows by the
 * new costs and keeps the KEEP cheapest. */
np_status tour_ascent(tour_space *space, tour_graph *graph, unsigned keep, bool parallel, np_error *err);

#endif
