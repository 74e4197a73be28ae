/* Neighbours of each dot by cost.  The tree finds neighbours in space; the few nearest by the arm's time are among
 * somewhat more of these.  Clusters would fall apart into islands that no exchange of edges joins, so there neighbours
 * are taken in all directions. */
#include "tour/private/graph.h"

#include <stdlib.h>
#include <string.h>

#include "tour/private/tree.h"

/* In the arm's time the nearest by cost are sought among a few more nearest in space. */
#define EXTRA_FOR_TIME 4
/* Of a clustered set: how many of the nearest stay when the octants' are taken in. */
#define NEAREST_KEPT 4

typedef struct graph_job {
    tour_graph *graph;
    const tour_space *space;
    const tour_tree *tree;
} graph_job;

/* Sorts the points NEAR[n] by what it costs to go there from point I. */
static void sort_by_cost(const tour_space *space, uint32_t i, uint32_t *near, unsigned n)
{
    float cost[TOUR_TREE_MAX_K];
    for (unsigned a = 0; a < n; a++) {
        float c = tour_cost(space, space->metric, i, near[a]);
        uint32_t point = near[a];
        unsigned at = a;
        for (; at > 0 && cost[at - 1] > c; at--)
            cost[at] = cost[at - 1], near[at] = near[at - 1];
        cost[at] = c, near[at] = point;
    }
}

static void fill_rows(void *context, size_t begin, size_t end, size_t block)
{
    graph_job *job = context;
    (void)block;
    const tour_space *space = job->space;
    unsigned k = job->graph->k;
    unsigned wanted = space->axis ? k + EXTRA_FOR_TIME : k;
    for (size_t i = begin; i < end; i++) {
        uint32_t near[TOUR_TREE_MAX_K];
        unsigned found = tour_tree_nearest(job->tree, (uint32_t)i, wanted, TOUR_TREE_ALL, near);
        if (space->axis)
            sort_by_cost(space, (uint32_t)i, near, found);
        memcpy(job->graph->to + i * k, near, k * sizeof *near);
    }
}

static bool has(const uint32_t *points, unsigned n, uint32_t point)
{
    for (unsigned s = 0; s < n; s++)
        if (points[s] == point)
            return true;
    return false;
}

/* A clustered set's rows: the few nearest, the nearest in each octant, and as many of the old row as there is
 * room for. */
static void fill_rows_by_octants(void *context, size_t begin, size_t end, size_t block)
{
    graph_job *job = context;
    (void)block;
    unsigned k = job->graph->k;
    for (size_t i = begin; i < end; i++) {
        uint32_t *row = job->graph->to + i * k, near[TOUR_GRAPH_MAX_K + TOUR_TREE_OCTANTS];
        unsigned n = k < NEAREST_KEPT ? k : NEAREST_KEPT;
        memcpy(near, row, n * sizeof *near);
        for (unsigned octant = 0; octant < TOUR_TREE_OCTANTS; octant++) {
            unsigned found = tour_tree_nearest(job->tree, (uint32_t)i, 1, octant, near + n);
            n += found > 0 && !has(near, n, near[n]);
        }
        for (unsigned s = 0; s < k && n < k; s++)
            if (!has(near, n, row[s]))
                near[n++] = row[s];
        sort_by_cost(job->space, (uint32_t)i, near, n);
        memcpy(row, near, k * sizeof *row);
    }
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* Whether every point can be reached from every other along the graph's edges. */
static np_status is_connected(const tour_graph *graph, bool *out_connected, np_error *err)
{
    uint32_t n = graph->n, parts = n;
    uint32_t *parent = malloc((n + 1) * sizeof *parent);
    if (!parent)
        return np_error_no_memory(err, "the neighbours of a tour's dots");
    for (uint32_t i = 0; i < n; i++)
        parent[i] = i;
    for (size_t e = 0; e < (size_t)n * graph->k; e++) {
        uint32_t a = root_of(parent, (uint32_t)(e / graph->k)), b = root_of(parent, graph->to[e]);
        parent[a] = b;
        parts -= a != b;
    }
    free(parent);
    *out_connected = parts <= 1;
    return NP_OK;
}

np_status tour_graph_init(tour_graph *graph, const tour_space *space, unsigned k, bool parallel, np_error *err)
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

np_status tour_graph_connect(tour_graph *graph, const tour_space *space, bool parallel, np_error *err)
{
    bool connected = false;
    np_status status = is_connected(graph, &connected, err);
    if (status != NP_OK || connected)
        return status;
    tour_tree tree;
    status = tour_tree_init(&tree, space->at, space->n, err);
    if (status == NP_OK)
        tour_for(parallel, space->n, 1024, fill_rows_by_octants, &(graph_job){graph, space, &tree});
    tour_tree_fini(&tree);
    return status;
}

void tour_graph_fini(tour_graph *graph)
{
    free(graph->to);
    *graph = (tour_graph){0};
}
