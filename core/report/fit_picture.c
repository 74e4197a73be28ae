/* What a fit found, as a person must see it to confirm it: each landmark with its name, guesses told from finds, and which side is
 * said to be left, which no fit can know of a mirrored scan. */
#include "report/fit_picture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/angle.h"
#include "base/similarity.h"
#include "report/private/plot.h"
#include "report/private/view.h"

enum { CELL = 560, MARGIN = 16, LEGEND = 60, COLUMNS = 3 };

/* From file coordinates upright in mm, by the marks. */
static np_similarity upright(const np_fit *fit)
{
    np_vec3 l = fit->marks[NP_FIT_TRAGION_LEFT], r = fit->marks[NP_FIT_TRAGION_RIGHT];
    np_vec3 left = np_vec3_normalize(np_vec3_sub(l, r));
    np_vec3 ahead = np_vec3_sub(fit->marks[NP_FIT_GLABELLA], fit->marks[NP_FIT_INION]);
    np_vec3 x = np_vec3_normalize(np_vec3_reject(ahead, left));
    return (np_similarity){np_vec3_lerp(l, r, 0.5), {x, left, np_vec3_cross(x, left)}, fit->mm_per_unit};
}

typedef struct drawing {
    np_mesh mesh;
    np_vec3 *normals;
    np_vec3 marks[NP_FIT_MARKS], outline[NP_FIT_OUTLINE], whorl;
    const np_fit *fit;
} drawing;

static np_status make_drawing(drawing *d, const np_mesh *mesh, const np_fit *fit, np_error *err)
{
    np_similarity s = upright(fit);
    d->fit = fit;
    d->mesh = *mesh;
    d->mesh.vertices = malloc((mesh->n_vertices + 1) * sizeof *d->mesh.vertices);
    d->normals = malloc((mesh->n_vertices + 1) * sizeof *d->normals);
    if (!d->mesh.vertices || !d->normals)
        return np_error_no_memory(err, "a picture of the head");
    for (size_t i = 0; i < mesh->n_vertices; i++)
        d->mesh.vertices[i] = np_similarity_apply(&s, mesh->vertices[i]);
    np_mesh_vertex_normals(&d->mesh, d->normals);
    for (size_t i = 0; fit->inward && i < mesh->n_vertices; i++)
        d->normals[i] = np_vec3_scale(d->normals[i], -1);
    for (int k = 0; k < NP_FIT_MARKS; k++)
        d->marks[k] = np_similarity_apply(&s, fit->marks[k]);
    for (int k = 0; k < NP_FIT_OUTLINE; k++)
        d->outline[k] = np_similarity_apply(&s, fit->outline[k]);
    d->whorl = np_similarity_apply(&s, fit->whorl);
    return NP_OK;
}

/* A point's pixel; false where the head hides it. */
static bool project(const report_view *view, np_vec3 p, double *x, double *y)
{
    return report_view_project(view, p, view->toward, x, y);
}

static void draw_outline(const drawing *d, const report_view *view, cairo_t *cr)
{
    cairo_set_source_rgb(cr, 0, 0.45, 0.70);
    cairo_set_line_width(cr, 2);
    for (int k = 0; k < NP_FIT_OUTLINE; k++) {
        double x0, y0, x1, y1;
        if (!project(view, d->outline[k], &x0, &y0) || !project(view, d->outline[(k + 1) % NP_FIT_OUTLINE], &x1, &y1))
            continue;
        cairo_move_to(cr, x0, y0);
        cairo_line_to(cr, x1, y1);
        cairo_stroke(cr);
    }
}

static void draw_mark(const report_view *view, np_vec3 p, bool guessed, const char *name, cairo_t *cr)
{
    double x, y;
    if (!project(view, p, &x, &y))
        return;
    cairo_new_path(cr);
    cairo_arc(cr, x, y, 6, 0, NP_TWO_PI);
    cairo_set_source_rgb(cr, 0.84, 0.37, 0);
    cairo_set_line_width(cr, 2.5);
    if (guessed)
        cairo_stroke(cr);
    else
        cairo_fill(cr);
    bool end = x > view->width * 0.6;
    report_plot_text(cr, x + (end ? -10 : 10), y - 6, end ? 1 : 0, name);
}

static void draw_marks(const drawing *d, const report_view *view, cairo_t *cr)
{
    for (int k = 0; k < NP_FIT_MARKS; k++)
        draw_mark(view, d->marks[k], d->fit->guessed[k], np_fit_mark_names[k], cr);
    draw_mark(view, d->whorl, true, "usual whorl", cr);
}

static np_status draw_view(const drawing *d, report_view_side side, int cell, cairo_t *cr, np_error *err)
{
    static const report_box box = {{-125, -105, -125}, {145, 105, 155}};
    report_view view = {0};
    np_status status = report_view_init(&view, side, &d->mesh, d->normals, &box, CELL - 2 * MARGIN, err);
    if (status != NP_OK)
        return status;
    cairo_t *inner = cairo_create(view.surface);
    draw_outline(d, &view, inner);
    draw_marks(d, &view, inner);
    cairo_destroy(inner);
    int x = cell % COLUMNS * CELL, y = cell / COLUMNS * CELL;
    cairo_set_source_surface(cr, view.surface, x + (CELL - view.width) / 2, y + MARGIN + 8);
    cairo_paint(cr);
    report_plot_text(cr, x + MARGIN, y + 24, 0, report_view_names[side]);
    if (side == REPORT_VIEW_FRONT || side == REPORT_VIEW_BACK || side == REPORT_VIEW_TOP) {
        bool mirrored = side == REPORT_VIEW_FRONT;
        report_plot_text(cr, x + MARGIN, y + CELL / 2, 0, mirrored ? "RIGHT" : "LEFT");
        report_plot_text(cr, x + CELL - MARGIN, y + CELL / 2, 1, mirrored ? "LEFT" : "RIGHT");
    }
    report_view_fini(&view);
    return NP_OK;
}

static void draw_legend(const np_fit *fit, cairo_t *cr)
{
    char text[1024];
    double y = 2 * CELL + 22;
    report_plot_text(cr, MARGIN, y, 0,
                     "Full: found. Ring: a guess. Line: the usual border of hair, whose whorl was not seen. Check each "
                     "of them, and left and right by "
                     "a mole, a scar or a parting: a mirrored scan looks the same.");
    snprintf(text, sizeof text, "%s%s", fit->reasons[0] ? "To check: " : "", fit->reasons);
    report_plot_text(cr, MARGIN, y + 24, 0, text);
}

np_status np_fit_picture_write(const np_mesh *mesh, const np_fit *fit, const char *path, np_error *err)
{
    static const report_view_side shown[] = {REPORT_VIEW_FRONT, REPORT_VIEW_LEFT, REPORT_VIEW_TOP, REPORT_VIEW_BACK,
                                             REPORT_VIEW_RIGHT};
    drawing d = {0};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, COLUMNS * CELL, 2 * CELL + LEGEND);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    np_status status = make_drawing(&d, mesh, fit, err);
    for (int i = 0; i < 5 && status == NP_OK; i++)
        status = draw_view(&d, shown[i], i, cr, err);
    draw_legend(fit, cr);
    cairo_destroy(cr);
    if (status == NP_OK)
        status = report_plot_write_png(surface, REPORT_PLOT_MAP, path, err);
    cairo_surface_destroy(surface);
    free(d.mesh.vertices);
    free(d.normals);
    return status;
}
