/* The viewer's head: a scan of millions of triangles is made coarser until a browser on a small machine can turn it. */
#include <math.h>
#include <stdlib.h>

#include "report/private/viewer.h"

int16_t report_viewer_length(double mm)
{
    return (int16_t)lround(fmin(fmax(mm / REPORT_VIEWER_UNIT_MM, -INT16_MAX), INT16_MAX));
}

static bool within_reach(np_vec3 p)
{
    const double reach = INT16_MAX * REPORT_VIEWER_UNIT_MM;
    return fabs(p.x) < reach && fabs(p.y) < reach && fabs(p.z) < reach;
}

/* A vertex and the cell that it lies in. */
typedef struct cell_vertex {
    uint64_t cell;
    uint32_t vertex;
} cell_vertex;

static int by_cell(const void *a, const void *b)
{
    const cell_vertex *x = a, *y = b;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return x->vertex < y->vertex ? -1 : x->vertex > y->vertex;
}

static uint64_t cell_of(np_vec3 p, double cell_mm)
{
    const double x[3] = {p.x, p.y, p.z};
    uint64_t cell = 0;
    for (int k = 0; k < 3; k++) /* 21 bits each: a scan within metres of its origin */
        cell = cell << 21 | ((uint64_t)(int64_t)(floor(fmin(fmax(x[k], -1e4), 1e4) / cell_mm) + (1 << 20)) & 0x1fffff);
    return cell;
}

/* For each vertex of MESH the first one of its cell; itself for cells of 0. */
static np_status join_cells(const np_mesh *mesh, double cell_mm, uint32_t *out_joined, np_error *err)
{
    if (cell_mm <= 0) {
        for (size_t i = 0; i < mesh->n_vertices; i++)
            out_joined[i] = (uint32_t)i;
        return NP_OK;
    }
    cell_vertex *order = malloc((mesh->n_vertices + 1) * sizeof *order);
    if (!order)
        return np_error_no_memory(err, "the viewer's head");
    for (size_t i = 0; i < mesh->n_vertices; i++)
        order[i] = (cell_vertex){cell_of(mesh->vertices[i], cell_mm), (uint32_t)i};
    qsort(order, mesh->n_vertices, sizeof *order, by_cell);
    for (size_t i = 0, first = 0; i < mesh->n_vertices; i++) {
        if (order[i].cell != order[first].cell)
            first = i;
        out_joined[order[i].vertex] = order[first].vertex;
    }
    free(order);
    return NP_OK;
}

/* Triangles of JOINED vertices that are left and within reach, into OUT (room for all of them); returns how many. */
static size_t keep_triangles(const np_mesh *mesh, const uint32_t *joined, uint32_t *out)
{
    size_t n = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        uint32_t v[3];
        bool kept = true;
        for (int k = 0; k < 3; k++) {
            v[k] = joined[mesh->triangles[t].v[k]];
            kept = kept && within_reach(mesh->vertices[v[k]]);
        }
        if (!kept || v[0] == v[1] || v[1] == v[2] || v[2] == v[0])
            continue;
        for (int k = 0; k < 3; k++)
            out[3 * n + (size_t)k] = v[k];
        n++;
    }
    return n;
}

/* Vertices that are used, numbered anew in the order of the mesh.  NUMBER has room for all of them. */
static void number_vertices(report_viewer_mesh *out, const np_mesh *mesh, uint32_t *number)
{
    for (size_t i = 0; i < mesh->n_vertices; i++)
        number[i] = 0;
    for (size_t i = 0; i < 3 * out->n_triangles; i++)
        number[out->triangles[i]] = 1;
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        if (!number[i])
            continue;
        const np_vec3 *p = &mesh->vertices[i];
        int16_t *to = out->vertices + 3 * out->n_vertices;
        to[0] = report_viewer_length(p->x);
        to[1] = report_viewer_length(p->y);
        to[2] = report_viewer_length(p->z);
        number[i] = (uint32_t)out->n_vertices++;
    }
    for (size_t i = 0; i < 3 * out->n_triangles; i++)
        out->triangles[i] = number[out->triangles[i]];
}

np_status report_viewer_mesh_init(report_viewer_mesh *out, const np_mesh *mesh, np_error *err)
{
    *out = (report_viewer_mesh){
        .vertices = malloc((3 * mesh->n_vertices + 1) * sizeof *out->vertices),
        .triangles = malloc((3 * mesh->n_triangles + 1) * sizeof *out->triangles),
    };
    uint32_t *joined = malloc((mesh->n_vertices + 1) * sizeof *joined);
    np_status status = out->vertices && out->triangles && joined ? NP_OK : np_error_no_memory(err, "the viewer's head");
    for (bool first = true; status == NP_OK && (first || out->n_triangles > REPORT_VIEWER_TRIANGLES); first = false) {
        out->cell_mm = first ? 0 : out->cell_mm > 0 ? 1.25 * out->cell_mm : 0.4;
        status = join_cells(mesh, out->cell_mm, joined, err);
        if (status == NP_OK)
            out->n_triangles = keep_triangles(mesh, joined, out->triangles);
    }
    if (status == NP_OK)
        number_vertices(out, mesh, joined);
    else
        report_viewer_mesh_fini(out);
    free(joined);
    return status;
}

void report_viewer_mesh_fini(report_viewer_mesh *mesh)
{
    free(mesh->vertices);
    free(mesh->triangles);
    *mesh = (report_viewer_mesh){0};
}
