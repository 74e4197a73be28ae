/* The moves stage: for each session, the proved way of the tool through all its dots, and what it adds to the session's time.
 *
 * Everything is planned in the numbers that the plan holds, so that what is proved is what is signed. */
#include <stdlib.h>

#include "arm/moves.h"
#include "base/angle.h"
#include "head/face.h"
#include "make/private/moves.h"
#include "plan/binding.h"
#include "plan/cartridges.h"
#include "plan/chunks.h"

/* Home: the tool upright over the vertex, its body clear of any head. */
#define HOME_MM 120.0

static np_arm_rates rates_of(const np_case_arm *arm)
{
    return (np_arm_rates){.speed_mm_s = arm->speed_mm_s,
                          .acceleration_mm_s2 = arm->acceleration_mm_s2,
                          .rotation_rad_s = np_angle_rad(arm->rotation_deg_s),
                          .rotation_acceleration_rad_s2 = np_angle_rad(arm->rotation_acceleration_deg_s2),
                          .lift_mm = arm->lift_mm,
                          .approach_mm_s = arm->approach_mm_s};
}

np_arm_puncture make_puncture(const np_dot *dot)
{
    return (np_arm_puncture){.id = dot->id,
                             .position = dot->position,
                             .normal = dot->normal,
                             .axis = np_vec3_normalize(dot->axis),
                             .depth_mm = dot->depth_mm};
}

/* The dots of SESSION as the planner of moves sees them: to pigment, and to another cartridge, the tool goes away from the head. */
static void fill_punctures(const np_plan *plan, int session, np_arm_puncture *out)
{
    np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
    size_t n, n_cartridges = np_plan_cartridges(plan, session, cartridges);
    const np_dot *dots = np_plan_session_dots(plan, session, &n);
    for (size_t i = 0; i < n; i++) {
        out[i] = make_puncture(&dots[i]);
        out[i].reload_before = plan->reload_every > 0 && i > 0 && i % (size_t)plan->reload_every == 0;
    }
    for (size_t k = 1; k < n_cartridges; k++)
        out[cartridges[k].first].reload_before = true;
}

static int64_t end_of(uint32_t end)
{
    return end == NP_ARM_HOME ? NP_PLAN_HOME : end == NP_ARM_STATION ? NP_PLAN_STATION : (int64_t)end;
}

static np_plan_via via_of(const np_arm_via *via)
{
    np_plan_via out;
    for (int k = 0; k < 3; k++) {
        out.tip_um[k] = via->tip_um[k];
        out.axis_ppm[k] = via->axis_e6[k];
    }
    return out;
}

static np_plan_via via_of_pose(const np_arm_pose *pose)
{
    np_arm_via via = np_arm_via_of(pose);
    return via_of(&via);
}

/* Takes the moves of SESSION over into the plan: those that are not simply straight between two dots. */
static np_status keep(np_plan *plan, int session, size_t first_dot, const np_arm_moves *moves, np_error *err)
{
    np_plan_moves *out = &plan->moves;
    np_plan_move *grown = realloc(out->moves, (out->n_moves + moves->n_moves + 1) * sizeof *grown);
    if (grown)
        out->moves = grown;
    np_plan_via *vias = realloc(out->vias, (out->n_vias + moves->n_vias + 1) * sizeof *vias);
    if (vias)
        out->vias = vias;
    if (!grown || !vias)
        return np_error_no_memory(err, "the moves");
    for (size_t i = 0; i < moves->n_punctures; i++) {
        out->hover_um[first_dot + i] = moves->hover_um[i];
        out->lean_deg[first_dot + i] = moves->lean_deg[i];
    }
    for (size_t i = 0; i < moves->n_moves; i++) {
        const np_arm_move *move = &moves->moves[i];
        int64_t from = end_of(move->from), to = end_of(move->to);
        if (move->vias == 0 && from >= 0 && to >= 0)
            continue;
        out->moves[out->n_moves++] = (np_plan_move){session, from, to, (uint32_t)out->n_vias, move->vias};
        for (uint32_t v = 0; v < move->vias; v++)
            out->vias[out->n_vias++] = via_of(&moves->vias[move->via + v]);
    }
    return NP_OK;
}

/* Where a move of the tour ends on the skin, or at the station. */
static np_arm_pose end_pose(const np_arm_request *r, uint32_t end)
{
    if (end == NP_ARM_STATION)
        return r->station;
    return (np_arm_pose){r->punctures[end].position, r->punctures[end].axis};
}

/* What the moves take beyond what the tour reckoned with: straight ways with a lift of LIFT_MM at both ends, no turning to and from the
 * station, and no way from home and back. */
static double extra_s(const np_arm_moves *moves, const np_arm_request *r)
{
    double extra = 0;
    for (size_t i = 0; i < moves->n_chain; i++) {
        const np_arm_move *move = &moves->moves[i];
        extra += np_arm_move_time_s(moves, i, r);
        if (move->from == NP_ARM_HOME || move->to == NP_ARM_HOME)
            continue;
        np_arm_pose a = end_pose(r, move->from), b = end_pose(r, move->to);
        double turn = move->from == NP_ARM_STATION || move->to == NP_ARM_STATION ? 0 : np_arm_angle(a.axis, b.axis);
        extra -= np_arm_travel_s(&r->rates, np_vec3_distance(a.tip, b.tip), turn) +
                 2 * np_arm_lift_s(&r->rates, r->rates.lift_mm);
    }
    return extra;
}

/* The wire and what firmware has room for bound the stops of a dot and of a chunk. */
static np_status check_stops(const np_plan *plan, int session, np_error *err)
{
    np_plan_chunks chunks = np_plan_chunks_begin(plan, session);
    np_plan_chunk chunk;
    do {
        if (!np_plan_chunks_next(&chunks, &chunk))
            return np_error_set(
                err, NP_ERR_GEOMETRY,
                "the ways to the dots at places %zu to %zu take more than %u stops for one of them or %u for "
                "all: give that region fewer dots, or leave out those that are hard to reach",
                chunks.order / NP_WIRE_CHUNK_DOTS * NP_WIRE_CHUNK_DOTS, chunks.order, NP_WIRE_DOT_STOPS,
                NP_WIRE_CHUNK_STOPS);
    } while (chunk.n > 0);
    return NP_OK;
}

/* REQUEST: what all sessions have in common. */
static np_status plan_session(make_making *m, const np_arm_request *request, size_t session, size_t first,
                              np_error *err)
{
    np_plan_session *s = &m->plan->sessions[session];
    np_arm_puncture *punctures = malloc((s->dots + 1) * sizeof *punctures);
    np_arm_moves moves = {0};
    if (!punctures)
        return np_error_no_memory(err, "the moves");
    fill_punctures(m->plan, (int)session + 1, punctures);
    np_arm_request r = *request;
    r.punctures = punctures;
    r.n = s->dots;
    r.enter_every = NP_PLAN_ENTRY_DOTS;
    np_status status = np_arm_plan(m->arm, &r, &moves, err);
    if (status == NP_OK)
        status = keep(m->plan, (int)session + 1, first, &moves, err);
    if (status == NP_OK)
        status = check_stops(m->plan, (int)session + 1, err);
    if (status == NP_OK)
        s->tour_time_s += extra_s(&moves, &r);
    else
        np_error_prefix(err, status, "session %zu", session + 1);
    np_arm_moves_fini(&moves);
    free(punctures);
    return status;
}

/* What is kept clear before the eyes: less than usual only where a dot that is wanted on the face has no room otherwise, its needle upright, and no less
 * than that needs. */
static double eye_mm(const make_making *m, const np_arm_tool *tool, const np_arm_clearances *clearances)
{
    const np_accept_set accepted =
        np_case_accepted(m->c) & (1u << NP_ACCEPT_BROW | 1u << NP_ACCEPT_NOSE | 1u << NP_ACCEPT_FACE);
    double mm = NP_ARM_EYE_MM;
    for (size_t i = 0; accepted && i < m->n_placed; i++) {
        const np_surface_point *p = &m->points[i];
        if (!(accepted & 1u << np_face_accept(np_face_part_at(m->scan, p->position))))
            continue;
        np_arm_puncture upright = {.position = p->position, .axis = np_vec3_scale(p->normal, -1)};
        mm = np_arm_eye_room_mm(tool, clearances, &upright, mm);
    }
    return fmax(mm, NP_ARM_EYE_NEAR_MM);
}

_Static_assert(NP_FACE_EYES == NP_ARM_EYES, "the planner of moves keeps clear of all places of eyes");

/* Moves keep clear of the scan as its file has it, and of the eyes, whatever the scan has of them. */
np_status make_arm(make_making *m, np_error *err)
{
    np_arm_tool tool = np_arm_tool_default();
    np_arm_clearances clearances = {.travel_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                                    .puncture_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                                    .floor_z_mm = np_face_chin_z_mm(m->scan)};
    np_face_eyes(m->scan, clearances.eyes);
    clearances.eye_mm = eye_mm(m, &tool, &clearances);
    if (!m->scan->scanned)
        return np_arm_planner_create(&m->scan->surface, &tool, &clearances, &m->arm, err);
    np_mesh mesh;
    np_status status = np_scan_unsmoothed(m->scan, &mesh, err);
    if (status == NP_OK)
        status = np_surface_init(&m->unsmoothed, &mesh, NULL, err);
    m->unsmoothed.from_file = m->scan->surface.from_file;
    return status == NP_OK ? np_arm_planner_create(&m->unsmoothed, &tool, &clearances, &m->arm, err) : status;
}

np_status make_moves(make_making *m, np_error *err)
{
    np_vec3 home = m->scan->landmarks.vertex;
    home.z += HOME_MM;
    np_arm_request request = {.home = {home, {0, 0, -1}},
                              .station = {m->c->arm.reload_station_mm, {0, 0, -1}},
                              .rates = rates_of(&m->c->arm)};
    m->plan->moves.home = via_of_pose(&request.home);
    m->plan->moves.station = via_of_pose(&request.station);
    np_plan_moves *moves = &m->plan->moves;
    moves->hover_um = calloc(m->plan->n_dots + 1, sizeof *moves->hover_um);
    moves->lean_deg = calloc(m->plan->n_dots + 1, sizeof *moves->lean_deg);
    moves->support_um = calloc(NP_SUPPORT_NODES, sizeof *moves->support_um);
    if (!moves->hover_um || !moves->lean_deg || !moves->support_um)
        return np_error_no_memory(err, "the moves");
    np_arm_planner_support(m->arm, moves->support_um);
    size_t first = 0;
    np_status status = NP_OK;
    for (size_t s = 0; s < m->plan->n_sessions && status == NP_OK; s++) {
        if (m->plan->sessions[s].dots)
            status = plan_session(m, &request, s, first, err);
        first += m->plan->sessions[s].dots;
    }
    return status;
}
