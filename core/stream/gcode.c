/* A gantry moves along its axes, with the needle along z: where that puts a dot, and what it costs in depth. */
#include "stream/gcode.h"

#include <math.h>
#include <stdio.h>

#include "base/angle.h"

static np_vec3 turn(const np_registration *r, np_vec3 direction)
{
    return np_vec3_sub(np_registration_apply(r, direction), r->translation);
}

/* Between the skin's normal and the machine's z. */
static double steepness_rad(const np_gantry *g, const np_dot *dot)
{
    return acos(fmin(1, fmax(-1, turn(&g->registration, dot->normal).z)));
}

np_status np_gantry_init(np_gantry *g, const np_plan *plan, int session, const np_registration *registration,
                         double lift_mm, double plunge_mm_s, np_error *err)
{
    const double deg = 180 / NP_PI;
    *g = (np_gantry){.registration = *registration,
                     .safe_z_mm = -INFINITY,
                     .plunge_mm_s = plunge_mm_s,
                     .tilt_max_rad = plan->limits.tilt_max_deg / deg};
    const np_dot *first = NULL;
    size_t steep = 0, n = 0;
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        if (d->session != session)
            continue;
        n++;
        g->safe_z_mm = fmax(g->safe_z_mm, np_registration_apply(registration, d->position).z + lift_mm);
        if (steepness_rad(g, d) > g->tilt_max_rad) {
            first = first ? first : d;
            steep++;
        }
    }
    if (n == 0)
        return np_error_set(err, NP_ERR_INVALID, "session %d has no dots; the plan has sessions 1 to %zu", session,
                            plan->n_sessions);
    if (first)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "a gantry's needle stays vertical, and the skin at dot %u is %.1f degrees off level; the limit is "
            "%.1f (%zu of %zu dots are too steep): turn the head so that the region lies level, or plan a "
            "smaller region",
            first->id, steepness_rad(g, first) * deg, plan->limits.tilt_max_deg, steep, n);
    return NP_OK;
}

double np_gantry_tilt_rad(const np_gantry *g, const np_dot *dot)
{
    return acos(fmin(1, fmax(-1, -turn(&g->registration, dot->axis).z)));
}

np_vec3 np_gantry_needle(const np_gantry *g, const np_dot *dot)
{
    np_vec3 p = np_registration_apply(&g->registration, dot->position);
    /* the depth counts along the normal: a vertical needle travels farther through slanting skin */
    p.z -= dot->depth_mm / cos(steepness_rad(g, dot));
    return p;
}

np_vec3 np_gantry_above(const np_gantry *g, const np_dot *dot)
{
    np_vec3 p = np_registration_apply(&g->registration, dot->position);
    p.z += NP_GANTRY_AIR_MM;
    return p;
}

void np_gcode_dot(const np_gantry *g, const np_dot *dot, char lines[NP_GCODE_DOT_LINES][64])
{
    np_vec3 p = np_gantry_needle(g, dot);
    snprintf(lines[0], 64, "G0 X%.3f Y%.3f Z%.3f", p.x, p.y, g->safe_z_mm);
    snprintf(lines[1], 64, "G1 Z%.3f F%.0f", p.z, g->plunge_mm_s * 60);
    snprintf(lines[2], 64, "G4 P%.4f", dot->dwell_ms / 1000);
    snprintf(lines[3], 64, "G1 Z%.3f F%.0f", g->safe_z_mm, g->plunge_mm_s * 60);
    snprintf(lines[4], 64, "G4 P0");
}
