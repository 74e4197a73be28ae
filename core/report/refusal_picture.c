/* Where planning refused dots: full where a place can be seen, a ring where something lies over it, as hair does over the skin. */
#include "report/refusal_picture.h"

#include <stdio.h>

#include "base/angle.h"
#include "report/private/figure.h"
#include "report/private/plot.h"

#define MARK_PIXELS 3.5
/* Okabe and Ito's colours but the grey of the head's own, and a dark red, as RGB 0..1: distinct to colour-blind eyes, and of a face's parts
 * each its own. */
static const double colours[][3] = {{0.84, 0.37, 0}, {0, 0.45, 0.70},    {0, 0.62, 0.45}, {0.80, 0.47, 0.65},
                                    {0.90, 0.62, 0}, {0.34, 0.71, 0.91}, {0, 0, 0},       {0.50, 0, 0.13}};
enum { COLOURS = sizeof colours / sizeof *colours };

static void use_colour(cairo_t *cr, int why)
{
    const double *c = colours[why % COLOURS];
    cairo_set_source_rgb(cr, c[0], c[1], c[2]);
}

static void draw_places(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    (void)in;
    const np_refused *refused = context;
    cairo_set_line_width(cr, 1.2);
    for (size_t i = 0; i < refused->n; i++) {
        const struct np_refused_place *p = &refused->places[i];
        double x, y;
        bool seen = report_view_project(view, p->point.position, p->point.normal, &x, &y);
        if (np_vec3_dot(p->point.normal, view->toward) <= 0)
            continue;
        use_colour(cr, p->why);
        cairo_new_path(cr);
        cairo_arc(cr, x, y, MARK_PIXELS, 0, NP_TWO_PI);
        if (seen)
            cairo_fill(cr);
        else
            cairo_stroke(cr);
    }
}

static void draw_legend(cairo_t *cr, double x, double y, double width, void *context)
{
    (void)width;
    const np_refused *refused = context;
    size_t count[NP_REFUSED_EYE + 1] = {0};
    for (size_t i = 0; i < refused->n; i++)
        count[refused->places[i].why]++;
    report_plot_text(cr, x, y + 12, 0,
                     "Refused. Full: seen from here. Ring: something lies over it. A hole's marks are its border.");
    for (int why = NP_REFUSED_EYE; why >= 0; why--) {
        if (!count[why])
            continue;
        char text[64];
        snprintf(text, sizeof text, "%s (%zu)", np_refused_name(why), count[why]);
        use_colour(cr, why);
        cairo_arc(cr, x + 6, y + 32, 5, 0, NP_TWO_PI);
        cairo_fill(cr);
        report_plot_text(cr, x + 18, y + 37, 0, text);
        x += 190;
    }
}

np_status np_refusal_picture_write(const np_scan *scan, const np_refused *refused, const char *path, np_error *err)
{
    report_figure_input in = {.scan = scan, .box = report_figure_box(scan)};
    for (size_t i = 0; i < refused->n; i++)
        report_figure_box_add(&in.box, refused->places[i].point.position);
    report_sheet sheet = {draw_places, draw_legend, (void *)(uintptr_t)refused};
    return report_figure_sheet(&in, &sheet, path, err);
}
