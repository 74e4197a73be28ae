/* A clock that goes along the order: move, wait if a close dot is too fresh, dwell; at the station every so
 * many dots; a re-posing between patches. */
#include "tour/private/measure.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/ramp.h"
#include "tour/private/tree.h"

double tour_move_s(const np_case_arm *arm, double distance_mm, double angle_rad)
{
    double move_s = np_ramp_s(distance_mm, arm->speed_mm_s, arm->acceleration_mm_s2);
    double turn_s = np_ramp_s(np_angle_deg(angle_rad), arm->rotation_deg_s, arm->rotation_acceleration_deg_s2);
    double lift_s = arm->lift_mm > 0 && arm->approach_mm_s > 0 ? 2 * arm->lift_mm / arm->approach_mm_s : 0;
    return fmax(move_s, turn_s) + lift_s;
}

/* When each dot is done, for the rests; empty when no rest is asked for. */
typedef struct rests {
    bool wanted;
    tour_space space;
    tour_tree tree;
    uint32_t *rank;  /* of the request's index */
    double *done_s;  /* by rank; -infinity: not yet */
    double latest_s; /* of the close dots seen by one query */
} rests;

static void rests_fini(rests *r)
{
    tour_tree_fini(&r->tree);
    tour_space_fini(&r->space);
    free(r->rank);
    free(r->done_s);
}

static np_status rests_init(rests *r, const np_tour_request *request, np_error *err)
{
    *r = (rests){.wanted = tour_wants_rest(request)};
    if (!r->wanted)
        return NP_OK;
    np_status status = tour_space_init(&r->space, request, NULL, request->n, err);
    if (status == NP_OK)
        status = tour_tree_init(&r->tree, r->space.at, r->space.n, err);
    r->rank = malloc((request->n + 1) * sizeof *r->rank);
    r->done_s = malloc((request->n + 1) * sizeof *r->done_s);
    if (status == NP_OK && (!r->rank || !r->done_s))
        status = np_error_no_memory(err, "the rests of a tour");
    if (status != NP_OK) {
        rests_fini(r);
        return status;
    }
    for (uint32_t i = 0; i < r->space.n; i++) {
        r->rank[r->space.source[i]] = i;
        r->done_s[i] = -INFINITY;
    }
    return NP_OK;
}

static void see_close_dot(void *context, uint32_t point)
{
    rests *r = context;
    r->latest_s = fmax(r->latest_s, r->done_s[point]);
}

/* The earliest time at which DOT may be made. */
static double rests_earliest_s(rests *r, const np_case_arm *arm, uint32_t dot)
{
    r->latest_s = -INFINITY;
    tour_tree_within(&r->tree, &r->space.at[r->rank[dot]], (float)arm->rest_radius_mm, see_close_dot, r);
    return r->latest_s + arm->rest_s;
}

static double angle_between(const np_tour_request *request, uint32_t a, uint32_t b)
{
    if (!request->axes)
        return 0;
    return 2 * asin(fmin(0.5 * np_vec3_distance(request->axes[a], request->axes[b]), 1));
}

/* From dot A to dot B, without a wait; RELOAD: by way of the station. */
static double way_s(const np_tour_request *request, uint32_t a, uint32_t b, bool reload)
{
    const np_case_arm *arm = &request->arm;
    np_vec3 from = request->positions[a], to = request->positions[b], station = arm->reload_station_mm;
    double angle = angle_between(request, a, b);
    if (!reload)
        return tour_move_s(arm, np_vec3_distance(from, to), angle);
    return tour_move_s(arm, np_vec3_distance(from, station), 0) + arm->reload_s +
           tour_move_s(arm, np_vec3_distance(station, to), angle);
}

np_status tour_measure(const np_tour_request *request, const uint32_t *patch, const uint32_t *order,
                       np_tour_totals *out_totals, np_error *err)
{
    rests r;
    np_status status = rests_init(&r, request, err);
    if (status != NP_OK)
        return status;
    const np_case_arm *arm = &request->arm;
    size_t n = request->n, steps = request->closed && n > 1 ? n + 1 : n;
    np_tour_totals totals = {.patches = n > 0};
    double now_s = 0, dwell_s = request->dwell_ms / 1000;
    for (size_t i = 0; i < steps; i++) {
        uint32_t dot = order[i == n ? 0 : i];
        if (i > 0) {
            uint32_t before = order[i - 1];
            bool reload = i < n && arm->reload_every > 0 && i % (size_t)arm->reload_every == 0;
            bool repose = patch[before] != patch[dot];
            totals.length_mm += np_vec3_distance(request->positions[before], request->positions[dot]);
            totals.reloads += reload;
            totals.patches += repose && i < n;
            now_s += way_s(request, before, dot, reload) + (repose ? arm->repose_s : 0);
        }
        if (i == n)
            break;
        if (r.wanted)
            now_s = fmax(now_s, rests_earliest_s(&r, arm, dot));
        now_s += dwell_s;
        if (r.wanted)
            r.done_s[r.rank[dot]] = now_s;
    }
    totals.time_s = now_s;
    *out_totals = totals;
    rests_fini(&r);
    return NP_OK;
}
