/* The pictures of a report, as PNG files. */
#ifndef NP_REPORT_PRIVATE_FIGURE_H
#define NP_REPORT_PRIVATE_FIGURE_H

#include "head/scan.h"
#include "plan/plan.h"
#include "report/private/colouring.h"
#include "report/private/hairline.h"
#include "report/private/preview.h"
#include "report/private/standing.h"
#include "report/private/view.h"

/* What is drawn. */
typedef struct report_figure_input {
    const np_plan *plan;
    const np_scan *scan;
    report_box box;
    const report_made *made;
    const report_hairline *hairline;
    const report_colouring *by; /* of the five views; NULL: as ink */
    const report_preview_scene *ink;
    const report_standing *standing;
} report_figure_input;

/* Of a head: around its landmarks and the places that are added, with some skin around all of them. */
report_box report_figure_box(const np_scan *scan);
/* The same with the whole face and all dots of PLAN. */
report_box report_figure_whole_box(const np_plan *plan, const np_scan *scan);
void report_figure_box_add(report_box *box, np_vec3 place);

/* One picture of a report.  To add one: a file that defines report_picture_NAME, and its row in the table. */
typedef struct report_picture {
    const char *name; /* of the PNG file */
    const char *caption;
    /* Writes the picture to PATH, whole or not at all. */
    np_status (*draw)(const report_figure_input *in, const char *path, np_error *err);
} report_picture;

#define REPORT_PICTURE_TABLE(X)                                                                                        \
    X(front) X(back) X(left) X(right) X(top) X(density) X(depth) X(tone) X(tilt) X(azimuth) X(spacing)

#define REPORT_PICTURE_DECLARATION(name) extern const report_picture report_picture_##name;
REPORT_PICTURE_TABLE(REPORT_PICTURE_DECLARATION)
#undef REPORT_PICTURE_DECLARATION

/* For pictures: top, front, back and left side by side on one sheet.  DOTS draws onto each view, LEGEND below all of them from (X, Y)
 * on, WIDTH wide. */
typedef struct report_sheet {
    void (*dots)(const report_figure_input *in, const report_view *view, cairo_t *cr, void *context);
    void (*legend)(cairo_t *cr, double x, double y, double width, void *context);
    void *context;
} report_sheet;
np_status report_figure_sheet(const report_figure_input *in, const report_sheet *sheet, const char *path,
                              np_error *err);

/* The four views of such sheets, for whoever draws more than one.  Zero-initialise; fini is safe on zero. */
enum { REPORT_SHEET_VIEWS = 4 };
np_status report_figure_sheet_views_init(report_view views[REPORT_SHEET_VIEWS], const report_figure_input *in,
                                         np_error *err);
void report_figure_sheet_views_fini(report_view views[REPORT_SHEET_VIEWS]);
np_status report_figure_sheet_on(const report_view views[REPORT_SHEET_VIEWS], const report_figure_input *in,
                                 const report_sheet *sheet, const char *path, np_error *err);

/* For pictures: all dots of PLAN in their colours, each as large as its share of skin, so that a map is closed; kinds smaller, so that
 * neighbours stand apart; none smaller than a colour can be told by. */
void report_figure_dots(const report_view *view, cairo_t *cr, const np_plan *plan, const report_colouring *by);

#endif
