/* The client's picture: the head from the front, from the side that shows more of the work, from the back and from above, healed, with lines from places
 * that a finger finds to where dots begin. */
#include <math.h>
#include <stdio.h>

#include "base/angle.h"
#include "report/private/figure.h"
#include "report/private/ink.h"
#include "report/private/reach.h"
#include "report/private/sheet_client_views.h"

enum { VIEW_SIZE = 700, GAP = 24, SHOWN = 4, FONT = 26 };
/* A line that is shorter than this is a place. */
#define TOUCHES_MM 2.0

/* From which side more of the plan is seen. */
static report_view_side better_side(const np_plan *plan)
{
    double left = 0;
    for (size_t i = 0; i < plan->n_dots; i++)
        left += plan->dots[i].normal.y;
    return left < 0 ? REPORT_VIEW_RIGHT : REPORT_VIEW_LEFT;
}

/* A line from FROM to TO with how far that is along the skin; nothing where either is hidden. */
static void draw_measure(const report_view *view, cairo_t *cr, np_vec3 from, np_vec3 to, np_vec3 normal, double mm)
{
    double x0, y0, x1, y1;
    char text[32];
    cairo_text_extents_t extents;
    if (mm < TOUCHES_MM || !report_view_project(view, from, view->toward, &x0, &y0) ||
        !report_view_project(view, to, normal, &x1, &y1))
        return;
    cairo_set_source_rgb(cr, 0.05, 0.2, 0.55);
    cairo_set_line_width(cr, 3);
    cairo_new_path(cr);
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_stroke(cr);
    cairo_arc(cr, x0, y0, 5, 0, NP_TWO_PI);
    cairo_fill(cr);
    cairo_arc(cr, x1, y1, 5, 0, NP_TWO_PI);
    cairo_fill(cr);
    snprintf(text, sizeof text, "%.0f mm", mm);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cr, FONT);
    cairo_text_extents(cr, text, &extents);
    double x = fmin(fmax(x0, x1) + 10, view->width - extents.x_advance - 4);
    cairo_move_to(cr, x, (y0 + y1) / 2 + FONT / 3);
    cairo_show_text(cr, text);
}

static void draw_measures(const np_scan *scan, const report_hairline *hairline, const report_reach *reach,
                          report_view_side side, const report_view *view)
{
    static const int seen_from[REPORT_REACH_MARKS] = {REPORT_VIEW_FRONT, REPORT_VIEW_BACK, REPORT_VIEW_LEFT,
                                                      REPORT_VIEW_RIGHT};
    cairo_t *cr = cairo_create(view->surface);
    for (int k = 0; k < REPORT_REACH_MARKS; k++)
        if ((int)side == seen_from[k] && k == REPORT_REACH_GLABELLA && hairline->found)
            draw_measure(view, cr, scan->landmarks.glabella, hairline->middle, hairline->normal, hairline->height_mm);
        else if ((int)side == seen_from[k] && reach[k].dot)
            draw_measure(view, cr, reach[k].mark, reach[k].dot->position, reach[k].dot->normal, reach[k].mm);
    cairo_destroy(cr);
}

/* The views side by side, the tallest one as high as the picture. */
static cairo_surface_t *join(report_view *views)
{
    int width = -GAP, height = 0, x = 0;
    for (int i = 0; i < SHOWN; i++) {
        width += views[i].width + GAP;
        height = views[i].height > height ? views[i].height : height;
    }
    cairo_surface_t *picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(picture);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    for (int i = 0; i < SHOWN; i++) {
        cairo_set_source_surface(cr, views[i].surface, x, (height - views[i].height) / 2);
        cairo_paint(cr);
        x += views[i].width + GAP;
    }
    cairo_destroy(cr);
    return picture;
}

np_status report_sheet_client_views(const np_plan *plan, const np_scan *scan, const report_standing *standing,
                                    const report_hairline *hairline, report_page *page, np_error *err)
{
    const report_view_side side = better_side(plan);
    const report_view_side shown[SHOWN] = {REPORT_VIEW_FRONT, side, REPORT_VIEW_BACK, REPORT_VIEW_TOP};
    report_preview_scene ink = {0};
    report_view views[SHOWN] = {0};
    report_reach reach[REPORT_REACH_MARKS];
    report_box box = report_figure_whole_box(plan, scan);
    report_reach_find(plan, -1, scan, reach);
    np_status status = report_ink_healed(plan, standing, &ink, err);
    for (int i = 0; i < SHOWN && status == NP_OK; i++) {
        status =
            report_view_init(&views[i], shown[i], &scan->surface.mesh, scan->surface.normals, &box, VIEW_SIZE, err);
        if (status == NP_OK)
            status = report_view_ink(&views[i], scan, &ink, err);
        if (status == NP_OK)
            draw_measures(scan, hairline, reach, shown[i], &views[i]);
    }
    if (status == NP_OK)
        page->picture = join(views);
    for (int i = 0; i < SHOWN; i++)
        report_view_fini(&views[i]);
    report_preview_scene_fini(&ink);
    snprintf(
        page->caption, sizeof page->caption,
        "From the front, from your %s, from the back and from above, as it will look once healed: an estimate, not "
        "a promise, drawn on light skin whatever yours is. Blue lines show where the dots begin, measured along the "
        "skin.",
        side == REPORT_VIEW_LEFT ? "left" : "right");
    return status;
}
