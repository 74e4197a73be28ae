/* Cells: the nodes of a piece split in space, again and again across the longest of three axes that are
 * turned in each round, so that the borders lie elsewhere every time (Karp, Probabilistic analysis of
 * partitioning algorithms for the traveling-salesman problem in the plane, Math. of OR 2, 1977). */
#include "tour/private/rounds.h"

#include <assert.h>

/* The gap of an open tour lies where the dot before it, or in odd rounds the one after it, is. */
static const tour_vec *node_at(const tour_rounds *r, uint32_t node)
{
    if (node >= r->space->n) {
        uint32_t p = r->place[node], other = (p + (r->round & 1 ? 1 : r->n - 1)) % r->n;
        node = r->order[other];
    }
    return &r->space->at[node];
}

static float project(const tour_vec *at, const tour_vec *axis)
{
    return at->v[0] * axis->v[0] + at->v[1] * axis->v[1] + at->v[2] * axis->v[2];
}

static bool node_less(tour_node a, tour_node b)
{
    return a.key < b.key || (a.key == b.key && a.node < b.node);
}

/* Quickselect: the RANK smallest come first. */
static void select_smallest(tour_node *v, uint32_t n, uint32_t rank)
{
    uint32_t low = 0, high = n;
    while (high - low > 1) {
        tour_node a = v[low], b = v[low + (high - low) / 2], c = v[high - 1], pivot;
        pivot = node_less(a, b) ? (node_less(b, c)   ? b
                                   : node_less(a, c) ? c
                                                     : a)
                                : (node_less(a, c)   ? a
                                   : node_less(b, c) ? c
                                                     : b);
        uint32_t i = low, j = high - 1;
        for (;;) {
            while (node_less(v[i], pivot))
                i++;
            while (node_less(pivot, v[j]))
                j--;
            if (i >= j)
                break;
            tour_node swap = v[i];
            v[i++] = v[j];
            v[j--] = swap;
        }
        uint32_t middle = i > j ? i : j + 1;
        /* Of two nodes only, the second may be the pivot and stay. */
        if (middle <= low || middle >= high)
            middle = low + 1;
        if (rank < middle)
            high = middle;
        else
            low = middle;
    }
}

/* Splits the N nodes at V into PARTS cells, across the longest of this round's axes. */
static void split(tour_rounds *r, tour_node *v, uint32_t n, uint32_t parts, uint32_t first_cell)
{
    assert(parts >= 1);
    assert(n <= parts * TOUR_CELL_NODES);
    if (parts == 1) {
        r->cell_from[first_cell] = (uint32_t)(v - r->nodes);
        for (uint32_t i = 0; i < n; i++)
            r->cell_of[v[i].node] = first_cell;
        return;
    }
    int widest = 0;
    float width = -1;
    for (int a = 0; a < 3; a++) {
        float low = INFINITY, high = -INFINITY;
        for (uint32_t i = 0; i < n; i++) {
            float key = project(node_at(r, v[i].node), &r->axes[a]);
            low = fminf(low, key);
            high = fmaxf(high, key);
        }
        if (high - low > width)
            width = high - low, widest = a;
    }
    for (uint32_t i = 0; i < n; i++)
        v[i].key = project(node_at(r, v[i].node), &r->axes[widest]);
    uint32_t left_parts = parts / 2;
    uint32_t rank = (uint32_t)((uint64_t)n * left_parts / parts);
    select_smallest(v, n, rank);
    split(r, v, rank, left_parts, first_cell);
    split(r, v + rank, n - rank, parts - left_parts, first_cell + left_parts);
}

void tour_split_piece(tour_rounds *r, uint32_t piece)
{
    uint32_t from = r->piece_from[piece], to = r->piece_from[piece + 1];
    for (uint32_t i = from; i < to; i++)
        r->nodes[i].node = r->order[i];
    split(r, r->nodes + from, to - from, r->first_cell[piece + 1] - r->first_cell[piece], r->first_cell[piece]);
}
