/* The chart of the scalp by landmarks.  Directions from the middle of the head, after stretching its three axes to the mean man's,
 * put hairlines, ears and napes of the six built-in heads and of two real ones within a few degrees of each other; what is left is
 * the height of the forehead, which is measured along the skin, and the place of the whorl, which is known.
 *
 * Neighbouring regions share borders, so irregularity is a smooth displacement of the whole chart, not noise along a curve. */
#include "head/private/chart.h"

#include "base/angle.h"
#include "base/rng.h"
#include "base/smooth.h"
#include "case/named.h"
#include "head/private/frame.h"

/* Of the mean man (domain.md 2.8): from glabella to inion along the anatomical horizontal, half between the tragia, and from the tragia
 * to the top. */
#define GLABELLA_TO_INION_MM 192.5
#define HALF_BREADTH_MM 71.0
#define TOP_MM 131.0

/* Where the mean man's front edge lies, degrees from the vertex, and how far around a whorl goes with it. */
#define FRONT_DEG 52.0
#define WHORL_REACH_DEG 35.0
#define WHORL_MOST_DEG 25.0

#define STREAM 0x4f55544c /* "OUTL" */

head_place head_place_make(double azimuth_deg, double from_vertex_deg)
{
    double a = np_angle_rad(azimuth_deg);
    return (head_place){from_vertex_deg * cos(a), from_vertex_deg * sin(a)};
}

/* A direction on the mean man, stretched to this head. */
static np_vec3 stretched(const head_chart *c, head_place p)
{
    double from_vertex = np_angle_rad(hypot(p.x, p.y)), azimuth = atan2(p.y, p.x);
    double out = sin(from_vertex);
    np_vec3 d = np_vec3_scale(head_anterior, out * cos(azimuth) * c->stretch.x);
    d.y = out * sin(azimuth) * c->stretch.y;
    return np_vec3_mad(d, head_up, cos(from_vertex) * c->stretch.z);
}

static np_vec3 direction(const head_chart *c, head_place p)
{
    return np_vec3_normalize(stretched(c, p));
}

static bool skin(const head_chart *c, head_place p, np_surface_point *out)
{
    const double hole_mm = 25;
    np_vec3 d = direction(c, p);
    return np_surface_ray(&c->scan->surface, c->center, d, 400, out) ||
           np_surface_nearest(&c->scan->surface, np_vec3_mad(c->center, d, HEAD_CHART_SKIN_MM), hole_mm, out);
}

static head_place place_of(const head_chart *c, np_vec3 point)
{
    np_vec3 d = np_vec3_sub(point, c->center);
    double x = np_vec3_dot(d, head_anterior) / c->stretch.x, y = d.y / c->stretch.y;
    double from_vertex = np_angle_deg(atan2(hypot(x, y), np_vec3_dot(d, head_up) / c->stretch.z));
    double r = hypot(x, y);
    return r > 0 ? (head_place){from_vertex * x / r, from_vertex * y / r} : (head_place){0, 0};
}

/* Up the midline from the glabella, as far along the skin as named regions begin. */
static double find_front(const head_chart *c)
{
    const double step_deg = 0.5;
    np_vec3 last = c->scan->landmarks.glabella;
    double arc = 0;
    for (double deg = place_of(c, last).x; deg > 20; deg -= step_deg) {
        np_surface_point p;
        if (!skin(c, (head_place){deg, 0}, &p))
            return 0;
        arc += np_vec3_distance(last, p.position);
        if (arc >= NP_CASE_NAMED_FRONT_MM)
            return deg - FRONT_DEG;
        last = p.position;
    }
    return 0;
}

static head_place find_whorl(const head_chart *c)
{
    head_place sum = {0, 0};
    size_t n = c->scan->n_whorls;
    if (n == 0)
        return sum;
    for (size_t i = 0; i < n; i++) {
        head_place p = place_of(c, c->scan->whorls[i]);
        sum.x += p.x / (double)n;
        sum.y += p.y / (double)n;
    }
    sum.x += HEAD_CHART_WHORL_DEG;
    double far = hypot(sum.x, sum.y), most = fmin(1, WHORL_MOST_DEG / fmax(far, 1e-9));
    return (head_place){sum.x * most, sum.y * most};
}

static double stretch_of(double mm, double mean_mm)
{
    return isfinite(mm) && mm > 0 ? mm / mean_mm : 1;
}

/* CHART's middle and stretch, all of it that landmarks alone say. */
static void set_frame(head_chart *chart, const np_case_landmarks *l)
{
    chart->stretch =
        (np_vec3){stretch_of(np_vec3_dot(np_vec3_sub(l->glabella, l->inion), head_anterior), GLABELLA_TO_INION_MM),
                  stretch_of(l->tragion_left.y, HALF_BREADTH_MM), stretch_of(np_vec3_dot(l->vertex, head_up), TOP_MM)};
    chart->center = np_vec3_scale(head_up, HEAD_TRAGION_DROP_MM * chart->stretch.z);
}

np_vec3 head_chart_whorl_direction(const np_case_landmarks *landmarks, np_vec3 *out_middle)
{
    head_chart chart = {0};
    set_frame(&chart, landmarks);
    *out_middle = chart.center;
    return direction(&chart, (head_place){-HEAD_CHART_WHORL_DEG, 0});
}

np_vec3 head_chart_usual_whorl(const np_case_landmarks *landmarks)
{
    head_chart chart = {0};
    set_frame(&chart, landmarks);
    return np_vec3_mad(chart.center, stretched(&chart, (head_place){-HEAD_CHART_WHORL_DEG, 0}), HEAD_CHART_SKIN_MM);
}

void head_chart_init(head_chart *chart, const np_scan *scan, uint64_t seed)
{
    *chart = (head_chart){.scan = scan, .seed = seed};
    set_frame(chart, &scan->landmarks);
    chart->front_deg = find_front(chart);
    chart->whorl_deg = find_whorl(chart);
}

/* Hairlines go with the forehead's height, all of it in front and none at the ears and the vertex. */
static head_place by_forehead(const head_chart *c, head_place p)
{
    double r = hypot(p.x, p.y), azimuth = np_angle_deg(fabs(atan2(p.y, p.x)));
    if (r <= 0)
        return p;
    double k = 1 + c->front_deg * (1 - np_smooth_step(35, 75, azimuth)) * fmin(1, r / FRONT_DEG) / r;
    return (head_place){p.x * k, p.y * k};
}

static head_place by_whorl(const head_chart *c, head_place p)
{
    double x = p.x + HEAD_CHART_WHORL_DEG, share = exp(-(x * x + p.y * p.y) / (2 * WHORL_REACH_DEG * WHORL_REACH_DEG));
    return (head_place){p.x + share * c->whorl_deg.x, p.y + share * c->whorl_deg.y};
}

/* Waves of any direction, 1.3 mm long ones in the mean and 3 at most (domain.md 2.5), fewer beside the ears.  Their slopes
 * sum up to 0.7: the chart is bent and not folded, so that no border crosses itself. */
static head_place by_waves(const head_chart *c, head_place p)
{
    static const struct {
        double length_deg, height_deg;
    } waves[] = {{25, 0.8}, {18, 0.6}, {12, 0.35}, {7, 0.12}};
    double r = hypot(p.x, p.y), azimuth = np_angle_deg(fabs(atan2(p.y, p.x)));
    double ear = np_smooth_step(75, 90, r) * np_smooth_step(50, 65, azimuth) * (1 - np_smooth_step(125, 140, azimuth));
    double moved[2] = {0, 0};
    for (unsigned k = 0; k < 2 * sizeof waves / sizeof *waves; k++) {
        double way = NP_TWO_PI * np_rng_uniform(c->seed, STREAM, k, 0), phase = np_rng_uniform(c->seed, STREAM, k, 1);
        double along = (p.x * cos(way) + p.y * sin(way)) / waves[k / 2].length_deg;
        moved[k % 2] += (1 - 0.7 * ear) * waves[k / 2].height_deg * sin(NP_TWO_PI * (along + phase));
    }
    return (head_place){p.x + moved[0], p.y + moved[1]};
}

bool head_chart_cast(const head_chart *chart, head_place place, bool irregular, np_vec3 *out_point)
{
    np_surface_point p;
    if (irregular)
        place = by_waves(chart, place);
    if (!skin(chart, by_forehead(chart, by_whorl(chart, place)), &p))
        return false;
    *out_point = p.position;
    return true;
}
