#include "surface/private/geodesic.h"

#include "surface/private/march.h"

np_status surface_geodesic_distance(const np_mesh *mesh, const np_surface_point *sources, size_t n_sources,
                                    double *out_distance_mm, np_error *err)
{
    np_topology topology = {0};
    surface_march march = {0};
    np_status status = np_topology_init(&topology, mesh, err);
    if (status == NP_OK)
        status = surface_march_init(&march, &topology, err);
    if (status != NP_OK)
        goto done;

    for (size_t i = 0; i < n_sources; i++) {
        if (sources[i].triangle >= mesh->n_triangles) {
            status = np_error_set(err, NP_ERR_INVALID, "source %zu lies in triangle %u of a mesh that has %zu", i,
                                  sources[i].triangle, mesh->n_triangles);
            goto done;
        }
        for (int k = 0; k < 3; k++) {
            uint32_t v = mesh->triangles[sources[i].triangle].v[k];
            np_vec3 away = np_vec3_sub(mesh->vertices[v], sources[i].position);
            surface_march_vertex value = {.distance_mm = np_vec3_length(away),
                                          .tag = (double)i,
                                          .source = sources[i].position,
                                          .gradient = np_vec3_normalize(away)};
            status = surface_march_offer(&march, v, &value, err);
            if (status != NP_OK)
                goto done;
        }
    }
    status = surface_march_run(&march, err);
    for (size_t v = 0; v < mesh->n_vertices && status == NP_OK; v++)
        out_distance_mm[v] = march.vertices[v].distance_mm;
done:
    surface_march_fini(&march);
    np_topology_fini(&topology);
    return status;
}
