/* A gantry moves along its axes, with the needle along z: which dots it makes where the head lies, how high it travels over that, and
 * what a vertical needle costs in depth.
 *
 * All that is known of the head is in the plan (plan/moves.h): how high it reaches in any direction, and for each dot how far a tool
 * may lean from its axis and still come to it straight from far above, clear of the scan.  So every way is up along z, level above
 * the head, and down along z.  From dot to dot, level need not be above all of the head: it is enough that both ends, and so all between
 * them, are above one plane that the head is behind.  Where the tip of an upright tool is beyond a plane that is at most 45 degrees off
 * level, all of it is (its outline is within 29 degrees of its axis: arm/tool.h). */
#include "stream/gcode.h"

#include <math.h>
#include <stdio.h>

#include "base/angle.h"

enum { NAMED = 8 };      /* dots of a kind */
#define UPRIGHT_RAD 0.01 /* no lean is less */

static np_vec3 turn(const np_registration *r, np_vec3 direction)
{
    return np_vec3_sub(np_registration_apply(r, direction), r->translation);
}

/* Between the skin's normal and the machine's z. */
static double steepness_rad(const np_gantry *g, const np_dot *dot)
{
    return acos(fmin(1, fmax(-1, turn(&g->registration, dot->normal).z)));
}

/* DIRECTION of the machine's frame in the head's, by the rotation's columns. */
static np_vec3 turn_back(const np_registration *r, np_vec3 direction)
{
    return np_vec3_make(np_vec3_dot(turn(r, np_vec3_make(1, 0, 0)), direction),
                        np_vec3_dot(turn(r, np_vec3_make(0, 1, 0)), direction),
                        np_vec3_dot(turn(r, np_vec3_make(0, 0, 1)), direction));
}

static np_gantry_plane plane_across(const np_gantry *g, np_vec3 normal)
{
    return (np_gantry_plane){normal, np_vec3_dot(g->registration.translation, normal) +
                                         np_plan_moves_reach_mm(&g->plan->moves, turn_back(&g->registration, normal))};
}

/* Level, and off level to all sides in three steps. */
static void find_planes(np_gantry *g)
{
    enum { SIDES = 8 };
    g->planes[0] = plane_across(g, np_vec3_make(0, 0, 1));
    for (int i = 1; i < NP_GANTRY_PLANES; i++) {
        double off = NP_PI / 12 * ((i - 1) / SIDES + 1), side = NP_TWO_PI * (i % SIDES) / SIDES;
        g->planes[i] = plane_across(g, np_vec3_make(sin(off) * cos(side), sin(off) * sin(side), cos(off)));
    }
}

np_status np_gantry_init(np_gantry *g, const np_plan *plan, const np_registration *registration,
                         const np_gantry_settings *settings, np_error *err)
{
    *g = (np_gantry){.plan = plan, .registration = *registration, .settings = *settings};
    g->settings.lift_mm = fmax(NP_GANTRY_LIFT_MM, settings->lift_mm);
    find_planes(g);
    g->top_z_mm = g->planes[0].height_mm;
    g->safe_z_mm = g->top_z_mm + g->settings.lift_mm;
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

/* Whether a dot that is left out for its axis was planned to lean: upright it might be made. */
static bool is_lean_in_the_way(const np_gantry *g, const np_dot *dots, size_t n, const uint8_t *done)
{
    for (size_t i = 0; i < n; i++)
        if (!(done && done[i]) && dots[i].tilt_rad > UPRIGHT_RAD && np_gantry_judge(g, &dots[i]) == NP_GANTRY_TILTED)
            return true;
    return false;
}

size_t np_gantry_left_out(const np_gantry *g, const np_dot *dots, size_t n, const uint8_t *done,
                          char out_text[NP_GANTRY_TEXT_BYTES])
{
    size_t left = 0, used = 0;
    out_text[0] = '\0';
    for (np_gantry_verdict v = NP_GANTRY_MAKES + 1; v <= NP_GANTRY_NO_ROOM; v++)
        left += describe(g, v, dots, n, done, out_text, &used);
    if (left && is_lean_in_the_way(g, dots, n, done))
        snprintf(out_text + used, NP_GANTRY_TEXT_BYTES - used,
                 "; needles of this plan lean with the hair: lean_deg: 0 in the layers' params plans them upright");
    return left;
}

/* The height at which the tip over P is beyond PLANE. */
static double height_over(const np_gantry *g, const np_gantry_plane *plane, np_vec3 p)
{
    const np_vec3 n = plane->normal;
    return (plane->height_mm + g->settings.lift_mm - n.x * p.x - n.y * p.y) / n.z;
}

/* Of travel between A and B: the lowest at which both are beyond one plane. */
static double travel_z_mm(const np_gantry *g, const np_dot *a, const np_dot *b)
{
    double z = g->safe_z_mm;
    if (!a || !b)
        return z;
    np_vec3 p = np_registration_apply(&g->registration, a->position);
    np_vec3 q = np_registration_apply(&g->registration, b->position);
    for (int i = 1; i < NP_GANTRY_PLANES; i++)
        z = fmin(z, fmax(height_over(g, &g->planes[i], p), height_over(g, &g->planes[i], q)));
    return z;
}

np_gantry_way np_gantry_way_to(const np_gantry *g, const np_dot *before, const np_dot *dot, const np_dot *behind)
{
    np_vec3 skin = np_registration_apply(&g->registration, dot->position);
    np_gantry_way way = {.over = skin, .hover = skin, .deepest = skin, .back = skin, .away = skin};
    way.over.z = travel_z_mm(g, before, dot);
    way.away.z = travel_z_mm(g, dot, behind);
    way.hover.z = fmin(skin.z + NP_GANTRY_AIR_MM, way.over.z);
    way.back.z = fmin(skin.z + NP_GANTRY_AIR_MM, way.away.z);
    way.deepest.z = fmin(way.hover.z, way.back.z);
    /* the depth counts along the normal: a vertical needle travels farther through slanting skin */
    if (!g->settings.air)
        way.deepest.z = skin.z - dot->depth_mm / cos(steepness_rad(g, dot));
    return way;
}

void np_gcode_dot(const np_gantry *g, const np_dot *before, const np_dot *dot, const np_dot *behind,
                  char lines[NP_GCODE_DOT_LINES][64])
{
    np_gantry_way way = np_gantry_way_to(g, before, dot, behind);
    double feed = g->settings.plunge_mm_s * 60;
    snprintf(lines[0], 64, "G0 X%.3f Y%.3f Z%.3f", way.over.x, way.over.y, way.over.z);
    snprintf(lines[1], 64, "G0 Z%.3f", way.hover.z);
    snprintf(lines[2], 64, "G1 Z%.3f F%.0f", way.deepest.z, feed);
    snprintf(lines[3], 64, "G4 P%.4f", dot->dwell_ms / 1000);
    snprintf(lines[4], 64, "G1 Z%.3f F%.0f", way.back.z, feed);
    snprintf(lines[5], 64, "G0 Z%.3f", way.away.z);
    snprintf(lines[6], 64, "G4 P0");
}
