/* From placed points and painted values to dots, and from dots to tours. */
#include <stdlib.h>
#include <string.h>

#include "plan/binding.h"
#include "make/private/making.h"
#include "head/flow.h"
#include "tour/tour.h"

/* ---- dots ---- */

static make_values values_of(const np_field *f, size_t i)
{
    return (make_values){f->depth_mm[i], f->tilt_rad[i], f->azimuth_rad[i], f->tone[i], f->dwell_ms[i]};
}

/* At the border of a layer a dot may lie where nothing covers, between corners that something does: then
 * it takes the values of the corner that counts most for it. */
static make_values values_at(const make_making *m, size_t i)
{
    if (m->dot_field.layer[i] >= 0)
        return values_of(&m->dot_field, i);
    const np_surface_point *p = &m->placed[i].point;
    const uint32_t *v = m->patch.mesh.triangles[p->triangle].v;
    int best = 0;
    for (int k = 1; k < 3; k++) {
        bool covered = m->field.density_per_cm2[v[k]] > 0, best_covered = m->field.density_per_cm2[v[best]] > 0;
        if (covered > best_covered || (covered == best_covered && p->weight[k] > p->weight[best]))
            best = k;
    }
    return values_of(&m->field, v[best]);
}

/* The needle stands like the hair: its shaft leans by TILT towards where hair grows, turned by AZIMUTH
 * about the normal (domain.md 1.4: tilt in the plane of the local hair direction, so that the smear runs
 * along the hair). */
static np_vec3 axis_of(const make_making *m, size_t i, const make_values *v)
{
    np_vec3 normal = m->points[i].normal;
    np_vec3 flow = np_vec3_normalize(np_vec3_reject(np_hair_flow(m->scan, &m->points[i]), normal));
    if (np_vec3_length(flow) < 0.5)
        flow = np_vec3_perpendicular(normal);
    np_vec3 lean = np_vec3_rotate(flow, normal, v->azimuth_rad);
    np_vec3 shaft = np_vec3_mad(np_vec3_scale(normal, cos(v->tilt_rad)), lean, sin(v->tilt_rad));
    return np_vec3_scale(np_vec3_normalize(shaft), -1);
}

static np_dot dot_of(const make_making *m, const np_pin *pins, size_t i)
{
    const np_placed_dot *placed = &m->placed[i];
    make_values v = values_at(m, i);
    if (placed->pin >= 0) {
        v.depth_mm = pins[placed->pin].depth_mm;
        v.tone = pins[placed->pin].tone;
    }
    np_dot dot = {.session = placed->session,
                  .position = m->points[i].position,
                  .normal = m->points[i].normal,
                  .axis = axis_of(m, i, &v),
                  .depth_mm = v.depth_mm,
                  .tone = v.tone,
                  .dwell_ms = v.dwell_ms,
                  .layer = placed->layer,
                  .density_per_cm2 = placed->density_per_cm2,
                  .pin = placed->pin >= 0};
    np_plan_quantise_dot(&dot);
    /* The tilt of the axis as rounded, whatever sign or turn the strategy gave. */
    np_vec3 out = np_vec3_scale(dot.axis, -1);
    dot.tilt_rad = atan2(np_vec3_length(np_vec3_cross(out, dot.normal)), np_vec3_dot(out, dot.normal));
    np_plan_quantise_dot(&dot);
    return dot;
}

static np_status check_painted(const make_making *m, size_t i, np_error *err)
{
    make_values v = values_at(m, i);
    if (isfinite(v.depth_mm + v.tilt_rad + v.azimuth_rad + v.tone + v.dwell_ms) && fabs(v.depth_mm) < 1e3 &&
        fabs(v.tone) < 1e3 && fabs(v.dwell_ms) < 1e6)
        return NP_OK;
    const np_plan_layer *layer = &m->plan->layers[m->placed[i].layer];
    return np_error_set(err, NP_ERR_UNSAFE,
                        "layer '%s' (%s) gives no usable depth, tilt, tone or dwell at (%.1f, %.1f, "
                        "%.1f)",
                        layer->name, layer->strategy, m->points[i].position.x, m->points[i].position.y,
                        m->points[i].position.z);
}

/* All dots, session by session (counting sort: their order within a session stays). */
np_status make_dots(make_making *m, np_error *err)
{
    np_plan *plan = m->plan;
    size_t n_pins, next[NP_CASE_MAX_SESSIONS + 1] = {0};
    const np_pin *pins = np_painter_pins(m->painter, &n_pins);
    plan->dots = calloc(m->n_placed, sizeof *plan->dots);
    if (!plan->dots)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < m->n_placed; i++) {
        np_status status = check_painted(m, i, err);
        if (status != NP_OK)
            return status;
        plan->sessions[m->placed[i].session - 1].dots++;
        plan->layers[m->placed[i].layer].dots[m->placed[i].session - 1]++;
    }
    for (size_t s = 0; s < plan->n_sessions; s++)
        next[s + 1] = next[s] + plan->sessions[s].dots;
    for (size_t i = 0; i < m->n_placed; i++)
        plan->dots[next[m->placed[i].session - 1]++] = dot_of(m, pins, i);
    plan->n_dots = m->n_placed;
    return NP_OK;
}

/* ---- tours ---- */

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
