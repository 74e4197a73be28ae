/* Maps of one number a dot: density, depth. */
#include <math.h>

#include "report/private/figure.h"
#include "report/private/plot.h"

typedef struct map {
    double (*value)(const np_dot *dot);
    const char *label;
    double low, high;
} map;

static void draw_dots(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    const map *m = context;
    for (size_t i = 0; i < in->plan->n_dots; i++)
        report_figure_patch(view, cr, &in->plan->dots[i], (m->value(&in->plan->dots[i]) - m->low) / (m->high - m->low));
}

static void draw_bar(cairo_t *cr, double x, double y, double width, void *context)
{
    const map *m = context;
    report_plot_colour_bar(cr, x, y, width, m->low, m->high, m->label);
}

/* From the lowest to the highest value, a little widened where all are equal. */
static void find_range(const np_plan *plan, map *m)
{
    m->low = INFINITY, m->high = -INFINITY;
    for (size_t i = 0; i < plan->n_dots; i++) {
        double v = m->value(&plan->dots[i]);
        m->low = fmin(m->low, v);
        m->high = fmax(m->high, v);
    }
    if (!(m->high - m->low > 1e-6)) {
        m->low -= 0.05 * fabs(m->low) + 1e-3;
        m->high += 0.05 * fabs(m->high) + 1e-3;
    }
}

static np_status draw_map(const report_figure_input *in, double (*value)(const np_dot *), const char *label,
                          const char *path, np_error *err)
{
    map m = {.value = value, .label = label};
    find_range(in->plan, &m);
    return report_figure_sheet(in, &(report_sheet){draw_dots, draw_bar, &m}, path, err);
}

#define MAP(name, expression, label, caption)                                                                          \
    static double value_of_##name(const np_dot *dot)                                                                   \
    {                                                                                                                  \
        return expression;                                                                                             \
    }                                                                                                                  \
    static np_status draw_##name(const report_figure_input *in, const char *path, np_error *err)                       \
    {                                                                                                                  \
        return draw_map(in, value_of_##name, label, path, err);                                                        \
    }                                                                                                                  \
    const report_picture report_picture_##name = {#name, caption, draw_##name};

MAP(density, dot->density_per_cm2, "density, dots/cm2", "Final density of dots.")
MAP(depth, dot->depth_mm, "depth, mm", "Depth of the needle below the skin.")
