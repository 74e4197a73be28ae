/* Moving least squares over the mesh: a quadric per vertex, fitted to the neighbours that a walk over the edges finds. */
#include "surface/smooth.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "surface/topology.h"

/* Neighbours farther than this many scales weigh under 5 % of the middle one. */
#define REACH_SCALES 2.5
/* Normals that differ by more than 72 degrees belong to the other side of a fold. */
#define SAME_SIDE_COS 0.3
/* A quadric has six coefficients; with fewer than this many neighbours it would follow the noise. */
#define NEIGHBOURS_MIN 9
#define NEIGHBOURS_MAX 512
/* A fit takes about this many of them, evenly from near to far: more make it slower and hardly steadier. */
#define FITTED 192
/* Root mean square distance from the quadric, in mm: full trust up to the noise of hand-held scanners, none from
 * NP_SMOOTH_SHAPE_MM on. */
#define NOISE_MM 0.4
/* A spike is a vertex that lies so far from the quadric of its neighbours alone, and by so many times what these differ from it; or two side by
 * side that both do, each of which hides the other otherwise: by 0.85 mm and 6 standard deviations, or by 2 mm and 4. */
#define SPIKE_MM 0.85
#define SPIKE_DEVIATIONS 6
#define TALL_SPIKE_MM 2.0
#define TALL_SPIKE_DEVIATIONS 4
/* So many of the nearest neighbours may be the other of two. */
#define TWINS 8
/* Where the neighbours say no more than this of the vertex's own place they cannot tell a spike. */
#define LEVERAGE_MAX 0.7
/* The scale is at least 2.2 edges, so that there are neighbours enough to average over, but beyond this many of the asked
 * scales no more than one edge: coarse meshes come from reduced, mostly quiet scans, and their shape must not be averaged away. */
#define EDGES_PER_SCALE 2.2
#define WIDENED_MAX 2.2
#define BLOCK 2048

enum { N = 6 }; /* 1 u v u^2 uv v^2 */

typedef struct smoothing {
    const np_mesh *mesh;
    const np_topology *topology;
    const np_vec3 *normals;
    double scale;      /* in units of the mesh */
    double unit_mm;    /* mm in one */
    np_vec3 *moved;    /* n_vertices: the new places */
    np_vec3 *facing;   /* n_vertices: the quadrics' normals, as long as they are trusted */
    float *rough_mm;   /* n_vertices */
    double *block_max; /* a block: the longest way; negative: out of memory */
} smoothing;

typedef struct walk {
    uint32_t *found; /* NEIGHBOURS_MAX; the vertex itself first */
    size_t n;
    uint32_t *seen; /* n_vertices: the last walk that met a vertex */
} walk;

/* Mean length of the edges at VERTEX; 0 if it has none. */
static double edge_length(const smoothing *s, uint32_t vertex)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = s->topology->first[vertex]; i < s->topology->first[vertex + 1]; i++) {
        const uint32_t *v = s->mesh->triangles[s->topology->around[i]].v;
        for (int k = 0; k < 3; k++)
            if (v[k] != vertex) {
                sum += np_vec3_distance(s->mesh->vertices[v[k]], s->mesh->vertices[vertex]);
                n++;
            }
    }
    return n ? sum / (double)n : 0;
}

/* Breadth first over the edges from VERTEX: all within REACH that face the same way.  Each triangle shows one more corner, the
 * one after the corner that the walk is at; around a vertex that is every neighbour once. */
static void gather(const smoothing *s, uint32_t vertex, double reach, walk *w)
{
    np_vec3 middle = s->mesh->vertices[vertex], normal = s->normals[vertex];
    w->found[0] = vertex;
    w->n = 1;
    w->seen[vertex] = vertex + 1;
    for (size_t next = 0; next < w->n; next++) {
        uint32_t from = w->found[next];
        for (size_t i = s->topology->first[from]; i < s->topology->first[from + 1]; i++) {
            const uint32_t *v = s->mesh->triangles[s->topology->around[i]].v;
            uint32_t to = v[0] == from ? v[1] : v[1] == from ? v[2] : v[0];
            if (w->seen[to] == vertex + 1 || w->n == NEIGHBOURS_MAX)
                continue;
            w->seen[to] = vertex + 1;
            if (np_vec3_distance2(s->mesh->vertices[to], middle) <= reach * reach &&
                np_vec3_dot(s->normals[to], normal) >= SAME_SIDE_COS)
                w->found[w->n++] = to;
        }
    }
}

/* Solves L y = b for a lower triangle L. */
static void solve_lower(double l[N][N], double b[N])
{
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= l[i][k] * b[k];
        b[i] /= l[i][i];
    }
}

/* Solves A x = b for symmetric positive A (the lower triangle is used and overwritten) by Cholesky; false if A is not. */
static bool solve(double a[N][N], double b[N])
{
    for (int j = 0; j < N; j++) {
        for (int k = 0; k < j; k++)
            a[j][j] -= a[j][k] * a[j][k];
        if (!(a[j][j] > 1e-9))
            return false;
        a[j][j] = sqrt(a[j][j]);
        for (int i = j + 1; i < N; i++) {
            for (int k = 0; k < j; k++)
                a[i][j] -= a[i][k] * a[j][k];
            a[i][j] /= a[j][j];
        }
    }
    solve_lower(a, b);
    for (int i = N - 1; i >= 0; i--) {
        for (int k = i + 1; k < N; k++)
            b[i] -= a[k][i] * b[k];
        b[i] /= a[i][i];
    }
    return true;
}

/* The neighbours' mean normal: that of one noisy vertex would tilt the fit. */
static np_vec3 mean_normal(const smoothing *s, const walk *w)
{
    np_vec3 sum = {0};
    for (size_t i = 0; i < w->n; i++) /* all: it is cheap */
        sum = np_vec3_add(sum, s->normals[w->found[i]]);
    return np_vec3_normalize(sum);
}

typedef struct quadric {
    double height_mm; /* over the vertex, along the neighbours' mean normal */
    double rms_mm;    /* of what it leaves */
    double spike_mm;  /* how far the vertex lies from the quadric of the others alone; 0 where that is no spike */
    np_vec3 normal;   /* its own, at the vertex */
} quadric;

/* How much of the fit at the vertex is the vertex's own: of the normal equations' factor L, the first element of (L L^T)^-1. */
static double leverage(double l[N][N])
{
    double y[N] = {1}, sum = 0;
    solve_lower(l, y);
    for (int i = 0; i < N; i++)
        sum += y[i] * y[i];
    return sum;
}

static bool is_spike(double height_mm, double deviation_mm)
{
    return (height_mm > SPIKE_MM && height_mm > SPIKE_DEVIATIONS * deviation_mm) ||
           (height_mm > TALL_SPIKE_MM && height_mm > TALL_SPIKE_DEVIATIONS * deviation_mm);
}

/* Without the vertex its quadric would lie RESIDUAL / (1 - h) from it, and leave so much less of the squares (Belsley, Kuh and Welsch 1980,
 * Regression Diagnostics, 2.1).  SQUARES are what the fit leaves, WEIGHTS the sum of the weights, the vertex's being 1; RESIDUAL and SQUARES in units
 * whose length is UNIT_MM. */
static double spike_of(double residual, double h, double squares, double weights, double unit_mm)
{
    if (!(h < LEVERAGE_MAX))
        return 0;
    double others = fmax(squares - residual * residual / (1 - h), 0);
    double deviation_mm = sqrt(others / fmax(weights - N, 1)) * unit_mm, height_mm = fabs(residual) / (1 - h) * unit_mm;
    return is_spike(height_mm, deviation_mm) ? height_mm : 0;
}

/* A fit, and what it left; lengths in units of UNIT_MM. */
typedef struct fitted {
    double (*l)[N], *b;               /* of the normal equations: their factor, and the quadric */
    double squares, weights, unit_mm; /* as for spike_of */
} fitted;

/* The same of the vertex and a neighbour together, without which the quadric would be another: the lesser of their heights, on one side.
 * ROW and H: the neighbour's place and height, WEIGHT: its weight. */
static double twin_spike_of(const fitted *f, const double row[N], double h, double weight)
{
    double y0[N] = {1}, y1[N], root = sqrt(weight), h00 = 0, h01 = 0, h11 = 0, r0 = -f->b[0], r1 = root * h;
    for (int i = 0; i < N; i++) {
        y1[i] = root * row[i];
        r1 -= root * row[i] * f->b[i];
    }
    solve_lower(f->l, y0);
    solve_lower(f->l, y1);
    for (int i = 0; i < N; i++) {
        h00 += y0[i] * y0[i];
        h01 += y0[i] * y1[i];
        h11 += y1[i] * y1[i];
    }
    double determinant = (1 - h00) * (1 - h11) - h01 * h01;
    if (!(h00 < LEVERAGE_MAX && h11 < LEVERAGE_MAX && determinant > (1 - LEVERAGE_MAX) * (1 - LEVERAGE_MAX)))
        return 0;
    double d0 = ((1 - h11) * r0 + h01 * r1) / determinant, d1 = ((1 - h00) * r1 + h01 * r0) / determinant;
    double others = fmax(f->squares - r0 * d0 - r1 * d1, 0);
    double deviation_mm = sqrt(others / fmax(f->weights - weight - N, 1)) * f->unit_mm;
    double height_mm = d0 * d1 > 0 ? fmin(fabs(d0), fabs(d1) / root) * f->unit_mm : 0;
    return is_spike(height_mm, deviation_mm) ? height_mm : 0;
}

/* How W's vertex number I lies to its first one, in units of SCALE: its row, height and weight. */
static double place_in(const smoothing *s, const walk *w, size_t i, double scale, const np_vec3 frame[3], double row[N],
                       double *out_h)
{
    np_vec3 d = np_vec3_scale(np_vec3_sub(s->mesh->vertices[w->found[i]], s->mesh->vertices[w->found[0]]), 1 / scale);
    double u = np_vec3_dot(d, frame[0]), v = np_vec3_dot(d, frame[1]);
    const double values[N] = {1, u, v, u * u, u * v, v * v};
    memcpy(row, values, sizeof values);
    *out_h = np_vec3_dot(d, frame[2]);
    return exp(-np_vec3_dot(d, d) / 2);
}

/* Fits the quadric at W's first vertex in units of SCALE, as heights along NORMAL.  False where the neighbours do not
 * determine one. */
static bool fit(const smoothing *s, const walk *w, double scale, np_vec3 normal, quadric *out)
{
    np_vec3 e1 = np_vec3_perpendicular(normal), e2 = np_vec3_cross(normal, e1), frame[3] = {e1, e2, normal};
    double a[N][N] = {{0}}, b[N] = {0}, sum = 0, sum2 = 0;
    size_t stride = 1 + (w->n - 1) / FITTED;
    for (size_t i = 0; i < w->n; i += stride) {
        double row[N], h, weight = place_in(s, w, i, scale, frame, row, &h);
        for (int j = 0; j < N; j++) {
            for (int k = 0; k <= j; k++)
                a[j][k] += weight * row[j] * row[k];
            b[j] += weight * row[j] * h;
        }
        sum += weight;
        sum2 += weight * h * h;
    }
    double right[N];
    memcpy(right, b, sizeof right);
    if (!solve(a, b))
        return false;
    for (int j = 0; j < N; j++)
        sum2 -= b[j] * right[j];
    *out = (quadric){.height_mm = b[0] * scale * s->unit_mm,
                     .rms_mm = sqrt(fmax(sum2, 0) / sum) * scale * s->unit_mm,
                     .spike_mm = spike_of(b[0], leverage(a), fmax(sum2, 0), sum, scale * s->unit_mm)};
    fitted f = {a, b, fmax(sum2, 0), sum, scale * s->unit_mm};
    for (size_t i = stride; i < w->n && i <= TWINS && out->spike_mm <= 0; i += stride) {
        double row[N], h, weight = place_in(s, w, i, scale, frame, row, &h);
        out->spike_mm = twin_spike_of(&f, row, h, weight);
    }
    out->normal = np_vec3_normalize(np_vec3_mad(np_vec3_mad(normal, e1, -b[1]), e2, -b[2]));
    return true;
}

static double local_scale(const smoothing *s, uint32_t vertex)
{
    double edge = edge_length(s, vertex);
    return fmax(s->scale, fmin(EDGES_PER_SCALE * edge, fmax(WIDENED_MAX * s->scale, edge)));
}

/* Moves VERTEX; returns how far. */
static double move(const smoothing *s, uint32_t vertex, walk *w)
{
    double scale = local_scale(s, vertex);
    quadric q;
    gather(s, vertex, REACH_SCALES * scale, w);
    np_vec3 normal = mean_normal(s, w);
    s->moved[vertex] = s->mesh->vertices[vertex];
    s->facing[vertex] = (np_vec3){0};
    s->rough_mm[vertex] = 0;
    if (w->n < NEIGHBOURS_MIN || !fit(s, w, scale, normal, &q))
        return 0;
    double unlike_mm = fmax(q.rms_mm, fabs(q.height_mm) / 3); /* three standard deviations of noise are noise still */
    s->rough_mm[vertex] = (float)fmax(fmax(q.rms_mm * s->scale / scale, fabs(q.height_mm) / 3), q.spike_mm);
    double trust = fmin(fmax((NP_SMOOTH_SHAPE_MM - unlike_mm) / (NP_SMOOTH_SHAPE_MM - NOISE_MM), 0), 1);
    s->moved[vertex] = np_vec3_mad(s->mesh->vertices[vertex], normal, trust * q.height_mm / s->unit_mm);
    s->facing[vertex] = np_vec3_scale(q.normal, trust);
    return trust * fabs(q.height_mm);
}

static void smooth_block(void *context, size_t begin, size_t end, size_t block)
{
    const smoothing *s = context;
    walk w = {.found = malloc(NEIGHBOURS_MAX * sizeof *w.found), .seen = calloc(s->mesh->n_vertices, sizeof *w.seen)};
    double longest = w.found && w.seen ? 0 : -1;
    for (size_t i = begin; i < end && longest >= 0; i++)
        longest = fmax(longest, move(s, (uint32_t)i, &w));
    s->block_max[block] = longest;
    free(w.found);
    free(w.seen);
}

/* The new places into MESH; the old ones are freed with S.  Where a quadric is not trusted wholly, the moved triangles' normals make up
 * for it. */
static void take_over(smoothing *s, np_mesh *mesh, np_vec3 *out_normals)
{
    np_vec3 *before = mesh->vertices;
    mesh->vertices = s->moved;
    s->moved = before;
    np_mesh_vertex_normals(mesh, out_normals);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        double trust = np_vec3_length(s->facing[i]);
        out_normals[i] = np_vec3_normalize(np_vec3_mad(s->facing[i], out_normals[i], 1 - trust));
    }
}

np_status np_mesh_smooth(np_mesh *mesh, double scale_mm, double unit_mm, np_vec3 *out_normals, float *out_rough_mm,
                         double *out_max_mm, np_error *err)
{
    np_topology topology = {0};
    size_t blocks = np_parallel_blocks(mesh->n_vertices, BLOCK);
    smoothing s = {.mesh = mesh,
                   .topology = &topology,
                   .normals = out_normals,
                   .rough_mm = out_rough_mm,
                   .scale = scale_mm / unit_mm,
                   .unit_mm = unit_mm,
                   .moved = malloc((mesh->n_vertices + 1) * sizeof *s.moved),
                   .facing = malloc((mesh->n_vertices + 1) * sizeof *s.facing),
                   .block_max = calloc(blocks + 1, sizeof *s.block_max)};
    *out_max_mm = 0;
    np_status status = s.moved && s.facing && s.block_max ? np_topology_init(&topology, mesh, err)
                                                          : np_error_no_memory(err, "the smoothed scan");
    if (status == NP_OK) {
        np_mesh_vertex_normals(mesh, out_normals);
        np_parallel_for(mesh->n_vertices, BLOCK, smooth_block, &s);
    }
    for (size_t i = 0; i < blocks && status == NP_OK; i++) {
        if (s.block_max[i] < 0)
            status = np_error_no_memory(err, "the smoothed scan");
        *out_max_mm = fmax(*out_max_mm, s.block_max[i]);
    }
    if (status == NP_OK)
        take_over(&s, mesh, out_normals);
    np_topology_fini(&topology);
    free(s.moved);
    free(s.facing);
    free(s.block_max);
    return status;
}
