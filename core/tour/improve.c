/* Rounds over the whole tour.  In each, the tour is cut into a few long pieces that are worked on side by
 * side, because whatever happens to one piece leaves the others' ends alone; each piece is split in space
 * into cells, worked on one after the other in the nearest cache (cell.h).  Pieces and cells lie elsewhere in
 * every round, so that no border stays.  How the tour is cut depends on its size and the round alone, never
 * on the number of threads.
 *
 * Longer tours are taken now and then, less and less often to the end (Martin, Otto, Felten, Large-step
 * Markov chains for the traveling salesman problem, Complex Systems 5, 1991). */
#include "tour/private/improve.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"
#include "tour/private/rounds.h"

#define STREAM_ROUND 0x726f756eu
#define KICKS_A_ROUND 0.25  /* a node */
#define PIECE_NODES 25000   /* about, when there are more than two pieces */
#define LEAST_TO_SHARE 4000 /* fewer nodes are one piece */
#define TEMPERATURE 0.1     /* at the start, in mean edges */

static bool is_out_of_time(const tour_rounds *r)
{
    return r->end_s > 0 && np_clock_s() >= r->end_s;
}

static void split_pieces(void *context, size_t begin, size_t end, size_t block)
{
    (void)begin, (void)end;
    tour_split_piece(context, (uint32_t)block);
}

static void work_on_pieces(void *context, size_t begin, size_t end, size_t block)
{
    (void)begin, (void)end;
    tour_rounds *r = context;
    for (uint32_t c = r->first_cell[block]; c < r->first_cell[block + 1] && !is_out_of_time(r); c++)
        tour_work_on_cell(r, (uint32_t)block, c);
}

/* Turns the tour's array, so that this round's pieces begin elsewhere. */
static void turn_order(tour_rounds *r)
{
    uint32_t n = r->n, shift = np_rng_below(r->seed, STREAM_ROUND, r->round, 0, n);
    for (uint32_t i = 0; i < n; i++)
        r->spare[i] = r->order[i + shift >= n ? i + shift - n : i + shift];
    uint32_t *swap = r->order;
    r->order = r->spare;
    r->spare = swap;
    for (uint32_t i = 0; i < n; i++)
        r->place[r->order[i]] = i;
}

/* Where this round's pieces and cells lie. */
static void lay_out(tour_rounds *r)
{
    uint32_t n = r->n;
    turn_order(r);
    r->first_cell[0] = 0;
    for (uint32_t p = 0; p <= r->n_pieces; p++) {
        r->piece_from[p] = (uint32_t)((uint64_t)n * p / r->n_pieces);
        if (p > 0) {
            uint32_t nodes = r->piece_from[p] - r->piece_from[p - 1];
            r->first_cell[p] = r->first_cell[p - 1] + (nodes + TOUR_CELL_NODES - 1) / TOUR_CELL_NODES;
        }
    }
    r->cell_from[r->first_cell[r->n_pieces]] = n;

    np_vec3 u = np_vec3_normalize(np_vec3_make(np_rng_normal(r->seed, STREAM_ROUND, r->round, 1),
                                               np_rng_normal(r->seed, STREAM_ROUND, r->round, 2),
                                               np_rng_normal(r->seed, STREAM_ROUND, r->round, 3)));
    np_vec3 v = np_vec3_perpendicular(u), axes[3] = {u, v, np_vec3_cross(u, v)};
    for (int a = 0; a < 3; a++)
        r->axes[a] = (tour_vec){{(float)axes[a].x, (float)axes[a].y, (float)axes[a].z, 0}};
}

static void rounds_fini(tour_rounds *r)
{
    for (int p = 0; p < TOUR_PIECES; p++) {
        tour_cell_fini(&r->workspaces[p].cell);
        free(r->workspaces[p].places);
        free(r->workspaces[p].global);
    }
    free(r->order);
    free(r->place);
    free(r->spare);
    free(r->cell_of);
    free(r->local_of);
    free(r->dont_look);
    free(r->nodes);
    free(r->cell_from);
}

static np_status workspace_init(tour_workspace *workspace, const tour_rounds *r, np_error *err)
{
    uint32_t nodes = r->n < TOUR_CELL_NODES ? r->n : TOUR_CELL_NODES;
    workspace->places = malloc(nodes * sizeof *workspace->places);
    workspace->global = malloc(nodes * sizeof *workspace->global);
    if (!workspace->places || !workspace->global)
        return np_error_no_memory(err, "a cell of the tour");
    return tour_cell_init(&workspace->cell, nodes, r->space->axis != NULL, err);
}

static np_status rounds_init(tour_rounds *r, const uint32_t *order, np_error *err)
{
    size_t n = r->n;
    r->n_pieces = n < LEAST_TO_SHARE ? 1 : 2 + r->n / PIECE_NODES / 4;
    r->n_pieces = r->n_pieces > TOUR_PIECES ? TOUR_PIECES : r->n_pieces;
    r->order = malloc(n * sizeof *r->order);
    r->place = malloc(n * sizeof *r->place);
    r->spare = malloc(n * sizeof *r->spare);
    r->cell_of = malloc(n * sizeof *r->cell_of);
    r->local_of = malloc(n * sizeof *r->local_of);
    r->dont_look = calloc(n, 1);
    r->nodes = malloc(n * sizeof *r->nodes);
    r->cell_from = malloc((n / TOUR_CELL_NODES + 2 * TOUR_PIECES + 2) * sizeof *r->cell_from);
    if (!r->order || !r->place || !r->spare || !r->cell_of || !r->local_of || !r->dont_look || !r->nodes ||
        !r->cell_from)
        return np_error_no_memory(err, "the tour");
    np_status status = NP_OK;
    for (uint32_t p = 0; p < r->n_pieces && status == NP_OK; p++)
        status = workspace_init(&r->workspaces[p], r, err);
    for (uint32_t i = 0; i < r->n; i++)
        r->order[i] = i < r->space->n ? order[i] : r->space->n;
    return status;
}

/* Rounds until the budget is used, colder and colder.  The first is without kicks, so that a short budget too
 * gets round the whole tour. */
static np_status run(tour_rounds *r, const tour_budget *budget, np_error *err)
{
    double begin_s = np_clock_s(), mean = tour_mean_cost(r->space, r->order, r->n), done = 0, kicks = 0;
    r->least_gain = (float)(mean * 1e-5);
    for (r->round = 0; done < 1; r->round++) {
        bool timed = r->end_s > 0;
        double left = timed ? KICKS_A_ROUND : budget->kicks_per_dot - kicks;
        r->kicks_per_node = r->round == 0 ? 0 : fmin(left, KICKS_A_ROUND);
        kicks += r->kicks_per_node;
        if (!timed)
            done = kicks < budget->kicks_per_dot ? kicks / budget->kicks_per_dot : 1;
        r->temperature = TEMPERATURE * mean * (1 - done);
        lay_out(r);
        tour_for(budget->parallel, r->n_pieces, 1, split_pieces, r);
        tour_for(budget->parallel, r->n_pieces, 1, work_on_pieces, r);
        if (timed)
            done = fmin((np_clock_s() - begin_s) / fmax(r->end_s - begin_s, 1e-9), 1);
        if (!np_progress_step(budget->progress, "tour", done))
            return np_error_set(err, NP_ERR_STOPPED, "the ordering of the dots was stopped");
    }
    return NP_OK;
}

np_status tour_improve(const tour_space *space, const tour_graph *graph, bool closed, const tour_budget *budget,
                       uint32_t *order, np_error *err)
{
    tour_rounds r = {
        .space = space, .graph = graph, .seed = budget->seed, .end_s = budget->end_s, .n = space->n + !closed};
    if (r.n < 5)
        return NP_OK;
    np_status status = rounds_init(&r, order, err);
    if (status == NP_OK)
        status = run(&r, budget, err);
    if (status == NP_OK) {
        for (uint32_t i = 0; i < r.n; i++)
            r.place[r.order[i]] = i;
        for (uint32_t i = 0, from = closed ? 0 : r.place[space->n] + 1; i < space->n; i++)
            order[i] = r.order[(from + i) % r.n];
    }
    rounds_fini(&r);
    return status;
}
