/* Distances from the scan on a coarse grid, made in one pass over the triangles and three over the cells.
 *
 * Cells that a triangle may touch are marked; between cells A and B no two points are nearer than
 * sqrt(sum max(|A - B| - 1, 0)^2) cells.  That is a Euclidean distance transform of the marks, grown by one cell along each
 * axis before its pass: exact, separable and linear in the cells (Felzenszwalb and Huttenlocher, Distance Transforms of
 * Sampled Functions, Theory of Computing 8, 2012). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arm/private/grid.h"
#include "base/parallel.h"

#define CELL_MM 2.5
#define MAX_CELLS 600000.0
#define FAR_CELLS2 1e12f /* no mark in the line; squares of distances in cells are far below */

static void find_box(const np_mesh *mesh, np_vec3 *out_low, np_vec3 *out_high)
{
    np_vec3 low = {INFINITY, INFINITY, INFINITY}, high = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            np_vec3 p = mesh->vertices[mesh->triangles[t].v[k]];
            low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
            high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
        }
    *out_low = low;
    *out_high = high;
}

static int cell_along(double offset_mm, double cell_mm, int n)
{
    double at = offset_mm / cell_mm;
    return at < 0 ? 0 : at >= n ? n - 1 : (int)at;
}

/* Marks the cells of TRIANGLE's box that its plane goes through, and those that touch them by rounding. */
static void mark_triangle(arm_grid *g, const np_mesh *mesh, uint32_t triangle)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    const double rounding_mm = 1e-6;
    int from[3], to[3];
    for (int axis = 0; axis < 3; axis++) {
        double low = INFINITY, high = -INFINITY;
        for (int k = 0; k < 3; k++) {
            double x = (&mesh->vertices[v[k]].x)[axis] - (&g->low.x)[axis];
            low = fmin(low, x), high = fmax(high, x);
        }
        from[axis] = cell_along(low - rounding_mm, g->cell_mm, g->n[axis]);
        to[axis] = cell_along(high + rounding_mm, g->cell_mm, g->n[axis]);
    }
    np_vec3 normal = np_mesh_triangle_normal(mesh, triangle);
    double half = g->cell_mm / 2, reach = half * (fabs(normal.x) + fabs(normal.y) + fabs(normal.z)) + rounding_mm;
    double plane = np_vec3_dot(normal, np_vec3_sub(mesh->vertices[v[0]], g->low));
    for (int z = from[2]; z <= to[2]; z++)
        for (int y = from[1]; y <= to[1]; y++)
            for (int x = from[0]; x <= to[0]; x++) {
                np_vec3 middle = {g->cell_mm * x + half, g->cell_mm * y + half, g->cell_mm * z + half};
                if (fabs(np_vec3_dot(normal, middle) - plane) <= reach)
                    g->least_mm[((size_t)z * (size_t)g->n[1] + (size_t)y) * (size_t)g->n[0] + (size_t)x] = 0;
            }
}

/* ---- the transform of one line ---- */

typedef struct line {
    float *in, *start; /* [n]; [n + 1] */
    int *owner;        /* [n] */
} line;

/* out[i] = min over j of f[j] + (i - j)^2, where f[j] is the least of in[] at j and its two neighbours. */
static void transform_line(line *l, float *out, size_t stride, int n)
{
    int last = -1;
    for (int j = 0; j < n; j++) {
        float f = fminf(l->in[j], fminf(l->in[j > 0 ? j - 1 : j], l->in[j + 1 < n ? j + 1 : j]));
        out[(size_t)j * stride] = f;
    }
    for (int j = 0; j < n; j++) {
        float f = out[(size_t)j * stride], from = -INFINITY;
        l->in[j] = f;
        if (f >= FAR_CELLS2)
            continue;
        while (last >= 0) {
            int k = l->owner[last];
            from = ((f - l->in[k]) + (float)(j * j - k * k)) / (float)(2 * (j - k));
            if (from > l->start[last])
                break;
            last--;
        }
        l->owner[++last] = j;
        l->start[last] = last > 0 ? from : -INFINITY;
    }
    for (int i = 0, at = 0; i < n; i++) {
        while (at < last && l->start[at + 1] < (float)i)
            at++;
        int k = last >= 0 ? l->owner[at] : 0;
        out[(size_t)i * stride] = last >= 0 ? l->in[k] + (float)((i - k) * (i - k)) : FAR_CELLS2;
    }
}

typedef struct pass {
    arm_grid *grid;
    int axis;
    float *in, *start; /* for each block's line */
    int *owner;
    int longest;
} pass;

#define LINES_PER_BLOCK 256

static void transform_lines(void *context, size_t begin, size_t end, size_t block)
{
    pass *p = context;
    const int *n = p->grid->n;
    size_t room = block * ((size_t)p->longest + 1);
    line l = {p->in + room, p->start + room, p->owner + room};
    size_t stride = p->axis == 0 ? 1 : p->axis == 1 ? (size_t)n[0] : (size_t)n[0] * (size_t)n[1];
    for (size_t i = begin; i < end; i++) {
        /* the line's first cell: I counts the cells of the two other axes */
        size_t first = p->axis == 0   ? i * (size_t)n[0]
                       : p->axis == 1 ? i / (size_t)n[0] * (size_t)n[0] * (size_t)n[1] + i % (size_t)n[0]
                                      : i;
        float *cells = p->grid->least_mm + first;
        for (int k = 0; k < n[p->axis]; k++)
            l.in[k] = cells[(size_t)k * stride];
        transform_line(&l, cells, stride, n[p->axis]);
    }
}

static np_status transform(arm_grid *g, np_error *err)
{
    size_t cells = (size_t)g->n[0] * (size_t)g->n[1] * (size_t)g->n[2];
    int longest = g->n[0] > g->n[1] ? g->n[0] : g->n[1];
    longest = longest > g->n[2] ? longest : g->n[2];
    int shortest = g->n[0] < g->n[1] ? g->n[0] : g->n[1];
    shortest = shortest < g->n[2] ? shortest : g->n[2];
    size_t room = np_parallel_blocks(cells / (size_t)shortest, LINES_PER_BLOCK) * ((size_t)longest + 1);
    pass p = {g, 0, malloc(room * sizeof(float)), malloc(room * sizeof(float)), malloc(room * sizeof(int)), longest};
    np_status status = NP_OK;
    if (p.in && p.start && p.owner) {
        for (p.axis = 0; p.axis < 3; p.axis++)
            np_parallel_for(cells / (size_t)g->n[p.axis], LINES_PER_BLOCK, transform_lines, &p);
        for (size_t i = 0; i < cells; i++)
            g->least_mm[i] = sqrtf(g->least_mm[i]) * (float)g->cell_mm;
    } else {
        status = np_error_no_memory(err, "the grid of distances");
    }
    free(p.in);
    free(p.start);
    free(p.owner);
    return status;
}

np_status arm_grid_init(arm_grid *g, const np_mesh *mesh, np_error *err)
{
    find_box(mesh, &g->low, &g->high);
    np_vec3 size = np_vec3_sub(g->high, g->low);
    double volume = (size.x + CELL_MM) * (size.y + CELL_MM) * (size.z + CELL_MM);
    g->cell_mm = fmax(CELL_MM, cbrt(volume / MAX_CELLS));
    for (int axis = 0; axis < 3; axis++)
        g->n[axis] = (int)((&size.x)[axis] / g->cell_mm) + 1;
    size_t cells = (size_t)g->n[0] * (size_t)g->n[1] * (size_t)g->n[2];
    g->least_mm = malloc(cells * sizeof *g->least_mm);
    if (!g->least_mm)
        return np_error_no_memory(err, "the grid of distances");
    for (size_t i = 0; i < cells; i++)
        g->least_mm[i] = FAR_CELLS2;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        mark_triangle(g, mesh, (uint32_t)t);
    return transform(g, err);
}

void arm_grid_fini(arm_grid *g)
{
    free(g->least_mm);
    *g = (arm_grid){0};
}

static double clamped(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

double arm_grid_least_mm(const arm_grid *g, np_vec3 p)
{
    np_vec3 inside = {clamped(p.x, g->low.x, g->high.x), clamped(p.y, g->low.y, g->high.y),
                      clamped(p.z, g->low.z, g->high.z)};
    size_t x = (size_t)cell_along(inside.x - g->low.x, g->cell_mm, g->n[0]);
    size_t y = (size_t)cell_along(inside.y - g->low.y, g->cell_mm, g->n[1]);
    size_t z = (size_t)cell_along(inside.z - g->low.z, g->cell_mm, g->n[2]);
    double least = (double)g->least_mm[(z * (size_t)g->n[1] + y) * (size_t)g->n[0] + x];
    /* from outside the box: the way to the box and on from there are at an obtuse angle, as a box is convex */
    return sqrt(np_vec3_distance2(p, inside) + least * least) * (1 - 1e-6);
}
