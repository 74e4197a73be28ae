/* Maps of one number a dot. */
#include "report/private/figure.h"

static void draw_dots(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context)
{
    report_figure_dots(view, cr, in->plan, context);
}

static void draw_legend(cairo_t *cr, double x, double y, double width, void *context)
{
    report_colouring_legend(context, cr, x, y, width);
}

static np_status draw_map(const report_figure_input *in, np_report_by by, const char *path, np_error *err)
{
    report_colouring c;
    np_status status = report_colouring_init(&c, in->plan, in->made, by, err);
    if (status == NP_OK)
        status = report_figure_sheet(in, &(report_sheet){draw_dots, draw_legend, &c}, path, err);
    report_colouring_fini(&c);
    return status;
}

#define MAP(name, by, caption)                                                                                         \
    static np_status draw_##name(const report_figure_input *in, const char *path, np_error *err)                       \
    {                                                                                                                  \
        return draw_map(in, by, path, err);                                                                            \
    }                                                                                                                  \
    const report_picture report_picture_##name = {#name, caption, draw_##name};

MAP(density, NP_REPORT_BY_DENSITY, "Final density of dots.")
MAP(depth, NP_REPORT_BY_DEPTH, "Depth of the needle below the skin.")
MAP(tone, NP_REPORT_BY_TONE, "Tone of the pigment.")
MAP(azimuth, NP_REPORT_BY_AZIMUTH, "Direction in which the needle's entry leans, as hair would grow out of it.")
