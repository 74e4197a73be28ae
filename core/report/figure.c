#include "report/private/figure.h"

#include <math.h>
#include <stdio.h>

#include "base/angle.h"
#include "report/private/plot.h"

const double report_session_colour[NP_CASE_MAX_SESSIONS][3] = {
    {0.00, 0.45, 0.70}, {0.90, 0.62, 0.00}, {0.00, 0.62, 0.45}, {0.80, 0.47, 0.65},
    {0.84, 0.37, 0.00}, {0.34, 0.71, 0.91}, {0.40, 0.40, 0.40}, {0.00, 0.00, 0.00},
};

enum { VIEW_SIZE = 1100, MAP_SIZE = 620, MARGIN = 16 };

static double channel_of(const np_dot *d, report_figure_channel channel)
{
    return channel == REPORT_FIGURE_DENSITY ? d->density_per_cm2 : d->depth_mm;
}

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

np_status report_figure_view(const report_figure_input *in, report_view_side side, const char *path, np_error *err)
{
    report_view view = {0};
    np_status status = report_view_init(&view, side, in->mesh, in->normals, &in->box, VIEW_SIZE, err);
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

static void draw_dots_by_value(cairo_t *cr, const report_view *view, const np_plan *plan, report_figure_channel channel,
                               double low, double high)
{
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        double x, y, rgb[3];
        if (!report_view_project(view, d->position, d->normal, &x, &y))
            continue;
        report_plot_colour((channel_of(d, channel) - low) / (high - low), rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        /* as large as the dot's share of skin, so that the map is closed */
        double s_mm = 10 / sqrt(fmax(d->density_per_cm2, 1));
        cairo_arc(cr, x, y, fmin(0.62 * s_mm, 3) * view->pixels_per_mm, 0, NP_TWO_PI);
        cairo_fill(cr);
    }
}

/* From the lowest to the highest value, a little widened where all are equal. */
static void range_of(const np_plan *plan, report_figure_channel channel, double *low, double *high)
{
    *low = INFINITY, *high = -INFINITY;
    for (size_t i = 0; i < plan->n_dots; i++) {
        double v = channel_of(&plan->dots[i], channel);
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
    if (!(*high - *low > 1e-6)) {
        *low -= 0.05 * fabs(*low) + 1e-3;
        *high += 0.05 * fabs(*high) + 1e-3;
    }
}

np_status report_figure_map(const report_figure_input *in, report_figure_channel channel, const char *path,
                            np_error *err)
{
    static const report_view_side shown[] = {REPORT_VIEW_TOP, REPORT_VIEW_FRONT, REPORT_VIEW_BACK, REPORT_VIEW_LEFT};
    double low, high;
    range_of(in->plan, channel, &low, &high);
    int width = 4 * MAP_SIZE, height = MAP_SIZE + 70;
    cairo_surface_t *sheet = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(sheet);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    np_status status = NP_OK;
    for (int i = 0; i < 4 && status == NP_OK; i++) {
        report_view view = {0};
        status = report_view_init(&view, shown[i], in->mesh, in->normals, &in->box, MAP_SIZE - MARGIN, err);
        if (status != NP_OK)
            break;
        cairo_t *inner = cairo_create(view.surface);
        draw_dots_by_value(inner, &view, in->plan, channel, low, high);
        cairo_destroy(inner);
        cairo_set_source_surface(cr, view.surface, i * MAP_SIZE + (MAP_SIZE - view.width) / 2, MARGIN / 2);
        cairo_paint(cr);
        report_plot_text(cr, i * MAP_SIZE + MARGIN, 24, 0, report_view_names[shown[i]]);
        report_view_fini(&view);
    }
    report_plot_colour_bar(cr, MARGIN, MAP_SIZE + 12, width / 2, low, high,
                           channel == REPORT_FIGURE_DENSITY ? "density, dots/cm2" : "depth, mm");
    cairo_destroy(cr);
    if (status == NP_OK)
        status = report_plot_write_png(sheet, path, err);
    cairo_surface_destroy(sheet);
    return status;
}
