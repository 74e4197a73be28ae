#include "tour/graph.h"

#include <stdlib.h>
#include <string.h>

#include "tour/tree.h"

/* In the arm's time the nearest by cost are sought among a few more nearest in space. */
#define EXTRA_FOR_TIME 4

typedef struct graph_job {
    tour_graph *graph;
    const tour_space *space;
    const tour_tree *tree;
} graph_job;

static void fill_rows(void *context, size_t begin, size_t end, size_t block)
{
    graph_job *job = context;
    (void)block;
    const tour_space *space = job->space;
    unsigned k = job->graph->k;
    unsigned wanted = space->axis ? k + EXTRA_FOR_TIME : k;
    for (size_t i = begin; i < end; i++) {
        uint32_t near[TOUR_TREE_MAX_K];
        unsigned found = tour_tree_nearest(job->tree, (uint32_t)i, wanted, near);
        if (space->axis) {
            float cost[TOUR_TREE_MAX_K];
            for (unsigned a = 0; a < found; a++) {
                float c = tour_move_cost_s(space, (uint32_t)i, near[a]);
                uint32_t point = near[a];
                unsigned at = a;
                for (; at > 0 && cost[at - 1] > c; at--)
                    cost[at] = cost[at - 1], near[at] = near[at - 1];
                cost[at] = c, near[at] = point;
            }
        }
        memcpy(job->graph->to + i * k, near, k * sizeof *near);
    }
}

np_status tour_graph_init(tour_graph *graph, const tour_space *space, unsigned k, bool parallel,
                          np_error *err)
{
    *graph = (tour_graph){.n = space->n, .k = space->n < 1 ? 0 : space->n - 1 < k ? space->n - 1 : k};
    graph->to = malloc(((size_t)graph->n * graph->k + 1) * sizeof *graph->to);
    if (!graph->to)
        return np_error_no_memory(err, "the neighbours of a tour's dots");
    tour_tree tree;
    np_status status = tour_tree_init(&tree, space->at, space->n, err);
    if (status == NP_OK)
        tour_for(parallel, space->n, 1024, fill_rows, &(graph_job){graph, space, &tree});
    else
        tour_graph_fini(graph);
    tour_tree_fini(&tree);
    return status;
}

void tour_graph_fini(tour_graph *graph)
{
    free(graph->to);
    *graph = (tour_graph){0};
}
