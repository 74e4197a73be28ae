/* How far the scan reaches in every direction, without making its convex hull.
 *
 * A support function is convex and homogeneous: in a direction that is a sum of three others with weights that are not
 * negative it is at most the same sum of theirs.  So exact values at the nodes of a finely divided octahedron give an upper
 * bound everywhere between them, too large by the square of the nodes' spacing only where the scan is round (radius times
 * (0.13 rad)^2 / 8: a quarter of a millimetre on a head), and by up to a thirtieth of the span where its hull is flat. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "arm/private/hull.h"
#include "base/parallel.h"

#define DIVISIONS 16
#define FACE_NODES ((DIVISIONS + 1) * (DIVISIONS + 2) / 2)

/* Node (I, J, DIVISIONS - I - J) of the face in octant SIGNS (bit k: coordinate k is negative). */
static size_t node_number(unsigned signs, int i, int j)
{
    return signs * FACE_NODES + (size_t)(i * (DIVISIONS + 1) - i * (i - 1) / 2 + j);
}

typedef struct hull_job {
    arm_hull *hull;
    const np_vec3 *vertices; /* those that triangles have */
    size_t n;
} hull_job;

static void find_reach(const hull_job *job, unsigned signs, int i, int j)
{
    np_vec3 d = {signs & 1 ? -i : i, signs & 2 ? -j : j, DIVISIONS - i - j};
    d.z = signs & 4 ? -d.z : d.z;
    double best = -INFINITY;
    size_t at = 0;
    for (size_t k = 0; k < job->n; k++) {
        double reach = np_vec3_dot(job->vertices[k], d);
        if (reach > best)
            best = reach, at = k;
    }
    job->hull->reach[node_number(signs, i, j)] = best;
    job->hull->touch[node_number(signs, i, j)] = job->vertices[at];
}

/* One row of one face an item. */
static void find_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    for (size_t row = begin; row < end; row++)
        for (int i = (int)(row / 8), j = 0; j <= DIVISIONS - i; j++)
            find_reach(context, row % 8, i, j);
}

/* The vertices that triangles have, without the others, which may be anywhere. */
static size_t used_vertices(const np_mesh *mesh, np_vec3 *out, unsigned char *used)
{
    size_t n = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            used[mesh->triangles[t].v[k]] = 1;
    for (size_t v = 0; v < mesh->n_vertices; v++)
        if (used[v])
            out[n++] = mesh->vertices[v];
    return n;
}

np_status arm_hull_init(arm_hull *hull, const np_mesh *mesh, const np_mesh *more, np_error *err)
{
    hull->reach = malloc(8 * FACE_NODES * sizeof *hull->reach);
    hull->touch = malloc(8 * FACE_NODES * sizeof *hull->touch);
    np_vec3 *vertices = malloc((mesh->n_vertices + more->n_vertices) * sizeof *vertices);
    unsigned char *used = calloc(mesh->n_vertices, 1);
    np_status status = NP_OK;
    if (hull->reach && hull->touch && vertices && used) {
        hull_job job = {hull, vertices, used_vertices(mesh, vertices, used)};
        for (size_t v = 0; v < more->n_vertices; v++)
            vertices[job.n++] = more->vertices[v];
        np_parallel_for(8 * (DIVISIONS + 1), 4, find_rows, &job);
    } else {
        status = np_error_no_memory(err, "the hull of the scan");
    }
    free(vertices);
    free(used);
    return status;
}

void arm_hull_fini(arm_hull *hull)
{
    free(hull->reach);
    free(hull->touch);
    *hull = (arm_hull){0};
}

double arm_hull_reach_mm(const arm_hull *hull, np_vec3 direction, np_vec3 *out_touch)
{
    double ax = fabs(direction.x), ay = fabs(direction.y), size = ax + ay + fabs(direction.z);
    unsigned signs = (direction.x < 0 ? 1u : 0) | (direction.y < 0 ? 2u : 0) | (direction.z < 0 ? 4u : 0);
    double a = fmin(ax * DIVISIONS / size, DIVISIONS), b = fmin(ay * DIVISIONS / size, DIVISIONS - a);
    int i = (int)fmin(a, DIVISIONS - 1), j = (int)fmin(b, DIVISIONS - 1 - i);
    double fa = a - i, fb = b - j;
    bool far = fa + fb > 1 && i + j + 2 <= DIVISIONS; /* the triangle away from (i, j) */
    size_t node[3] = {node_number(signs, i + 1, j), node_number(signs, i, j + 1),
                      far ? node_number(signs, i + 1, j + 1) : node_number(signs, i, j)};
    double weight[3] = {far ? 1 - fb : fa, far ? 1 - fa : fb, far ? fa + fb - 1 : fmax(0, 1 - fa - fb)};
    double reach = 0;
    np_vec3 touch = {0, 0, 0};
    for (int k = 0; k < 3; k++) {
        reach += weight[k] * hull->reach[node[k]];
        touch = np_vec3_mad(touch, hull->touch[node[k]], weight[k]);
    }
    if (out_touch)
        *out_touch = touch;
    return reach * size / DIVISIONS;
}
