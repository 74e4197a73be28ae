/* A cell cut out of the tour and put back.
 *
 * Its nodes lie along the tour in runs.  Between two runs lies a path of nodes outside, which becomes one
 * fixed edge; after the search the path is written between the same two nodes, turned round if the tour now
 * goes through it the other way. */
#include <assert.h>
#include <stdlib.h>

#include "tour/private/rounds.h"

/* The runs of one cell's nodes along the piece, and what the cell was made of. */
typedef struct cut_out {
    tour_rounds *r;
    tour_cell *cell;
    uint32_t number;   /* of the cell */
    uint32_t from, to; /* the piece */
    uint32_t *global;  /* local number -> node */
    bool wraps;        /* the piece is the whole tour, and its ends are both here */
} cut_out;

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Takes the places of the cell's nodes, sorted, and leaves out the ones whose two tour edges both lead
 * outside.  Returns how many are left. */
static uint32_t drop_lonely(const cut_out *x, uint32_t *places, uint32_t n)
{
    uint32_t kept = 0, before = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t p = places[i];
        bool left = before != UINT32_MAX && before + 1 == p;
        bool right = i + 1 < n && places[i + 1] == p + 1;
        bool around = x->wraps && (p == x->from || p + 1 == x->to);
        before = p;
        if (left || right || around)
            places[kept++] = p;
    }
    return kept;
}

static uint16_t stop_node(const tour_cell *c, uint32_t place)
{
    return (uint16_t)c->stops[place].node;
}

static void join_outside(tour_cell *c, uint16_t a, uint16_t b)
{
    c->cards[a].mate = b;
    c->cards[b].mate = a;
}

/* Fills in the cell's stops and fixed edges from the places of its nodes. */
static void fill_cell(cut_out *x, const uint32_t *places, uint32_t n)
{
    tour_rounds *r = x->r;
    tour_cell *c = x->cell;
    const tour_space *space = r->space;
    c->n = (uint16_t)n;
    c->least_gain = r->least_gain;
    uint16_t gap = TOUR_NONE;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t node = r->order[places[i]];
        if (node >= space->n)
            gap = (uint16_t)i;
    }
    /* The gap is the last number. */
    for (uint32_t i = 0, number = 0; i < n; i++) {
        uint16_t local = (uint16_t)(i == gap ? n - 1 : number++);
        uint32_t node = r->order[places[i]];
        c->stops[i].node = local;
        x->global[local] = node;
        r->local_of[node] = local;
        c->cards[local].mate = TOUR_NONE;
    }
    c->space.n = gap == TOUR_NONE ? n : n - 1;
    for (int e = 0; e < 2; e++) {
        uint32_t end = space->end[e];
        bool here = end != UINT32_MAX && r->cell_of[end] == x->number && x->global[r->local_of[end]] == end;
        c->space.end[e] = here ? r->local_of[end] : UINT32_MAX;
    }
    c->space.metric = space->metric;
    c->space.linear = space->linear;
    c->space.rotation = space->rotation;
    for (uint32_t i = 1; i < n; i++)
        if (places[i] != places[i - 1] + 1)
            join_outside(c, stop_node(c, i - 1), stop_node(c, i));
    if (!x->wraps)
        join_outside(c, stop_node(c, n - 1), stop_node(c, 0));
}

/* What the search asks about each node; the gap lies nowhere and has no neighbours. */
static void fill_cards(cut_out *x)
{
    tour_rounds *r = x->r;
    tour_cell *c = x->cell;
    unsigned k = r->graph->k;
    for (uint16_t i = 0; i < c->n; i++) {
        uint32_t node = x->global[i];
        tour_card *card = &c->cards[i];
        unsigned found = 0;
        card->at = (tour_vec){{0}};
        if (i < c->space.n) {
            card->at = r->space->at[node];
            if (r->space->axis)
                c->space.axis[i] = r->space->axis[node];
            const uint32_t *row = r->graph->to + (size_t)node * k;
            for (unsigned s = 0; s < k; s++) {
                if (r->cell_of[row[s]] != x->number || x->global[r->local_of[row[s]]] != row[s])
                    continue;
                card->to[found] = r->local_of[row[s]];
                card->to_cost[found++] = tour_cost(r->space, r->space->metric, node, row[s]);
            }
        }
        for (unsigned s = found; s < TOUR_CELL_K; s++) {
            card->to[s] = TOUR_NONE;
            card->to_cost[s] = INFINITY;
        }
    }
}

/* Queues the nodes without a don't-look bit (Bentley 1992), which those whose neighbours are all in the cell get now. */
static void queue_to_look_at(cut_out *x)
{
    tour_rounds *r = x->r;
    unsigned k = r->graph->k;
    for (uint16_t i = 0; i < x->cell->n; i++) {
        uint32_t node = x->global[i];
        if (!r->dont_look[node])
            tour_cell_look_at(x->cell, i);
        r->dont_look[node] = k == 0 || x->cell->cards[i].to[k - 1] != TOUR_NONE;
    }
}

/* Writes the cell's tour back: its nodes in their new order, and what lies outside between them, turned where
 * needed. */
static void write_back(cut_out *x, const uint32_t *places, uint16_t first, uint16_t last)
{
    tour_rounds *r = x->r;
    const tour_cell *c = x->cell;
    uint32_t n = c->n, at = places[0], *out = r->spare;
    uint32_t p = c->place[first];
    bool forward = x->wraps || c->stops[(int32_t)p - 1].node == last;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t local = stop_node(c, p);
        uint32_t node = x->global[local];
        out[at++] = node;
        p = forward ? (p + 1 == n ? 0 : p + 1) : (p == 0 ? n - 1 : p - 1);
        uint16_t next = stop_node(c, p);
        if (c->cards[local].mate != next || (i + 1 == n && !x->wraps))
            continue;
        uint32_t a = r->place[node], b = r->place[x->global[next]];
        if (a < b)
            while (++a < b)
                out[at++] = r->order[a];
        else
            while (--a > b)
                out[at++] = r->order[a];
    }
    assert(at == places[n - 1] + 1);
    for (uint32_t i = places[0]; i < at; i++) {
        r->order[i] = out[i];
        r->place[out[i]] = i;
    }
}

void tour_work_on_cell(tour_rounds *r, uint32_t piece, uint32_t number)
{
    tour_workspace *workspace = &r->workspaces[piece];
    uint32_t from = r->cell_from[number], n = r->cell_from[number + 1] - from, *places = workspace->places;
    cut_out x = {r, &workspace->cell, number, r->piece_from[piece], r->piece_from[piece + 1], workspace->global, false};
    assert(n <= TOUR_CELL_NODES);
    for (uint32_t i = 0; i < n; i++) {
        places[i] = r->place[r->nodes[from + i].node];
        r->local_of[r->nodes[from + i].node] = 0;
    }
    qsort(places, n, sizeof *places, compare_u32);
    x.wraps = r->n_pieces == 1 && n > 0 && places[0] == x.from && places[n - 1] + 1 == x.to;
    n = drop_lonely(&x, places, n);
    if (n < 5)
        return;
    fill_cell(&x, places, n);
    fill_cards(&x);
    tour_cell_begin(x.cell);
    queue_to_look_at(&x);
    uint16_t first = stop_node(x.cell, 0), last = stop_node(x.cell, n - 1);
    uint64_t stream = (uint64_t)r->round << 32 | number;
    tour_cell_run(x.cell, (uint32_t)(r->kicks_per_node * n), r->temperature, r->seed, stream);
    write_back(&x, places, first, last);
}
