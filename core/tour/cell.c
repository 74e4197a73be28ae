/* Chained Lin-Kernighan (Applegate, Cook, Rohe, Chained Lin-Kernighan for large traveling salesman problems,
 * INFORMS J. on Computing 15, 2003) whose steps are sequential moves of up to MAX_CUTS exchanges (Helsgaun,
 * An effective implementation of the Lin-Kernighan traveling salesman heuristic, European J. of Operational
 * Research 126, 2000), evaluated before anything is moved, also through exchanges that would be no tour
 * (Helsgaun, General k-opt submoves for the Lin-Kernighan TSP heuristic, Math. Prog. Comp. 1, 2009). */
#include "tour/private/cell.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define STREAM_KICK 0x6b69636bu
#define MAX_CUTS 5
#define BREADTH 5    /* neighbours tried at each exchange of a move */
#define MAX_STEPS 10 /* moves in a chain */
/* After about this many rewrites of a whole cell a kick stays as far as it got; more than MAX_STEPS. */
#define JOURNAL_REWRITES 24
#define KICK_BREADTH 3 /* neighbours of which a kick begins with one */
#define KICK_WINDOW 50 /* edges looked at for its other half */

/* A sequential move in the making: removes (t[0], t[1]), adds (t[1], t[2]), removes (t[2], t[3]), ... and
 * closes with (t[last], t[0]). */
typedef struct move {
    unsigned n_cuts;
    uint16_t t[2 * MAX_CUTS];
    uint16_t cut[MAX_CUTS];  /* the edge t[2i], t[2i + 1] is the one after this place */
    uint8_t first[MAX_CUTS]; /* 1: t[2i] is the node before the cut */
    float gain;
} move;

/* Moves one after the other from the same node.  What one of them adds no later one may remove, so the chain
 * comes to an end (Lin and Kernighan, An effective heuristic algorithm for the traveling-salesman problem,
 * Operations Research 21, 1973). */
typedef struct chain {
    move best;         /* the one that has gained most before closing, of those that make no shorter tour */
    float open;        /* what it has gained; 0: there is none */
    float least_close; /* what closes a move costs no less */
    unsigned n_added;
    uint16_t added[(MAX_CUTS - 1) * MAX_STEPS][2];
} chain;

/* Sets the I-th exchange: an edge is added to NEXT and the one from there to END, at CUT, is removed. */
static inline void move_cut(move *m, unsigned i, uint16_t next, uint16_t end, uint16_t cut, bool end_is_after)
{
    m->t[2 * i] = next;
    m->t[2 * i + 1] = end;
    m->cut[i] = cut;
    m->first[i] = end_is_after;
}

/* Whether one of the first LEVEL cuts is CUT. */
static inline bool move_has(const move *m, unsigned level, uint16_t cut)
{
    bool has = false;
    for (unsigned i = 0; i < level; i++)
        has |= m->cut[i] == cut;
    return has;
}

static bool chain_has(const chain *h, uint16_t a, uint16_t b)
{
    for (unsigned i = 0; i < h->n_added; i++)
        if ((h->added[i][0] == a && h->added[i][1] == b) || (h->added[i][0] == b && h->added[i][1] == a))
            return true;
    return false;
}

/* Notes what the best move added, but for the edge that closes it. */
static void chain_add(chain *h)
{
    assert(h->n_added + MAX_CUTS - 1 <= (MAX_CUTS - 1) * MAX_STEPS);
    for (unsigned i = 1; i < MAX_CUTS; i++, h->n_added++) {
        h->added[h->n_added][0] = h->best.t[2 * i - 1];
        h->added[h->n_added][1] = h->best.t[2 * i];
    }
}

/* A range of the tour, read forward or backward. */
typedef struct piece {
    uint32_t from, size;
    bool backward;
} piece;

static uint32_t below(uint32_t bits, uint32_t n)
{
    return (uint32_t)((uint64_t)bits * n >> 32);
}

static np_philox_block kick_bits(uint64_t seed, uint64_t stream, uint32_t i)
{
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    const uint32_t counter[4] = {i, (uint32_t)stream, (uint32_t)(stream >> 32), STREAM_KICK};
    return np_philox4x32(counter, key);
}

/* With mean 1, from the bits that the kick leaves. */
static double random_exponential(np_philox_block bits)
{
    return -(double)logf((float)((bits.word[3] >> 8) + 1) * 0x1p-24f);
}

void tour_cell_look_at(tour_cell *c, uint16_t a)
{
    assert(a < c->n);
    if (c->queued[a])
        return;
    assert(c->queue_size < c->n);
    c->queued[a] = 1;
    unsigned at = c->queue_head + (unsigned)c->queue_size++;
    c->queue[at >= c->n ? at - c->n : at] = a;
}

static uint16_t pop(tour_cell *c)
{
    assert(c->queue_size > 0);
    uint16_t a = c->queue[c->queue_head];
    c->queue_head = (uint16_t)(c->queue_head + 1 == c->n ? 0 : c->queue_head + 1);
    c->queue_size--;
    c->queued[a] = 0;
    return a;
}

/* Queues the ends of the last move of a chain and of the moves before it. */
static void look_at_ends(tour_cell *c, const chain *h, const move *m)
{
    for (unsigned i = 0; i < 2 * m->n_cuts; i++)
        tour_cell_look_at(c, m->t[i]);
    for (unsigned i = 0; i < h->n_added; i++) {
        tour_cell_look_at(c, h->added[i][0]);
        tour_cell_look_at(c, h->added[i][1]);
    }
}

/* The cost between two nodes, prices included. */
static inline __attribute__((always_inline)) float cost_of(const tour_cell *c, np_tour_metric metric, uint32_t a,
                                                           uint32_t b)
{
    const tour_vec *at_a = &c->cards[a].at, *at_b = &c->cards[b].at;
    float prices = at_a->v[3] + at_b->v[3];
    if (__builtin_expect(a >= c->space.n || b >= c->space.n, 0))
        return tour_gap_cost(&c->space, prices, a, b);
    float distance = sqrtf(tour_distance2(at_a, at_b));
    if (metric == NP_TOUR_LENGTH)
        return distance + prices;
    if (!c->space.axis)
        return tour_ramp_s(c->space.linear, distance) + prices;
    return tour_pair_s(&c->space, at_a, at_b, &c->space.axis[a], &c->space.axis[b]) + prices;
}

/* Overwrites SIZE places from FROM (cyclic) with STOPS. */
static void overwrite(tour_cell *c, uint32_t from, uint32_t size, const tour_stop *stops)
{
    uint32_t n = c->n, p = from;
    for (uint32_t i = 0; i < size; i++, p++) {
        p = p == n ? 0 : p;
        assert(p < n);
        assert(stops[i].node < n);
        c->stops[p] = stops[i];
        c->place[stops[i].node] = (uint16_t)p;
    }
    c->stops[-1] = c->stops[n - 1];
    c->stops[n] = c->stops[0];
}

/* Fills SIZE places from FROM on with PIECES in this order; the journal notes what was there.  The place
 * before FROM gets the cost of its new edge. */
static void rewrite(tour_cell *c, uint32_t from, uint32_t size, const piece *pieces, unsigned n_pieces)
{
    uint32_t n = c->n, at = 0, before = (from + n - 1) % n;
    assert(size < n);
    assert(c->journal_size + size + 2 <= c->journal_room);
    tour_stop *j = c->journal + c->journal_size;
    uint32_t first = n - before < size + 1 ? n - before : size + 1;
    memcpy(j, c->stops + before, first * sizeof *j);
    memcpy(j + first, c->stops, (size + 1 - first) * sizeof *j);
    j[size + 1].node = before << 16 | (size + 1);
    c->journal_size += size + 2;
    tour_stop *out = c->scratch;
    out[at++] = c->stops[before];
    for (unsigned s = 0; s < n_pieces; s++) {
        uint32_t left = pieces[s].size, joint = at - 1;
        if (pieces[s].backward) {
            /* A stop's cost is that of the edge before it, in the old direction. */
            for (uint32_t p = (pieces[s].from + left - 1) % n; left > 0; left--, p = p == 0 ? n - 1 : p - 1)
                out[at++] = (tour_stop){c->stops[(int32_t)p - 1].cost, c->stops[p].node};
        } else {
            for (uint32_t p = pieces[s].from % n; left > 0; left--, p = p + 1 == n ? 0 : p + 1)
                out[at++] = c->stops[p];
        }
        out[joint].cost = cost_of(c, c->space.metric, out[joint].node, out[joint + 1].node);
    }
    assert(at == size + 1);
    out[at - 1].cost = cost_of(c, c->space.metric, out[at - 1].node, c->stops[(from + size) % n].node);
    overwrite(c, before, size + 1, out);
}

/* Takes back all that the journal has noted from MARK on. */
static void undo_to(tour_cell *c, uint32_t mark)
{
    while (c->journal_size > mark) {
        uint32_t note = c->journal[c->journal_size - 1].node, size = note & 0xffff, from = note >> 16;
        assert(c->journal_size >= mark + size + 1);
        c->journal_size -= size + 1;
        overwrite(c, from, size, c->journal + c->journal_size);
    }
}

/* The ends of the pieces between the cuts, in tour order: piece r lies after the r-th cut and has the ends 2r
 * and 2r + 1.  JOIN holds, four bits an end, what each is joined to. */
static inline __attribute__((always_inline)) uint64_t move_joins(const move *m, unsigned k, uint8_t *out_rank)
{
    uint64_t join = 0;
    unsigned end[2 * MAX_CUTS];
    for (unsigned i = 0; i < k; i++) {
        unsigned rank = 0;
        for (unsigned s = 0; s < k; s++)
            rank += m->cut[s] < m->cut[i];
        out_rank[i] = (uint8_t)rank;
        unsigned before = rank == 0 ? 2 * k - 1 : 2 * rank - 1, after = 2 * rank;
        end[2 * i] = m->first[i] ? before : after;
        end[2 * i + 1] = m->first[i] ? after : before;
    }
    for (unsigned i = 0; i < k; i++) {
        uint64_t a = end[2 * i + 1], b = end[i + 1 == k ? 0 : 2 * i + 2];
        join |= b << 4 * a | a << 4 * b;
    }
    return join;
}

/* Whether closing now gives one cycle. */
static inline __attribute__((always_inline)) bool move_is_tour(const move *m, unsigned k)
{
    uint8_t rank[MAX_CUTS];
    uint64_t join = move_joins(m, k, rank), at = 0;
    unsigned count = 0;
    do {
        at = join >> 4 * (at ^ 1) & 15;
        count++;
    } while (at != 0);
    return count == k;
}

/* Cuts the tour after K places, in cyclic order, and joins the pieces by their ends as JOIN says
 * (move_joins): the longest stays where it is, the others are written after it. */
static void join_pieces(tour_cell *c, const uint32_t *cut, unsigned k, uint64_t join)
{
    uint32_t n = c->n, size[MAX_CUTS] = {0};
    unsigned longest = 0;
    for (unsigned r = 0; r < k; r++) {
        size[r] = (cut[r + 1 == k ? 0 : r + 1] + n - cut[r]) % n;
        if (size[r] > size[longest])
            longest = r;
    }
    piece pieces[MAX_CUTS] = {{0, 0, false}};
    unsigned n_pieces = 0, end = 2 * longest + 1;
    while (n_pieces + 1 < k) {
        unsigned begin = join >> 4 * end & 15;
        end = begin ^ 1;
        assert(begin / 2 < k);
        assert(begin / 2 != longest);
        pieces[n_pieces++] = (piece){cut[begin / 2] + 1, size[begin / 2], begin & 1};
    }
    rewrite(c, (cut[longest] + 1 + size[longest]) % n, n - size[longest], pieces, n_pieces);
}

static void move_make(tour_cell *c, const move *m)
{
    uint8_t rank[MAX_CUTS];
    uint32_t cut[MAX_CUTS] = {0};
    uint64_t join = move_joins(m, m->n_cuts, rank);
    for (unsigned i = 0; i < m->n_cuts; i++)
        cut[rank[i]] = m->cut[i];
    join_pieces(c, cut, m->n_cuts, join);
}

typedef bool extender(const tour_cell *c, chain *h, move *m, float open);

#define METRIC NP_TOUR_LENGTH
#define SUFFIX(name) name##_length
#include "tour/private/search.inc.h"
#undef METRIC
#undef SUFFIX
#define METRIC NP_TOUR_TIME
#define SUFFIX(name) name##_time
#include "tour/private/search.inc.h"
#undef METRIC
#undef SUFFIX

void tour_cell_begin(tour_cell *c)
{
    uint32_t n = c->n;
    float longest = 0;
    for (uint32_t p = 0; p < n; p++) {
        uint32_t node = c->stops[p].node, next = c->stops[p + 1 == n ? 0 : p + 1].node;
        assert(node < n);
        c->place[node] = (uint16_t)p;
        c->queued[node] = 0;
        c->stops[p].cost = c->cards[node].mate == next ? -INFINITY : cost_of(c, c->space.metric, node, next);
        longest = fmaxf(longest, c->stops[p].cost);
    }
    /* The roundings of a chain's sums are not a gain. */
    c->least_gain = fmaxf(c->least_gain, longest * 64 * FLT_EPSILON);
    c->stops[-1] = c->stops[n - 1];
    c->stops[n] = c->stops[0];
    c->queue_head = c->queue_size = 0;
    c->journal_size = 0;
}

void tour_cell_run(tour_cell *c, uint32_t kicks, double temperature, uint64_t seed, uint64_t stream)
{
    if (c->n < 5)
        return;
    if (c->space.metric == NP_TOUR_LENGTH)
        run_length(c, kicks, temperature, seed, stream);
    else
        run_time(c, kicks, temperature, seed, stream);
}

np_status tour_cell_init(tour_cell *c, uint32_t size, bool axis, np_error *err)
{
    assert(size <= TOUR_CELL_MAX);
    *c = (tour_cell){.journal_room = JOURNAL_REWRITES * (size + 2)};
    c->space.axis = axis ? aligned_alloc(16, size * sizeof *c->space.axis) : NULL;
    c->cards = aligned_alloc(64, size * sizeof *c->cards);
    tour_stop *stops = malloc((size + 2) * sizeof *stops);
    c->stops = stops ? stops + 1 : NULL;
    c->place = malloc(size * sizeof *c->place);
    c->queue = malloc(size * sizeof *c->queue);
    c->queued = malloc(size);
    c->scratch = malloc((size + 1) * sizeof *c->scratch);
    c->journal = malloc(c->journal_room * sizeof *c->journal);
    if ((axis && !c->space.axis) || !c->cards || !c->stops || !c->place || !c->queue || !c->queued || !c->scratch ||
        !c->journal) {
        tour_cell_fini(c);
        return np_error_no_memory(err, "a cell of the tour");
    }
    return NP_OK;
}

void tour_cell_fini(tour_cell *c)
{
    free(c->space.axis);
    free(c->cards);
    free(c->stops ? c->stops - 1 : NULL);
    free(c->place);
    free(c->queue);
    free(c->queued);
    free(c->scratch);
    free(c->journal);
    *c = (tour_cell){0};
}
