/* A gantry moves along its axes, with the needle along z: which dots it makes where the head lies, how high it travels over that, and
 * what a vertical needle costs in depth.
 *
 * All that is known of the head is in the plan (plan/moves.h): how high it reaches in any direction, and for each dot how far a tool
 * may lean from its axis and still come to it straight from far above, clear of the scan.  So every way is up along z, level above all of
 * the head, and down along z. */
#include "stream/gcode.h"

#include <math.h>
#include <stdio.h>

#include "base/angle.h"

enum { NAMED = 8 }; /* dots of a kind */

static np_vec3 turn(const np_registration *r, np_vec3 direction)
{
    return np_vec3_sub(np_registration_apply(r, direction), r->translation);
}

/* Between the skin's normal and the machine's z. */
static double steepness_rad(const np_gantry *g, const np_dot *dot)
{
    return acos(fmin(1, fmax(-1, turn(&g->registration, dot->normal).z)));
}

/* The machine's z in the head's frame: the third row of the rotation. */
static np_vec3 up(const np_registration *r)
{
    return np_vec3_make(turn(r, np_vec3_make(1, 0, 0)).z, turn(r, np_vec3_make(0, 1, 0)).z,
                        turn(r, np_vec3_make(0, 0, 1)).z);
}

np_status np_gantry_init(np_gantry *g, const np_plan *plan, const np_registration *registration,
                         const np_gantry_settings *settings, np_error *err)
{
    *g = (np_gantry){.plan = plan, .registration = *registration, .settings = *settings};
    g->top_z_mm = registration->translation.z + np_plan_moves_reach_mm(&plan->moves, up(registration));
    g->safe_z_mm = g->top_z_mm + fmax(NP_GANTRY_LIFT_MM, settings->lift_mm);
    /* written so that NaN is refused */
    if (plan->moves.support_um && plan->moves.lean_deg && g->safe_z_mm < INFINITY)
        return NP_OK;
    return np_error_set(err, NP_ERR_UNSAFE,
                        "this plan does not say how high the head reaches, nor where a needle that is not turned has "
                        "room, as it was made before plans did: no gantry takes it; plan the case again with "
                        "`needlepath plan`");
}

double np_gantry_tilt_rad(const np_gantry *g, const np_dot *dot)
{
    return acos(fmin(1, fmax(-1, -turn(&g->registration, dot->axis).z)));
}

np_gantry_verdict np_gantry_judge(const np_gantry *g, const np_dot *dot)
{
    double tilt_deg = np_angle_deg(np_gantry_tilt_rad(g, dot));
    if (!(np_angle_deg(steepness_rad(g, dot)) <= g->plan->limits.tilt_max_deg))
        return NP_GANTRY_STEEP;
    if (!(tilt_deg <= g->settings.tilt_max_deg))
        return NP_GANTRY_TILTED;
    return tilt_deg <= g->plan->moves.lean_deg[dot - g->plan->dots] ? NP_GANTRY_MAKES : NP_GANTRY_NO_ROOM;
}

/* Those of one kind, appended to TEXT. */
static size_t describe(const np_gantry *g, np_gantry_verdict verdict, const np_dot *dots, size_t n, const uint8_t *done,
                       char text[NP_GANTRY_TEXT_BYTES], size_t *used)
{
#define TEXT(name, text) [NP_GANTRY_##name] = text,
    static const char *const texts[] = {NP_GANTRY_VERDICT_TABLE(TEXT)};
#undef TEXT
    char list[NAMED * 24 + 8] = "", why[160];
    size_t found = 0, length = 0;
    for (size_t i = 0; i < n; i++) {
        if ((done && done[i]) || np_gantry_judge(g, &dots[i]) != verdict)
            continue;
        if (found++ < NAMED)
            length += (size_t)snprintf(list + length, sizeof list - length, "%sdot %u (%.1f)", found > 1 ? ", " : "",
                                       dots[i].id,
                                       np_angle_deg(verdict == NP_GANTRY_STEEP ? steepness_rad(g, &dots[i])
                                                                               : np_gantry_tilt_rad(g, &dots[i])));
    }
    if (!found)
        return 0;
    snprintf(why, sizeof why, texts[verdict],
             verdict == NP_GANTRY_STEEP ? g->plan->limits.tilt_max_deg : g->settings.tilt_max_deg);
    *used += (size_t)snprintf(text + *used, NP_GANTRY_TEXT_BYTES - *used, "%s%zu %s: %s%s", *used ? "; " : "", found,
                              why, list, found > NAMED ? ", ..." : "");
    return found;
}

size_t np_gantry_left_out(const np_gantry *g, const np_dot *dots, size_t n, const uint8_t *done,
                          char out_text[NP_GANTRY_TEXT_BYTES])
{
    size_t left = 0, used = 0;
    out_text[0] = '\0';
    for (np_gantry_verdict v = NP_GANTRY_MAKES + 1; v <= NP_GANTRY_NO_ROOM; v++)
        left += describe(g, v, dots, n, done, out_text, &used);
    return left;
}

np_gantry_way np_gantry_way_to(const np_gantry *g, const np_dot *dot)
{
    np_vec3 skin = np_registration_apply(&g->registration, dot->position);
    np_gantry_way way = {.over = {skin.x, skin.y, g->safe_z_mm},
                         .hover = {skin.x, skin.y, fmin(skin.z + NP_GANTRY_AIR_MM, g->safe_z_mm)}};
    way.deepest = way.hover;
    /* the depth counts along the normal: a vertical needle travels farther through slanting skin */
    if (!g->settings.air)
        way.deepest.z = skin.z - dot->depth_mm / cos(steepness_rad(g, dot));
    return way;
}

void np_gcode_dot(const np_gantry *g, const np_dot *dot, char lines[NP_GCODE_DOT_LINES][64])
{
    np_gantry_way way = np_gantry_way_to(g, dot);
    double feed = g->settings.plunge_mm_s * 60;
    snprintf(lines[0], 64, "G0 X%.3f Y%.3f Z%.3f", way.over.x, way.over.y, way.over.z);
    snprintf(lines[1], 64, "G0 Z%.3f", way.hover.z);
    snprintf(lines[2], 64, "G1 Z%.3f F%.0f", way.deepest.z, feed);
    snprintf(lines[3], 64, "G4 P%.4f", dot->dwell_ms / 1000);
    snprintf(lines[4], 64, "G1 Z%.3f F%.0f", way.hover.z, feed);
    snprintf(lines[5], 64, "G0 Z%.3f", way.over.z);
    snprintf(lines[6], 64, "G4 P0");
}
