/* The candidate edges of a tour: each point's K nearest, by the tour's own cost. */
#ifndef NP_TOUR_PRIVATE_GRAPH_H
#define NP_TOUR_PRIVATE_GRAPH_H

#include "base/parallel.h"
#include "tour/private/space.h"

#define TOUR_GRAPH_MAX_K 16

typedef struct tour_graph {
    uint32_t n;
    unsigned k;   /* neighbours a point; min(asked, n - 1) */
    uint32_t *to; /* [n][k], cheapest first, ties by rank */
} tour_graph;

/* PARALLEL false: on the caller's thread alone; the result is the same. */
np_status tour_graph_init(tour_graph *graph, const tour_space *space, unsigned k, bool parallel, np_error *err);
void tour_graph_fini(tour_graph *graph);

/* If GRAPH falls apart, as where points lie in clusters: gives up the farther half of each row for the
 * nearest points in each octant around it. */
np_status tour_graph_connect(tour_graph *graph, const tour_space *space, bool parallel, np_error *err);

/* True for one of the two directions of each edge: from its lower end, or from the upper if the lower does
 * not know it. */
static inline bool tour_graph_owns(const tour_graph *graph, uint32_t from, uint32_t to)
{
    if (from < to)
        return true;
    const uint32_t *back = graph->to + (size_t)to * graph->k;
    for (unsigned s = 0; s < graph->k; s++)
        if (back[s] == from)
            return false;
    return true;
}

/* np_parallel_for, or the same blocks one after the other. */
static inline void tour_for(bool parallel, size_t n, size_t grain, np_parallel_body *body, void *context)
{
    if (parallel) {
        np_parallel_for(n, grain, body, context);
        return;
    }
    for (size_t from = 0; from < n; from += grain)
        body(context, from, n - from < grain ? n : from + grain, from / grain);
}

#endif
