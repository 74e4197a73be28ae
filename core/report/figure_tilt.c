/* Tilt and hair flow: how far needles lean from the normal, as a map, with strokes: white, in which direction hair grows there; red,
 * which way the needle's entry leans, where it does.  Strokes are as many as can be told apart, a dot's own each. */
#include <math.h>

#include "base/angle.h"
#include "head/flow.h"
#include "report/private/figure.h"
#include "report/private/plot.h"

/* Between strokes, and how long they are. */
#define STROKE_SPACING_MM 9.0
#define STROKE_MM 6.0

/* From P's place along DIRECTION, with a point at its beginning. */
static void draw_stroke(const report_view *view, cairo_t *cr, const np_dot *dot, np_vec3 direction)
{
    double x0, y0;
    if (!report_view_project(view, dot->position, dot->normal, &x0, &y0))
        return;
    double reach = STROKE_MM * view->pixels_per_mm;
    cairo_arc(cr, x0, y0, 1.6, 0, NP_TWO_PI);
    cairo_fill(cr);
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x0 + reach * np_vec3_dot(direction, view->right), y0 - reach * np_vec3_dot(direction, view->up));
    cairo_stroke(cr);
}

/* Where hair grows, at a dot. */
static np_vec3 flow_at(const np_scan *scan, const np_dot *dot)
{
    np_surface_point p;
    return np_surface_nearest(&scan->surface, dot->position, 5, &p) ? np_hair_flow(scan, &p) : (np_vec3){0};
}

/* Whether a dot has a stroke: about one in each square of the spacing, by its share of the skin and its number, so that each picture
 * of a plan shows the same ones. */
static bool has_stroke(const np_dot *dot)
{
    double share_mm2 = 100 / fmax(dot->density_per_cm2, 1);
    unsigned every = (unsigned)fmax(1, STROKE_SPACING_MM * STROKE_SPACING_MM / share_mm2);
    return dot->id * 2654435761u % (1u << 31) % every == 0;
}

static void draw_dots(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    report_figure_dots(view, cr, in->plan, context);
    cairo_set_line_width(cr, 1.2);
    for (size_t i = 0; i < in->plan->n_dots; i++) {
        const np_dot *d = &in->plan->dots[i];
        if (!has_stroke(d))
            continue;
        cairo_set_source_rgb(cr, 1, 1, 1);
        draw_stroke(view, cr, d, flow_at(in->scan, d));
        if (np_angle_deg(d->tilt_rad) < REPORT_UPRIGHT_DEG)
            continue;
        cairo_set_source_rgb(cr, 1, 0.35, 0.2);
        draw_stroke(view, cr, d, np_vec3_normalize(np_vec3_reject(np_vec3_scale(d->axis, -1), d->normal)));
    }
}

static void draw_legend(cairo_t *cr, double x, double y, double width, void *context)
{
    report_colouring_legend(context, cr, x, y, width);
    report_plot_text(cr, x + width + 40, y + 14, 0, "white: hair flow; red: lean of the needle");
}

static np_status draw_tilt(const report_figure_input *in, const char *path, np_error *err)
{
    report_colouring c;
    np_status status = report_colouring_init(&c, in->plan, in->made, NP_REPORT_BY_TILT, err);
    if (status == NP_OK)
        status = report_figure_sheet(in, &(report_sheet){draw_dots, draw_legend, &c}, path, err);
    report_colouring_fini(&c);
    return status;
}

const report_picture report_picture_tilt = {"tilt", "Tilt of the needle, and the direction in which hair grows.",
                                            draw_tilt};
