/* Triangles by vertex, in one counting sort; what lies across an edge follows from two short lists. */
#include "surface/topology.h"

#include <assert.h>
#include <stdlib.h>

static bool is_degenerate(const uint32_t v[3])
{
    return v[0] == v[1] || v[1] == v[2] || v[2] == v[0];
}

np_status np_topology_init(np_topology *topology, const np_mesh *mesh, np_error *err)
{
    *topology = (np_topology){.mesh = mesh};
    topology->first = calloc(mesh->n_vertices + 2, sizeof *topology->first);
    topology->around = malloc((3 * mesh->n_triangles + 1) * sizeof *topology->around);
    if (!topology->first || !topology->around) {
        np_topology_fini(topology);
        return np_error_no_memory(err, "the triangles around each vertex");
    }

    /* Counts, then starts shifted by one so that filling leaves each first[v] where it belongs. */
    uint32_t *first = topology->first;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3 && !is_degenerate(mesh->triangles[t].v); k++)
            first[mesh->triangles[t].v[k] + 2]++;
    for (size_t v = 2; v < mesh->n_vertices + 2; v++)
        first[v] += first[v - 1];
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3 && !is_degenerate(mesh->triangles[t].v); k++)
            topology->around[first[mesh->triangles[t].v[k] + 1]++] = (uint32_t)t;
    assert(first[0] == 0);
    assert(first[mesh->n_vertices] <= 3 * mesh->n_triangles);
    return NP_OK;
}

void np_topology_fini(np_topology *topology)
{
    free(topology->first);
    free(topology->around);
    free(topology->across);
    *topology = (np_topology){0};
}

int np_topology_corner(const np_mesh *mesh, uint32_t triangle, uint32_t vertex)
{
    assert(triangle < mesh->n_triangles);
    const uint32_t *v = mesh->triangles[triangle].v;
    return v[0] == vertex ? 0 : v[1] == vertex ? 1 : v[2] == vertex ? 2 : -1;
}

static uint32_t count_around(const np_topology *topology, uint32_t vertex)
{
    return topology->first[vertex + 1] - topology->first[vertex];
}

uint32_t np_topology_beside(const np_topology *topology, uint32_t triangle, int k, bool *out_same_way)
{
    const np_mesh *mesh = topology->mesh;
    assert(triangle < mesh->n_triangles);
    assert(k >= 0);
    assert(k < 3);
    uint32_t a = mesh->triangles[triangle].v[k], b = mesh->triangles[triangle].v[(k + 1) % 3];
    *out_same_way = false;
    if (is_degenerate(mesh->triangles[triangle].v))
        return NP_NO_TRIANGLE;
    /* by the end where fewer triangles meet: the other may be the hub of a fan as large as the mesh */
    bool by_a = count_around(topology, a) <= count_around(topology, b);
    uint32_t end = by_a ? a : b, far = by_a ? b : a, found = NP_NO_TRIANGLE;
    for (uint32_t i = topology->first[end]; i < topology->first[end + 1]; i++) {
        uint32_t other = topology->around[i];
        if (other == triangle || np_topology_corner(mesh, other, far) < 0)
            continue;
        if (found != NP_NO_TRIANGLE)
            return NP_NO_TRIANGLE;
        found = other;
        *out_same_way = mesh->triangles[other].v[(np_topology_corner(mesh, other, a) + 1) % 3] == b;
    }
    return found;
}

np_status np_topology_find_across(np_topology *topology, np_error *err)
{
    const size_t n = topology->mesh->n_triangles;
    uint32_t *across = malloc((3 * n + 1) * sizeof *across);
    if (!across)
        return np_error_no_memory(err, "the triangles across each edge");
    for (size_t i = 0; i < 3 * n; i++)
        across[i] = np_topology_across(topology, (uint32_t)(i / 3), (int)(i % 3));
    topology->across = across;
    return NP_OK;
}

uint32_t np_topology_across(const np_topology *topology, uint32_t triangle, int k)
{
    if (topology->across)
        return topology->across[3 * (size_t)triangle + (size_t)k];
    bool same_way;
    uint32_t other = np_topology_beside(topology, triangle, k, &same_way);
    return same_way ? NP_NO_TRIANGLE : other;
}
