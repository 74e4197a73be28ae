/* Which part of the scalp a point belongs to, and how far hair leans there, from landmarks and whorls alone: scans show no hair.  A model of
 * the usual head (domain.md 2.3), measured in the head's own size. */
#include "head/flow.h"

#include "base/angle.h"
#include "base/smooth.h"
#include "needlepath/plugin.h"
#include "head/private/chart.h"
#include "head/private/flow.h"
#include "head/private/frame.h"

/* Half the straight distance glabella to inion of the built-in mean man, to whose length others are stretched.  A little less than the
 * half head length of 99.75 mm (domain.md 2.8), which ends at the opisthocranion, the point farthest back. */
#define HALF_LENGTH_MM 98.3
#define CROWN_RADIUS_MM 55.0

/* How much longer than the mean man's the head is; 1 where landmarks do not say. */
static double length_of(const np_scan *scan)
{
    double length = np_vec3_distance(scan->landmarks.glabella, scan->landmarks.inion) / (2 * HALF_LENGTH_MM);
    return isfinite(length) && length > 0 ? length : 1;
}

np_vec3 head_anatomical(const np_scan *scan, np_vec3 p)
{
    double stretch = 1 / length_of(scan);
    return (np_vec3){stretch * np_vec3_dot(p, head_anterior), stretch * p.y,
                     stretch * np_vec3_dot(p, head_up) - HEAD_TRAGION_DROP_MM};
}

/* Where hair comes from: the whorls, or without any the usual place of one. */
np_vec3 head_source_at(const np_scan *scan, size_t i)
{
    return scan->n_whorls ? scan->whorls[i] : head_chart_usual_whorl(&scan->landmarks);
}

size_t head_source_count(const np_scan *scan)
{
    return scan->n_whorls ? scan->n_whorls : 1;
}

static double nearest_source_mm(const np_scan *scan, const np_surface_point *p)
{
    double nearest_mm = INFINITY;
    for (size_t i = 0; i < head_source_count(scan); i++)
        nearest_mm = fmin(nearest_mm, np_vec3_distance(p->position, head_source_at(scan, i)));
    return nearest_mm;
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
    np_vec3 q = head_anatomical(scan, p->position);
    double level_mm = hypot(q.x, q.y), elevation = atan2(q.z, level_mm);
    double above_tragia_mm = q.z + HEAD_TRAGION_DROP_MM;

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
