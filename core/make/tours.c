/* The tours stage: within each session, the order of the dots that is fastest for the arm.  Ids follow the order: a dot's id is its
 * place in the whole treatment. */
#include "make/private/tours.h"

#include <stdlib.h>
#include <string.h>

#include "plan/cartridges.h"
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

/* Puts N dots of session number S, of one order, into the fastest order, and adds up what that takes. */
static np_status order_run(make_making *m, size_t s, np_dot *dots, size_t n, tour_room *room, np_error *err)
{
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
    for (size_t i = 0; i < n; i++)
        dots[i] = room->dots[room->order[i]];
    np_plan_session *session = &m->plan->sessions[s];
    session->tour_length_mm += totals.length_mm;
    session->tour_time_s += totals.time_s;
    session->greedy_time_s += totals.greedy_time_s;
    session->patches += totals.patches;
    session->reloads += totals.reloads;
    return NP_OK;
}

/* Which dots come together. */
typedef struct kind {
    int order; /* of their layers */
    int shade; /* of the plan's; -1: any */
} kind;

static bool is_of(const make_making *m, const np_dot *dot, kind of)
{
    return m->c->layers[dot->layer].order == of.order &&
           (of.shade < 0 || np_plan_shade_of(&m->plan->shades, dot->tone) == (unsigned)of.shade);
}

/* Brings the dots of one KIND to the front of the N, in the order in which they stand; how many they are. */
static size_t gather(const make_making *m, kind of, np_dot *dots, size_t n, np_dot *room)
{
    size_t taken = 0, left = 0;
    for (size_t i = 0; i < n; i++)
        if (is_of(m, &dots[i], of))
            dots[taken++] = dots[i];
        else
            room[left++] = dots[i];
    memcpy(dots + taken, room, left * sizeof *dots);
    return taken;
}

/* The shade that comes next in ORDER: that of the cartridge in the arm, else the lightest that is left; -1: none is. */
static int next_shade(const make_making *m, int order, int in_arm, const np_dot *dots, size_t n)
{
    int best = -1;
    for (size_t i = 0; i < n; i++) {
        const np_dot *dot = &dots[i];
        if (m->c->layers[dot->layer].order != order)
            continue;
        int shade = (int)np_plan_shade_of(&m->plan->shades, dot->tone);
        if (shade == in_arm || m->plan->shades.n == 0)
            return shade;
        if (best < 0 ||
            np_palette_tone(&m->plan->shades.shades[shade]) < np_palette_tone(&m->plan->shades.shades[best]))
            best = shade;
    }
    return best;
}

/* Layers of lower order first, within them shade by shade, each of these by the fastest way: what is last, the hairline say, is last although that
 * takes longer.  docs/decisions/shades.md has why a shade's dots are not made patch by patch. */
static np_status order_session(make_making *m, size_t s, np_dot *dots, tour_room *room, np_error *err)
{
    enum { ORDERS = 10 };
    np_plan_session *session = &m->plan->sessions[s];
    size_t n = session->dots, done = 0, runs = 0, cartridges = 0;
    int in_arm = -1;
    np_status status = NP_OK;
    for (int order = 0; order < ORDERS && status == NP_OK && done < n;) {
        int shade = next_shade(m, order, in_arm, dots + done, n - done);
        if (shade < 0) {
            order++;
            continue;
        }
        kind of = {order, m->plan->shades.n ? shade : -1};
        size_t of_it = gather(m, of, dots + done, n - done, room->dots);
        status = order_run(m, s, dots + done, of_it, room, err);
        cartridges += shade != in_arm;
        in_arm = shade;
        done += of_it;
        runs++;
    }
    if (runs > 1 && m->c->arm.reload_every) /* they are counted through, whatever the layer */
        session->reloads = (uint32_t)((n - 1) / (size_t)m->c->arm.reload_every);
    if (m->plan->shades.n && cartridges > 1)
        session->tour_time_s += (double)(cartridges - 1) * m->c->arm.cartridge_s;
    if (m->plan->shades.n && cartridges > NP_PLAN_CARTRIDGES_MAX)
        return np_error_set(err, NP_ERR_INVALID,
                            "session %zu would take %zu cartridges one after the other, and %d is the most: give the "
                            "layers fewer different 'order's, or the case fewer shades",
                            s + 1, cartridges, NP_PLAN_CARTRIDGES_MAX);
    for (size_t i = 0; i < n; i++)
        dots[i].order = (uint32_t)i;
    return status;
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
