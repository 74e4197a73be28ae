/* Which way hair grows and which part of the scalp a point belongs to, from landmarks and whorls alone: scans show no
 * hair.  It is a model of the usual head (domain.md 2.3, 2.4), measured in the head's own size. */
#include "head/flow.h"

#include "base/angle.h"
#include "base/smooth.h"
#include "needlepath/plugin.h"
#include "head/private/frame.h"

/* Half the straight distance glabella to inion of the built-in mean man, to whose length others are stretched.  A little less than the
 * half head length of 99.75 mm (domain.md 2.8), which ends at the opisthocranion, the point farthest back. */
#define HALF_LENGTH_MM 98.3
/* The level of the largest circumference above the tragia (domain.md 2.8). */
#define CENTER_HEIGHT_MM 40.0
#define CROWN_RADIUS_MM 55.0

/* P in anatomical axes from the middle of the largest section, stretched to the mean man's length. */
static np_vec3 anatomical(const np_scan *scan, np_vec3 p)
{
    double stretch = 2 * HALF_LENGTH_MM / np_vec3_distance(scan->landmarks.glabella, scan->landmarks.inion);
    if (!isfinite(stretch))
        stretch = 1;
    return (np_vec3){stretch * np_vec3_dot(p, head_anterior), stretch * p.y,
                     stretch * np_vec3_dot(p, head_up) - CENTER_HEIGHT_MM};
}

/* Where hair comes from: the whorls, or without any the usual place on the midline, 60 mm behind the plane of the tragia and 110 mm
 * above them, straight: where the 62.5 mm along the skin of domain.md 2.4 (as head.c has it) end on the mean man. */
static np_vec3 source(const np_scan *scan, size_t i)
{
    if (scan->n_whorls)
        return scan->whorls[i];
    double stretch = np_vec3_distance(scan->landmarks.glabella, scan->landmarks.inion) / (2 * HALF_LENGTH_MM);
    return np_vec3_scale(np_vec3_mad(np_vec3_scale(head_anterior, -60), head_up, 110), stretch);
}

static size_t source_count(const np_scan *scan)
{
    return scan->n_whorls ? scan->n_whorls : 1;
}

static double nearest_source_mm(const np_scan *scan, const np_surface_point *p)
{
    double nearest_mm = INFINITY;
    for (size_t i = 0; i < source_count(scan); i++)
        nearest_mm = fmin(nearest_mm, np_vec3_distance(p->position, source(scan, i)));
    return nearest_mm;
}

/* The angle between hair and the radius at distance R from a whorl. */
static double spiral_angle(double r_mm)
{
    return np_angle_rad(70 + (10 - 70) * np_smooth_step(10, 60, r_mm));
}

/* Away from the sources: each one's spiral, the near ones counting far more.  *OUT_NEAREST_MM: to the
 * nearest. */
static np_vec3 spirals(const np_scan *scan, const np_surface_point *p, double *out_nearest_mm)
{
    np_vec3 sum = {0, 0, 0};
    double nearest = nearest_source_mm(scan, p);
    for (size_t i = 0; i < source_count(scan); i++) {
        np_vec3 away = np_vec3_sub(p->position, source(scan, i));
        double r = np_vec3_length(away);
        np_vec3 radial = np_vec3_normalize(np_vec3_reject(away, p->normal));
        double turn = scan->n_whorls ? spiral_angle(r) : 0;
        if (!scan->counterclockwise || !scan->counterclockwise[i])
            turn = -turn;
        double share = r > 0 ? nearest / r : 1;
        sum = np_vec3_mad(sum, np_vec3_rotate(radial, p->normal, turn), share * share * share * share);
    }
    *out_nearest_mm = nearest;
    return np_vec3_normalize(sum);
}

/* The general lie of the hair away from the crown (domain.md 2.3): forward on top, down and back at the
 * temples and above the ears, down at the sides and behind. */
static np_vec3 lie(const np_scan *scan, const np_surface_point *p)
{
    np_vec3 q = anatomical(scan, p->position);
    double elevation = np_angle_deg(atan2(q.z, hypot(q.x, q.y)));
    double azimuth = np_angle_deg(atan2(fabs(q.y), q.x));

    double top = np_smooth_step(25, 55, elevation) * (1 - np_smooth_step(95, 150, azimuth));
    double temple = np_smooth_step(35, 60, azimuth) * (1 - np_smooth_step(100, 150, azimuth));
    np_vec3 side = np_vec3_mad(np_vec3_scale(head_up, -1), head_anterior, -0.9 * temple);
    np_vec3 front = np_vec3_mad(head_anterior, head_up, -0.2);
    np_vec3 direction = np_vec3_lerp(side, front, top);
    return np_vec3_normalize(np_vec3_reject(direction, p->normal));
}

np_vec3 np_hair_flow(const np_scan *scan, const np_surface_point *p)
{
    double nearest_mm;
    np_vec3 spiral = spirals(scan, p, &nearest_mm);
    np_vec3 flow = np_vec3_lerp(spiral, lie(scan, p), 0.75 * np_smooth_step(45, 110, nearest_mm));
    flow = np_vec3_normalize(np_vec3_reject(flow, p->normal));
    if (np_vec3_dot(flow, flow) > 0.5)
        return flow;
    return np_vec3_perpendicular(p->normal); /* in a whorl's very centre, or where hair parts */
}

/* How much of a place lies on the far side of a border that is MM behind it, for borders WIDTH_MM wide; 0: all or nothing. */
static double beyond(double mm, double width_mm)
{
    return width_mm > 0 ? np_smooth_step(-width_mm / 2, width_mm / 2, mm) : mm > 0;
}

/* Millimetres along an arc of RADIUS_MM by which ANGLE_RAD is beyond LIMIT_DEG. */
static double arc_mm(double angle_rad, double limit_deg, double radius_mm)
{
    return (angle_rad - np_angle_rad(limit_deg)) * radius_mm;
}

/* Anatomy names the zones and draws no lines between them.  These are ours, drawn on the mean man so that the frontal zone ends where the
 * forelock does (35 mm before the tragia, or 20 degrees up at its sides), the temples are beside it and before the ear (45 mm behind
 * the tragia, down to the hairline 15 mm below them), and the nape ends at its hairline (40 mm below). */
static void weigh_zones(const np_scan *scan, const np_surface_point *p, double width_mm, double out[NP_ZONES])
{
    double nearest_mm = nearest_source_mm(scan, p);
    np_vec3 q = anatomical(scan, p->position);
    double level_mm = hypot(q.x, q.y), elevation = atan2(q.z, level_mm);
    double above_tragia_mm = q.z + CENTER_HEIGHT_MM;

    double crown = beyond(CROWN_RADIUS_MM - nearest_mm, width_mm);
    double top = beyond(arc_mm(elevation, 40, np_vec3_length(q)), width_mm);
    double top_front = beyond(q.x - 35, width_mm);
    double ahead = beyond(-arc_mm(atan2(fabs(q.y), q.x), 45, level_mm), width_mm);
    double forelock = beyond(arc_mm(elevation, 20, np_vec3_length(q)), width_mm);
    double before_ear = beyond(q.x + 45, width_mm);
    double temple = beyond(above_tragia_mm + 15, width_mm), nape = beyond(above_tragia_mm + 40, width_mm);

    double low = (1 - crown) * (1 - top), side = low * (1 - ahead);
    out[NP_ZONE_CROWN] = crown;
    out[NP_ZONE_MIDSCALP] = (1 - crown) * top * (1 - top_front);
    out[NP_ZONE_FRONTAL] = (1 - crown) * top * top_front + low * ahead * forelock;
    out[NP_ZONE_TEMPLE] = side * before_ear * temple;
    out[NP_ZONE_OCCIPITAL] = side * (1 - before_ear) * nape;
    out[NP_ZONE_OTHER] =
        low * ahead * (1 - forelock) + side * before_ear * (1 - temple) + side * (1 - before_ear) * (1 - nape);
}

void np_scan_zone_weights(const np_scan *scan, const np_surface_point *p, double out[NP_ZONES])
{
    weigh_zones(scan, p, NP_ZONE_BLEND_MM, out);
}

/* Within this of a whorl's middle its hairs rise to upright: there the model of domain.md 2.4 has its full turn, and authors disagree
 * on how flat its hairs lie. */
#define WHORL_MIDDLE_MM 10.0

double np_hair_tilt_rad(const np_scan *scan, const np_surface_point *p)
{
    /* the middles of domain.md 2.3's ranges of elevation; the crown, flat along the skin, as the flat zones around it */
    static const double elevation_deg[NP_ZONES] = {
        [NP_ZONE_OTHER] = 15,    [NP_ZONE_FRONTAL] = 15, [NP_ZONE_TEMPLE] = 6.5,
        [NP_ZONE_MIDSCALP] = 45, [NP_ZONE_CROWN] = 15,   [NP_ZONE_OCCIPITAL] = 15};
    double weights[NP_ZONES], tilt_deg = 0;
    np_scan_zone_weights(scan, p, weights);
    for (int k = 0; k < NP_ZONES; k++)
        tilt_deg += weights[k] * (90 - elevation_deg[k]);
    return np_angle_rad(tilt_deg) * np_smooth_step(0, WHORL_MIDDLE_MM, nearest_source_mm(scan, p));
}

int np_scan_zone(const np_scan *scan, const np_surface_point *p)
{
    double weights[NP_ZONES];
    int zone = 0;
    weigh_zones(scan, p, 0, weights);
    for (int k = 1; k < NP_ZONES; k++)
        if (weights[k] > weights[zone])
            zone = k;
    return zone;
}
