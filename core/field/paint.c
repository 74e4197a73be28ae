/* Paint becomes a number for each vertex of the scan: 1 inside and 0 outside of a region, or a density in parts of the full one.  A brush leaves
 * a border of whole triangles, so the numbers are averaged over the skin around each vertex (the kernel of Epanechnikov, Theory Probab. Appl.
 * 14, 1969), weighted by the area that each stands for; a straight border stays where it is, at one half. */
#include "field/private/paint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/angle.h"
#include "base/file.h"
#include "base/near.h"
#include "base/parallel.h"
#include "base/plain.h"
#include "head/paint.h"

#define SMOOTH_MM 3.0
#define EDGES 1.5 /* or over so many edges of the mesh, if that is more */
#define GRAIN 256
/* Dabs smaller than this are no region: as with regions made of others. */
#define LEAST_CM2 0.5
/* Across a straight border the average rises by so much a radius: the kernel along a line, over that of the disc. */
#define SLOPE (8 / (3 * NP_PI))

/* What one file says of the scan's vertices. */
typedef struct field_paint {
    const np_painter *painter;
    const np_case_shape *shape;
    np_scan_paint found;
    double *values; /* of each vertex */
    double radius_mm;
} field_paint;

static void paint_fini(field_paint *p)
{
    np_scan_paint_fini(&p->found);
    free(p->values);
}

static np_status fail(const field_paint *p, const char *text, np_error *err)
{
    char file[200];
    return np_error_set(err, NP_ERR_INVALID, "%s: %s", np_plain_copy(p->shape->file, file, sizeof file), text);
}

static np_status read_paint(field_paint *p, np_error *err)
{
    const np_mesh *mesh = &p->painter->scan->surface.mesh;
    char *path = np_file_beside(p->painter->source->path, p->shape->file);
    p->values = malloc(mesh->n_vertices * sizeof *p->values);
    np_status status = path && p->values ? np_scan_paint_read(p->painter->scan, path, p->shape->paint.scalar,
                                                              p->painter->progress, &p->found, err)
                                         : np_error_no_memory(err, "the paint");
    free(path);
    return status;
}

/* ---- smoothing ---- */

typedef struct smoothing {
    const np_mesh *mesh;
    const double *from, *area_mm2;
    double *to;
    double radius_mm;
    np_near near;
} smoothing;

static void average(void *context, size_t begin, size_t end, size_t block)
{
    const smoothing *s = context;
    (void)block;
    for (size_t i = begin; i < end; i++) {
        double sum = 0, all = 0;
        np_near_walk walk = np_near_around(&s->near, s->mesh->vertices[i], s->radius_mm);
        for (uint32_t j; np_near_next(&walk, &j);) {
            double away = np_vec3_distance(s->mesh->vertices[i], s->mesh->vertices[j]) / s->radius_mm;
            double weight = s->area_mm2[j] * fmax(0, 1 - away * away);
            sum += weight * s->from[j];
            all += weight;
        }
        s->to[i] = all > 0 ? sum / all : s->from[i];
    }
}

/* The area that each vertex stands for, and the mean edge. */
static double measure(const np_mesh *mesh, double *area_mm2)
{
    double edges = 0;
    for (uint32_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        for (int k = 0; k < 3; k++) {
            area_mm2[v[k]] += np_mesh_triangle_area_mm2(mesh, t) / 3;
            edges += np_vec3_distance(mesh->vertices[v[k]], mesh->vertices[v[(k + 1) % 3]]);
        }
    }
    return edges / (3 * (double)mesh->n_triangles);
}

static np_status smooth(field_paint *p, np_error *err)
{
    const np_mesh *mesh = &p->painter->scan->surface.mesh;
    double *area_mm2 = calloc(mesh->n_vertices, sizeof *area_mm2);
    double *to = malloc(mesh->n_vertices * sizeof *to);
    smoothing s = {.mesh = mesh, .from = p->values, .area_mm2 = area_mm2, .to = to};
    np_status status = area_mm2 && to ? NP_OK : np_error_no_memory(err, "the paint");
    if (status == NP_OK) {
        s.radius_mm = p->radius_mm = fmax(SMOOTH_MM, EDGES * measure(mesh, area_mm2));
        status = np_near_init(&s.near, mesh->vertices, sizeof *mesh->vertices, mesh->n_vertices, s.radius_mm, err);
    }
    if (status == NP_OK) {
        np_parallel_for(mesh->n_vertices, GRAIN, average, &s);
        free(p->values);
        p->values = to;
        to = NULL;
    }
    np_near_fini(&s.near);
    free(area_mm2);
    free(to);
    return status;
}

/* ---- regions ---- */

/* How far VALUES are from the colour, in red, green and blue; INFINITY where there is none. */
static double off_color(const np_case_paint *paint, const float *values)
{
    np_vec3 d = np_vec3_make(values[0] - paint->color[0], values[1] - paint->color[1], values[2] - paint->color[2]);
    return np_vec3_is_finite(d) ? np_vec3_length(d) : INFINITY;
}

/* The range of the scalar; false where it has no value. */
static bool range_of(const field_paint *p, double *out_low, double *out_high)
{
    *out_low = INFINITY;
    *out_high = -INFINITY;
    for (size_t i = 0; i < p->painter->scan->surface.mesh.n_vertices; i++) {
        double value = p->found.values[i];
        *out_low = isfinite(value) ? fmin(*out_low, value) : *out_low;
        *out_high = isfinite(value) ? fmax(*out_high, value) : *out_high;
    }
    return *out_low <= *out_high;
}

static np_status nothing_inside(const field_paint *p, np_error *err)
{
    const np_case_paint *paint = &p->shape->paint;
    double low, high, least = INFINITY;
    size_t nearest = 0;
    char text[300], name[80];
    if (paint->scalar) {
        np_plain_copy(paint->scalar, name, sizeof name);
        if (range_of(p, &low, &high))
            snprintf(text, sizeof text, "no vertex is painted so: '%s' goes from %.6g to %.6g", name, low, high);
        else
            snprintf(text, sizeof text, "no vertex is painted: '%s' has no number on the scan", name);
        return fail(p, text, err);
    }
    for (size_t i = 0; i < p->painter->scan->surface.mesh.n_vertices; i++) {
        double off = off_color(paint, p->found.values + 3 * i);
        nearest = off < least ? i : nearest;
        least = fmin(least, off);
    }
    const float *c = p->found.values + 3 * nearest;
    if (isinf(least))
        return fail(p, "no vertex on the scan has a colour", err);
    snprintf(
        text, sizeof text,
        "no vertex is painted so: the nearest colour is #%02x%02x%02x, which is %.2f off (at most %g: `tolerance`)",
        (unsigned)lround(255 * fmin(fmax(c[0], 0), 1)), (unsigned)lround(255 * fmin(fmax(c[1], 0), 1)),
        (unsigned)lround(255 * fmin(fmax(c[2], 0), 1)), least, paint->tolerance);
    return fail(p, text, err);
}

static double inside_mm(void *context, const np_surface_point *at)
{
    const field_paint *p = context;
    return (field_paint_at(&p->painter->scan->surface.mesh, p->values, at) - 0.5) * p->radius_mm / SLOPE;
}

static np_status create_region(field_paint *p, np_region **out_region, np_error *err)
{
    const np_case_paint *paint = &p->shape->paint;
    size_t n = p->painter->scan->surface.mesh.n_vertices, n_inside = 0;
    char name[160];
    np_status status = read_paint(p, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        const float *v = p->found.values + p->found.channels * i;
        bool in =
            paint->scalar ? v[0] >= paint->above && v[0] <= paint->below : off_color(paint, v) <= paint->tolerance;
        p->values[i] = in;
        n_inside += in;
    }
    if (status == NP_OK && n_inside == 0)
        status = nothing_inside(p, err);
    if (status == NP_OK)
        status = smooth(p, err);
    if (status != NP_OK)
        return status;
    snprintf(name, sizeof name, "region %s, painted", p->shape->name);
    np_region_where where = {inside_mm, p, 0};
    return np_region_create_where(&p->painter->scan->surface, name, &where, LEAST_CM2, p->painter->progress, out_region,
                                  err);
}

np_status field_paint_region(const np_painter *painter, const np_case_shape *shape, np_region **out_region,
                             np_error *err)
{
    field_paint p = {.painter = painter, .shape = shape};
    *out_region = NULL;
    np_status status = create_region(&p, out_region, err);
    paint_fini(&p);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s:%u", painter->source->path, shape->line);
}

/* ---- densities ---- */

static np_status check_range(const field_paint *p, np_error *err)
{
    const np_case_paint *paint = &p->shape->paint;
    double low, high;
    char text[400], name[80];
    np_plain_copy(paint->scalar, name, sizeof name);
    if (!range_of(p, &low, &high))
        snprintf(text, sizeof text, "'%s' has no number on the scan", name);
    else if (low < 0)
        snprintf(text, sizeof text, "'%s' goes from %.6g to %.6g; expected nothing below 0, which is no dots", name,
                 low, high);
    else if (high > paint->full * (1 + 1e-6))
        snprintf(text, sizeof text,
                 "'%s' goes up to %.6g, and %g is as dense as the layer is; write `full: %.6g`, or what of it is full",
                 name, high, paint->full, high);
    else
        return NP_OK;
    return fail(p, text, err);
}

/* From white, which is no dots, to the colour. */
static double share_of_color(const np_case_paint *paint, const float *values)
{
    double along = 0, whole = 0;
    for (int k = 0; k < 3; k++) {
        along += (1 - values[k]) * (1 - paint->color[k]);
        whole += (1 - paint->color[k]) * (1 - paint->color[k]);
    }
    return along / whole;
}

np_status field_paint_map(const np_painter *painter, const np_case_shape *map, double **out_factors, np_error *err)
{
    field_paint p = {.painter = painter, .shape = map};
    *out_factors = NULL;
    np_status status = read_paint(&p, err);
    if (status == NP_OK && map->paint.scalar)
        status = check_range(&p, err);
    for (size_t i = 0; i < painter->scan->surface.mesh.n_vertices && status == NP_OK; i++) {
        const float *v = p.found.values + p.found.channels * i;
        double share = map->paint.scalar ? v[0] / map->paint.full : share_of_color(&map->paint, v);
        p.values[i] = isfinite(share) ? fmin(fmax(share, 0), 1) : 0;
    }
    if (status == NP_OK)
        status = smooth(&p, err);
    if (status == NP_OK) {
        *out_factors = p.values;
        p.values = NULL;
    }
    paint_fini(&p);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "density_map");
}

double field_paint_at(const np_mesh *mesh, const double *values, const np_surface_point *p)
{
    double sum = 0;
    for (int k = 0; k < 3; k++)
        sum += p->weight[k] * values[mesh->triangles[p->triangle].v[k]];
    return sum;
}
