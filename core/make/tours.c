/* The tours stage: within each session, the order of the dots that is fastest for the arm.  Ids follow the order: a dot's id is its
 * place in the whole treatment. */
#include "make/private/tours.h"

#include <stdlib.h>
#include <string.h>

#include "tour/tour.h"

typedef struct tour_room {
    np_vec3 *positions, *axes;
    uint32_t *order;
    np_dot *dots;
} tour_room;

static void room_free(tour_room *room)
{
    free(room->positions);
    free(room->axes);
    free(room->order);
    free(room->dots);
}

static np_status order_session(make_making *m, size_t s, np_dot *dots, tour_room *room, np_error *err)
{
    size_t n = m->plan->sessions[s].dots;
    double dwell_ms = 0;
    for (size_t i = 0; i < n; i++) {
        room->positions[i] = dots[i].position;
        room->axes[i] = dots[i].axis;
        dwell_ms += dots[i].dwell_ms;
    }
    np_tour_request request = {.positions = room->positions,
                               .axes = room->axes,
                               .n = n,
                               .metric = NP_TOUR_TIME,
                               .arm = m->c->arm,
                               .dwell_ms = n ? dwell_ms / (double)n : 0,
                               .kicks_per_dot = m->c->tour_kicks_per_dot,
                               .seconds = m->c->tour_seconds * (double)n / (double)m->plan->n_dots,
                               .seed = m->c->seed + s};
    np_tour_totals totals = {0};
    np_status status = np_tour_order(&request, m->progress, room->order, &totals, err);
    if (status != NP_OK)
        return status;
    memcpy(room->dots, dots, n * sizeof *dots);
    for (size_t i = 0; i < n; i++) {
        dots[i] = room->dots[room->order[i]];
        dots[i].order = (uint32_t)i;
    }
    np_plan_session *session = &m->plan->sessions[s];
    session->tour_length_mm = totals.length_mm;
    session->tour_time_s = totals.time_s;
    session->greedy_time_s = totals.greedy_time_s;
    session->patches = totals.patches;
    session->reloads = totals.reloads;
    return NP_OK;
}

np_status make_tours(make_making *m, np_error *err)
{
    size_t n = m->plan->n_dots;
    tour_room room = {calloc(n, sizeof *room.positions), calloc(n, sizeof *room.axes), calloc(n, sizeof *room.order),
                      calloc(n, sizeof *room.dots)};
    np_status status =
        room.positions && room.axes && room.order && room.dots ? NP_OK : np_error_no_memory(err, "the tours");
    np_dot *dots = m->plan->dots;
    for (size_t s = 0; s < m->plan->n_sessions && status == NP_OK; s++) {
        if (m->plan->sessions[s].dots)
            status = order_session(m, s, dots, &room, err);
        dots += m->plan->sessions[s].dots;
    }
    for (size_t i = 0; i < n && status == NP_OK; i++)
        m->plan->dots[i].id = (uint32_t)i + 1;
    room_free(&room);
    return status;
}
