/* A session's dots with their moves, in the wire's integers and as its hashes take them: from the plan's list of moves, which leaves
 * out the straight ones, to the ways of each dot. */
#include "plan/chunks.h"

#include "plan/binding.h"

_Static_assert(NP_PLAN_ENTRY_DOTS == NP_WIRE_CHUNK_DOTS, "a chunk is entered at its first dot");

/* The move that is next in the list, if it is the one from FROM to TO. */
static const np_plan_move *take(const np_plan_chunks *c, size_t *next, int64_t from, int64_t to)
{
    const np_plan_move *move = &c->plan->moves.moves[*next];
    if (*next >= c->end_of_moves || move->from != from || move->to != to)
        return NULL;
    ++*next;
    return move;
}

np_plan_chunks np_plan_chunks_begin(const np_plan *plan, int session)
{
    const np_plan_moves *m = &plan->moves;
    np_plan_chunks c = {.plan = plan, .session = session};
    const np_dot *dots = np_plan_session_dots(plan, session, &c.n);
    c.first = dots ? (size_t)(dots - plan->dots) : 0;
    while (c.chain < m->n_moves && m->moves[c.chain].session < session)
        c.chain++;
    c.end_of_moves = c.chain;
    while (c.end_of_moves < m->n_moves && m->moves[c.end_of_moves].session == session)
        c.end_of_moves++;
    /* The first move home is the chain's end. */
    c.entries = c.chain;
    while (c.entries < c.end_of_moves && m->moves[c.entries].to != NP_PLAN_HOME)
        c.entries++;
    c.entries += c.entries < c.end_of_moves;
    return c;
}

/* False: no room. */
static bool add_stop(np_plan_chunk *chunk, const np_plan_via *via)
{
    if (chunk->n_stops == NP_WIRE_CHUNK_STOPS)
        return false;
    np_wire_stop *stop = &chunk->stops[chunk->n_stops++];
    for (int k = 0; k < 3; k++) {
        stop->tip_um[k] = via->tip_um[k];
        stop->axis_ppm[k] = via->axis_ppm[k];
    }
    return true;
}

/* MOVE may be NULL: straight. */
static bool add_vias(const np_plan_chunks *c, const np_plan_move *move, np_plan_chunk *chunk)
{
    bool fits = true;
    for (uint32_t v = 0; move && v < move->n_vias && fits; v++)
        fits = add_stop(chunk, &c->plan->moves.vias[move->via + v]);
    return fits;
}

static bool add_chain(np_plan_chunks *c, int64_t order, np_plan_chunk *chunk, np_wire_dot *dot)
{
    const np_plan_moves *m = &c->plan->moves;
    const int64_t from = order ? order - 1 : NP_PLAN_HOME;
    uint32_t before = chunk->n_stops;
    const np_plan_move *to_station = take(c, &c->chain, from, NP_PLAN_STATION), *move;
    bool fits = order || add_stop(chunk, &m->home);
    if (to_station) {
        fits = fits && add_vias(c, to_station, chunk) && add_stop(chunk, &m->station);
        dot->station = chunk->n_stops - before;
    }
    move = take(c, &c->chain, to_station ? NP_PLAN_STATION : from, order);
    fits = fits && add_vias(c, move, chunk) && (move || (order && !to_station));
    dot->n_stops[NP_WIRE_WAY_CHAIN] = chunk->n_stops - before;
    return fits;
}

static bool add_moves(np_plan_chunks *c, size_t order, np_plan_chunk *chunk, np_wire_dot *dot)
{
    const np_plan_moves *m = &c->plan->moves;
    const int64_t place = (int64_t)order;
    dot->first_stop = chunk->n_stops;
    dot->hover_um = m->hover_um[c->first + order];
    if (!add_chain(c, place, chunk, dot))
        return false;
    if (order && order % NP_PLAN_ENTRY_DOTS == 0) {
        uint32_t before = chunk->n_stops;
        const np_plan_move *entry = take(c, &c->entries, NP_PLAN_HOME, place);
        if (!entry || !add_stop(chunk, &m->home) || !add_vias(c, entry, chunk))
            return false;
        dot->n_stops[NP_WIRE_WAY_ENTRY] = chunk->n_stops - before;
    }
    if (order + 1 == c->n) {
        uint32_t before = chunk->n_stops;
        const np_plan_move *home = take(c, &c->chain, place, NP_PLAN_HOME);
        if (!home || !add_vias(c, home, chunk) || !add_stop(chunk, &m->home))
            return false;
        dot->n_stops[NP_WIRE_WAY_HOME] = chunk->n_stops - before;
    }
    return np_wire_dot_stop_count(dot) <= NP_WIRE_DOT_STOPS;
}

bool np_plan_chunks_next(np_plan_chunks *c, np_plan_chunk *out)
{
    out->n = out->n_stops = 0;
    for (; c->order < c->n && out->n < NP_WIRE_CHUNK_DOTS; c->order++) {
        np_wire_dot *dot = &out->dots[out->n++];
        *dot = np_plan_wire_dot(&c->plan->dots[c->first + c->order]);
        if (c->plan->moves.hover_um && !add_moves(c, c->order, out, dot))
            return false;
    }
    /* Behind the last dot no move is left over. */
    return out->n > 0 || c->n == 0 || c->entries == c->end_of_moves;
}

bool np_plan_chunks_hold(const np_plan *plan)
{
    np_plan_chunk chunk;
    for (size_t s = 1; s <= plan->n_sessions; s++) {
        np_plan_chunks chunks = np_plan_chunks_begin(plan, (int)s);
        do {
            if (!np_plan_chunks_next(&chunks, &chunk))
                return false;
        } while (chunk.n > 0);
    }
    return true;
}
