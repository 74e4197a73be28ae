/* The field as maps of one number each, and as strokes: where hair grows to and where the needle's shaft leans to.  The views are drawn once for all of
 * them: whoever changes a strategy looks again and again. */
#include "report/field_picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/angle.h"
#include "base/file.h"
#include "head/flow.h"
#include "report/private/figure.h"
#include "report/private/plot.h"

#define VERTEX_MM 0.7 /* as far as a map's places lie apart */
#define DOT_MM 0.3
#define LEAST_DOT_PIXELS 1.3
#define STROKE_SPACING_MM 6.0
#define FLOW_MM 5.5
#define LEAN_MM 3.0

/* One map: a number a place, on a scale. */
typedef struct map {
    const np_field_picture *field;
    const char *name, *label;
    const double *values;
    double factor, low, high;
} map;

static bool is_there(const np_field_picture *f, size_t i)
{
    return f->density_per_cm2[i] > 0;
}

static map make_map(const np_field_picture *f, const char *name, const char *label, const double *values, double factor,
                    bool from_zero)
{
    map m = {f, name, label, values, factor, INFINITY, -INFINITY};
    for (size_t i = 0; i < f->n; i++)
        if (is_there(f, i)) {
            m.low = fmin(m.low, factor * values[i]);
            m.high = fmax(m.high, factor * values[i]);
        }
    if (from_zero || !(m.low <= m.high))
        m.low = 0;
    if (!(m.high > m.low))
        m.high = m.low + 1;
    return m;
}

static void draw_map(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    const map *m = context;
    double half = VERTEX_MM * view->pixels_per_mm;
    (void)in;
    for (size_t i = 0; i < m->field->n; i++) {
        double x, y, rgb[3];
        if (!is_there(m->field, i) || !report_view_project(view, m->field->places[i], m->field->normals[i], &x, &y))
            continue;
        report_plot_colour((m->factor * m->values[i] - m->low) / (m->high - m->low), rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        cairo_rectangle(cr, x - half, y - half, 2 * half, 2 * half);
        cairo_fill(cr);
    }
}

static void map_legend(cairo_t *cr, double x, double y, double width, void *context)
{
    const map *m = context;
    report_plot_colour_bar(cr, x, y, width, m->low, m->high, m->label);
}

/* ---- strokes ---- */

typedef struct strokes {
    const np_field_picture *field;
    size_t n, *at; /* places that have one, so far apart that they can be told apart */
} strokes;

static bool is_far_from_all(const strokes *s, np_vec3 place)
{
    for (size_t k = 0; k < s->n; k++)
        if (np_vec3_length(np_vec3_sub(s->field->places[s->at[k]], place)) < STROKE_SPACING_MM)
            return false;
    return true;
}

static np_status choose_strokes(strokes *s, const np_field_picture *f, np_error *err)
{
    *s = (strokes){f, 0, calloc(f->n + 1, sizeof *s->at)};
    if (!s->at)
        return np_error_no_memory(err, "a picture");
    for (size_t i = 0; i < f->n; i++)
        if (is_there(f, i) && is_far_from_all(s, f->places[i]))
            s->at[s->n++] = i;
    return NP_OK;
}

static void draw_stroke(const report_view *view, cairo_t *cr, np_vec3 place, np_vec3 normal, np_vec3 reach)
{
    double x, y, scale = view->pixels_per_mm;
    if (!report_view_project(view, place, normal, &x, &y))
        return;
    cairo_arc(cr, x, y, 2, 0, NP_TWO_PI);
    cairo_fill(cr);
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x + scale * np_vec3_dot(reach, view->right), y - scale * np_vec3_dot(reach, view->up));
    cairo_stroke(cr);
}

static void draw_strokes(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    const strokes *s = context;
    for (size_t k = 0; k < s->n; k++) {
        size_t i = s->at[k];
        np_vec3 place = s->field->places[i], normal = s->field->normals[i];
        np_surface_point p;
        if (!np_surface_nearest(&in->scan->surface, place, 5, &p))
            continue;
        np_vec3 flow = np_vec3_normalize(np_vec3_reject(np_hair_flow(in->scan, &p), normal));
        cairo_set_line_width(cr, 1.3);
        cairo_set_source_rgb(cr, 0.05, 0.25, 0.55);
        draw_stroke(view, cr, place, normal, np_vec3_scale(flow, FLOW_MM));
        if (np_angle_deg(s->field->tilt_rad[i]) < REPORT_UPRIGHT_DEG)
            continue;
        cairo_set_line_width(cr, 2.4); /* shorter and broader: where both go the same way, both are seen */
        cairo_set_source_rgb(cr, 0.85, 0.15, 0.05);
        np_vec3 lean = np_vec3_rotate(flow, normal, s->field->azimuth_rad[i]);
        draw_stroke(view, cr, place, normal, np_vec3_scale(lean, LEAN_MM));
    }
}

static void strokes_legend(cairo_t *cr, double x, double y, double width, void *context)
{
    (void)width;
    (void)context;
    report_plot_text(cr, x, y + 14, 0,
                     "blue: where hair grows to; red: where the needle's entry leans to (none: upright)");
}

/* ---- dots ---- */

/* All of one size, so that dense looks dense. */
static void draw_dots(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    double radius = fmax(LEAST_DOT_PIXELS, DOT_MM * view->pixels_per_mm);
    for (size_t i = 0; i < in->plan->n_dots; i++) {
        const np_dot *dot = &in->plan->dots[i];
        double x, y, rgb[3];
        if (!report_view_project(view, dot->position, dot->normal, &x, &y))
            continue;
        report_colouring_rgb(context, i, rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        cairo_arc(cr, x, y, radius, 0, NP_TWO_PI);
        cairo_fill(cr);
    }
}

static void dots_legend(cairo_t *cr, double x, double y, double width, void *context)
{
    report_colouring_legend(context, cr, x, y, width);
}

/* ---- all of them ---- */

static np_status draw(const report_view *views, const report_figure_input *in, const report_sheet *sheet,
                      const char *directory, const char *name, np_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.png", directory, name);
    return report_figure_sheet_on(views, in, sheet, path, err);
}

static np_status remove_picture(const char *directory, const char *name, np_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.png", directory, name);
    np_status status = np_file_check_replaceable(path, err); /* no plan, whatever it is called */
    if (status != NP_OK || unlink(path) == 0 || errno == ENOENT)
        return status;
    return np_error_set(err, NP_ERR_IO, "%s: cannot be removed: %s", path, strerror(errno));
}

static np_status draw_all(const np_field_picture *f, const report_view *views, const report_figure_input *in,
                          const char *directory, np_error *err)
{
    map maps[] = {make_map(f, "density", "density, dots/cm2 over all sessions", f->density_per_cm2, 1, true),
                  make_map(f, "depth", "depth, mm", f->depth_mm, 1, false),
                  make_map(f, "tilt", "tilt from the normal, degrees", f->tilt_rad, 180 / NP_PI, true)};
    strokes s = {0};
    report_colouring sessions = {0};
    np_status status = NP_OK;
    for (size_t i = 0; i < sizeof maps / sizeof *maps && status == NP_OK; i++)
        status = draw(views, in, &(report_sheet){draw_map, map_legend, &maps[i]}, directory, maps[i].name, err);
    if (status == NP_OK)
        status = choose_strokes(&s, f, err);
    if (status == NP_OK)
        status = draw(views, in, &(report_sheet){draw_strokes, strokes_legend, &s}, directory, "flow", err);
    if (status == NP_OK && (!in->plan || in->plan->n_dots == 0))
        status = remove_picture(directory, "dots", err); /* of another time, of other dots */
    else if (status == NP_OK) {
        status = report_colouring_init(&sessions, in->plan, in->made, NP_REPORT_BY_SESSION, err);
        if (status == NP_OK)
            status = draw(views, in, &(report_sheet){draw_dots, dots_legend, &sessions}, directory, "dots", err);
    }
    report_colouring_fini(&sessions);
    free(s.at);
    return status;
}

np_status np_field_pictures_write(const np_field_picture *f, const char *directory, np_error *err)
{
    report_made none = {0};
    report_figure_input in = {.plan = f->plan,
                              .scan = f->scan,
                              .made = &none,
                              .box = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}}};
    report_view views[REPORT_SHEET_VIEWS] = {0};
    for (size_t i = 0; i < f->n; i++)
        report_figure_box_add(&in.box, f->places[i]);
    np_status status = np_folder_make(directory, 0777, err);
    if (status == NP_OK)
        status = report_figure_sheet_views_init(views, &in, err);
    if (status == NP_OK)
        status = draw_all(f, views, &in, directory, err);
    report_figure_sheet_views_fini(views);
    return status;
}
