/* What the arm reaches of a session.
 *
 * The motion is asked for every way that a run can take to each dot: from the dot before, from home where the session can be
 * entered, and home from the last; what is outside of the workspace is not reached, whatever the motion says.  Nothing is begun for it, so no pedal is waited for and nothing is recorded.
 *
 * Asked alone (air 2) a dot that is not reached is told as SKIPPED.  With only_reachable what is not reached is left out, chunk by
 * chunk, as each has an entry: in a chunk the dots before the first that is not reached are made, and the arm goes back by the
 * chain to the entry and home.  So a chunk is asked for from its entry on, and back from where it ends early; what was found
 * is kept for the session and its registration, so that a sender that comes again finds the same dots left out. */
#include "protocol/private/executor.h"

#include <assert.h>
#include <string.h>

/* The byte of a chunk: how many of its first dots are reached; the link from the chunk before is not gone; not asked for yet. */
#define REACH_DOTS 0x7fu
#define REACH_APART 0x80u
#define REACH_UNKNOWN 0xffu

bool wire_executor_only_asks(const np_wire_executor *x)
{
    return x->load_accepted && x->load.air == NP_WIRE_AIR_REACH;
}

/* ---- the motion ---- */

/* By one way of DOT, which ends at the hover of TO, or at home (NULL). */
static bool is_reached(np_wire_executor *x, const np_wire_dot *dot, np_wire_way way, bool back, const np_wire_dot *to,
                       bool from_home)
{
    const np_wire_motion *m = &x->config.motion;
    np_wire_move move = {.dot = to,
                         .stops = x->way,
                         .registration = &x->load.registration,
                         .head = x->pose_known ? &x->pose.pose : NULL,
                         .from_home = from_home,
                         .air = back};
    char text[NP_WIRE_TEXT_BYTES];
    if (!wire_executor_is_inside(x, dot, way, text)) {
        if (!x->outside_said)
            wire_executor_say(x, text);
        x->outside_said = true;
        return false;
    }
    wire_executor_take_way(x, dot, way, 0, back, &move);
    return !m->reach || m->reach(m->context, &move);
}

static const np_wire_dot *dot_at(const np_wire_executor *x, uint32_t order)
{
    const np_wire_dot *dot = &x->buffer[order % x->config.buffer_dots];
    assert(order < x->verified);
    assert(dot->order == order);
    return dot;
}

void wire_executor_ask_reach(np_wire_executor *x, uint64_t now_us)
{
    if (x->next >= x->verified)
        return;
    uint32_t order = x->next;
    const np_wire_dot *dot = dot_at(x, order);
    bool reached = is_reached(x, dot, NP_WIRE_WAY_CHAIN, false, dot, order == 0);
    if (dot->n_stops[NP_WIRE_WAY_ENTRY] > 0)
        reached &= is_reached(x, dot, NP_WIRE_WAY_ENTRY, false, dot, true);
    if (order + 1 == x->n_dots)
        reached &= is_reached(x, dot, NP_WIRE_WAY_HOME, false, NULL, false);
    wire_executor_set_outcome(x, order, reached ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_SKIPPED);
    wire_executor_finish_dot(x, order, now_us, 0, 0);
}

/* ---- what is known ---- */

static uint32_t chunk_end(const np_wire_executor *x, uint32_t chunk)
{
    return chunk * NP_WIRE_CHUNK_DOTS + np_wire_chunk_dots(x->n_dots, chunk);
}

static bool is_known(const np_wire_executor *x, uint32_t chunk)
{
    return x->reach[chunk] != REACH_UNKNOWN;
}

/* Orders of the chunk below it are reached. */
static uint32_t reached_end(const np_wire_executor *x, uint32_t chunk)
{
    return chunk * NP_WIRE_CHUNK_DOTS + (x->reach[chunk] & REACH_DOTS);
}

bool wire_executor_chunk_is_known(const np_wire_executor *x, uint32_t order)
{
    return is_known(x, order / NP_WIRE_CHUNK_DOTS);
}

wire_onward wire_executor_onward(const np_wire_executor *x, uint32_t order)
{
    uint32_t chunk = order / NP_WIRE_CHUNK_DOTS, end = chunk_end(x, chunk);
    assert(order < x->next);
    assert(x->next < x->n_dots);
    if (!is_known(x, chunk))
        return WIRE_ONWARD_UNKNOWN;
    if (x->next < end)
        return WIRE_ONWARD_CHAIN;
    if (reached_end(x, chunk) < end)
        return WIRE_ONWARD_HOME;
    if (!is_known(x, chunk + 1))
        return order + 1 < end ? WIRE_ONWARD_CHAIN : WIRE_ONWARD_UNKNOWN;
    bool goes_on = !(x->reach[chunk + 1] & REACH_APART) && reached_end(x, chunk + 1) > end;
    return goes_on ? WIRE_ONWARD_CHAIN : WIRE_ONWARD_HOME;
}

/* The dots of a chunk that are not reached, and those behind them, are left out; what is final is. */
static void leave_out(np_wire_executor *x, uint32_t chunk)
{
    uint32_t from = reached_end(x, chunk), end = chunk_end(x, chunk), o = chunk * NP_WIRE_CHUNK_DOTS;
    bool asks = wire_executor_only_asks(x);
    for (o = asks ? o : from; o < end; o++) {
        if (np_wire_map_get(x->map, o) != NP_WIRE_OUTCOME_NONE)
            continue;
        uint32_t outcome = o < from            ? NP_WIRE_OUTCOME_DONE
                           : asks && o == from ? NP_WIRE_OUTCOME_SKIPPED
                                               : NP_WIRE_OUTCOME_LEFT;
        wire_executor_set_outcome(x, o, outcome);
    }
    x->events_due = true;
}

void wire_executor_recall_reach(np_wire_executor *x)
{
    const np_wire_load *l = &x->load;
    bool same = x->reach_session == l->session && memcmp(x->reach_digest, l->digest, sizeof l->digest) == 0 &&
                memcmp(&x->reach_registration, &l->registration, sizeof l->registration) == 0;
    if (!l->only_reachable)
        return;
    if (!same || wire_executor_only_asks(x)) {
        memset(x->reach, REACH_UNKNOWN, np_wire_chunk_count(x->config.max_dots));
        x->reach_session = l->session;
        memcpy(x->reach_digest, l->digest, sizeof x->reach_digest);
        x->reach_registration = l->registration;
    }
    for (uint32_t c = 0; c < np_wire_chunk_count(x->n_dots); c++)
        if (is_known(x, c))
            leave_out(x, c);
}

/* ---- asking for a chunk ---- */

void wire_executor_restart_asking(np_wire_executor *x)
{
    x->asked = x->received;
    x->stands = UINT32_MAX;
    x->asking = 0;
    x->asks_back = false;
}

bool wire_executor_has_to_ask(const np_wire_executor *x)
{
    return x->load.only_reachable && x->asked < x->verified;
}

uint32_t wire_executor_reach_order(const np_wire_executor *x)
{
    return x->load.only_reachable ? x->asked / NP_WIRE_CHUNK_DOTS * NP_WIRE_CHUNK_DOTS : UINT32_MAX;
}

static void settle(np_wire_executor *x, uint32_t chunk)
{
    uint32_t end = chunk_end(x, chunk);
    x->reach[chunk] = x->asking;
    x->asked = end;
    x->asks_back = false;
    x->stands = reached_end(x, chunk) == end ? end - 1 : UINT32_MAX;
    leave_out(x, chunk);
}

/* From where the chunk ends early a link back, at last home; if that is not reached, the chunk is not entered. */
static void ask_back(np_wire_executor *x, uint32_t chunk)
{
    uint32_t o = x->stands;
    bool first = o % NP_WIRE_CHUNK_DOTS == 0;
    np_wire_way way = first && o > 0 ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_CHAIN;
    bool reached = is_reached(x, dot_at(x, o), way, true, first ? NULL : dot_at(x, o - 1), false);
    if (!reached)
        x->asking &= REACH_APART;
    if (!reached || first)
        settle(x, chunk);
    else
        x->stands = o - 1;
}

/* The first dot of a chunk: by the chain, where the arm that is asked has come from the whole chunk before; and from home. */
static bool ask_for_first(np_wire_executor *x, const np_wire_dot *dot)
{
    bool linked =
        dot->order == 0 || (x->stands == dot->order - 1 && is_reached(x, dot, NP_WIRE_WAY_CHAIN, false, dot, false));
    x->asking = linked ? 0 : REACH_APART;
    x->stands = UINT32_MAX;
    return is_reached(x, dot, dot->order ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_CHAIN, false, dot, true);
}

static void ask_for_dot(np_wire_executor *x, uint32_t chunk)
{
    const np_wire_dot *dot = dot_at(x, x->asked);
    bool first = dot->order % NP_WIRE_CHUNK_DOTS == 0;
    bool reached = first ? ask_for_first(x, dot) : is_reached(x, dot, NP_WIRE_WAY_CHAIN, false, dot, false);
    x->stands = reached ? dot->order : x->stands;
    if (reached && dot->order + 1 == x->n_dots)
        reached = is_reached(x, dot, NP_WIRE_WAY_HOME, false, NULL, false);
    if (reached) {
        x->asking++;
        x->asked++;
        if (x->asked == chunk_end(x, chunk))
            settle(x, chunk);
    } else if (x->stands == UINT32_MAX) {
        settle(x, chunk);
    } else {
        x->asks_back = true;
    }
}

void wire_executor_ask_chunk(np_wire_executor *x)
{
    if (!x->load.only_reachable)
        return;
    while (x->asked < x->verified && wire_executor_chunk_is_known(x, x->asked)) {
        x->asked = chunk_end(x, x->asked / NP_WIRE_CHUNK_DOTS);
        x->stands = UINT32_MAX;
    }
    if (x->asked >= x->verified)
        return;
    uint32_t chunk = x->asked / NP_WIRE_CHUNK_DOTS;
    if (x->asks_back)
        ask_back(x, chunk);
    else
        ask_for_dot(x, chunk);
}
