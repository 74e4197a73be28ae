/* Small parts that pictures share: text, colours, bars, PNG files. */
#ifndef NP_REPORT_PRIVATE_PLOT_H
#define NP_REPORT_PRIVATE_PLOT_H

#include <cairo.h>

#include "base/status.h"

/* Dark text with its baseline at (x, y); ALIGN 0 begins there, 0.5 is centred, 1 ends there. */
void report_plot_text(cairo_t *cr, double x, double y, double align, const char *text);
#define REPORT_PLOT_LINE 22 /* pixels from baseline to baseline */
/* The same in as many lines as fit into WIDTH, broken at spaces, up to 1,023 bytes; returns how many. */
int report_plot_paragraph(cairo_t *cr, double x, double y, double width, const char *text);
/* Viridis (Smith and van der Walt 2015), VALUE clamped to 0..1. */
void report_plot_colour(double value, double out_rgb[3]);
void report_plot_colour_bar(cairo_t *cr, double x, double y, double width, double low, double high, const char *label);
/* What a picture is like decides how it is written: maps and drawings, flat or simply shaded, are smaller and three times as soon written
 * without PNG's filters; skin with its texture is a quarter smaller with them. */
typedef enum report_plot_kind { REPORT_PLOT_MAP, REPORT_PLOT_SKIN } report_plot_kind;
/* Writes SURFACE, an image of CAIRO_FORMAT_RGB24, whole or not at all. */
np_status report_plot_write_png(cairo_surface_t *surface, report_plot_kind kind, const char *path, np_error *err);

#endif
