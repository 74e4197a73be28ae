/* A surface is its mesh, its normals, its topology and its search tree, made in that order; queries put the tree's answers into points. */
#include "surface/surface.h"

#include <stdlib.h>

#include "surface/index.h"

static np_status check_indices(const np_mesh *mesh, np_error *err)
{
    if (mesh->n_triangles == 0)
        return np_error_set(err, NP_ERR_GEOMETRY, "the scan has no triangles");
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            if (mesh->triangles[t].v[k] >= mesh->n_vertices)
                return np_error_set(err, NP_ERR_GEOMETRY, "triangle %zu of the scan names vertex %u of %zu", t,
                                    mesh->triangles[t].v[k], mesh->n_vertices);
    return NP_OK;
}

np_status np_surface_init(np_surface *surface, np_mesh *mesh, np_vec3 *normals, np_error *err)
{
    *surface = (np_surface){.mesh = *mesh, .normals = normals, .from_file = np_similarity_identity};
    *mesh = (np_mesh){0};
    np_status status = check_indices(&surface->mesh, err);
    if (status != NP_OK)
        return status;
    if (!surface->normals) {
        surface->normals = malloc(surface->mesh.n_vertices * sizeof *surface->normals);
        if (!surface->normals)
            return np_error_no_memory(err, "the scan");
        np_mesh_vertex_normals(&surface->mesh, surface->normals);
    }
    status = np_topology_init(&surface->topology, &surface->mesh, err);
    if (status == NP_OK)
        status = np_topology_find_across(&surface->topology, err);
    return status == NP_OK ? np_surface_index_create(&surface->mesh, &surface->index, err) : status;
}

void np_surface_fini(np_surface *surface)
{
    np_surface_index_destroy(surface->index);
    np_topology_fini(&surface->topology);
    np_mesh_fini(&surface->mesh);
    free(surface->normals);
    *surface = (np_surface){0};
}

bool np_surface_nearest(const np_surface *surface, np_vec3 p, double limit_mm, np_surface_point *out)
{
    uint32_t triangle;
    double weight[3];
    if (!np_surface_index_nearest(surface->index, p, limit_mm, &triangle, weight))
        return false;
    *out = np_mesh_point(&surface->mesh, surface->normals, triangle, weight);
    return true;
}

bool np_surface_ray(const np_surface *surface, np_vec3 origin, np_vec3 direction, double limit_mm,
                    np_surface_point *out)
{
    uint32_t triangle;
    double weight[3];
    if (!np_surface_index_ray(surface->index, origin, direction, limit_mm, &triangle, weight))
        return false;
    *out = np_mesh_point(&surface->mesh, surface->normals, triangle, weight);
    return true;
}
