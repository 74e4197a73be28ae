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
    const np_vec3 *points;
    size_t n;
} hull_job;

static void find_reach(const hull_job *job, unsigned signs, int i, int j)
{
    np_vec3 d = {signs & 1 ? -i : i, signs & 2 ? -j : j, DIVISIONS - i - j};
    d.z = signs & 4 ? -d.z : d.z;
    double best = -INFINITY;
    size_t at = 0;
    for (size_t k = 0; k < job->n; k++) {
        double reach = np_vec3_dot(job->points[k], d);
        if (reach > best)
            best = reach, at = k;
    }
    job->hull->reach[node_number(signs, i, j)] = best;
    job->hull->touch[node_number(signs, i, j)] = job->points[at];
}

/* One row of one face an item. */
static void find_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    for (size_t row = begin; row < end; row++)
        for (int i = (int)(row / 8), j = 0; j <= DIVISIONS - i; j++)
            find_reach(context, row % 8, i, j);
}

/* What MESH has from LEAST_Z on, as points whose hull holds it: vertices of its triangles (no others, which may be anywhere), and where
 * its edges go through that height.  OUT has room for all vertices and two more points a triangle; USED is zero. */
static size_t points_above(const np_mesh *mesh, double least_z, np_vec3 *out, unsigned char *used)
{
    size_t n = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t v = mesh->triangles[t].v[k];
            np_vec3 a = mesh->vertices[v], b = mesh->vertices[mesh->triangles[t].v[(k + 1) % 3]];
            used[v] = 1;
            if ((a.z >= least_z) != (b.z >= least_z))
                out[n++] = np_vec3_lerp(a, b, (least_z - a.z) / (b.z - a.z));
        }
    for (size_t v = 0; v < mesh->n_vertices; v++)
        if (used[v] && mesh->vertices[v].z >= least_z)
            out[n++] = mesh->vertices[v];
    return n;
}

static np_status find_points(const np_mesh *mesh, const np_mesh *more, double least_z, hull_job *job, np_error *err)
{
    size_t room = mesh->n_vertices + more->n_vertices + 2 * (mesh->n_triangles + more->n_triangles);
    np_vec3 *points = malloc((room + 1) * sizeof *points);
    unsigned char *used = calloc(mesh->n_vertices + more->n_vertices + 1, 1);
    job->points = points;
    np_status status = NP_OK;
    if (points && used) {
        job->n = points_above(mesh, least_z, points, used);
        job->n += points_above(more, least_z, points + job->n, used + mesh->n_vertices);
        if (job->n == 0)
            status =
                np_error_set(err, NP_ERR_GEOMETRY, "the whole scan is lower than %.1f mm in the head's frame", least_z);
    } else {
        status = np_error_no_memory(err, "the hull of the scan");
    }
    free(used);
    return status;
}

np_status arm_hull_init(arm_hull *hull, const np_mesh *mesh, const np_mesh *more, double least_z, np_error *err)
{
    hull->reach = malloc(8 * FACE_NODES * sizeof *hull->reach);
    hull->touch = malloc(8 * FACE_NODES * sizeof *hull->touch);
    if (!hull->reach || !hull->touch)
        return np_error_no_memory(err, "the hull of the scan");
    hull_job job = {hull, NULL, 0};
    np_status status = find_points(mesh, more, least_z, &job, err);
    if (status == NP_OK)
        np_parallel_for(8 * (DIVISIONS + 1), 4, find_rows, &job);
    free((void *)job.points);
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
