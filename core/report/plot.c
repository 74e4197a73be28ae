/* Parts of pictures.  PNGs go through the same writer as every other file, so that a full disk is an error and not half a
 * picture. */
#include "report/private/plot.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

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

/* What libpng has to say of an encoder that gave up. */
typedef struct encoder {
    jmp_buf back;
    char why[200];
} encoder;

static void give_up(png_structp png, png_const_charp why)
{
    encoder *e = png_get_error_ptr(png);
    snprintf(e->why, sizeof e->why, "%s", why);
    longjmp(e->back, 1);
}

static void encode(cairo_surface_t *surface, report_plot_kind kind, png_structp png, png_infop info)
{
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, kind == REPORT_PLOT_MAP ? PNG_FILTER_NONE : PNG_ALL_FILTERS);
    png_write_info(png, info);
    const union {
        uint32_t word;
        unsigned char first;
    } little = {1};
    if (little.first)
        png_set_bgr(png); /* cairo's pixels are words, their highest byte unused */
    png_set_filler(png, 0, little.first ? PNG_FILLER_AFTER : PNG_FILLER_BEFORE);
    for (int y = 0; y < height; y++)
        png_write_row(png, rows + (size_t)y * (size_t)cairo_image_surface_get_stride(surface));
    png_write_end(png, info);
}

/* Whether the picture went to the STREAM, but for bytes that it lost: those are its own to tell. */
static bool try_encode(cairo_surface_t *surface, report_plot_kind kind, png_structp png, encoder *e, FILE *stream)
{
    png_infop info = png_create_info_struct(png);
    if (!info)
        return false;
    if (setjmp(e->back) != 0) {
        png_destroy_info_struct(png, &info);
        return ferror(stream) != 0;
    }
    png_init_io(png, stream);
    encode(surface, kind, png, info);
    png_destroy_info_struct(png, &info);
    return true;
}

static np_status write_stream(cairo_surface_t *surface, report_plot_kind kind, const char *path, FILE *stream,
                              np_error *err)
{
    encoder e = {.why = "no memory"};
    cairo_surface_flush(surface);
    bool drawn = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    png_structp png = drawn ? png_create_write_struct(PNG_LIBPNG_VER_STRING, &e, give_up, NULL) : NULL;
    bool written = png && try_encode(surface, kind, png, &e, stream);
    png_destroy_write_struct(&png, NULL);
    if (written)
        return NP_OK;
    return np_error_set(err, NP_ERR_INTERNAL, "%s: the picture could not be made: %s", path,
                        drawn ? e.why : cairo_status_to_string(cairo_surface_status(surface)));
}

np_status report_plot_write_png(cairo_surface_t *surface, report_plot_kind kind, const char *path, np_error *err)
{
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    status = write_stream(surface, kind, path, writer.stream, err);
    if (status == NP_OK)
        return np_file_writer_commit(&writer, err); /* says so when bytes got lost */
    np_file_writer_discard(&writer);
    return status;
}
