/* How far the scan reaches in every direction, without making its convex hull: see base/support.h. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "arm/private/hull.h"
#include "base/parallel.h"

/* Points, of which the first N_ABOVE are the hull's and all N the whole scan's. */
typedef struct hull_job {
    arm_hull *hull;
    const np_vec3 *points;
    size_t n_above, n;
} hull_job;

/* One node an item. */
static void find_reach(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const hull_job *job = context;
    for (size_t node = begin; node < end; node++) {
        np_vec3 d = np_support_direction(node);
        double best = -INFINITY;
        size_t at = 0, k = 0;
        for (; k < job->n_above; k++) {
            double reach = np_vec3_dot(job->points[k], d);
            if (reach > best)
                best = reach, at = k;
        }
        job->hull->reach[node] = best;
        job->hull->touch[node] = job->points[at];
        for (; k < job->n; k++)
            best = fmax(best, np_vec3_dot(job->points[k], d));
        job->hull->whole[node] = best;
    }
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

/* The vertices of its triangles that are lower. */
static size_t points_below(const np_mesh *mesh, double least_z, np_vec3 *out, const unsigned char *used)
{
    size_t n = 0;
    for (size_t v = 0; v < mesh->n_vertices; v++)
        if (used[v] && !(mesh->vertices[v].z >= least_z))
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
        job->n_above = points_above(mesh, least_z, points, used);
        job->n_above += points_above(more, least_z, points + job->n_above, used + mesh->n_vertices);
        job->n = job->n_above + points_below(mesh, least_z, points + job->n_above, used);
        job->n += points_below(more, least_z, points + job->n, used + mesh->n_vertices);
        if (job->n_above == 0)
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
    hull->reach = malloc(NP_SUPPORT_NODES * sizeof *hull->reach);
    hull->whole = malloc(NP_SUPPORT_NODES * sizeof *hull->whole);
    hull->touch = malloc(NP_SUPPORT_NODES * sizeof *hull->touch);
    if (!hull->reach || !hull->whole || !hull->touch)
        return np_error_no_memory(err, "the hull of the scan");
    hull_job job = {.hull = hull};
    np_status status = find_points(mesh, more, least_z, &job, err);
    if (status == NP_OK)
        np_parallel_for(NP_SUPPORT_NODES, 16, find_reach, &job);
    free((void *)job.points);
    return status;
}

void arm_hull_fini(arm_hull *hull)
{
    free(hull->reach);
    free(hull->whole);
    free(hull->touch);
    *hull = (arm_hull){0};
}

double arm_hull_reach_mm(const arm_hull *hull, np_vec3 direction, np_vec3 *out_touch)
{
    size_t node[3];
    double weight[3], scale, reach = 0;
    np_vec3 touch = {0, 0, 0};
    np_support_corners(direction, node, weight, &scale);
    for (int k = 0; k < 3; k++) {
        reach += weight[k] * hull->reach[node[k]];
        touch = np_vec3_mad(touch, hull->touch[node[k]], weight[k]);
    }
    if (out_touch)
        *out_touch = touch;
    return reach * scale;
}

double arm_hull_whole_mm(const arm_hull *hull, np_vec3 direction)
{
    size_t node[3];
    double weight[3], scale, reach = 0;
    np_support_corners(direction, node, weight, &scale);
    for (int k = 0; k < 3; k++)
        reach += weight[k] * hull->whole[node[k]];
    return reach * scale;
}

double arm_hull_span_mm(const arm_hull *hull)
{
    double square = 0;
    for (int axis = 0; axis < 3; axis++) {
        np_vec3 d = {axis == 0, axis == 1, axis == 2};
        double width = arm_hull_whole_mm(hull, d) + arm_hull_whole_mm(hull, np_vec3_scale(d, -1));
        square += width * width;
    }
    return sqrt(square);
}
