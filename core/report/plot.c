/* Parts of pictures.  PNGs go through the same writer as every other file, so that a full disk is an error and not half a
 * picture. */
#include "report/private/plot.h"

#include <math.h>
#include <stdbool.h>

#include "base/file.h"
#include "base/plain.h"

static void set_font(cairo_t *cr)
{
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, 15);
}

void report_plot_text(cairo_t *cr, double x, double y, double align, const char *text)
{
    set_font(cr);
    cairo_text_extents_t extents;
    char plain[1024];
    np_plain_copy(text, plain, sizeof plain);
    cairo_text_extents(cr, plain, &extents);
    cairo_set_source_rgb(cr, 0.15, 0.15, 0.15);
    cairo_move_to(cr, x - align * extents.x_advance, y);
    cairo_show_text(cr, plain);
}

int report_plot_paragraph(cairo_t *cr, double x, double y, double width, const char *text)
{
    char plain[1024], *line = np_plain_copy(text, plain, sizeof plain), *fits = NULL;
    int lines = 0;
    bool more = true;
    set_font(cr);
    for (char *at = line; more; at++) {
        more = *at != '\0';
        if (more && *at != ' ')
            continue;
        cairo_text_extents_t extents;
        char end = *at;
        *at = '\0';
        cairo_text_extents(cr, line, &extents);
        *at = end;
        if (extents.x_advance > width && fits) { /* a word too many: it begins the next line */
            *fits = '\0';
            report_plot_text(cr, x, y + REPORT_PLOT_LINE * lines++, 0, line);
            line = fits + 1;
        }
        fits = at;
    }
    report_plot_text(cr, x, y + REPORT_PLOT_LINE * lines++, 0, line);
    return lines;
}

void report_plot_colour(double value, double out_rgb[3])
{
    static const double stops[][3] = {{0.267, 0.005, 0.329}, {0.283, 0.141, 0.458}, {0.254, 0.265, 0.530},
                                      {0.207, 0.372, 0.553}, {0.164, 0.471, 0.558}, {0.128, 0.567, 0.551},
                                      {0.135, 0.659, 0.518}, {0.267, 0.749, 0.441}, {0.478, 0.821, 0.318},
                                      {0.741, 0.873, 0.150}, {0.993, 0.906, 0.144}};
    enum { LAST = sizeof stops / sizeof stops[0] - 1 };
    double t = fmin(fmax(value, 0), 1) * LAST;
    int i = (int)fmin(floor(t), LAST - 1);
    for (int k = 0; k < 3; k++)
        out_rgb[k] = stops[i][k] + (stops[i + 1][k] - stops[i][k]) * (t - i);
}

void report_plot_colour_bar(cairo_t *cr, double x, double y, double width, double low, double high, const char *label)
{
    for (int i = 0; i < (int)width; i++) {
        double rgb[3];
        report_plot_colour(i / width, rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        cairo_rectangle(cr, x + i, y, 1.5, 16);
        cairo_fill(cr);
    }
    char text[64];
    snprintf(text, sizeof text, "%.4g", low);
    report_plot_text(cr, x, y + 36, 0, text);
    snprintf(text, sizeof text, "%.4g", high);
    report_plot_text(cr, x + width, y + 36, 1, text);
    report_plot_text(cr, x + width / 2, y + 36, 0.5, label);
}

static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned int length)
{
    return fwrite(data, 1, length, context) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

np_status report_plot_write_png(cairo_surface_t *surface, const char *path, np_error *err)
{
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    cairo_status_t drawn = cairo_surface_write_to_png_stream(surface, write_bytes, writer.stream);
    if (drawn != CAIRO_STATUS_SUCCESS && drawn != CAIRO_STATUS_WRITE_ERROR) {
        np_file_writer_discard(&writer);
        return np_error_set(err, NP_ERR_INTERNAL, "%s: the picture could not be made: %s", path,
                            cairo_status_to_string(drawn));
    }
    return np_file_writer_commit(&writer, err); /* says so when bytes got lost */
}
