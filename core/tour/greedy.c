/* Greedy edge.  A first round takes edges from the graph; what is left are some N/10 paths, whose ends (fewer
 * in every round) become a point set of their own: again neighbours, sort, join, until one path is left. */
#include "tour/private/greedy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tour/private/tree.h"

#define NONE UINT32_MAX
#define NEAR_ENDS 8

typedef struct joiner {
    const tour_space *space;
    uint32_t (*link)[2]; /* the up to two neighbours of each rank; NONE */
    uint32_t *tail;      /* of an end: the other end of its path; itself when alone */
    uint32_t n_paths;
    /* One round's candidate edges and the sort's scratch. */
    size_t n_edges;
    uint32_t (*edge)[2];
    tour_keyed *item, *scratch;
} joiner;

static void joiner_fini(joiner *j)
{
    free(j->link);
    free(j->tail);
    free(j->edge);
    free(j->item);
    free(j->scratch);
}

static np_status joiner_init(joiner *j, const tour_space *space, unsigned k, np_error *err)
{
    size_t n = space->n, edges = n * (k > NEAR_ENDS ? k : NEAR_ENDS);
    *j = (joiner){.space = space, .n_paths = space->n};
    j->link = malloc(n * sizeof *j->link);
    j->tail = malloc(n * sizeof *j->tail);
    j->edge = malloc(edges * sizeof *j->edge);
    j->item = malloc(edges * sizeof *j->item);
    j->scratch = malloc(edges * sizeof *j->scratch);
    if (!j->link || !j->tail || !j->edge || !j->item || !j->scratch) {
        joiner_fini(j);
        return np_error_no_memory(err, "the greedy tour");
    }
    for (uint32_t i = 0; i < space->n; i++) {
        j->link[i][0] = j->link[i][1] = NONE;
        j->tail[i] = i;
    }
    return NP_OK;
}

static void joiner_offer(joiner *j, uint32_t a, uint32_t b)
{
    float cost = tour_cost(j->space, j->space->metric, a, b);
    j->edge[j->n_edges][0] = a;
    j->edge[j->n_edges][1] = b;
    /* Bits that sort as the costs do: prices make some of them negative. */
    uint32_t key;
    memcpy(&key, &cost, sizeof key);
    key = key >> 31 ? ~key : key | 1u << 31;
    j->item[j->n_edges] = (tour_keyed){key, (uint32_t)j->n_edges};
    j->n_edges++;
}

static void joiner_take_cheapest(joiner *j)
{
    tour_radix_sort(j->item, j->scratch, j->n_edges, 32);
    for (size_t e = 0; e < j->n_edges; e++) {
        uint32_t a = j->edge[j->item[e].value][0], b = j->edge[j->item[e].value][1];
        if (j->link[a][1] != NONE || j->link[b][1] != NONE || j->tail[a] == b)
            continue;
        j->link[a][j->link[a][0] != NONE] = b;
        j->link[b][j->link[b][0] != NONE] = a;
        uint32_t far_a = j->tail[a], far_b = j->tail[b];
        j->tail[far_a] = far_b;
        j->tail[far_b] = far_a;
        assert(j->n_paths > 1);
        j->n_paths--;
    }
    j->n_edges = 0;
}

/* Candidate edges between the ends of the paths. */
static np_status joiner_offer_ends(joiner *j, np_error *err)
{
    uint32_t n = j->space->n, n_ends = 0;
    uint32_t *end = malloc(n * sizeof *end);
    tour_vec *at = aligned_alloc(16, n * sizeof *at);
    tour_tree tree = {0};
    np_status status = end && at ? NP_OK : np_error_no_memory(err, "the greedy tour");
    if (status != NP_OK)
        goto done;
    for (uint32_t i = 0; i < n; i++) {
        if (j->link[i][1] == NONE) {
            end[n_ends] = i;
            at[n_ends++] = j->space->at[i];
        }
    }
    status = tour_tree_init(&tree, at, n_ends, err);
    if (status != NP_OK)
        goto done;
    for (uint32_t i = 0; i < n_ends; i++) {
        uint32_t near[NEAR_ENDS];
        unsigned found = tour_tree_nearest(&tree, i, NEAR_ENDS, TOUR_TREE_ALL, near);
        for (unsigned a = 0; a < found; a++)
            if (j->tail[end[i]] != end[near[a]])
                joiner_offer(j, end[i], end[near[a]]);
    }
done:
    tour_tree_fini(&tree);
    free(at);
    free(end);
    return status;
}

static void joiner_walk(const joiner *j, uint32_t *out_order)
{
    uint32_t at = 0, from = NONE;
    while (j->link[at][1] != NONE)
        at++;
    for (uint32_t i = 0; i < j->space->n; i++) {
        assert(at < j->space->n);
        out_order[i] = at;
        uint32_t next = j->link[at][0] != from ? j->link[at][0] : j->link[at][1];
        from = at;
        at = next;
    }
}

np_status tour_greedy(const tour_space *space, const tour_graph *graph, uint32_t *out_order, np_error *err)
{
    if (space->n == 0)
        return NP_OK;
    joiner j;
    np_status status = joiner_init(&j, space, graph->k, err);
    if (status != NP_OK)
        return status;
    for (uint32_t i = 0; i < space->n; i++) {
        const uint32_t *row = graph->to + (size_t)i * graph->k;
        for (unsigned a = 0; a < graph->k; a++) {
            if (tour_graph_owns(graph, i, row[a]))
                joiner_offer(&j, i, row[a]);
        }
    }
    joiner_take_cheapest(&j);
    while (j.n_paths > 1 && status == NP_OK) {
        status = joiner_offer_ends(&j, err);
        joiner_take_cheapest(&j);
    }
    if (status == NP_OK)
        joiner_walk(&j, out_order);
    joiner_fini(&j);
    return status;
}
