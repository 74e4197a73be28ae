/* The state that the rounds of the tour's improvement share (improve.c), and its two halves: splitting into
 * cells (rounds_split.c) and working on one (rounds_cut.c). */
#ifndef NP_TOUR_PRIVATE_ROUNDS_H
#define NP_TOUR_PRIVATE_ROUNDS_H

#include "tour/private/cell.h"
#include "tour/private/improve.h"

#define TOUR_PIECES 8        /* most pieces worked on side by side */
#define TOUR_CELL_NODES 2000 /* most nodes a cell */

/* A node and where it lies along an axis. */
typedef struct tour_node {
    float key;
    uint32_t node;
} tour_node;

/* What a piece works with. */
typedef struct tour_workspace {
    tour_cell cell;
    uint32_t *places; /* [TOUR_CELL_NODES] of the cell's nodes in the tour, in order */
    uint32_t *global; /* [TOUR_CELL_NODES] the cell's number -> node */
} tour_workspace;

typedef struct tour_rounds {
    const tour_space *space;
    const tour_graph *graph;
    uint64_t seed;
    double end_s;            /* > 0: stop then */
    uint32_t n;              /* nodes: ranks, and the gap of an open tour */
    uint32_t *order, *place; /* the tour and its inverse */
    uint32_t *spare;         /* room for another tour */
    uint32_t *cell_of;       /* of each node: its cell in this round */
    uint16_t *local_of;      /* its number there */
    uint8_t *dont_look; /* 1: searched with all K neighbours in its cell; queued again only by a move that touches it */
    tour_node *nodes;   /* cell by cell; the pieces' extents are those in ORDER */
    uint32_t n_pieces;
    uint32_t piece_from[TOUR_PIECES + 1];
    uint32_t first_cell[TOUR_PIECES + 1];
    uint32_t *cell_from; /* [cells + 1], in NODES */
    tour_workspace workspaces[TOUR_PIECES];
    tour_vec axes[3]; /* of this round, for splitting */
    uint32_t round;
    double kicks_per_node, temperature;
    float least_gain;
} tour_rounds;

/* Splits a piece into its cells: fills in nodes, cell_of and cell_from. */
void tour_split_piece(tour_rounds *rounds, uint32_t piece);

/* Cuts a cell out of its piece, improves it and writes it back. */
void tour_work_on_cell(tour_rounds *rounds, uint32_t piece, uint32_t cell);

#endif
