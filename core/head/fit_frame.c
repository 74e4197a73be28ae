/* What follows from glabella and tragia: inion, vertex, the head's measures, the usual border of the hair-bearing scalp and the usual whorl. */
#include "head/private/fit.h"

#include <stdlib.h>

#include "base/angle.h"
#include "head/private/chart.h"
#include "head/private/frame.h"

#define GLABELLA_ELEVATION                                                                                             \
    (12 * NP_PI / 180) /* seen from mid-tragia, in the head frame: within 4.5 degrees on 15 heads */
#define HAIRLINE_ARC_MM 65.0
#define HALF 21

typedef struct frame {
    np_vec3 origin, left;
    np_vec3 forward, up;        /* head frame */
    np_vec3 anterior, vertical; /* anatomical axes (frame.h) */
} frame;

static np_vec3 into(const frame *f, np_vec3 p) /* anatomical axes */
{
    np_vec3 d = np_vec3_sub(p, f->origin);
    return np_vec3_make(np_vec3_dot(d, f->anterior), np_vec3_dot(d, f->left), np_vec3_dot(d, f->vertical));
}

static np_vec3 turn_out(const frame *f, np_vec3 d)
{
    return np_vec3_mad(np_vec3_mad(np_vec3_scale(f->anterior, d.x), f->left, d.y), f->vertical, d.z);
}

static np_vec3 out_of(const frame *f, np_vec3 p)
{
    return np_vec3_add(f->origin, turn_out(f, p));
}

static frame make_frame(const np_vec3 *marks)
{
    frame f = {.left = {0, 1, 0}};
    f.origin = np_vec3_lerp(marks[NP_FIT_TRAGION_LEFT], marks[NP_FIT_TRAGION_RIGHT], 0.5);
    f.origin.y = 0;
    np_vec3 g = np_vec3_sub(marks[NP_FIT_GLABELLA], f.origin);
    double e = atan2(g.z, fabs(g.x)) - GLABELLA_ELEVATION;
    f.forward = np_vec3_make(cos(e), 0, sin(e));
    f.up = np_vec3_cross(f.forward, f.left);
    f.anterior = np_vec3_mad(np_vec3_scale(f.forward, head_anterior.x), f.up, head_anterior.z);
    f.vertical = np_vec3_mad(np_vec3_scale(f.forward, head_up.x), f.up, head_up.z);
    return f;
}

/* From inside along -x at the glabella's height. */
static void find_inion(const fit_work *w, const frame *f, np_vec3 *marks, np_fit_figures *figures)
{
    double height = np_vec3_dot(np_vec3_sub(marks[NP_FIT_GLABELLA], f->origin), f->up);
    np_vec3 from = np_vec3_mad(np_vec3_mad(f->origin, f->up, height), f->forward, -20);
    np_vec3 back = np_vec3_scale(f->forward, -1);
    figures->no_inion = !fit_work_cast(w, from, back, &marks[NP_FIT_INION]);
    if (figures->no_inion)
        marks[NP_FIT_INION] = np_vec3_mad(from, back, 70);
}

/* The crown is flat: the top is that of a parabola along the midline, not the highest sample. */
static double find_vertex(const fit_work *w, const frame *f, np_vec3 *marks, np_fit_figures *figures)
{
    fit_system s = {.n = 3};
    double c[FIT_UNKNOWNS] = {0};
    int n = 0;
    for (int pass = 0; pass < 2; pass++) {
        double x = c[2] < -1e-4 * 2500 ? fmax(-25, fmin(15, -c[1] / (2 * c[2]) * 50)) : -8, best = INFINITY;
        for (size_t i = 0; i < w->d.count; i++) {
            np_vec3 p = into(f, w->d.p[i]);
            if (fabs(p.y) >= 3 || p.z <= 60 || p.x <= -50 || p.x >= 40)
                continue;
            if (pass == 0) {
                fit_system_add(&s, (double[]){1, p.x / 50, p.x * p.x / 2500}, p.z, 1);
                n++;
            } else if (fabs(p.x - x) < best) {
                best = fabs(p.x - x);
                marks[NP_FIT_VERTEX] = w->d.p[i];
            }
        }
        if (pass == 0 && (n <= 50 || !fit_system_solve(&s, c))) {
            figures->no_vertex = true;
            marks[NP_FIT_VERTEX] = out_of(f, np_vec3_make(-8, 0, 130));
            return 130;
        }
        figures->no_vertex = best > 6;
    }
    return into(f, marks[NP_FIT_VERTEX]).z;
}

static int descending(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return p > q ? -1 : p < q;
}

/* The 90th percentile of half widths, doubled. */
static double find_breadth(const fit_work *w, const frame *f)
{
    static const double xs[] = {-40, -25, -10, 5, 20}, zs[] = {50, 60, 70, 80};
    double half[40];
    int n = 0;
    np_vec3 hit;
    for (int i = 0; i < 40; i++) {
        np_vec3 from = out_of(f, np_vec3_make(xs[i / 8], 0, zs[i / 2 % 4]));
        if (fit_work_cast(w, from, np_vec3_make(0, i % 2 ? -1 : 1, 0), &hit))
            half[n++] = fabs(hit.y);
    }
    qsort(half, (size_t)n, sizeof half[0], descending);
    return n ? 2 * half[n / 10] : 0;
}

static double find_length(const fit_work *w, const frame *f, np_vec3 glabella)
{
    double longest = 0;
    for (size_t i = 0; i < w->d.count; i++) {
        np_vec3 p = into(f, w->d.p[i]);
        if (fabs(p.y) < 4 && p.x < 0 && p.z > 0)
            longest = fmax(longest, np_vec3_distance(w->d.p[i], glabella));
    }
    return longest;
}

/* ---- the outline ---- */

typedef enum view { FRONT, SIDE, AXIS } view;

/* Left half, mm from mid-tragia in anatomical axes on the mean man: (y, z) seen from the front, (x, z) from the side, and azimuth
 * in degrees from the front with z; the mean of two hand-drawn real heads. */
static const struct {
    view view;
    double u, v;
    double lift; /* share of the hairline's own height */
} outline[HALF] = {{FRONT, 0, 104, 1},  {FRONT, 13, 101, 1}, {FRONT, 26, 99, 1},  {FRONT, 38, 98, 1},
                   {SIDE, 52, 87, 0.9}, {SIDE, 54, 72, 0.5}, {SIDE, 45, 54, 0.2}, {SIDE, 35, 34, 0},
                   {SIDE, 29, -2, 0},   {SIDE, 18, -3, 0},   {SIDE, 16, 15, 0},   {SIDE, 10, 29, 0},
                   {SIDE, -5, 37, 0},   {SIDE, -23, 33, 0},  {SIDE, -36, 20, 0},  {SIDE, -40, 0, 0},
                   {AXIS, 124, -17, 0}, {AXIS, 136, -24, 0}, {AXIS, 150, -25, 0}, {AXIS, 166, -25, 0},
                   {AXIS, 180, -24, 0}};

/* Height of the hairline's middle, HAIRLINE_ARC_MM along the midline above the glabella; 0 where the forehead is missing. */
static double hairline_mm(const fit_work *w, const frame *f, np_vec3 glabella, double mm)
{
    np_vec3 g = into(f, glabella), last = g;
    double arc = 0;
    for (int k = 0; k < 60; k++) { /* rays up the forehead from a point inside */
        double angle = atan2(g.z - 20, g.x) + k * (NP_PI / 2 - atan2(g.z - 20, g.x)) / 60;
        np_vec3 hit;
        if (!fit_work_cast(w, out_of(f, np_vec3_make(0, 0, 20)), turn_out(f, np_vec3_make(cos(angle), 0, sin(angle))),
                           &hit))
            continue;
        np_vec3 p = into(f, hit);
        double step = np_vec3_distance(p, last) * mm;
        if (arc + step >= HAIRLINE_ARC_MM)
            return (last.z + (p.z - last.z) * (HAIRLINE_ARC_MM - arc) / step) * mm;
        arc += step;
        last = p;
    }
    return 0;
}

static np_vec3 outline_point(const fit_work *w, const frame *f, int k, double side, const double size[3], double lift,
                             double mm)
{
    double v = outline[k].v * size[2] + lift * outline[k].lift, azimuth = outline[k].u * NP_PI / 180;
    np_vec3 origin = {0, 0, v}, direction = {cos(azimuth), side * sin(azimuth), 0}, hit;
    if (outline[k].view == SIDE) {
        origin.x = outline[k].u * size[0];
        direction = np_vec3_make(0, side, 0);
    } else if (outline[k].view == FRONT) {
        origin.y = side * outline[k].u * size[1];
        direction = np_vec3_make(1, 0, 0);
    }
    np_vec3 from = out_of(f, np_vec3_scale(origin, 1 / mm));
    direction = turn_out(f, direction);
    if (fit_work_cast(w, from, direction, &hit))
        return hit;
    return fit_work_on_skin(w, np_vec3_mad(from, direction, 75 / mm));
}

static void find_outline(const fit_work *w, const frame *f, double mm, np_vec3 glabella, np_fit *fit)
{
    double size[3] = {fmax(0.85, fmin(1.15, fit->length_mm / 199.5)), fmax(0.85, fmin(1.15, fit->breadth_mm / 154.3)),
                      fmax(0.85, fmin(1.15, fit->tragion_to_top_mm / 131.1))};
    double hairline = hairline_mm(w, f, glabella, mm), usual = outline[0].v * size[2];
    double lift = hairline > 0 ? fmax(-25, fmin(25, hairline - usual)) : 98 * size[2] - usual;
    for (int k = 0; k < HALF; k++) {
        fit->outline[k] = outline_point(w, f, k, 1, size, lift, mm);
        if (k > 0 && k < HALF - 1)
            fit->outline[NP_FIT_OUTLINE - k] = outline_point(w, f, k, -1, size, lift, mm);
    }
}

static np_vec3 usual_whorl(const fit_work *w, const np_vec3 *m, double mm)
{
    np_case_landmarks l = {.glabella = m[NP_FIT_GLABELLA],
                           .inion = m[NP_FIT_INION],
                           .tragion_left = m[NP_FIT_TRAGION_LEFT],
                           .tragion_right = m[NP_FIT_TRAGION_RIGHT],
                           .vertex = m[NP_FIT_VERTEX]};
    np_similarity head = head_frame_make(&l, mm);
    l = head_frame_apply_landmarks(&head, &l);
    np_vec3 middle, direction = head_chart_whorl_direction(&l, &middle), hit;
    np_vec3 from = np_similarity_revert(&head, middle),
            on = np_similarity_revert(&head, np_vec3_add(middle, direction));
    direction = np_vec3_normalize(np_vec3_sub(on, from));
    return fit_work_cast(w, from, direction, &hit)
               ? hit
               : fit_work_on_skin(w, np_vec3_mad(from, direction, HEAD_CHART_SKIN_MM / mm));
}

void fit_frame_find(const fit_work *w, np_vec3 *marks, double mm, np_fit *fit)
{
    frame f = make_frame(marks);
    find_inion(w, &f, marks, &fit->figures);
    fit->tragion_to_top_mm = find_vertex(w, &f, marks, &fit->figures) * mm;
    fit->breadth_mm = find_breadth(w, &f) * mm;
    fit->length_mm = find_length(w, &f, marks[NP_FIT_GLABELLA]) * mm;
    find_outline(w, &f, mm, marks[NP_FIT_GLABELLA], fit);
    fit->whorl = usual_whorl(w, marks, mm);
}
