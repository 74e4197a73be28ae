/* Chained Lin-Kernighan (Applegate, Cook, Rohe, Chained Lin-Kernighan for large traveling salesman problems,
 * INFORMS J. on Computing 15, 2003) with sequential moves of up to MAX_CUTS exchanges that are evaluated
 * before anything is moved, also through steps that would be no tour (Helsgaun, General k-opt submoves for
 * the Lin-Kernighan TSP heuristic, Math. Prog. Comp. 1, 2009). */
#include "tour/cell.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define STREAM_KICK 0x6b69636bu
#define MAX_CUTS 5
#define KICK_PIECE 30
/* After this many rewrites of a whole cell a kick is settled as far as it got. */
#define JOURNAL_REWRITES 16

/* How many neighbours are tried at each depth. */
static const unsigned breadths[MAX_CUTS - 1] = {5, 3, 2, 1};

/* A sequential move in the making: removes (t[0], t[1]), adds (t[1], t[2]), removes (t[2], t[3]), ... and
 * closes with (t[last], t[0]). */
typedef struct move {
    unsigned n_cuts;
    uint16_t t[2 * MAX_CUTS];
    uint16_t cut[MAX_CUTS];  /* the edge t[2i], t[2i + 1] is the one after this place */
    uint8_t first[MAX_CUTS]; /* 1: t[2i] is the node before the cut */
    float gain;
} move;

/* A range of the tour, read forward or backward. */
typedef struct piece {
    uint32_t from, size;
    bool backward;
} piece;

static uint16_t next_of(const tour_cell *c, uint16_t a)
{
    unsigned p = c->place[a] + 1u;
    return c->order[p == c->n ? 0 : p];
}

static uint16_t previous_of(const tour_cell *c, uint16_t a)
{
    unsigned p = c->place[a];
    return c->order[p == 0 ? c->n - 1u : p - 1];
}

static uint32_t below(uint32_t bits, uint32_t n)
{
    return (uint32_t)((uint64_t)bits * n >> 32);
}

/* With mean 1, from bits that the kick has used for where, not for how far. */
static double random_exponential(np_philox_block bits)
{
    uint32_t mixed = (bits.word[0] ^ bits.word[1]) * 2654435761u;
    return -(double)logf((float)((mixed >> 8) + 1) * 0x1p-24f);
}

void tour_cell_look_at(tour_cell *c, uint16_t a)
{
    if (c->queued[a])
        return;
    c->queued[a] = 1;
    unsigned at = c->queue_head + (unsigned)c->queue_size++;
    c->queue[at >= c->n ? at - c->n : at] = a;
}

/* Overwrites SIZE places from FROM (cyclic) with NODES. */
static void overwrite(tour_cell *c, uint32_t from, uint32_t size, const uint16_t *nodes)
{
    uint32_t n = c->n, p = from;
    for (uint32_t i = 0; i < size; i++, p++) {
        p = p == n ? 0 : p;
        c->order[p] = nodes[i];
        c->place[nodes[i]] = (uint16_t)p;
    }
}

/* Fills SIZE places from FROM on with PIECES in this order; the journal notes what was there. */
static void rewrite(tour_cell *c, uint32_t from, uint32_t size, const piece *pieces, unsigned n_pieces)
{
    uint32_t n = c->n, at = 0;
    for (unsigned s = 0; s < n_pieces; s++) {
        uint32_t left = pieces[s].size;
        if (pieces[s].backward) {
            for (uint32_t p = (pieces[s].from + left - 1) % n; left > 0; left--, p = p == 0 ? n - 1 : p - 1)
                c->scratch[at++] = c->order[p];
        } else {
            for (uint32_t p = pieces[s].from % n; left > 0; left--, p = p + 1 == n ? 0 : p + 1)
                c->scratch[at++] = c->order[p];
        }
    }
    from %= n;
    if (c->journaling) {
        uint16_t *j = c->journal + c->journal_size;
        uint32_t first = n - from < size ? n - from : size;
        memcpy(j, c->order + from, first * sizeof *j);
        memcpy(j + first, c->order, (size - first) * sizeof *j);
        j[size] = (uint16_t)from;
        j[size + 1] = (uint16_t)size;
        c->journal_size += size + 2;
    }
    overwrite(c, from, size, c->scratch);
}

static void undo(tour_cell *c)
{
    while (c->journal_size > 0) {
        const uint16_t *end = c->journal + c->journal_size;
        uint32_t size = end[-1], from = end[-2];
        c->journal_size -= size + 2;
        overwrite(c, from, size, c->journal + c->journal_size);
    }
}

/* Adds the removal of (NEXT, END), END before NEXT or after it; false if that edge is gone already. */
static inline __attribute__((always_inline)) bool move_cut(const tour_cell *c, move *m, uint16_t next,
                                                           uint16_t end, bool end_is_after)
{
    uint16_t cut = c->place[end_is_after ? next : end];
    unsigned i = m->n_cuts;
    for (unsigned s = 0; s < i; s++)
        if (m->cut[s] == cut)
            return false;
    m->t[2 * i] = next;
    m->t[2 * i + 1] = end;
    m->cut[i] = cut;
    m->first[i] = end_is_after;
    m->n_cuts = i + 1;
    return true;
}

/* The ends of the pieces between the cuts, in tour order: 2r before the r-th cut, 2r + 1 after it; what each
 * is joined to. */
static void move_joins(const move *m, uint8_t *out_rank, uint8_t *out_join)
{
    unsigned k = m->n_cuts;
    for (unsigned i = 0; i < k; i++) {
        unsigned rank = 0;
        for (unsigned s = 0; s < k; s++)
            rank += m->cut[s] < m->cut[i];
        out_rank[i] = (uint8_t)rank;
    }
    for (unsigned i = 0; i < k; i++) {
        unsigned j = i + 1 == k ? 0 : i + 1;
        unsigned a = 2u * out_rank[i] + m->first[i];  /* t[2i + 1] */
        unsigned b = 2u * out_rank[j] + !m->first[j]; /* t[2j] */
        out_join[a] = (uint8_t)b;
        out_join[b] = (uint8_t)a;
    }
}

static unsigned other_end(unsigned end, unsigned k)
{
    return end & 1 ? (end + 1 == 2 * k ? 0 : end + 1) : (end == 0 ? 2 * k - 1 : end - 1);
}

/* Whether closing now gives one cycle. */
static inline bool move_is_tour(const move *m)
{
    uint8_t rank[MAX_CUTS], join[2 * MAX_CUTS];
    unsigned k = m->n_cuts, at = 0, count = 0;
    move_joins(m, rank, join);
    do {
        at = join[other_end(at, k)];
        count++;
    } while (at != 0);
    return count == k;
}

/* Makes the move: the longest piece stays where it is, the others are written after it. */
static void move_make(tour_cell *c, const move *m)
{
    uint8_t rank[MAX_CUTS], join[2 * MAX_CUTS];
    unsigned k = m->n_cuts;
    uint32_t n = c->n, cut[MAX_CUTS] = {0}, size[MAX_CUTS] = {0};
    move_joins(m, rank, join);
    for (unsigned i = 0; i < k; i++)
        cut[rank[i]] = m->cut[i];
    /* Piece r lies after the r-th cut. */
    unsigned longest = 0;
    for (unsigned r = 0; r < k; r++) {
        size[r] = r + 1 == k ? cut[0] + n - cut[r] : cut[r + 1] - cut[r];
        if (size[r] > size[longest])
            longest = r;
    }
    piece pieces[MAX_CUTS] = {{0, 0, false}};
    unsigned n_pieces = 0, end = other_end(2 * longest + 1, k);
    while (n_pieces + 1 < k) {
        unsigned begin = join[end];
        end = other_end(begin, k);
        bool backward = !(begin & 1);
        unsigned r = (backward ? end : begin) / 2;
        pieces[n_pieces++] = (piece){cut[r] + 1, size[r], backward};
    }
    rewrite(c, cut[longest] + 1 + size[longest], n - size[longest], pieces, n_pieces);
    for (unsigned i = 0; i < 2 * k; i++)
        tour_cell_look_at(c, m->t[i]);
}

#define METRIC NP_TOUR_LENGTH
#define SUFFIX(name) name##_length
#include "tour/search.inc.h"
#undef METRIC
#undef SUFFIX
#define METRIC NP_TOUR_TIME
#define SUFFIX(name) name##_time
#include "tour/search.inc.h"
#undef METRIC
#undef SUFFIX

void tour_cell_begin(tour_cell *c)
{
    for (uint16_t i = 0; i < c->n; i++) {
        c->place[c->order[i]] = i;
        c->queued[i] = 0;
    }
    c->queue_head = c->queue_size = 0;
    c->journal_size = 0;
    c->journaling = false;
}

void tour_cell_run(tour_cell *c, uint32_t kicks, double heat, uint64_t seed, uint64_t stream)
{
    if (c->n < 5)
        return;
    if (c->space.metric == NP_TOUR_LENGTH)
        run_length(c, kicks, heat, seed, stream);
    else
        run_time(c, kicks, heat, seed, stream);
}

np_status tour_cell_init(tour_cell *c, uint32_t size, unsigned k, bool axis, np_error *err)
{
    *c = (tour_cell){.k = k, .journal_room = JOURNAL_REWRITES * (size + 2)};
    c->space.at = aligned_alloc(16, size * sizeof *c->space.at);
    c->space.axis = axis ? aligned_alloc(16, size * sizeof *c->space.axis) : NULL;
    c->to = malloc((size_t)size * k * sizeof *c->to);
    c->to_cost = malloc((size_t)size * k * sizeof *c->to_cost);
    c->mate = malloc(size * sizeof *c->mate);
    c->order = malloc(size * sizeof *c->order);
    c->place = malloc(size * sizeof *c->place);
    c->queue = malloc(size * sizeof *c->queue);
    c->queued = malloc(size);
    c->scratch = malloc(size * sizeof *c->scratch);
    c->journal = malloc(c->journal_room * sizeof *c->journal);
    if (!c->space.at || (axis && !c->space.axis) || !c->to || !c->to_cost || !c->mate || !c->order ||
        !c->place || !c->queue || !c->queued || !c->scratch || !c->journal) {
        tour_cell_fini(c);
        return np_error_no_memory(err, "a cell of the tour");
    }
    return NP_OK;
}

void tour_cell_fini(tour_cell *c)
{
    free(c->space.at);
    free(c->space.axis);
    free(c->to);
    free(c->to_cost);
    free(c->mate);
    free(c->order);
    free(c->place);
    free(c->queue);
    free(c->queued);
    free(c->scratch);
    free(c->journal);
    *c = (tour_cell){0};
}
