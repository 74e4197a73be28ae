/* What follows from the triangles alone: normals, areas, points on them. */
#include "surface/mesh.h"

#include <assert.h>
#include <stdlib.h>

void np_mesh_fini(np_mesh *mesh)
{
    free(mesh->vertices);
    free(mesh->triangles);
    *mesh = (np_mesh){0};
}

/* Twice the area, along the outward normal. */
static np_vec3 area_vector(const np_mesh *mesh, uint32_t triangle)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 a = mesh->vertices[v[0]];
    return np_vec3_cross(np_vec3_sub(mesh->vertices[v[1]], a), np_vec3_sub(mesh->vertices[v[2]], a));
}

np_vec3 np_mesh_triangle_normal(const np_mesh *mesh, uint32_t triangle)
{
    return np_vec3_normalize(area_vector(mesh, triangle));
}

void np_mesh_vertex_normals(const np_mesh *mesh, np_vec3 *out_normals)
{
    for (size_t i = 0; i < mesh->n_vertices; i++)
        out_normals[i] = (np_vec3){0};
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        np_vec3 normal = np_mesh_triangle_normal(mesh, (uint32_t)t);
        for (int k = 0; k < 3; k++) {
            np_vec3 a = np_vec3_sub(mesh->vertices[v[(k + 1) % 3]], mesh->vertices[v[k]]);
            np_vec3 b = np_vec3_sub(mesh->vertices[v[(k + 2) % 3]], mesh->vertices[v[k]]);
            double angle = atan2(np_vec3_length(np_vec3_cross(a, b)), np_vec3_dot(a, b));
            out_normals[v[k]] = np_vec3_mad(out_normals[v[k]], normal, angle);
        }
    }
    for (size_t i = 0; i < mesh->n_vertices; i++)
        out_normals[i] = np_vec3_normalize(out_normals[i]);
}

double np_mesh_triangle_area_mm2(const np_mesh *mesh, uint32_t triangle)
{
    return np_vec3_length(area_vector(mesh, triangle)) / 2;
}

double np_mesh_area_mm2(const np_mesh *mesh)
{
    double sum = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        sum += np_mesh_triangle_area_mm2(mesh, (uint32_t)t);
    return sum;
}

static np_vec3 blend(const np_vec3 *values, const uint32_t v[3], const double weight[3])
{
    np_vec3 sum = np_vec3_scale(values[v[0]], weight[0]);
    sum = np_vec3_mad(sum, values[v[1]], weight[1]);
    return np_vec3_mad(sum, values[v[2]], weight[2]);
}

/* Sets WEIGHT to the nearest point of the segment from corner I to corner J. */
static void clamp_to_edge(const np_vec3 corner[3], np_vec3 p, int i, int j, double weight[3])
{
    np_vec3 edge = np_vec3_sub(corner[j], corner[i]);
    double length2 = np_vec3_dot(edge, edge);
    double s = length2 > 0 ? np_vec3_dot(np_vec3_sub(p, corner[i]), edge) / length2 : 0;
    s = s > 0 ? s : 0; /* fmax and fmin are calls */
    s = s < 1 ? s : 1;
    weight[0] = weight[1] = weight[2] = 0;
    weight[i] = 1 - s;
    weight[j] += s;
}

double np_mesh_closest(const np_mesh *mesh, uint32_t triangle, np_vec3 p, double out_weight[3])
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 corner[3] = {mesh->vertices[v[0]], mesh->vertices[v[1]], mesh->vertices[v[2]]};
    np_vec3 normal = area_vector(mesh, triangle);
    double area2 = np_vec3_dot(normal, normal);

    /* Straight below, if that is inside: the weights are ratios of areas. */
    if (area2 > 0) {
        double inside[3];
        for (int k = 0; k < 3; k++) {
            np_vec3 b = np_vec3_sub(corner[(k + 1) % 3], p), c = np_vec3_sub(corner[(k + 2) % 3], p);
            inside[k] = np_vec3_dot(np_vec3_cross(b, c), normal) / area2;
        }
        if (inside[0] >= 0 && inside[1] >= 0 && inside[2] >= 0) {
            double sum = inside[0] + inside[1] + inside[2];
            for (int k = 0; k < 3; k++)
                out_weight[k] = inside[k] / sum;
            return np_vec3_distance2(p, blend(mesh->vertices, v, out_weight));
        }
    }

    /* Else the nearest of the three sides. */
    double best = INFINITY;
    for (int k = 0; k < 3; k++) {
        double weight[3];
        clamp_to_edge(corner, p, k, (k + 1) % 3, weight);
        double distance2 = np_vec3_distance2(p, blend(mesh->vertices, v, weight));
        if (distance2 < best) {
            best = distance2;
            for (int i = 0; i < 3; i++)
                out_weight[i] = weight[i];
        }
    }
    return best;
}

double np_mesh_longest_edge_mm(const np_mesh *mesh)
{
    double longest2 = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            longest2 = fmax(longest2, np_vec3_distance2(mesh->vertices[mesh->triangles[t].v[k]],
                                                        mesh->vertices[mesh->triangles[t].v[(k + 1) % 3]]));
    return sqrt(longest2);
}

uint32_t np_mesh_nearest(const np_mesh *mesh, double longest_edge_mm, np_vec3 p, double out_weight[3],
                         double *out_distance_mm)
{
    double best2 = INFINITY, reach2 = INFINITY;
    uint32_t best = UINT32_MAX;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        /* no point of a triangle is farther from its corner than its longest edge */
        if (np_vec3_distance2(mesh->vertices[mesh->triangles[t].v[0]], p) > reach2)
            continue;
        double weight[3], distance2 = np_mesh_closest(mesh, (uint32_t)t, p, weight);
        if (!(distance2 < best2))
            continue;
        best2 = distance2;
        reach2 = (sqrt(best2) + longest_edge_mm) * (sqrt(best2) + longest_edge_mm);
        best = (uint32_t)t;
        for (int k = 0; k < 3; k++)
            out_weight[k] = weight[k];
    }
    *out_distance_mm = sqrt(best2);
    return best;
}

np_surface_point np_mesh_point(const np_mesh *mesh, const np_vec3 *normals, uint32_t triangle, const double weight[3])
{
    assert(triangle < mesh->n_triangles);
    const uint32_t *v = mesh->triangles[triangle].v;
    np_surface_point point = {.triangle = triangle, .weight = {weight[0], weight[1], weight[2]}};
    point.position = blend(mesh->vertices, v, weight);
    point.normal = np_vec3_normalize(blend(normals, v, weight));
    if (!(np_vec3_dot(point.normal, point.normal) > 0))
        point.normal = np_mesh_triangle_normal(mesh, triangle);
    return point;
}
