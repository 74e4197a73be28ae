/* One cell: up to some 2,000 neighbouring nodes of a tour, small enough for the nearest caches, with their
 * own numbers, and the search that shortens the tour among them.
 *
 * The tour enters and leaves a cell many times.  What lies outside between leaving and entering again is one
 * fixed edge, so that the cell is a tour of its own, and whatever shortens it shortens the whole tour by as
 * much. */
#ifndef NP_TOUR_PRIVATE_CELL_H
#define NP_TOUR_PRIVATE_CELL_H

#include "tour/private/graph.h"

#define TOUR_NONE UINT16_MAX
#define TOUR_CELL_MAX 60000 /* nodes; their numbers are 16 bits wide */
#define TOUR_CELL_K 7       /* most neighbours a node */

/* What the search asks about a node at the end of a cut: one line of cache. */
typedef struct tour_card {
    tour_vec at;
    float to_cost[TOUR_CELL_K]; /* of the neighbours within the cell, cheapest first; the rest infinite */
    uint16_t to[TOUR_CELL_K];   /* and which they are; the rest TOUR_NONE */
    uint16_t mate;              /* the other end of the node's fixed edge; TOUR_NONE */
} tour_card;

/* One place of the tour. */
typedef struct tour_stop {
    float cost; /* of the edge to the next place; minus infinity: it is fixed, and nothing is gained by
                   cutting it */
    uint32_t node;
} tour_stop;

typedef struct tour_cell {
    tour_space space; /* the metric; AXIS of the cell's nodes; AT and SOURCE are not used */
    uint16_t n;       /* nodes, the gap of an open tour included: then it is node n - 1 and space.n = n - 1 */
    tour_card *cards;
    tour_stop *stops; /* [-1 .. n]: the last stop once more before the first, the first after the last */
    uint16_t *place;  /* of each node */
    /* Nodes to look at, first come first served. */
    uint16_t *queue, queue_head, queue_size;
    uint8_t *queued;
    /* What was overwritten since the last kick: ranges of STOPS, each with its beginning and size. */
    tour_stop *journal;
    uint32_t journal_size, journal_room;
    tour_stop *scratch;
    float least_gain; /* less is rounding */
} tour_cell;

/* Room for SIZE nodes; AXIS: with needle axes. */
np_status tour_cell_init(tour_cell *cell, uint32_t size, bool axis, np_error *err);
void tour_cell_fini(tour_cell *cell);

/* To be called when n, space, the cards, the stops' nodes and least_gain are filled in, and before nodes are
 * queued. */
void tour_cell_begin(tour_cell *cell);
void tour_cell_look_at(tour_cell *cell, uint16_t node);

/* Lin-Kernighan from the nodes in the queue; then KICKS times: a random local change, Lin-Kernighan around
 * it, and back if the tour got longer by more than a random amount, TEMPERATURE on average.  Random numbers come
 * from SEED and STREAM alone. */
void tour_cell_run(tour_cell *cell, uint32_t kicks, double temperature, uint64_t seed, uint64_t stream);

#endif
