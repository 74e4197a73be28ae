/* What the user drew, from the case's file coordinates onto the scan. */
#include "field/private/drawing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "field/private/combine.h"
#include "field/private/paint.h"
#include "head/outline.h"

static np_status place(np_status status, const np_painter *painter, unsigned line, np_error *err)
{
    if (status == NP_OK)
        return NP_OK;
    if (line > 0)
        return np_error_prefix(err, status, "%s:%u", painter->source->path, line);
    return np_error_prefix(err, status, "%s", painter->source->path);
}

/* ---- files of other programs ---- */

/* How far the farthest of the points of SHAPE is from the scan, and which; with x and y of the file NEGATED. */
static double farthest_mm(const np_painter *painter, const np_case_shape *shape, bool negated, unsigned *out_which)
{
    double most = -1;
    for (unsigned i = 0; i < shape->points.n; i++) {
        np_vec3 p = shape->points.points[i];
        np_surface_point nearest;
        if (negated)
            p = np_vec3_make(-p.x, -p.y, p.z);
        p = np_scan_from_file(painter->scan, p);
        double off = np_surface_nearest(&painter->scan->surface, p, INFINITY, &nearest)
                         ? np_vec3_distance(nearest.position, p)
                         : INFINITY;
        if (off > most) {
            most = off;
            *out_which = i;
        }
    }
    return most;
}

/* Refuses points of a file that do not lie on the scan, with what may be wrong: the frame, first of all. */
static np_status check_file(const np_painter *painter, const np_case_shape *shape, const char *kind, np_error *err)
{
    unsigned i = 0, other;
    char label[80] = "", plain[64];
    if (!shape->file)
        return NP_OK;
    double off = farthest_mm(painter, shape, false, &i);
    if (off <= FIELD_SNAP_MM)
        return NP_OK;
    if (shape->labels[i][0])
        snprintf(label, sizeof label, " ('%s')", np_plain_copy(shape->labels[i], plain, sizeof plain));
    bool turned = farthest_mm(painter, shape, true, &other) <= FIELD_SNAP_MM;
    const char *advice =
        !turned ? "are its coordinates and units those of the scan's file?"
        : shape->is_framed
            ? "with x and y negated all its points lie on the scan, which the program took for the "
              "other frame: write 'frame: ras' beside 'file', or take it away"
            : "with x and y negated all its points lie on the scan: the program took the scan's file for "
              "another frame (LPS and RAS differ so); negate x and y in the file";
    np_vec3 p = shape->points.points[i];
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s %s: point %u%s of %s, [%.2f, %.2f, %.2f] in the scan file's coordinates, is %.1f mm off the "
        "scan (at most %g mm); %s",
        kind, shape->name, i + 1, label, shape->file, p.x, p.y, p.z, off, FIELD_SNAP_MM, advice);
}

/* ---- shapes ---- */

/* The joined curve of SHAPE, which is drawn. */
static np_status draw(const np_painter *painter, const np_case_shape *shape, const char *kind, bool closed,
                      np_curve **out_curve, np_error *err)
{
    char name[160];
    np_status status = check_file(painter, shape, kind, err);
    if (status != NP_OK)
        return place(status, painter, shape->line, err);
    np_vec3 *control = malloc((shape->points.n + 1) * sizeof *control);
    if (!control)
        return np_error_no_memory(err, "a curve");
    for (unsigned i = 0; i < shape->points.n; i++)
        control[i] = np_scan_from_file(painter->scan, shape->points.points[i]);
    snprintf(name, sizeof name, "%s %s", kind, shape->name);
    status = np_curve_create(&painter->scan->surface, name, control, shape->points.n, closed, painter->progress,
                             out_curve, err);
    free(control);
    return place(status, painter, shape->line, err);
}

/* The curves of SHAPE, which is named, into OUT_CURVES. */
static np_status draw_named(const np_painter *painter, const np_case_shape *shape, const char *kind,
                            np_curve *out_curves[NP_OUTLINE_MAX_LOOPS], size_t *out_n, np_error *err)
{
    char name[160];
    snprintf(name, sizeof name, "%s %s", kind, shape->name);
    np_status status = np_outline_draw(painter->scan, shape->named, painter->source->seed, name, painter->progress,
                                       out_curves, out_n, err);
    return place(status, painter, shape->line, err);
}

np_status field_draw_plain_region(const np_painter *painter, const np_case_shape *shape, np_region **out_region,
                                  np_error *err)
{
    np_curve *borders[NP_OUTLINE_MAX_LOOPS] = {NULL};
    size_t n = 1;
    *out_region = NULL;
    if (shape->is_painted)
        return field_paint_region(painter, shape, out_region, err);
    np_status status = shape->named ? draw_named(painter, shape, "region", borders, &n, err)
                                    : draw(painter, shape, "region", true, borders, err);
    if (status != NP_OK)
        return status;
    np_vec3 inside = np_scan_from_file(painter->scan, shape->inside);
    status = shape->named ? np_region_create_left(shape->name, borders, n, out_region, err)
                          : np_region_create(&painter->scan->surface, shape->name, borders[0],
                                             shape->has_inside ? &inside : NULL, out_region, err);
    return place(status, painter, shape->line, err);
}

static np_status draw_region(np_painter *painter, const np_case_shape *shape, np_region **out_region, np_error *err)
{
    if (shape->combination || shape->grow_mm != 0)
        return field_combine(painter, shape, out_region, err);
    return field_draw_plain_region(painter, shape, out_region, err);
}

np_status field_painter_region(np_painter *painter, const char *name, const np_region **out_region, np_error *err)
{
    *out_region = NULL;
    const np_case_shape *shape = np_case_find_region(painter->source, name);
    if (!shape)
        return np_error_set(err, NP_ERR_INVALID, "there is no region '%s'", name);
    np_region **slot = &painter->regions[shape - painter->source->regions];
    if (!*slot) {
        np_status status = draw_region(painter, shape, slot, err);
        if (status != NP_OK)
            return status;
    }
    *out_region = *slot;
    return NP_OK;
}

np_status field_painter_curve(np_painter *painter, const char *name, const np_curve **out_curve, np_error *err)
{
    *out_curve = NULL;
    const np_case_shape *shape = np_case_find_curve(painter->source, name);
    if (!shape)
        return np_error_set(err, NP_ERR_INVALID, "there is no curve '%s'", name);
    np_curve **slot = &painter->curves[shape - painter->source->curves];
    if (!*slot) {
        np_curve *loops[NP_OUTLINE_MAX_LOOPS] = {NULL};
        size_t n;
        np_status status = shape->named ? draw_named(painter, shape, "curve", loops, &n, err)
                                        : draw(painter, shape, "curve", false, loops, err);
        *slot = loops[0];
        if (status != NP_OK)
            return status;
    }
    *out_curve = *slot;
    return NP_OK;
}

static np_status off_the_scan(const np_painter *painter, const char *what, unsigned number, np_vec3 file_point,
                              np_vec3 point, np_error *err)
{
    np_surface_point nearest;
    char how_far[64] = "far";
    if (np_surface_nearest(&painter->scan->surface, point, 1000, &nearest))
        snprintf(how_far, sizeof how_far, "%.1f mm", np_vec3_distance(nearest.position, point));
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: point %u (%g, %g, %g) is %s from the scan; expected at most %g mm: are its coordinates those of "
        "the scan's file?",
        what, number, file_point.x, file_point.y, file_point.z, how_far, FIELD_SNAP_MM);
}

np_status field_painter_points(const np_painter *painter, const np_case_points *source, const char *what, unsigned line,
                               np_surface_point **out_points, np_error *err)
{
    np_surface_point *points = calloc(source->n + 1, sizeof *points);
    *out_points = NULL;
    if (!points)
        return np_error_no_memory(err, what);
    for (unsigned i = 0; i < source->n; i++) {
        np_vec3 p = np_scan_from_file(painter->scan, source->points[i]);
        if (!np_vec3_is_finite(p) || !np_surface_nearest(&painter->scan->surface, p, FIELD_SNAP_MM, &points[i])) {
            free(points);
            return place(off_the_scan(painter, what, i + 1, source->points[i], p, err), painter, line, err);
        }
    }
    *out_points = points;
    return NP_OK;
}

/* The places of a named set are on the scan already. */
static np_status find_named(const np_painter *painter, const np_case_shape *shape, field_point_set *out, np_error *err)
{
    np_outline outline;
    np_status status = np_outline_init(&outline, painter->scan, shape->named, painter->source->seed, err);
    if (status != NP_OK)
        return place(status, painter, shape->line, err);
    out->n = outline.loop_n[0];
    out->points = calloc(out->n, sizeof *out->points);
    for (size_t i = 0; out->points && i < out->n; i++)
        np_surface_nearest(&painter->scan->surface, outline.points[i], FIELD_SNAP_MM, &out->points[i]);
    np_outline_fini(&outline);
    return out->points ? NP_OK : np_error_no_memory(err, "points");
}

np_status field_painter_point_set(const np_painter *painter, const char *name, field_point_set *out, np_error *err)
{
    const np_case_shape *shape = np_case_find_point_set(painter->source, name);
    char what[160];
    if (!shape)
        return np_error_set(err, NP_ERR_INVALID, "there is no point set '%s'", name);
    if (shape->named)
        return find_named(painter, shape, out, err);
    np_status status = check_file(painter, shape, "points", err);
    if (status != NP_OK)
        return place(status, painter, shape->line, err);
    snprintf(what, sizeof what, "points %s", shape->name);
    out->n = shape->points.n;
    return field_painter_points(painter, &shape->points, what, shape->line, &out->points, err);
}

/* ---- keep-outs ---- */

static np_status draw_keep_out(np_painter *painter, const np_case_keep_out *source, field_keep_out *out, np_error *err)
{
    np_case_shape shape = source->drawn; /* borrowed */
    char what[160];
    shape.name = source->name;
    *out = (field_keep_out){.source = source};
    if (source->kind == NP_CASE_KEEP_OUT_CURVE)
        return draw(painter, &shape, "keep-out", false, &out->curve, err);
    if (source->kind == NP_CASE_KEEP_OUT_OUTLINE) {
        np_curve *border = NULL;
        np_status status = draw(painter, &shape, "keep-out", true, &border, err);
        return status != NP_OK
                   ? status
                   : place(np_region_create(&painter->scan->surface, source->name, border, NULL, &out->region, err),
                           painter, source->line, err);
    }
    np_status status = check_file(painter, &shape, "keep-out", err);
    if (status != NP_OK)
        return place(status, painter, source->line, err);
    snprintf(what, sizeof what, "keep-out %s", source->name);
    return field_painter_points(painter, &shape.points, what, source->line, &out->centers, err);
}

np_status field_painter_draw_keep_outs(np_painter *painter, np_error *err)
{
    np_status status = NP_OK;
    for (unsigned i = 0; i < painter->source->n_keep_outs && status == NP_OK; i++)
        status = draw_keep_out(painter, &painter->source->keep_outs[i], &painter->keep_outs[i], err);
    return status;
}

void field_painter_free_keep_outs(np_painter *painter)
{
    for (size_t i = 0; painter->keep_outs && i < painter->source->n_keep_outs; i++) {
        np_region_destroy(painter->keep_outs[i].region);
        np_curve_destroy(painter->keep_outs[i].curve);
        free(painter->keep_outs[i].centers);
    }
    free(painter->keep_outs);
}

/* Distance to what K keeps, without its margin, positive outside. */
static double outside_mm(const field_keep_out *k, const np_surface_point *p)
{
    double outside = INFINITY, arc_mm;
    if (k->region)
        return -np_region_distance_mm(k->region, p);
    if (k->curve)
        return fabs(np_curve_distance_mm(k->curve, p, &arc_mm)) - k->source->radius_mm;
    for (unsigned i = 0; i < k->source->drawn.points.n; i++) {
        double radius_mm = k->source->drawn.radii_mm ? k->source->drawn.radii_mm[i] : k->source->radius_mm;
        outside = fmin(outside, np_vec3_distance(p->position, k->centers[i].position) - radius_mm);
    }
    return outside;
}

double field_painter_clear_mm(const np_painter *painter, const np_surface_point *p)
{
    double clear = INFINITY;
    for (unsigned i = 0; i < painter->source->n_keep_outs; i++) {
        const field_keep_out *k = &painter->keep_outs[i];
        clear = fmin(clear, outside_mm(k, p) - k->source->margin_mm);
    }
    return clear;
}
