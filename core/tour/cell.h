/* One cell: up to some 2,000 neighbouring nodes of a tour, small enough for the nearest cache, with their own
 * numbers, and the search that shortens the tour among them.
 *
 * The tour enters and leaves a cell many times.  What lies outside between leaving and entering again is one
 * fixed edge, so that the cell is a tour of its own, and whatever shortens it shortens the whole tour by as
 * much. */
#ifndef NP_TOUR_CELL_H
#define NP_TOUR_CELL_H

#include "tour/graph.h"

#define TOUR_NONE UINT16_MAX
#define TOUR_CELL_MAX 60000 /* nodes; their numbers are 16 bits wide */

typedef struct tour_cell {
    tour_space space; /* points of the cell's nodes; SOURCE is not used */
    uint16_t n;       /* nodes, the gap of an open tour included: then it is node n - 1 and space.n = n - 1 */
    unsigned k;
    uint16_t *to;   /* [n][k]: neighbours within the cell, cheapest first; the rest TOUR_NONE */
    float *to_cost; /* [n][k]: and what they cost; the rest infinite */
    uint16_t *mate; /* the other end of a node's fixed edge; TOUR_NONE */
    uint16_t *order, *place;
    /* Nodes to look at, first come first served. */
    uint16_t *queue, queue_head, queue_size;
    uint8_t *queued;
    /* What was overwritten since the last kick: ranges of ORDER, each with its beginning and size. */
    uint16_t *journal;
    uint32_t journal_size, journal_room;
    bool journaling;
    uint16_t *scratch;
    float least_gain; /* less is rounding */
} tour_cell;

/* Room for SIZE nodes with K neighbours each; AXIS: with needle axes. */
np_status tour_cell_init(tour_cell *cell, uint32_t size, unsigned k, bool axis, np_error *err);
void tour_cell_fini(tour_cell *cell);

/* To be called when n, space, mate, order and least_gain are filled in, and before nodes are queued. */
void tour_cell_begin(tour_cell *cell);
void tour_cell_look_at(tour_cell *cell, uint16_t node);

/* Lin-Kernighan from the nodes in the queue; then KICKS times: a random local change, Lin-Kernighan around
 * it, and back if the tour got longer by more than a random amount, HEAT on average.  Random numbers come
 * from SEED and STREAM alone. */
void tour_cell_run(tour_cell *cell, uint32_t kicks, double heat, uint64_t seed, uint64_t stream);

#endif
