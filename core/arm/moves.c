/* The moves of a session.
 *
 * Nearly all are between neighbours a millimetre or three apart, over skin that is as good as flat: those are clear once
 * both hovers are as high as the skin between them asks for, which one look at its triangles says.  So: hovers first, each
 * for itself and then for its neighbours; then every move is tried straight; what is left, some in a thousand, gets a way
 * around.  Each pass is a loop whose items write to their own places alone, so threads do not show in the result. */
#include "arm/moves.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/private/route.h"
#include "base/parallel.h"

#define NEAR_MM 25.0 /* hovers farther apart are not lifted for each other */

void np_arm_moves_fini(np_arm_moves *moves)
{
    free(moves->hover_um);
    free(moves->lean_deg);
    free(moves->moves);
    free(moves->vias);
    *moves = (np_arm_moves){0};
}

/* ---- one session ---- */

typedef struct session {
    const np_arm_planner *planner;
    const np_arm_request *request;
    np_arm_moves *moves;
    double *alone_mm, *hover_mm; /* [n]: what a hover needs for itself; lifted for its neighbours */
    double (*pair_mm)[2];        /* [n]: what puncture I and the one before need for each other */
    arm_room *room;              /* [n] */
    bool *trouble;               /* [n] of punctures, then of moves */
    arm_contact *contact;        /* as trouble */
    uint32_t *hard;              /* moves that are not clear straight, ascending */
    arm_way *way;                /* [n_hard] */
    size_t n_hard;
} session;

static void look_at_punctures(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    session *s = context;
    for (size_t i = begin; i < end; i++) {
        const np_arm_puncture *p = &s->request->punctures[i];
        s->room[i] = arm_puncture_look(s->planner, p, &s->alone_mm[i], &s->contact[i]);
        s->trouble[i] = s->room[i] != ARM_ROOM;
        if (s->room[i] == ARM_ROOM)
            s->moves->lean_deg[i] = (uint8_t)arm_puncture_lean_deg(s->planner, p);
    }
}

static void look_at_pairs(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    session *s = context;
    for (size_t i = begin; i < end; i++) {
        if (i == 0)
            continue;
        const np_arm_puncture *p = &s->request->punctures[i];
        s->pair_mm[i][0] = s->alone_mm[i - 1];
        s->pair_mm[i][1] = s->alone_mm[i];
        if (!p->reload_before && np_vec3_distance(p[-1].position, p->position) < NEAR_MM)
            arm_puncture_hover_pair(s->planner, p - 1, p, &s->pair_mm[i][0], &s->pair_mm[i][1]);
    }
}

static np_arm_pose end_pose(const session *s, uint32_t end)
{
    if (end == NP_ARM_HOME)
        return np_arm_pose_stored(&s->request->home);
    if (end == NP_ARM_STATION)
        return np_arm_pose_stored(&s->request->station);
    return np_arm_hover(&s->request->punctures[end], s->moves->hover_um[end]);
}

static void try_straight(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    session *s = context;
    for (size_t i = begin; i < end; i++) {
        const np_arm_move *m = &s->moves->moves[i];
        np_arm_pose from = end_pose(s, m->from), to = end_pose(s, m->to);
        bool near = m->from < NP_ARM_STATION && m->to < NP_ARM_STATION && np_vec3_distance(from.tip, to.tip) < NEAR_MM;
        np_vec3 hint, where;
        if (near)
            hint = np_vec3_normalize(
                np_vec3_add(s->request->punctures[m->from].normal, s->request->punctures[m->to].normal));
        bool clear =
            (near || !arm_obstacle_between(&s->planner->obstacle, from.tip, to.tip, &where)) &&
            arm_sweep_is_clear(&s->planner->obstacle, &s->planner->travel, &from, &to, near ? &hint : NULL, NULL);
        s->trouble[i] = !clear;
    }
}

static void find_ways(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    session *s = context;
    for (size_t k = begin; k < end; k++) {
        const np_arm_move *m = &s->moves->moves[s->hard[k]];
        np_arm_pose from = end_pose(s, m->from), to = end_pose(s, m->to);
        if (arm_route_find(s->planner, &from, &to, &s->request->rates, &s->way[k], &s->contact[s->hard[k]]))
            s->trouble[s->hard[k]] = false;
    }
}

/* ---- what is said of what cannot be ---- */

static np_status puncture_error(const session *s, size_t i, np_error *err)
{
    return arm_planner_no_room(s->planner, &s->request->punctures[i], s->room[i], &s->contact[i], err);
}

static void name_end(const session *s, uint32_t end, char out[32])
{
    if (end == NP_ARM_HOME)
        strcpy(out, "home");
    else if (end == NP_ARM_STATION)
        strcpy(out, "the pigment station");
    else
        snprintf(out, 32, "dot %" PRIu32, s->request->punctures[end].id);
}

static np_status move_error(const session *s, size_t i, np_error *err)
{
    char from[32], to[32];
    name_end(s, s->moves->moves[i].from, from);
    name_end(s, s->moves->moves[i].to, to);
    np_status status = arm_planner_no_way(s->planner, &s->contact[i], err);
    np_error_prefix(err, status, "from %s to %s", from, to);
    return status;
}

static np_status first_trouble(const session *s, size_t n,
                               np_status (*describe)(const session *s, size_t i, np_error *err), np_error *err)
{
    size_t first = n, count = 0;
    for (size_t i = n; i-- > 0;)
        if (s->trouble[i])
            first = i, count++;
    if (count == 0)
        return NP_OK;
    np_status status = describe(s, first, err);
    if (count > 1)
        np_error_prefix(err, status, "%zu of %zu like this, the first", count, n);
    return status;
}

/* ---- the passes ---- */

static np_status find_hovers(session *s, np_error *err)
{
    size_t n = s->request->n;
    np_parallel_for(n, 64, look_at_punctures, s);
    np_status status = first_trouble(s, n, puncture_error, err);
    if (status != NP_OK)
        return status;
    np_parallel_for(n, 64, look_at_pairs, s);
    for (size_t i = 0; i < n; i++) {
        double hover = s->alone_mm[i];
        if (i > 0)
            hover = fmax(hover, s->pair_mm[i][1]);
        if (i + 1 < n)
            hover = fmax(hover, s->pair_mm[i + 1][0]);
        s->moves->hover_um[i] = (int32_t)ceil(hover * 1000);
    }
    return NP_OK;
}

static void list_moves(session *s)
{
    np_arm_moves *m = s->moves;
    uint32_t at = NP_ARM_HOME;
    for (uint32_t i = 0; i < s->request->n; at = i++) {
        if (s->request->punctures[i].reload_before) {
            m->moves[m->n_moves++] = (np_arm_move){.from = at, .to = NP_ARM_STATION};
            at = NP_ARM_STATION;
        }
        m->moves[m->n_moves++] = (np_arm_move){.from = at, .to = i};
    }
    if (s->request->n > 0)
        m->moves[m->n_moves++] = (np_arm_move){.from = at, .to = NP_ARM_HOME};
    m->n_chain = m->n_moves;
    size_t every = s->request->enter_every;
    for (size_t i = every; every && i < s->request->n; i += every)
        m->moves[m->n_moves++] = (np_arm_move){.from = NP_ARM_HOME, .to = (uint32_t)i};
}

static np_status store_vias(session *s, np_error *err)
{
    np_arm_moves *m = s->moves;
    for (size_t k = 0; k < s->n_hard; k++)
        m->n_vias += (size_t)s->way[k].n - 2;
    m->vias = malloc((m->n_vias + 1) * sizeof *m->vias);
    if (!m->vias)
        return np_error_no_memory(err, "the moves");
    uint32_t via = 0;
    for (size_t k = 0; k < s->n_hard; k++) {
        np_arm_move *move = &m->moves[s->hard[k]];
        move->via = via;
        move->vias = (uint32_t)s->way[k].n - 2;
        for (int i = 1; i < s->way[k].n - 1; i++)
            m->vias[via++] = np_arm_via_of(&s->way[k].stop[i]);
    }
    return NP_OK;
}

static np_status find_moves(session *s, np_error *err)
{
    size_t n = s->moves->n_moves;
    np_parallel_for(n, 64, try_straight, s);
    for (size_t i = 0; i < n; i++)
        if (s->trouble[i])
            s->hard[s->n_hard++] = (uint32_t)i;
    s->way = malloc((s->n_hard + 1) * sizeof *s->way);
    if (!s->way)
        return np_error_no_memory(err, "the moves");
    np_parallel_for(s->n_hard, 1, find_ways, s);
    np_status status = first_trouble(s, n, move_error, err);
    return status != NP_OK ? status : store_vias(s, err);
}

/* ---- the request ---- */

static np_status check_request(const np_arm_planner *planner, const np_arm_request *request, np_error *err)
{
    np_status status = arm_planner_check_rates(&request->rates, err);
    if (status == NP_OK && request->n >= NP_ARM_STATION / 2)
        status = np_error_set(err, NP_ERR_INVALID, "%zu dots in one session are too many", request->n);
    bool reloads = false;
    for (size_t i = 0; status == NP_OK && i < request->n; i++) {
        status = arm_puncture_check(&request->punctures[i], err);
        reloads |= request->punctures[i].reload_before;
    }
    if (status == NP_OK && request->n > 0)
        status = arm_planner_check_place(planner, "the arm's home", &request->home, err);
    if (status == NP_OK && reloads)
        status = arm_planner_check_place(planner, "the pigment station", &request->station, err);
    return status;
}

static bool session_reserve(session *s)
{
    size_t n = s->request->n, every = s->request->enter_every, n_moves = 2 * n + 1 + (every ? n / every : 0);
    s->moves->n_punctures = n;
    s->moves->hover_um = calloc(n + 1, sizeof *s->moves->hover_um);
    s->moves->lean_deg = calloc(n + 1, sizeof *s->moves->lean_deg);
    s->moves->moves = calloc(n_moves, sizeof *s->moves->moves);
    s->alone_mm = calloc(n + 1, sizeof *s->alone_mm);
    s->pair_mm = calloc(n + 1, sizeof *s->pair_mm);
    s->room = calloc(n + 1, sizeof *s->room);
    s->trouble = calloc(n_moves, sizeof *s->trouble);
    s->contact = calloc(n_moves, sizeof *s->contact);
    s->hard = calloc(n_moves, sizeof *s->hard);
    return s->moves->hover_um && s->moves->lean_deg && s->moves->moves && s->alone_mm && s->pair_mm && s->room &&
           s->trouble && s->contact && s->hard;
}

static void session_fini(session *s)
{
    free(s->alone_mm);
    free(s->pair_mm);
    free(s->room);
    free(s->trouble);
    free(s->contact);
    free(s->hard);
    free(s->way);
}

np_status np_arm_plan(const np_arm_planner *planner, const np_arm_request *request, np_arm_moves *out_moves,
                      np_error *err)
{
    *out_moves = (np_arm_moves){0};
    np_status status = check_request(planner, request, err);
    if (status != NP_OK)
        return status;
    session s = {.planner = planner, .request = request, .moves = out_moves};
    if (!session_reserve(&s)) {
        status = np_error_no_memory(err, "the moves");
    } else {
        list_moves(&s);
        status = find_hovers(&s, err);
    }
    if (status == NP_OK)
        status = find_moves(&s, err);
    session_fini(&s);
    if (status != NP_OK)
        np_arm_moves_fini(out_moves);
    return status;
}

double np_arm_move_time_s(const np_arm_moves *moves, size_t move, const np_arm_request *request)
{
    const np_arm_move *m = &moves->moves[move];
    session s = {.request = request, .moves = (np_arm_moves *)moves};
    arm_way way = {.stop = {end_pose(&s, m->from)}, .n = 1};
    for (uint32_t i = 0; i < m->vias; i++)
        way.stop[way.n++] = np_arm_via_pose(&moves->vias[m->via + i]);
    way.stop[way.n++] = end_pose(&s, m->to);
    double time_s = arm_way_s(&way, &request->rates);
    const uint32_t ends[2] = {m->from, m->to};
    for (int k = 0; k < 2; k++)
        if (ends[k] < NP_ARM_STATION)
            time_s += np_arm_lift_s(&request->rates, moves->hover_um[ends[k]] / 1000.0);
    return time_s;
}
