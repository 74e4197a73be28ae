/* Where the arm stands, and the move that takes it on.
 *
 * The dots of a session are a chain of hovers from home and back; every link of it was proved clear and signed, and may be gone in
 * both directions.  So the arm is always at a place of the chain, or on a link that it was stopped on, and each step is one link: an
 * executor makes up no way of its own.  From home it enters the chain at the first dot of the chunk that it goes on with. */
#include <assert.h>
#include <string.h>

#include "protocol/private/executor.h"

/* ---- dots and their stops ---- */

/* One more than the chunks in the buffer, since the window begins in the middle of one. */
uint32_t wire_executor_stop_rooms(const np_wire_executor_config *config)
{
    return config->buffer_dots / NP_WIRE_CHUNK_DOTS + 1;
}

static uint32_t room_of(const np_wire_executor *x, uint32_t order)
{
    return order / NP_WIRE_CHUNK_DOTS % wire_executor_stop_rooms(&x->config);
}

bool wire_executor_keep_dot(np_wire_executor *x, const np_wire_dot *dot, const np_wire_stop *stops)
{
    uint32_t room = room_of(x, dot->order), chunk = dot->order / NP_WIRE_CHUNK_DOTS, n = np_wire_dot_stop_count(dot);
    if (x->stops_chunk[room] != chunk) {
        x->stops_chunk[room] = chunk;
        x->stops_used[room] = 0;
    }
    if (n > NP_WIRE_CHUNK_STOPS - x->stops_used[room]) {
        wire_executor_enter_fault(x, NP_WIRE_REASON_BINDING,
                                  "the ways to the dots have more stops than a plan's can have");
        return false;
    }
    np_wire_dot *kept = &x->buffer[dot->order % x->config.buffer_dots];
    *kept = *dot;
    kept->first_stop = room * NP_WIRE_CHUNK_STOPS + x->stops_used[room];
    memcpy(x->stops + kept->first_stop, stops + dot->first_stop, n * sizeof *stops);
    x->stops_used[room] += n;
    return true;
}

/* The dot of ORDER if it is in the buffer, verified, and its stops with it; else NULL. */
static const np_wire_dot *dot_of(const np_wire_executor *x, uint32_t order)
{
    const np_wire_dot *dot = &x->buffer[order % x->config.buffer_dots];
    bool here =
        order < x->verified && dot->order == order && x->stops_chunk[room_of(x, order)] == order / NP_WIRE_CHUNK_DOTS;
    return here ? dot : NULL;
}

/* ---- places ---- */

static uint32_t chunk_begin(uint32_t order)
{
    return order / NP_WIRE_CHUNK_DOTS * NP_WIRE_CHUNK_DOTS;
}

static bool is_of_this_session(const np_wire_executor *x)
{
    return x->place_session == x->load.session &&
           memcmp(x->place_digest, x->load.digest, sizeof x->place_digest) == 0 &&
           memcmp(&x->place_registration, &x->load.registration, sizeof x->place_registration) == 0;
}

bool wire_executor_place_serves(const np_wire_executor *x)
{
    uint32_t begin = chunk_begin(x->next), o = x->place.order;
    if (x->place.kind == WIRE_PLACE_HOME || wire_executor_only_asks(x))
        return true;
    if (x->place.kind == WIRE_PLACE_UNKNOWN || !is_of_this_session(x))
        return false;
    if (x->place.kind == WIRE_PLACE_WAY && o == x->n_dots)
        return true;
    if (x->load.only_reachable) /* from a chunk that is behind there is a way home, or on */
        return o < begin + NP_WIRE_CHUNK_DOTS;
    bool by_station = x->place.kind == WIRE_PLACE_TO_STATION || x->place.kind == WIRE_PLACE_STATION;
    return o + !by_station >= begin && o < begin + NP_WIRE_CHUNK_DOTS;
}

uint32_t wire_executor_first_order(const np_wire_executor *x)
{
    uint32_t begin = chunk_begin(x->next), o = x->place.order;
    bool stands = x->load_complete && x->load.only_reachable && !wire_executor_only_asks(x) &&
                  x->place.kind >= WIRE_PLACE_HOVER && o < x->n_dots && is_of_this_session(x);
    return stands && chunk_begin(o) < begin ? chunk_begin(o) : begin;
}

uint32_t wire_executor_place_order(const np_wire_executor *x)
{
    bool way_back = x->config.buffer_dots >= 2 * NP_WIRE_CHUNK_DOTS; /* there is room for it beside the next chunk */
    if (x->load.only_reachable)
        return wire_executor_first_order(x);
    switch (wire_executor_only_asks(x) ? WIRE_PLACE_HOME : x->place.kind) {
    case WIRE_PLACE_HOVER:
        return way_back ? chunk_begin(x->place.order) : x->place.order + 1;
    case WIRE_PLACE_WAY:
    case WIRE_PLACE_TO_STATION:
    case WIRE_PLACE_STATION:
        return way_back && x->place.order < x->n_dots ? chunk_begin(x->place.order) : x->place.order;
    default:
        return chunk_begin(x->next);
    }
}

void wire_executor_leave(np_wire_executor *x, wire_place bound)
{
    bool to_station = bound.kind == WIRE_PLACE_STATION;
    x->bound = bound;
    x->place.kind = to_station ? WIRE_PLACE_TO_STATION : WIRE_PLACE_WAY;
    x->place.order = bound.kind == WIRE_PLACE_HOME ? x->n_dots : bound.order;
    x->place_session = x->load.session;
    memcpy(x->place_digest, x->load.digest, sizeof x->place_digest);
    x->place_registration = x->load.registration;
}

bool np_wire_executor_at_home(np_wire_executor *x, uint64_t now_us)
{
    (void)now_us;
    bool moving = wire_executor_is_armed(x) || x->busy || x->reloading || x->travelling;
    wire_executor_enter_hold(x, NP_WIRE_REASON_LOCAL,
                             "somebody drives the arm: confirm its home again now that it holds");
    if (moving)
        return false;
    x->place = (wire_place){.kind = WIRE_PLACE_HOME};
    wire_executor_check(x);
    return true;
}

/* ---- the next move ---- */

void wire_executor_take_way(np_wire_executor *x, const np_wire_dot *dot, np_wire_way way, uint32_t first, bool back,
                            np_wire_move *out)
{
    const np_wire_stop *stops = np_wire_dot_way(dot, x->stops, way);
    uint32_t n = dot->n_stops[way];
    assert(first <= n);
    assert(n <= NP_WIRE_DOT_STOPS);
    out->n_stops = n - first;
    for (uint32_t i = 0; i < out->n_stops; i++)
        x->way[i] = stops[back ? n - 1 - i : first + i];
}

/* To the hover of DOT by its chain, from stop FIRST on. */
static bool go_forward(np_wire_executor *x, const np_wire_dot *dot, uint32_t first, np_wire_move *out,
                       wire_place *bound)
{
    if (!dot)
        return false;
    *bound = (wire_place){WIRE_PLACE_HOVER, dot->order};
    out->dot = dot;
    wire_executor_take_way(x, dot, NP_WIRE_WAY_CHAIN, first, false, out);
    return true;
}

/* From the hover of dot ORDER to that of the one before. */
static bool go_back(np_wire_executor *x, uint32_t order, np_wire_move *out, wire_place *bound)
{
    const np_wire_dot *dot = dot_of(x, order), *before = order ? dot_of(x, order - 1) : NULL;
    if (!dot || !before)
        return false;
    *bound = (wire_place){WIRE_PLACE_HOVER, order - 1};
    out->dot = before;
    wire_executor_take_way(x, dot, NP_WIRE_WAY_CHAIN, 0, true, out);
    return true;
}

static bool enter_chain(np_wire_executor *x, np_wire_move *out, wire_place *bound)
{
    const np_wire_dot *dot = dot_of(x, chunk_begin(x->next));
    if (!dot || dot->order == 0)
        return go_forward(x, dot, 0, out, bound);
    *bound = (wire_place){WIRE_PLACE_HOVER, dot->order};
    out->dot = dot;
    wire_executor_take_way(x, dot, NP_WIRE_WAY_ENTRY, 0, false, out);
    return true;
}

/* Whether every dot of the way home from the hover of ORDER is here. */
static bool way_home_is_here(const np_wire_executor *x, uint32_t order)
{
    uint32_t o = order + 1 == x->n_dots ? order : chunk_begin(order);
    while (o <= order && dot_of(x, o))
        o++;
    return o > order;
}

/* From the hover of dot ORDER a step nearer to home: by the way home, or back along the chain to the chunk's entry. */
static bool go_homeward(np_wire_executor *x, uint32_t order, np_wire_move *out, wire_place *bound)
{
    const np_wire_dot *dot = dot_of(x, order);
    if (!way_home_is_here(x, order))
        return false;
    bool last = order + 1 == x->n_dots, first = order % NP_WIRE_CHUNK_DOTS == 0;
    if (!last && !first)
        return go_back(x, order, out, bound);
    *bound = (wire_place){.kind = WIRE_PLACE_HOME};
    wire_executor_take_way(x, dot,
                           last    ? NP_WIRE_WAY_HOME
                           : order ? NP_WIRE_WAY_ENTRY
                                   : NP_WIRE_WAY_CHAIN,
                           0, !last, out);
    return true;
}

static bool go_on_from_hover(np_wire_executor *x, np_wire_move *out, wire_place *bound)
{
    uint32_t o = x->place.order;
    if (x->next >= x->n_dots)
        return go_homeward(x, o, out, bound);
    if (o < x->next && x->load.only_reachable && wire_executor_onward(x, o) != WIRE_ONWARD_CHAIN)
        return wire_executor_onward(x, o) == WIRE_ONWARD_HOME && go_homeward(x, o, out, bound);
    if (o < x->next)
        return go_forward(x, dot_of(x, o + 1), 0, out, bound);
    if (o > x->next)
        return go_back(x, o, out, bound);
    out->dot = dot_of(x, o); /* it is there */
    *bound = x->place;
    return out->dot != NULL;
}

/* The rest of a move that was stopped. */
static bool go_on_along_way(np_wire_executor *x, np_wire_move *out, wire_place *bound)
{
    bool home = x->place.kind == WIRE_PLACE_WAY && x->place.order >= x->n_dots;
    *bound =
        home ? (wire_place){.kind = WIRE_PLACE_HOME}
             : (wire_place){x->place.kind == WIRE_PLACE_WAY ? WIRE_PLACE_HOVER : WIRE_PLACE_STATION, x->place.order};
    out->goes_on = true;
    if (!home && x->place.kind == WIRE_PLACE_WAY)
        out->dot = dot_of(x, x->place.order);
    return out->dot || home || x->place.order != x->next || x->place.kind == WIRE_PLACE_TO_STATION;
}

bool wire_executor_find_move(np_wire_executor *x, np_wire_move *out_move, wire_place *out_bound)
{
    *out_move = (np_wire_move){.stops = x->way,
                               .air = x->load.air,
                               .registration = &x->load.registration,
                               .head = x->pose_known ? &x->pose.pose : NULL};
    if (x->load.only_reachable && x->next < x->n_dots &&
        (x->place.kind == WIRE_PLACE_HOME || x->place.order == x->next) && !wire_executor_chunk_is_known(x, x->next))
        return false; /* it may be left out */
    switch (x->place.kind) {
    case WIRE_PLACE_HOME:
        return x->next < x->n_dots && enter_chain(x, out_move, out_bound);
    case WIRE_PLACE_HOVER:
        return go_on_from_hover(x, out_move, out_bound);
    case WIRE_PLACE_WAY:
    case WIRE_PLACE_TO_STATION:
        return go_on_along_way(x, out_move, out_bound);
    case WIRE_PLACE_STATION: {
        const np_wire_dot *dot = dot_of(x, x->place.order);
        return go_forward(x, dot, dot ? dot->station : 0, out_move, out_bound);
    }
    default:
        return false;
    }
}

bool wire_executor_goes_home(const np_wire_executor *x)
{
    if (!wire_executor_is_armed(x) || x->next < x->n_dots || x->place.kind == WIRE_PLACE_HOME ||
        wire_executor_only_asks(x))
        return false;
    bool stands = x->place.kind == WIRE_PLACE_HOVER || x->place.kind == WIRE_PLACE_STATION;
    return !stands || way_home_is_here(x, x->place.order);
}

void wire_executor_travel(np_wire_executor *x, const np_wire_move *move, wire_place bound)
{
    assert(wire_executor_is_armed(x));
    assert(!x->busy);
    assert(!x->reloading);
    assert(!x->travelling);
    wire_executor_leave(x, bound);
    x->travelling = true;
    x->state = NP_WIRE_STATE_RUNNING;
    x->config.motion.travel(x->config.motion.context, move);
}

void np_wire_executor_arrived(np_wire_executor *x, uint64_t now_us, bool arrived)
{
    (void)now_us;
    if (!x->travelling)
        return;
    x->travelling = false;
    x->events_due = true;
    if (arrived)
        x->place = x->bound;
    else /* armed still: nobody stopped it, so somebody has to look */
        wire_executor_enter_hold(x, NP_WIRE_REASON_LOCAL, "the arm stopped on its way");
    wire_executor_check(x);
}
