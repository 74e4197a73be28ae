/* 2-opt and Or-opt on neighbour lists with a queue of dots to look at (Bentley 1992): a move is tried only
 * where one of its edges changed.  The tour is an array; a reversal turns the shorter side. */
#include "tour/private/two_opt.h"

#include <assert.h>
#include <stdlib.h>

#include "tour/private/tree.h"

#define LONGEST_MOVED 3
/* In the distance from an end of the edge to its middle neighbour. */
#define LONG_EDGE 6
#define REACH 5

typedef struct walker {
    const tour_space *space;
    const tour_graph *graph;
    uint32_t n; /* nodes: ranks, and the gap of an open tour */
    uint32_t *order, *place;
    uint32_t *queue, queue_head, queue_size;
    uint8_t *queued;
    double least_gain;
} walker;

static uint32_t next_of(const walker *w, uint32_t a)
{
    uint32_t p = w->place[a] + 1;
    return w->order[p == w->n ? 0 : p];
}

static uint32_t previous_of(const walker *w, uint32_t a)
{
    uint32_t p = w->place[a];
    return w->order[p == 0 ? w->n - 1 : p - 1];
}

/* In double precision, so that the rounding of a sum with a long edge in it is never taken for a gain: the
 * walk would go round for ever. */
static double cost(const walker *w, uint32_t a, uint32_t b)
{
    return (double)tour_cost(w->space, w->space->metric, a, b);
}

/* Reverses the part of the cycle from node A forward to node B, or, which is the same cycle, all the rest. */
static void reverse(walker *w, uint32_t a, uint32_t b)
{
    uint32_t n = w->n, i = w->place[a], j = w->place[b];
    uint32_t length = (j + n - i) % n + 1;
    if (2 * length > n) {
        uint32_t inner = i;
        i = j + 1 == n ? 0 : j + 1;
        j = inner == 0 ? n - 1 : inner - 1;
        length = n - length;
    }
    for (uint32_t s = 0; s < length / 2; s++) {
        uint32_t x = w->order[i], y = w->order[j];
        w->order[i] = y, w->place[y] = i;
        w->order[j] = x, w->place[x] = j;
        i = i + 1 == n ? 0 : i + 1;
        j = j == 0 ? n - 1 : j - 1;
    }
}

static void look_at(walker *w, uint32_t a)
{
    if (a >= w->space->n || w->queued[a])
        return;
    assert(w->queue_size < w->space->n);
    w->queued[a] = 1;
    uint32_t at = w->queue_head + w->queue_size++;
    w->queue[at >= w->space->n ? at - w->space->n : at] = a;
}

/* Replaces the edges (a, b) and (c, d) by (a, c) and (b, d), where a b ... c d is the cycle in one direction
 * or the other. */
static void exchange(walker *w, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    if (next_of(w, a) == b)
        reverse(w, b, c);
    else
        reverse(w, c, b);
    look_at(w, a), look_at(w, b), look_at(w, c), look_at(w, d);
}

/* BEFORE A..E AFTER ... LEFT RIGHT, read in one direction or the other: takes A..E out and puts it between
 * LEFT and RIGHT, with A beside NEAR_A. */
static void move_piece(walker *w, uint32_t before, uint32_t a, uint32_t e, uint32_t after, uint32_t left,
                       uint32_t right, uint32_t near_a)
{
    if (right == before) { /* read it the other way round */
        uint32_t swap = a;
        a = e, e = swap;
        swap = before, before = after, after = swap;
        swap = left, left = right, right = swap;
        near_a = near_a == left ? right : left;
    }
    exchange(w, before, a, left, right);
    exchange(w, before, left, after, e);
    if (near_a == left)
        exchange(w, left, e, a, right);
}

static bool try_two_opt(walker *w, uint32_t a)
{
    const uint32_t *row = w->graph->to + (size_t)a * w->graph->k;
    for (int forward = 0; forward < 2; forward++) {
        uint32_t b = forward ? next_of(w, a) : previous_of(w, a);
        double removed = cost(w, a, b);
        for (unsigned s = 0; s < w->graph->k; s++) {
            uint32_t c = row[s];
            double first = removed - cost(w, a, c);
            if (first <= w->least_gain)
                break;
            uint32_t d = forward ? next_of(w, c) : previous_of(w, c);
            if (c == b || d == a || !(first + cost(w, c, d) - cost(w, b, d) > w->least_gain))
                continue;
            exchange(w, a, b, c, d);
            return true;
        }
    }
    return false;
}

/* Moves the piece of up to LONGEST_MOVED nodes that begins with A, read forward or backward, between a
 * neighbour C of A and one of C's two neighbours. */
static bool try_move_piece(walker *w, uint32_t a, bool forward)
{
    const uint32_t *row = w->graph->to + (size_t)a * w->graph->k;
    uint32_t before = forward ? previous_of(w, a) : next_of(w, a), e = a;
    for (uint32_t length = 1; length <= LONGEST_MOVED; length++, e = forward ? next_of(w, e) : previous_of(w, e)) {
        uint32_t after = forward ? next_of(w, e) : previous_of(w, e);
        double removed = cost(w, before, a) + cost(w, e, after) - cost(w, before, after);
        for (unsigned s = 0; s < w->graph->k && removed - cost(w, a, row[s]) > w->least_gain; s++) {
            uint32_t c = row[s];
            uint32_t ahead = forward ? w->place[c] + w->n - w->place[a] : w->place[a] + w->n - w->place[c];
            if (ahead % w->n < length)
                continue;
            for (int side = 0; side < 2; side++) {
                uint32_t d = side ? next_of(w, c) : previous_of(w, c);
                if (d == a || d == e || !(removed - cost(w, a, c) + cost(w, c, d) - cost(w, e, d) > w->least_gain))
                    continue;
                bool c_first = (side == 1) == forward;
                move_piece(w, before, a, e, after, c_first ? c : d, c_first ? d : c, c);
                return true;
            }
        }
    }
    return false;
}

static void run(walker *w)
{
    while (w->queue_size > 0) {
        uint32_t a = w->queue[w->queue_head];
        w->queue_head = w->queue_head + 1 == w->space->n ? 0 : w->queue_head + 1;
        w->queue_size--;
        w->queued[a] = 0;
        if (try_two_opt(w, a) || try_move_piece(w, a, true) || try_move_piece(w, a, false))
            look_at(w, a);
    }
}

/* The best exchange of the edge from A to B and one that has an end near A. */
typedef struct wide_search {
    const walker *w;
    uint32_t a, b;
    double gain;
    uint32_t best[4]; /* a, b, c, d of exchange() */
} wide_search;

static void wide_search_visit(void *context, uint32_t c)
{
    wide_search *x = context;
    const walker *w = x->w;
    uint32_t d = next_of(w, x->a) == x->b ? next_of(w, c) : previous_of(w, c);
    if (c == x->a || c == x->b || d == x->a)
        return;
    double gain = cost(w, x->a, x->b) + cost(w, c, d) - cost(w, x->a, c) - cost(w, x->b, d);
    if (gain > x->gain) {
        x->gain = gain;
        x->best[0] = x->a, x->best[1] = x->b, x->best[2] = c, x->best[3] = d;
    }
}

static float length(const walker *w, uint32_t a, uint32_t b)
{
    bool gap = a >= w->space->n || b >= w->space->n;
    return gap ? 0 : sqrtf(tour_distance2(&w->space->at[a], &w->space->at[b]));
}

static float scale_at(const walker *w, uint32_t a)
{
    const tour_graph *graph = w->graph;
    return a < w->space->n ? length(w, a, graph->to[(size_t)a * graph->k + graph->k / 2]) : INFINITY;
}

/* Moves one end of the edge after the other towards the other end, as far as edges around them lead there. */
static bool shorten_edge(walker *w, const tour_tree *tree, uint32_t a, uint32_t b)
{
    bool moved = false;
    while (length(w, a, b) > LONG_EDGE * fminf(scale_at(w, a), scale_at(w, b))) {
        wide_search x = {.w = w, .gain = w->least_gain};
        for (int end = 0; end < 2; end++) {
            x.a = end ? b : a;
            x.b = end ? a : b;
            tour_tree_within(tree, &w->space->at[x.a], REACH * scale_at(w, x.a), wide_search_visit, &x);
        }
        if (!(x.gain > w->least_gain))
            break;
        exchange(w, x.best[0], x.best[1], x.best[2], x.best[3]);
        a = x.best[3], b = x.best[1];
        moved = true;
    }
    return moved;
}

/* Greedy leaves some edges as long as the whole set is wide.  Exchanges with edges that lead the right way
 * make them shorter and shorter; now and then none of the few neighbours of their ends has one, and then all
 * around are asked. */
static np_status shorten_long_edges(walker *w, np_error *err)
{
    tour_tree tree = {0};
    np_status status = tour_tree_init(&tree, w->space->at, w->space->n, err);
    for (bool moved = true; moved && status == NP_OK; run(w)) {
        moved = false;
        for (uint32_t i = 0; i < w->n; i++)
            moved |= shorten_edge(w, &tree, w->order[i], next_of(w, w->order[i]));
    }
    tour_tree_fini(&tree);
    return status;
}

np_status tour_two_opt(const tour_space *space, const tour_graph *graph, bool closed, uint32_t *order, np_error *err)
{
    uint32_t n = space->n + !closed;
    if (n < 5)
        return NP_OK;
    walker w = {.space = space, .graph = graph, .n = n};
    w.order = malloc(n * sizeof *w.order);
    w.place = malloc(n * sizeof *w.place);
    w.queue = malloc(n * sizeof *w.queue);
    w.queued = calloc(n, 1);
    np_status status = NP_OK;
    if (!w.order || !w.place || !w.queue || !w.queued) {
        status = np_error_no_memory(err, "the tour");
        goto done;
    }
    for (uint32_t i = 0; i < n; i++) {
        w.order[i] = i < space->n ? order[i] : space->n;
        w.place[w.order[i]] = i;
    }
    /* Less is rounding. */
    w.least_gain = tour_mean_cost(space, w.order, n) * 1e-5;
    for (uint32_t i = 0; i < n; i++)
        look_at(&w, w.order[i]);
    run(&w);
    status = shorten_long_edges(&w, err);
    for (uint32_t i = 0, from = closed ? 0 : w.place[space->n] + 1; i < space->n; i++)
        order[i] = w.order[(from + i) % n];
done:
    free(w.order);
    free(w.place);
    free(w.queue);
    free(w.queued);
    return status;
}
