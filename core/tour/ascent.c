/* All tours cost the same amount more with prices than without, but for a search that looks at a few edges at
 * a time the difference is large: with good prices nearly every edge of the tour is among the cheapest at its
 * ends, and a false start shows at once.  Well-spaced dots are kind to it: 40 steps come within 0.3 % of the
 * best known tours. */
#include "tour/private/ascent.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 40
#define KEY_BITS 22
#define MIN_POINTS 8
#define BLOCK_POINTS 12000 /* at least, in a block worked on by itself */
/* Of the first and the last step, in the mean cost of the edges at each point. */
#define FIRST_STEP 0.07
#define LAST_STEP 0.0014

/* Of one block of ranks. */
typedef struct ascent {
    const tour_space *space;
    uint32_t first, n, n_edges;
    uint32_t (*edge)[2]; /* ranks from FIRST on */
    float *cost;         /* of each edge, without prices */
    tour_keyed *item, *scratch;
    uint32_t *parent; /* of Kruskal's forest */
    float *price, *best;
    float *scale;                    /* mean cost of the edges at each point */
    int32_t *excess, *excess_before; /* edges of the tree at each point, minus 2 */
    double bound, best_bound;
} ascent;

static void ascent_fini(ascent *a)
{
    free(a->edge);
    free(a->cost);
    free(a->item);
    free(a->scratch);
    free(a->parent);
    free(a->price);
    free(a->best);
    free(a->scale);
    free(a->excess);
    free(a->excess_before);
}

/* Whether the S-th edge of rank FIRST + I is one of the block's; OUT_TO gets its other end, from FIRST on. */
static bool ascent_owns(const ascent *a, const tour_graph *graph, uint32_t i, unsigned s, uint32_t *out_to)
{
    uint32_t from = a->first + i, to = graph->to[(size_t)from * graph->k + s];
    *out_to = to - a->first;
    return to >= a->first && *out_to < a->n && tour_graph_owns(graph, from, to);
}

static np_status ascent_init(ascent *a, const tour_space *space, const tour_graph *graph, uint32_t first, uint32_t n,
                             np_error *err)
{
    *a = (ascent){.space = space, .first = first, .n = n, .best_bound = -INFINITY};
    size_t most = (size_t)n * graph->k;
    a->edge = malloc(most * sizeof *a->edge);
    a->cost = malloc(most * sizeof *a->cost);
    a->item = malloc(most * sizeof *a->item);
    a->scratch = malloc(most * sizeof *a->scratch);
    a->parent = malloc(n * sizeof *a->parent);
    a->price = malloc(n * sizeof *a->price);
    a->best = malloc(n * sizeof *a->best);
    a->scale = calloc(n, sizeof *a->scale);
    a->excess = calloc(n, sizeof *a->excess);
    a->excess_before = calloc(n, sizeof *a->excess_before);
    if (!a->edge || !a->cost || !a->item || !a->scratch || !a->parent || !a->price || !a->best || !a->scale ||
        !a->excess || !a->excess_before)
        return np_error_no_memory(err, "the prices of a tour's dots");
    for (uint32_t i = 0; i < n; i++) {
        a->price[i] = a->best[i] = space->at[first + i].v[3];
        for (unsigned s = 0; s < graph->k; s++) {
            uint32_t to;
            if (!ascent_owns(a, graph, i, s, &to))
                continue;
            a->edge[a->n_edges][0] = i;
            a->edge[a->n_edges][1] = to;
            a->cost[a->n_edges++] =
                tour_cost(space, space->metric, first + i, first + to) - a->price[i] - space->at[first + to].v[3];
        }
    }
    for (uint32_t e = 0; e < a->n_edges; e++) {
        for (int end = 0; end < 2; end++) {
            a->scale[a->edge[e][end]] += a->cost[e];
            a->excess[a->edge[e][end]]++;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        a->scale[i] /= (float)(a->excess[i] > 0 ? a->excess[i] : 1);
    return NP_OK;
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static float priced(const ascent *a, uint32_t e)
{
    return a->cost[e] + a->price[a->edge[e][0]] + a->price[a->edge[e][1]];
}

/* The cheapest spanning forest at the present prices: excess and bound. */
static void ascent_span(ascent *a)
{
    float low = INFINITY, high = -INFINITY;
    for (uint32_t e = 0; e < a->n_edges; e++) {
        float c = priced(a, e);
        low = c < low ? c : low;
        high = c > high ? c : high;
    }
    float scale = high > low ? (float)((1u << KEY_BITS) - 1) / (high - low) : 0;
    for (uint32_t e = 0; e < a->n_edges; e++)
        a->item[e] = (tour_keyed){(uint32_t)((priced(a, e) - low) * scale), e};
    tour_radix_sort(a->item, a->scratch, a->n_edges, KEY_BITS);

    a->bound = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        a->parent[i] = i;
        a->excess[i] = -2;
        a->bound -= 2 * (double)a->price[i];
    }
    for (uint32_t k = 0, taken = 0; k < a->n_edges && taken + 1 < a->n; k++) {
        uint32_t e = a->item[k].value, from = a->edge[e][0], to = a->edge[e][1];
        uint32_t root_a = root_of(a->parent, from), root_b = root_of(a->parent, to);
        if (root_a == root_b)
            continue;
        a->parent[root_a] = root_b;
        a->excess[from]++;
        a->excess[to]++;
        a->bound += (double)priced(a, e);
        taken++;
    }
}

/* STEPS steps, the first of them the FROM-th of all. */
static void ascent_climb(ascent *a, int from, int steps)
{
    for (int step = 0; step < steps; step++) {
        ascent_span(a);
        if (a->bound > a->best_bound) {
            a->best_bound = a->bound;
            memcpy(a->best, a->price, a->n * sizeof *a->best);
        }
        double length = FIRST_STEP * pow(LAST_STEP / FIRST_STEP, (double)(from + step) / (STEPS - 1));
        for (uint32_t i = 0; i < a->n; i++) {
            int before = step > 0 ? a->excess_before[i] : a->excess[i];
            a->price[i] += (float)(length * (0.7 * a->excess[i] + 0.3 * before)) * a->scale[i];
            a->excess_before[i] = a->excess[i];
        }
    }
}

typedef struct ascent_job {
    tour_space *space;
    tour_graph *graph;
    unsigned keep;
    uint32_t shift; /* of the blocks' borders, in ranks */
    int step, steps;
    np_status *status; /* of each block */
} ascent_job;

/* Sorts each row by the priced cost, the KEEP cheapest first. */
static void sort_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    ascent_job *job = context;
    const tour_space *space = job->space;
    tour_graph *graph = job->graph;
    unsigned k = graph->k;
    for (uint32_t i = (uint32_t)begin; i < end; i++) {
        float cost[TOUR_GRAPH_MAX_K];
        uint32_t *row = graph->to + (size_t)i * k;
        for (unsigned a = 0; a < k; a++) {
            uint32_t to = row[a];
            float c = tour_cost(space, space->metric, i, to);
            unsigned at = a;
            for (; at > 0 && cost[at - 1] > c; at--)
                cost[at] = cost[at - 1], row[at] = row[at - 1];
            cost[at] = c, row[at] = to;
        }
    }
}

/* Drops all but the KEEP first of each row. */
static void keep_first(tour_graph *graph, unsigned keep)
{
    for (uint32_t i = 1; i < graph->n; i++)
        memmove(graph->to + (size_t)i * keep, graph->to + (size_t)i * graph->k, keep * sizeof *graph->to);
    graph->k = keep;
}

static void price_block(void *context, size_t begin, size_t end, size_t block)
{
    ascent_job *job = context;
    tour_space *space = job->space;
    uint32_t from = begin < job->shift ? 0 : (uint32_t)begin - job->shift, to = (uint32_t)end - job->shift;
    to = to < space->n ? to : space->n;
    ascent a;
    job->status[block] = ascent_init(&a, space, job->graph, from, to - from, NULL);
    if (job->status[block] == NP_OK) {
        ascent_climb(&a, job->step, job->steps);
        for (uint32_t i = 0; i < a.n; i++)
            space->at[a.first + i].v[3] = a.best[i];
    }
    ascent_fini(&a);
}

np_status tour_ascent(tour_space *space, tour_graph *graph, unsigned keep, bool parallel, np_error *err)
{
    uint32_t n = space->n, n_blocks = n / BLOCK_POINTS, grain = n;
    if (n < MIN_POINTS)
        return NP_OK;
    if (n_blocks > 1)
        grain = n / n_blocks + (n % n_blocks != 0);
    ascent_job job = {.space = space, .graph = graph, .keep = keep};
    job.status = calloc(n_blocks + 2, sizeof *job.status);
    if (!job.status)
        return np_error_no_memory(err, "the prices of a tour's dots");
    /* Half of the steps with other borders. */
    job.steps = n_blocks > 1 ? STEPS / 2 : STEPS;
    for (; job.step < STEPS; job.step += job.steps) {
        job.shift = job.step > 0 ? grain / 2 : 0;
        tour_for(parallel, n + job.shift, grain, price_block, &job);
    }
    np_status status = NP_OK;
    for (uint32_t b = 0; b < n_blocks + 2; b++)
        if (job.status[b] != NP_OK)
            status = np_error_no_memory(err, "the prices of a tour's dots");
    if (status == NP_OK) {
        tour_for(parallel, n, 1024, sort_rows, &job);
        keep_first(graph, keep < graph->k ? keep : graph->k);
    }
    free(job.status);
    return status;
}
