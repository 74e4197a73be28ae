/* The arm of the tests, as far as it knows where it stands, by book-keeping of its own: it takes no move that is not a link of the
 * plan's chain from there. */
#ifndef NP_TESTS_UNIT_PROTOCOL_MOVES_H
#define NP_TESTS_UNIT_PROTOCOL_MOVES_H

#include "approved_plan.h"
#include "protocol/executor.h"

/* Where the arm stands; of a move that was stopped, where it leads. */
typedef enum job_place_kind {
    JOB_NOWHERE,
    JOB_AT_HOME,
    JOB_AT_HOVER,
    JOB_AT_STATION,
    JOB_ON_WAY,
    JOB_ON_WAY_TO_STATION,
    JOB_ON_WAY_HOME
} job_place_kind;

typedef struct job_place {
    job_place_kind kind;
    uint32_t order;
} job_place;

/* Where the arm is between leaving for BOUND and being there. */
static inline job_place on_way_to(const job_place *bound)
{
    return (job_place){bound->kind == JOB_AT_HOME      ? JOB_ON_WAY_HOME
                       : bound->kind == JOB_AT_STATION ? JOB_ON_WAY_TO_STATION
                                                       : JOB_ON_WAY,
                       bound->order};
}

/* A move as the harness's own book-keeping has it. */
typedef struct job_way {
    np_wire_stop stops[NP_WIRE_DOT_STOPS];
    uint32_t n;
} job_way;

/* WAY of the dot at ORDER from stop FIRST on up to END (0: all), or all of it backwards. */
static inline job_way way_of(const job_plan *p, uint32_t order, np_wire_way way, uint32_t first, uint32_t end,
                             bool back)
{
    const np_wire_dot *dot = &p->dots[order];
    const np_wire_stop *stops = np_wire_dot_way(dot, p->stops, way);
    job_way out = {.n = 0};
    uint32_t n = end ? end : dot->n_stops[way];
    for (uint32_t i = first; i < n; i++)
        out.stops[out.n++] = stops[back ? n - 1 - i : i];
    return out;
}

static inline bool is_way(const np_wire_move *move, job_way way)
{
    return move->n_stops == way.n && memcmp(move->stops, way.stops, way.n * sizeof *way.stops) == 0;
}

/* Whether the move is the link from the hover of dot O; sets where it leads. */
static inline bool leads_from_hover(const job_plan *p, uint32_t o, const np_wire_move *move, bool to_station,
                                    job_place *bound)
{
    const np_wire_dot *next = o + 1 < p->n ? &p->dots[o + 1] : NULL;
    if (to_station) {
        *bound = (job_place){JOB_AT_STATION, o + 1};
        return next && next->station && is_way(move, way_of(p, o + 1, NP_WIRE_WAY_CHAIN, 0, next->station, false));
    }
    if (!move->dot) {
        *bound = (job_place){JOB_AT_HOME, 0};
        return (o + 1 == p->n && is_way(move, way_of(p, o, NP_WIRE_WAY_HOME, 0, 0, false))) ||
               (o % NP_WIRE_CHUNK_DOTS == 0 &&
                is_way(move, way_of(p, o, o ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_CHAIN, 0, 0, true)));
    }
    *bound = (job_place){JOB_AT_HOVER, move->dot->order};
    if (move->dot->order == o)
        return move->n_stops == 0;
    if (move->dot->order == o + 1)
        return is_way(move, way_of(p, o + 1, NP_WIRE_WAY_CHAIN, 0, 0, false));
    return move->dot->order + 1 == o && is_way(move, way_of(p, o, NP_WIRE_WAY_CHAIN, 0, 0, true));
}

/* Whether the arm, which stands at PLACE, may go this move; sets where it leads. */
static inline bool may_go(const job_plan *p, const job_place *place, const np_wire_move *move, bool to_station,
                          job_place *bound)
{
    uint32_t to = move->dot ? move->dot->order : 0;
    if (move->goes_on) {
        *bound = (job_place){place->kind == JOB_ON_WAY_HOME         ? JOB_AT_HOME
                             : place->kind == JOB_ON_WAY_TO_STATION ? JOB_AT_STATION
                                                                    : JOB_AT_HOVER,
                             place->order};
        return move->n_stops == 0 && place->kind >= JOB_ON_WAY && (!move->dot || to == place->order);
    }
    switch (place->kind) {
    case JOB_AT_HOME:
        *bound = (job_place){JOB_AT_HOVER, to};
        return move->dot && !to_station && to % NP_WIRE_CHUNK_DOTS == 0 &&
               is_way(move, way_of(p, to, to ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_CHAIN, 0, 0, false));
    case JOB_AT_HOVER:
        return leads_from_hover(p, place->order, move, to_station, bound);
    case JOB_AT_STATION:
        *bound = (job_place){JOB_AT_HOVER, to};
        return move->dot && to == place->order && !to_station &&
               is_way(move, way_of(p, to, NP_WIRE_WAY_CHAIN, p->dots[to].station, 0, false));
    default:
        return false;
    }
}

#endif
