/* The head from each side, with all dots, coloured by session. */
#include <math.h>
#include <stdio.h>

#include "base/angle.h"
#include "report/private/figure.h"
#include "report/private/plot.h"

enum { VIEW_SIZE = 1100, MARGIN = 16 };

const double report_session_colour[NP_CASE_MAX_SESSIONS][3] = {
    {0.00, 0.45, 0.70}, {0.90, 0.62, 0.00}, {0.00, 0.62, 0.45}, {0.80, 0.47, 0.65},
    {0.84, 0.37, 0.00}, {0.34, 0.71, 0.91}, {0.40, 0.40, 0.40}, {0.00, 0.00, 0.00},
};

static void draw_dots_by_session(cairo_t *cr, const report_view *view, const np_plan *plan)
{
    double radius = fmax(0.9, 0.2 * view->pixels_per_mm); /* a fresh dot, or the least that can be seen */
    for (size_t i = 0; i < plan->n_dots; i++) {
        double x, y;
        if (!report_view_project(view, plan->dots[i].position, plan->dots[i].normal, &x, &y))
            continue;
        const double *c = report_session_colour[plan->dots[i].session - 1];
        cairo_set_source_rgb(cr, c[0], c[1], c[2]);
        cairo_arc(cr, x, y, radius, 0, NP_TWO_PI);
        cairo_fill(cr);
    }
}

static void draw_legend(cairo_t *cr, const np_plan *plan, double x, double y)
{
    for (size_t s = 0; s < plan->n_sessions; s++) {
        char text[64];
        snprintf(text, sizeof text, "session %zu: %u dots", s + 1, plan->sessions[s].dots);
        const double *c = report_session_colour[s];
        cairo_set_source_rgb(cr, c[0], c[1], c[2]);
        cairo_arc(cr, x + 6, y - 5, 5, 0, NP_TWO_PI);
        cairo_fill(cr);
        report_plot_text(cr, x + 18, y, 0, text);
        y += 20;
    }
}

static np_status draw_view(const report_figure_input *in, report_view_side side, const char *path, np_error *err)
{
    report_view view = {0};
    np_status status =
        report_view_init(&view, side, &in->scan->surface.mesh, in->scan->surface.normals, &in->box, VIEW_SIZE, err);
    if (status != NP_OK)
        return status;
    cairo_t *cr = cairo_create(view.surface);
    draw_dots_by_session(cr, &view, in->plan);
    char title[64];
    snprintf(title, sizeof title, "%s%s", report_view_names[side], side == REPORT_VIEW_TOP ? " (forehead up)" : "");
    report_plot_text(cr, MARGIN, 24, 0, title);
    draw_legend(cr, in->plan, MARGIN, 48);
    cairo_destroy(cr);
    status = report_plot_write_png(view.surface, path, err);
    report_view_fini(&view);
    return status;
}

#define VIEW(name, side, caption)                                                                                      \
    static np_status draw_##name(const report_figure_input *in, const char *path, np_error *err)                       \
    {                                                                                                                  \
        return draw_view(in, side, path, err);                                                                         \
    }                                                                                                                  \
    const report_picture report_picture_##name = {#name, caption, draw_##name};

VIEW(front, REPORT_VIEW_FRONT, "From the front. Colours: sessions.")
VIEW(back, REPORT_VIEW_BACK, "From the back.")
VIEW(left, REPORT_VIEW_LEFT, "The subject's left side.")
VIEW(right, REPORT_VIEW_RIGHT, "The subject's right side.")
VIEW(top, REPORT_VIEW_TOP, "From above, forehead up.")
