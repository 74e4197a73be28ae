/* The head upright from each side with all dots: as pigment in skin, or coloured by what the report was asked for; the hairline's height, and dots
 * that are in doubt or missing. */
#include <math.h>
#include <stdio.h>

#include "base/angle.h"
#include "report/private/figure.h"
#include "report/private/ink.h"
#include "report/private/plot.h"

enum { VIEW_SIZE = 1100, MARGIN = 16 };

static const double standing_rgb[3] = {0.2, 0.2, 0.2};

/* The hairline, a line through its places, and how high its middle stands. */
static void draw_hairline(const report_hairline *line, const np_scan *scan, const report_view *view, cairo_t *cr)
{
    double x, y, gx, gy;
    bool begun = false;
    cairo_new_path(cr);
    for (size_t i = 0; i < line->n; i++) {
        if (report_view_project(view, line->place[i], line->place_normal[i], &x, &y))
            begun ? cairo_line_to(cr, x, y) : cairo_move_to(cr, x, y);
        begun = cairo_has_current_point(cr);
    }
    cairo_set_line_width(cr, 1.2);
    cairo_set_source_rgba(cr, 0.1, 0.1, 0.1, 0.7);
    cairo_stroke(cr);
    if (!line->found || !report_view_project(view, scan->landmarks.glabella, view->toward, &gx, &gy) ||
        !report_view_project(view, line->middle, line->normal, &x, &y))
        return;
    char text[64];
    cairo_move_to(cr, gx, gy);
    cairo_line_to(cr, gx, y);
    cairo_stroke(cr);
    cairo_arc(cr, gx, gy, 3, 0, NP_TWO_PI);
    cairo_fill(cr);
    snprintf(text, sizeof text, "%.0f mm over the glabella, along the skin", line->height_mm);
    report_plot_text(cr, gx + 8, (gy + y) / 2, 0, text);
}

/* A ring, where DOT is seen from here. */
static void draw_ring(const report_view *view, cairo_t *cr, const np_dot *dot)
{
    double x, y;
    if (!report_view_project(view, dot->position, dot->normal, &x, &y))
        return;
    cairo_new_path(cr);
    cairo_arc(cr, x, y, 6, 0, NP_TWO_PI);
    cairo_stroke(cr);
}

/* Around dots of KIND, of the plan and from before; at height Y how many there are, seen from here or not.  False: none. */
static bool draw_rings(const report_figure_input *in, const report_view *view, cairo_t *cr, report_ring kind, double y)
{
    const struct report_ring_look *look = &report_rings[kind];
    size_t n = 0;
    cairo_set_source_rgb(cr, look->rgb[0], look->rgb[1], look->rgb[2]);
    cairo_set_line_width(cr, 1.6);
    for (size_t i = 0; in->made->by_dot && i < in->plan->n_dots; i++)
        if (report_ring_of(in->made->by_dot[i]) == kind) {
            draw_ring(view, cr, &in->plan->dots[i]);
            n++;
        }
    for (size_t i = 0; kind == REPORT_RING_DOUBT && i < in->standing->n; i++)
        if (in->standing->dots[i].in_doubt) {
            draw_ring(view, cr, &in->standing->dots[i].dot);
            n++;
        }
    if (n == 0)
        return false;
    char text[64];
    cairo_new_path(cr);
    cairo_arc(cr, MARGIN + 6, y - 5, 5, 0, NP_TWO_PI);
    cairo_stroke(cr);
    snprintf(text, sizeof text, "%s: %zu", look->text, n);
    report_plot_text(cr, MARGIN + 18, y, 0, text);
    return true;
}

static void draw_standing_dot(cairo_t *cr, double x, double y)
{
    cairo_new_path(cr);
    cairo_arc(cr, x, y, 1.3, 0, NP_TWO_PI);
    cairo_fill(cr);
}

/* Dots that stand from before, small, between the coloured ones; what they are stands at height LEGEND_Y. */
static void draw_standing(const report_standing *standing, const report_view *view, cairo_t *cr, double legend_y)
{
    char text[64];
    if (standing->n == 0)
        return;
    cairo_set_source_rgb(cr, standing_rgb[0], standing_rgb[1], standing_rgb[2]);
    for (size_t i = 0; i < standing->n; i++) {
        double x, y;
        if (report_view_project(view, np_dot_mark(&standing->dots[i].dot), standing->dots[i].dot.normal, &x, &y))
            draw_standing_dot(cr, x, y);
    }
    draw_standing_dot(cr, MARGIN + 6, legend_y - 5);
    snprintf(text, sizeof text, "in the skin from before: %zu", standing->n);
    report_plot_text(cr, MARGIN + 18, legend_y, 0, text);
}

static void draw_over(const report_figure_input *in, report_view_side side, const report_view *view, cairo_t *cr)
{
    if (side == REPORT_VIEW_FRONT || side == REPORT_VIEW_TOP)
        draw_hairline(in->hairline, in->scan, view, cr);
    char title[64];
    snprintf(title, sizeof title, "%s%s", report_view_names[side], side == REPORT_VIEW_TOP ? " (forehead up)" : "");
    report_plot_text(cr, MARGIN, 24, 0, title);
    double y = view->height - 16;
    for (int kind = 0; kind < REPORT_RINGS; kind++)
        if (draw_rings(in, view, cr, (report_ring)kind, y))
            y -= 22;
    if (in->by)
        draw_standing(in->standing, view, cr, y);
    if (in->by)
        report_colouring_legend(in->by, cr, MARGIN, 38, in->by->kinds ? 200 : 420);
    else
        report_plot_text(cr, MARGIN, 46, 0, "Dots at their size and tone, healed, on light skin: an estimate.");
}

static np_status draw_view(const report_figure_input *in, report_view_side side, const char *path, np_error *err)
{
    report_view view = {0};
    np_status status =
        report_view_init(&view, side, &in->scan->surface.mesh, in->scan->surface.normals, &in->box, VIEW_SIZE, err);
    if (status == NP_OK && !in->by)
        status = report_view_ink(&view, in->scan, in->ink, err);
    if (status == NP_OK) {
        cairo_t *cr = cairo_create(view.surface);
        if (in->by) {
            report_figure_dots(&view, cr, in->plan, in->by);
        }
        draw_over(in, side, &view, cr);
        cairo_destroy(cr);
        status = report_plot_write_png(view.surface, REPORT_PLOT_MAP, path, err);
    }
    report_view_fini(&view);
    return status;
}

#define VIEW(name, side, caption)                                                                                      \
    static np_status draw_##name(const report_figure_input *in, const char *path, np_error *err)                       \
    {                                                                                                                  \
        return draw_view(in, side, path, err);                                                                         \
    }                                                                                                                  \
    const report_picture report_picture_##name = {#name, caption, draw_##name};

VIEW(front, REPORT_VIEW_FRONT, "From the front, upright, with the line where dots begin.")
VIEW(back, REPORT_VIEW_BACK, "From the back.")
VIEW(left, REPORT_VIEW_LEFT, "The subject's left side.")
VIEW(right, REPORT_VIEW_RIGHT, "The subject's right side.")
VIEW(top, REPORT_VIEW_TOP, "From above, forehead up.")
