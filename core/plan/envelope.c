/* The last check of a plan: after it is made, and again before it is approved, run, or written as a program for a
 * machine.  Every dot against the case's limits and the hard ones, the closer of the two; it looks at the plan alone and
 * trusts no stage that made it. */
#include "plan/envelope.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/near.h"
#include "protocol/wire.h"

/* Values were rounded to what the wire carries: 1 um in each coordinate, 1e-6 in unit vectors. */
#define ROUNDING_MM 0.002
#define ROUNDING_RAD 5e-6
#define ROUNDING_UNIT 4e-6

#define RAD_PER_DEG (NP_PI / 180)

static const char *layer_name(const np_plan *plan, const np_dot *dot)
{
    return dot->layer >= 0 && (size_t)dot->layer < plan->n_layers ? plan->layers[dot->layer].name : "?";
}

/* One figure of a dot against its range. */
static np_status check_range(const np_plan *plan, const np_dot *dot, const char *what, double value, double min,
                             double max, const char *unit, const char *advice, np_error *err)
{
    if (value >= min && value <= max)
        return NP_OK;
    return np_error_set(err, NP_ERR_UNSAFE,
                        "dot %u of layer '%s' at (%.1f, %.1f, %.1f): %s %.4g %s is outside %.4g to "
                        "%.4g %s; %s",
                        dot->id, layer_name(plan, dot), dot->position.x, dot->position.y, dot->position.z, what, value,
                        unit, min, max, unit, advice);
}

static double angle_between(np_vec3 a, np_vec3 b)
{
    return atan2(np_vec3_length(np_vec3_cross(a, b)), np_vec3_dot(a, b));
}

static np_status check_directions(const np_plan *plan, const np_dot *dot, np_error *err)
{
    if (fabs(np_vec3_length(dot->normal) - 1) > ROUNDING_UNIT || fabs(np_vec3_length(dot->axis) - 1) > ROUNDING_UNIT)
        return np_error_set(err, NP_ERR_UNSAFE, "dot %u of layer '%s': its normal or needle axis is no unit vector",
                            dot->id, layer_name(plan, dot));
    double tilt = angle_between(np_vec3_scale(dot->axis, -1), dot->normal);
    if (!(fabs(tilt - dot->tilt_rad) <= 2 * ROUNDING_RAD))
        return np_error_set(err, NP_ERR_UNSAFE,
                            "dot %u of layer '%s': its tilt of %.3f degrees is not that of its "
                            "needle axis, %.3f degrees",
                            dot->id, layer_name(plan, dot), dot->tilt_rad / RAD_PER_DEG, tilt / RAD_PER_DEG);
    double limit = fmin(plan->limits.tilt_max_deg, NP_HARD_TILT_MAX_DEG) + ROUNDING_RAD / RAD_PER_DEG;
    return check_range(plan, dot, "tilt", tilt / RAD_PER_DEG, 0, limit, "degrees",
                       "lower the tilt in the layer's params, or raise limits.tilt_max_deg (at most 45)", err);
}

static np_status check_dot(const np_plan *plan, const np_dot *dot, np_error *err)
{
    const np_case_limits *limits = &plan->limits;
    if (!np_vec3_is_finite(dot->position) || !np_vec3_is_finite(dot->normal) || !np_vec3_is_finite(dot->axis) ||
        !isfinite(dot->depth_mm + dot->dwell_ms + dot->tone + dot->tilt_rad))
        return np_error_set(err, NP_ERR_UNSAFE, "dot %u of layer '%s' has a value that is no finite number", dot->id,
                            layer_name(plan, dot));
    double reach = NP_WIRE_POSITION_MAX_UM / 1e3;
    double farthest = fmax(fabs(dot->position.x), fmax(fabs(dot->position.y), fabs(dot->position.z)));
    np_status status = check_range(plan, dot, "distance from the head's middle", farthest, 0, reach, "mm",
                                   "check the scan's units and landmarks", err);
    if (status == NP_OK)
        status = check_range(plan, dot, "depth", dot->depth_mm, fmax(limits->depth_min_mm, NP_HARD_DEPTH_MIN_MM),
                             fmin(limits->depth_max_mm, NP_HARD_DEPTH_MAX_MM), "mm",
                             "change the depth in the layer's params, or the case's limits", err);
    if (status == NP_OK)
        status = check_directions(plan, dot, err);
    if (status == NP_OK)
        status = check_range(plan, dot, "contact time", dot->dwell_ms, NP_HARD_DWELL_MIN_MS, NP_HARD_DWELL_MAX_MS, "ms",
                             "change the dwell in the layer's params", err);
    if (status == NP_OK)
        status = check_range(plan, dot, "tone", dot->tone, 0, 1, "", "change the tone in the layer's params", err);
    return status;
}

/* ---- counts and order ---- */

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static np_status check_ids(const np_plan *plan, np_error *err)
{
    uint32_t *ids = malloc((plan->n_dots + 1) * sizeof *ids);
    if (!ids)
        return np_error_no_memory(err, "the envelope");
    for (size_t i = 0; i < plan->n_dots; i++)
        ids[i] = plan->dots[i].id;
    qsort(ids, plan->n_dots, sizeof *ids, compare_ids);
    np_status status = NP_OK;
    for (size_t i = 0; i < plan->n_dots && status == NP_OK; i++)
        if (ids[i] == 0 || (i > 0 && ids[i] == ids[i - 1]))
            status = np_error_set(err, NP_ERR_UNSAFE, "the dot id %u is given twice or is 0", ids[i]);
    free(ids);
    return status;
}

/* Dots stand session by session, in tour order without gaps. */
static np_status check_order(const np_plan *plan, np_error *err)
{
    if (plan->n_dots > (size_t)plan->limits.max_dots)
        return np_error_set(err, NP_ERR_UNSAFE,
                            "the plan has %zu dots; limits.max_dots allows %d: lower the density or "
                            "the area, or raise it",
                            plan->n_dots, plan->limits.max_dots);
    size_t i = 0;
    for (size_t s = 0; s < plan->n_sessions; s++) {
        if (plan->sessions[s].dots > NP_WIRE_MAX_DOTS)
            return np_error_set(err, NP_ERR_UNSAFE,
                                "session %zu has %u dots; the executor takes at most %u: use more "
                                "sessions",
                                s + 1, plan->sessions[s].dots, NP_WIRE_MAX_DOTS);
        for (uint32_t k = 0; k < plan->sessions[s].dots; k++, i++)
            if (i >= plan->n_dots || plan->dots[i].session != (int32_t)s + 1 || plan->dots[i].order != k)
                return np_error_set(err, NP_ERR_UNSAFE, "session %zu: dot %u of its tour is missing or out of order",
                                    s + 1, k);
    }
    if (i != plan->n_dots)
        return np_error_set(err, NP_ERR_UNSAFE, "%zu dots belong to no session", plan->n_dots - i);
    return check_ids(plan, err);
}

/* ---- spacing ---- */

static np_status too_close(const np_plan *plan, const np_dot *a, const np_dot *b, double distance, double limit,
                           const char *where, np_error *err)
{
    return np_error_set(err, NP_ERR_UNSAFE,
                        "dots %u (layer '%s') and %u (layer '%s') at (%.1f, %.1f, %.1f) are %.3f mm "
                        "apart; %s must be at least %.3f mm apart: lower the density there",
                        a->id, layer_name(plan, a), b->id, layer_name(plan, b), a->position.x, a->position.y,
                        a->position.z, distance, where, limit);
}

/* Mean distance to the nearest neighbour, or CAP_MM where that is farther. */
static double mean_spacing(const np_near *near, double cap_mm)
{
    double sum = 0, d;
    for (size_t i = 0; i < near->n; i++) {
        np_near_nearest(near, np_near_point(near, i), cap_mm, i, &d);
        sum += d;
    }
    return near->n ? sum / (double)near->n : 0;
}

/* Dots [first, first + n): no two nearer than LIMIT_MM or, where OWN_MEAN allows it, 0.75 of their own mean
 * spacing. */
static np_status check_spacing(const np_plan *plan, const np_vec3 *positions, size_t first, size_t n, double limit_mm,
                               bool own_mean, const char *where, np_error *err)
{
    np_near near;
    /* a ball touches fewer cubes of twice its radius, and there is about one dot in each */
    np_status status = np_near_init(&near, positions + first, sizeof *positions, n, 2 * limit_mm, err);
    double limit = limit_mm;
    bool mean_known = false;
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        double d;
        size_t j = np_near_nearest(&near, positions[first + i], limit, i, &d);
        if (j != SIZE_MAX && own_mean && !mean_known && d < limit - ROUNDING_MM) {
            limit = fmin(limit_mm, 0.75 * mean_spacing(&near, 8 * limit_mm));
            mean_known = true;
        }
        if (j != SIZE_MAX && d < limit - ROUNDING_MM)
            status = too_close(plan, &plan->dots[first + i], &plan->dots[first + j], d, limit, where, err);
    }
    np_near_fini(&near);
    return status;
}

static np_status check_all_spacing(const np_plan *plan, np_error *err)
{
    np_vec3 *positions = malloc((plan->n_dots + 1) * sizeof *positions);
    if (!positions)
        return np_error_no_memory(err, "the envelope");
    for (size_t i = 0; i < plan->n_dots; i++)
        positions[i] = plan->dots[i].position;
    np_status status =
        check_spacing(plan, positions, 0, plan->n_dots, fmax(plan->limits.spacing_min_mm, NP_HARD_SPACING_MIN_MM),
                      false, "any two dots", err);
    size_t first = 0;
    for (size_t s = 0; s < plan->n_sessions && status == NP_OK; s++) {
        status = check_spacing(plan, positions, first, plan->sessions[s].dots,
                               fmax(plan->limits.session_spacing_min_mm, NP_HARD_SESSION_SPACING_MIN_MM), true,
                               "two dots of one session", err);
        first += plan->sessions[s].dots;
    }
    free(positions);
    return status;
}

np_status np_envelope_check(const np_plan *plan, np_error *err)
{
    np_status status = check_order(plan, err);
    for (size_t i = 0; i < plan->n_dots && status == NP_OK; i++)
        status = check_dot(plan, &plan->dots[i], err);
    if (status == NP_OK)
        status = check_all_spacing(plan, err);
    return status;
}
