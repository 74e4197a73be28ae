/* What the arm reaches of a session, before anything moves.
 *
 * The dots come as they come for the run, signed and in turn, and the motion is asked for every way that a run can take to each: from
 * the dot before, from home where the session can be entered, and home from the last.  Nothing is begun, so no pedal is waited for
 * and nothing is recorded; a dot that is not reached is told as SKIPPED. */
#include "protocol/private/executor.h"

#include <assert.h>
#include <string.h>

bool wire_executor_only_asks(const np_wire_executor *x)
{
    return x->load_accepted && x->load.air == NP_WIRE_AIR_REACH;
}

/* By one way, which ends at the hover of DOT, or at home. */
static bool is_reached(np_wire_executor *x, const np_wire_dot *dot, np_wire_way way, bool from_home)
{
    const np_wire_stop *stops = np_wire_dot_way(dot, x->stops, way);
    const np_wire_motion *m = &x->config.motion;
    assert(dot->n_stops[way] <= NP_WIRE_DOT_STOPS);
    memcpy(x->way, stops, dot->n_stops[way] * sizeof *stops);
    return m->reach(m->context, &(np_wire_move){.dot = way == NP_WIRE_WAY_HOME ? NULL : dot,
                                                .stops = x->way,
                                                .n_stops = dot->n_stops[way],
                                                .registration = &x->load.registration,
                                                .head = x->pose_known ? &x->pose.pose : NULL,
                                                .from_home = from_home});
}

void wire_executor_ask_reach(np_wire_executor *x, uint64_t now_us)
{
    if (x->next >= x->n_dots)
        return;
    uint32_t order = x->next;
    assert(order < x->verified);
    const np_wire_dot *dot = &x->buffer[order % x->config.buffer_dots];
    assert(dot->order == order);
    bool reached = is_reached(x, dot, NP_WIRE_WAY_CHAIN, order == 0);
    if (dot->n_stops[NP_WIRE_WAY_ENTRY] > 0)
        reached &= is_reached(x, dot, NP_WIRE_WAY_ENTRY, true);
    if (order + 1 == x->n_dots)
        reached &= is_reached(x, dot, NP_WIRE_WAY_HOME, false);
    wire_executor_set_outcome(x, order, reached ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_SKIPPED);
    wire_executor_finish_dot(x, order, now_us, 0, 0);
}
