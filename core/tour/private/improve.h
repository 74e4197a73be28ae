/* Making a tour shorter by chained Lin-Kernighan. */
#ifndef NP_TOUR_PRIVATE_IMPROVE_H
#define NP_TOUR_PRIVATE_IMPROVE_H

#include "tour/private/graph.h"

typedef struct tour_budget {
    double kicks_per_dot;
    double end_s; /* > 0: until np_clock_s() says so, whatever the kicks */
    uint64_t seed;
    bool parallel;               /* false: on the caller's thread alone; the result is the same */
    const np_progress *progress; /* NULL: silent */
} tour_budget;

/* Improves ORDER[n] (a path; a cycle when CLOSED) by chained Lin-Kernighan in cells, along the edges of
 * GRAPH. */
np_status tour_improve(const tour_space *space, const tour_graph *graph, bool closed, const tour_budget *budget,
                       uint32_t *order, np_error *err);

#endif
