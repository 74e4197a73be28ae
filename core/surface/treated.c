/* The treated skin from its parts: refined, clipped, made a surface again where parts touch at a vertex, and numbered. */
#include "surface/treated.h"

#include <stdlib.h>
#include <string.h>

#include "surface/private/treated_build.h"
#include "surface/private/treated_clip.h"
#include "surface/private/treated_refine.h"
#include "surface/topology.h"

#define NONE UINT32_MAX

void np_treated_fini(np_treated *treated)
{
    np_mesh_fini(&treated->mesh);
    free(treated->normals);
    free(treated->scan_triangle);
    *treated = (np_treated){0};
}

/* Marks, in DONE, the triangles around VERTEX that hang together with its first unmarked one by edges; how many. */
static uint32_t mark_fan(const np_topology *topology, uint32_t vertex, bool *done, surface_treated_build *build,
                         uint32_t rename)
{
    uint32_t first = topology->first[vertex], n = topology->first[vertex + 1] - first, i = 0, marked = 0;
    while (i < n && done[i])
        i++;
    for (int way = 0; way < 2 && i < n && marked < n; way++) {
        uint32_t t = topology->around[first + i];
        for (;;) {
            uint32_t at = 0;
            while (topology->around[first + at] != t)
                at++;
            int k = np_topology_corner(topology->mesh, t, vertex);
            if (!done[at]) {
                done[at] = true;
                marked++;
                build->triangles[t].v[k] = rename;
            }
            uint32_t next = np_topology_across(topology, t, way == 0 ? k : (k + 2) % 3);
            if (next == NP_NO_TRIANGLE || next == topology->around[first + i])
                break;
            t = next;
        }
    }
    return marked;
}

/* Where parts of the treated skin touch at one vertex only, gives each its own, so that the treated is a surface there too. */
static np_status split_pinches(surface_treated_build *build, const np_mesh *mesh, np_error *err)
{
    np_topology topology = {0};
    np_status status = np_topology_init(&topology, mesh, err);
    uint32_t most = 0;
    for (size_t v = 0; v < mesh->n_vertices && status == NP_OK; v++)
        most = topology.first[v + 1] - topology.first[v] > most ? topology.first[v + 1] - topology.first[v] : most;
    bool *done = malloc(most + 1);
    if (status == NP_OK && !done)
        status = np_error_no_memory(err, "the treated skin");
    for (uint32_t v = 0; v < mesh->n_vertices && status == NP_OK; v++) {
        uint32_t n = topology.first[v + 1] - topology.first[v], name = v;
        if (n == 0)
            continue;
        memset(done, 0, n);
        uint32_t marked = mark_fan(&topology, v, done, build, name);
        while (marked < n && status == NP_OK) {
            surface_build_point copy = build->points[v];
            status = surface_build_add_point(build, &copy, &name, err);
            if (status == NP_OK)
                marked += mark_fan(&topology, v, done, build, name);
        }
    }
    free(done);
    np_topology_fini(&topology);
    return status;
}

/* Renumbers the points that are used in the order in which the triangles name them, and drops the others. */
static np_status compact(surface_treated_build *build, np_error *err)
{
    uint32_t *number = malloc((build->n_points + 1) * sizeof *number);
    surface_build_point *points = malloc((build->n_points + 1) * sizeof *points);
    if (!number || !points) {
        free(number);
        free(points);
        return np_error_no_memory(err, "the treated skin");
    }
    memset(number, 0xff, (build->n_points + 1) * sizeof *number);
    size_t n = 0;
    for (size_t i = 0; i < build->n_triangles; i++)
        for (int k = 0; k < 3; k++) {
            uint32_t *v = &build->triangles[i].v[k];
            if (number[*v] == NONE) {
                points[n] = build->points[*v];
                number[*v] = (uint32_t)n++;
            }
            *v = number[*v];
        }
    free(number);
    build->point_capacity = build->n_points + 1;
    free(build->points);
    build->points = points;
    build->n_points = n;
    return NP_OK;
}

/* The triangles as a mesh, for the topology; the caller frees with np_mesh_fini. */
static np_status copy_triangles(const surface_treated_build *build, np_mesh *out_mesh, np_error *err)
{
    *out_mesh = (np_mesh){.n_vertices = build->n_points, .n_triangles = build->n_triangles};
    out_mesh->triangles = malloc((build->n_triangles + 1) * sizeof *out_mesh->triangles);
    if (!out_mesh->triangles)
        return np_error_no_memory(err, "the treated skin");
    for (size_t i = 0; i < build->n_triangles; i++)
        memcpy(out_mesh->triangles[i].v, build->triangles[i].v, sizeof build->triangles[i].v);
    return NP_OK;
}

static np_status finish(surface_treated_build *build, np_treated *treated, np_error *err)
{
    np_status status = compact(build, err);
    if (status == NP_OK)
        status = copy_triangles(build, &treated->mesh, err);
    if (status == NP_OK)
        status = split_pinches(build, &treated->mesh, err);
    np_mesh_fini(&treated->mesh);
    if (status == NP_OK)
        status = copy_triangles(build, &treated->mesh, err);
    if (status != NP_OK)
        return status;
    treated->mesh.vertices = malloc((build->n_points + 1) * sizeof *treated->mesh.vertices);
    treated->normals = malloc((build->n_points + 1) * sizeof *treated->normals);
    treated->scan_triangle = malloc((build->n_triangles + 1) * sizeof *treated->scan_triangle);
    if (!treated->mesh.vertices || !treated->normals || !treated->scan_triangle)
        return np_error_no_memory(err, "the treated skin");
    for (size_t v = 0; v < build->n_points; v++) {
        const surface_build_point *p = &build->points[v];
        np_surface_point s = np_mesh_point(&build->surface->mesh, build->surface->normals, p->scan_triangle, p->weight);
        treated->mesh.vertices[v] = s.position;
        treated->normals[v] = s.normal;
    }
    for (size_t t = 0; t < build->n_triangles; t++)
        treated->scan_triangle[t] = build->triangles[t].scan_triangle;
    return NP_OK;
}

np_status np_treated_init(np_treated *treated, const np_surface *surface, np_treated_inside *inside, void *context,
                          double max_edge_mm, np_error *err)
{
    *treated = (np_treated){0};
    if (!(max_edge_mm > 0))
        return np_error_set(err, NP_ERR_INVALID, "the treated skin needs a longest edge of more than 0 mm, found %g",
                            max_edge_mm);
    surface_treated_build build = {
        .surface = surface, .inside = inside, .context = context, .max_edge_mm = max_edge_mm};
    np_status status = surface_treated_refine(&build, err);
    if (status == NP_OK)
        status = surface_treated_clip(&build, err);
    if (status == NP_OK && build.n_triangles == 0)
        status = np_error_set(err, NP_ERR_GEOMETRY, "nothing of the scan is inside the area to be treated");
    if (status == NP_OK)
        status = finish(&build, treated, err);
    surface_treated_build_fini(&build);
    if (status != NP_OK)
        np_treated_fini(treated);
    return status;
}
