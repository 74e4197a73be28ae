/* A painted copy is told to be one by its surface, not by its vertices: programs weld, split and order them anew.  So both surfaces are held
 * against each other as the files have them, and the paint is taken over vertex by vertex of the scan, from the nearest point of the copy. */
#include "head/paint.h"

#include <math.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "head/private/import.h"

#define GRAIN 1024

typedef struct transfer {
    np_surface scan, painted; /* head frame, neither of them smoothed */
    const float *from;        /* of painted's vertices */
    np_scan_paint *to;
    double *off_mm; /* of painted's vertices, from the scan */
} transfer;

static void measure(void *context, size_t begin, size_t end, size_t block)
{
    const transfer *t = context;
    np_surface_point nearest;
    (void)block;
    for (size_t i = begin; i < end; i++) {
        np_vec3 p = t->painted.mesh.vertices[i];
        t->off_mm[i] =
            np_surface_nearest(&t->scan, p, INFINITY, &nearest) ? np_vec3_distance(p, nearest.position) : INFINITY;
    }
}

static void take(void *context, size_t begin, size_t end, size_t block)
{
    const transfer *t = context;
    unsigned channels = t->to->channels;
    np_surface_point at;
    (void)block;
    for (size_t i = begin; i < end; i++) {
        bool there = np_surface_nearest(&t->painted, t->scan.mesh.vertices[i], NP_PAINT_OFF_MM, &at);
        for (unsigned c = 0; c < channels; c++) {
            double sum = there ? 0 : (double)NAN;
            for (int k = 0; k < 3 && there; k++)
                if (at.weight[k] > 0)
                    sum += at.weight[k] * t->from[t->painted.mesh.triangles[at.triangle].v[k] * channels + c];
            t->to->values[i * channels + c] = (float)sum;
        }
    }
}

static np_status check_lies_on(const transfer *t, const np_scan *scan, const char *path, np_error *err)
{
    size_t worst = 0;
    for (size_t i = 1; i < t->painted.mesh.n_vertices; i++)
        if (!(t->off_mm[i] <= t->off_mm[worst]))
            worst = i;
    if (t->off_mm[worst] <= NP_PAINT_OFF_MM)
        return NP_OK;
    np_vec3 p = np_scan_to_file(scan, t->painted.mesh.vertices[worst]);
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: does not lie on the scan: its vertex [%.2f, %.2f, %.2f] is %.1f mm off (at most %g mm); paint "
        "a copy of the scan's own file, and export it with the same axes and units",
        path, p.x, p.y, p.z, t->off_mm[worst], NP_PAINT_OFF_MM);
}

static np_status read_painted(const np_scan *scan, const char *path, const char *scalar, const np_progress *progress,
                              np_surface *out, float **out_values, np_error *err)
{
    np_mesh mesh;
    np_status status = head_scan_import_painted(path, scalar, progress, &mesh, out_values, err);
    for (size_t i = 0; status == NP_OK && i < mesh.n_vertices; i++)
        mesh.vertices[i] = np_scan_from_file(scan, mesh.vertices[i]);
    return status == NP_OK ? np_surface_init(out, &mesh, NULL, err) : status;
}

np_status np_scan_paint_read(const np_scan *scan, const char *path, const char *scalar, const np_progress *progress,
                             np_scan_paint *out, np_error *err)
{
    transfer t = {.to = out};
    float *values = NULL;
    np_mesh raw = {0};
    size_t n = scan->surface.mesh.n_vertices;
    *out = (np_scan_paint){.channels = scalar ? 1 : 3};
    np_status status = read_painted(scan, path, scalar, progress, &t.painted, &values, err);
    if (status == NP_OK)
        status = np_scan_unsmoothed(scan, &raw, err);
    if (status == NP_OK)
        status = np_surface_init(&t.scan, &raw, NULL, err);
    if (status == NP_OK) {
        t.from = values;
        t.off_mm = malloc(t.painted.mesh.n_vertices * sizeof *t.off_mm);
        out->values = malloc(n * out->channels * sizeof *out->values);
        status = t.off_mm && out->values ? NP_OK : np_error_no_memory(err, "the paint");
    }
    if (status == NP_OK) {
        np_parallel_for(t.painted.mesh.n_vertices, GRAIN, measure, &t);
        status = check_lies_on(&t, scan, path, err);
    }
    if (status == NP_OK)
        np_parallel_for(n, GRAIN, take, &t);
    np_surface_fini(&t.painted);
    np_surface_fini(&t.scan);
    free(t.off_mm);
    free(values);
    if (status != NP_OK)
        np_scan_paint_fini(out);
    return status;
}

void np_scan_paint_fini(np_scan_paint *paint)
{
    free(paint->values);
    *paint = (np_scan_paint){0};
}
