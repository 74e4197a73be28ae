/* Maps: four views on one sheet with a legend. */
#include <math.h>

#include "base/angle.h"
#include "head/face.h"
#include "report/private/figure.h"
#include "report/private/plot.h"

enum { MAP_SIZE = 620, MARGIN = 16, LEGEND_HEIGHT = 70 };

static const double AROUND_MM = 25;

report_box report_figure_box(const np_scan *scan)
{
    const np_case_landmarks *l = &scan->landmarks;
    const np_vec3 marks[] = {l->glabella, l->inion, l->tragion_left, l->tragion_right, l->vertex};
    report_box box = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
    for (int i = 0; i < 5; i++)
        report_figure_box_add(&box, marks[i]);
    return box;
}

report_box report_figure_whole_box(const np_plan *plan, const np_scan *scan)
{
    report_box box = report_figure_box(scan);
    np_vec3 chin = scan->landmarks.glabella;
    chin.z = np_face_chin_z_mm(scan);
    report_figure_box_add(&box, chin);
    for (size_t i = 0; i < plan->n_dots; i++)
        report_figure_box_add(&box, plan->dots[i].position);
    return box;
}

void report_figure_box_add(report_box *box, np_vec3 place)
{
    np_vec3 p = report_view_upright(place);
    box->min = np_vec3_make(fmin(box->min.x, p.x - AROUND_MM), fmin(box->min.y, p.y - AROUND_MM),
                            fmin(box->min.z, p.z - AROUND_MM));
    box->max = np_vec3_make(fmax(box->max.x, p.x + AROUND_MM), fmax(box->max.y, p.y + AROUND_MM),
                            fmax(box->max.z, p.z + AROUND_MM));
}

void report_figure_dots(const report_view *view, cairo_t *cr, const np_plan *plan, const report_colouring *by)
{
    /* a closed map has discs of three fifths of the spacing, dots that are told apart of two fifths */
    const double map = 0.62, apart = 0.4, least = 1.3;
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *dot = &plan->dots[i];
        double x, y, rgb[3], spacing_mm = report_colouring_spacing_mm(dot);
        if (!report_view_project(view, dot->position, dot->normal, &x, &y))
            continue;
        report_colouring_rgb(by, i, rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        double radius = (by->kinds ? apart : map) * spacing_mm * view->pixels_per_mm;
        cairo_arc(cr, x, y, fmax(radius, least), 0, NP_TWO_PI);
        cairo_fill(cr);
    }
}

static const report_view_side shown[REPORT_SHEET_VIEWS] = {REPORT_VIEW_TOP, REPORT_VIEW_FRONT, REPORT_VIEW_BACK,
                                                           REPORT_VIEW_LEFT};

np_status report_figure_sheet_views_init(report_view views[REPORT_SHEET_VIEWS], const report_figure_input *in,
                                         np_error *err)
{
    np_status status = NP_OK;
    for (int i = 0; i < REPORT_SHEET_VIEWS && status == NP_OK; i++)
        status = report_view_init(&views[i], shown[i], &in->scan->surface.mesh, in->scan->surface.normals, &in->box,
                                  MAP_SIZE - MARGIN, err);
    return status;
}

void report_figure_sheet_views_fini(report_view views[REPORT_SHEET_VIEWS])
{
    for (int i = 0; i < REPORT_SHEET_VIEWS; i++)
        report_view_fini(&views[i]);
}

np_status report_figure_sheet_on(const report_view views[REPORT_SHEET_VIEWS], const report_figure_input *in,
                                 const report_sheet *sheet, const char *path, np_error *err)
{
    int width = REPORT_SHEET_VIEWS * MAP_SIZE, height = MAP_SIZE + LEGEND_HEIGHT;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    for (int i = 0; i < REPORT_SHEET_VIEWS; i++) {
        const report_view *view = &views[i];
        int x = i * MAP_SIZE + (MAP_SIZE - view->width) / 2, y = MARGIN / 2;
        cairo_set_source_surface(cr, view->surface, x, y);
        cairo_paint(cr);
        cairo_save(cr);
        cairo_rectangle(cr, x, y, view->width, view->height);
        cairo_clip(cr);
        cairo_translate(cr, x, y);
        sheet->dots(in, view, cr, sheet->context);
        cairo_restore(cr);
        report_plot_text(cr, i * MAP_SIZE + MARGIN, 24, 0, report_view_names[shown[i]]);
    }
    sheet->legend(cr, MARGIN, MAP_SIZE + 12, width / 2, sheet->context);
    cairo_destroy(cr);
    np_status status = report_plot_write_png(surface, REPORT_PLOT_MAP, path, err);
    cairo_surface_destroy(surface);
    return status;
}

np_status report_figure_sheet(const report_figure_input *in, const report_sheet *sheet, const char *path, np_error *err)
{
    report_view views[REPORT_SHEET_VIEWS] = {0};
    np_status status = report_figure_sheet_views_init(views, in, err);
    if (status == NP_OK)
        status = report_figure_sheet_on(views, in, sheet, path, err);
    report_figure_sheet_views_fini(views);
    return status;
}
