/* The histogram of spacing: how far each dot is from its nearest neighbour. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/private/figure.h"
#include "report/private/plot.h"

enum { BINS = 60, WIDTH = 900, HEIGHT = 420, LEFT = 70, BOTTOM = 60, TOP = 40 };

static int by_x(const void *a, const void *b)
{
    const np_vec3 *p = a, *q = b;
    return p->x < q->x ? -1 : p->x > q->x;
}

/* Distance of sorted[i] to its nearest neighbour: a sweep along x that ends where x alone is farther. */
static double nearest_distance(const np_vec3 *sorted, size_t n, size_t i)
{
    double best = INFINITY;
    for (size_t j = i + 1; j < n && sorted[j].x - sorted[i].x < best; j++)
        best = fmin(best, np_vec3_distance(sorted[i], sorted[j]));
    for (size_t j = i; j-- > 0 && sorted[i].x - sorted[j].x < best;)
        best = fmin(best, np_vec3_distance(sorted[i], sorted[j]));
    return best;
}

/* Counts per bin of WIDTH_MM; the last bin takes what is farther. */
static np_status count_bins(const np_plan *plan, double width_mm, unsigned counts[BINS], np_error *err)
{
    np_vec3 *sorted = malloc((plan->n_dots ? plan->n_dots : 1) * sizeof *sorted);
    if (!sorted)
        return np_error_no_memory(err, "the histogram of spacing");
    for (size_t i = 0; i < plan->n_dots; i++)
        sorted[i] = plan->dots[i].position;
    qsort(sorted, plan->n_dots, sizeof *sorted, by_x);
    for (size_t i = 0; i < plan->n_dots; i++) {
        double d = nearest_distance(sorted, plan->n_dots, i);
        counts[d / width_mm < BINS - 1 ? (int)(d / width_mm) : BINS - 1]++;
    }
    free(sorted);
    return NP_OK;
}

static void draw_axis(cairo_t *cr, double range_mm, unsigned top)
{
    cairo_set_source_rgb(cr, 0.4, 0.4, 0.4);
    cairo_set_line_width(cr, 1);
    cairo_move_to(cr, LEFT, TOP);
    cairo_line_to(cr, LEFT, HEIGHT - BOTTOM);
    cairo_line_to(cr, WIDTH - 20, HEIGHT - BOTTOM);
    cairo_stroke(cr);
    char text[32];
    for (int i = 0; i <= 6; i++) {
        snprintf(text, sizeof text, "%.2g", range_mm * i / 6);
        report_plot_text(cr, LEFT + (WIDTH - 20.0 - LEFT) * i / 6, HEIGHT - BOTTOM + 20, 0.5, text);
    }
    snprintf(text, sizeof text, "%u", top);
    report_plot_text(cr, LEFT - 8, TOP + 8, 1, text);
    report_plot_text(cr, (LEFT + WIDTH) / 2.0, HEIGHT - 12, 0.5,
                     "distance to the nearest dot, mm (all sessions together)");
    report_plot_text(cr, LEFT, 22, 0, "dots");
}

static np_status draw_spacing(const report_figure_input *in, const char *path, np_error *err)
{
    const np_plan *plan = in->plan;
    unsigned counts[BINS] = {0}, top = 1;
    const double range_mm = 3.0;
    np_status status = count_bins(plan, range_mm / BINS, counts, err);
    if (status != NP_OK)
        return status;
    for (int i = 0; i < BINS; i++)
        top = counts[i] > top ? counts[i] : top;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    double bar = (WIDTH - 20.0 - LEFT) / BINS;
    cairo_set_source_rgb(cr, 0, 0.45, 0.70);
    for (int i = 0; i < BINS; i++) {
        double h = (HEIGHT - BOTTOM - TOP) * (double)counts[i] / top;
        cairo_rectangle(cr, LEFT + i * bar + 1, HEIGHT - BOTTOM - h, bar - 2, h);
        cairo_fill(cr);
    }
    draw_axis(cr, range_mm, top);
    cairo_destroy(cr);
    status = report_plot_write_png(surface, REPORT_PLOT_MAP, path, err);
    cairo_surface_destroy(surface);
    return status;
}

const report_picture report_picture_spacing = {"spacing", "Distance of each dot to its nearest neighbour.",
                                               draw_spacing};
