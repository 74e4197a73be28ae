/* Corners that stand at the same place become one vertex, for formats that know no shared corners (STL). */
#include "surface/weld.h"

#include <stdbool.h>

#include <stdlib.h>
#include <string.h>

/* Bits of the coordinates, with -0 as 0, mixed (the finaliser of MurmurHash3). */
static uint64_t hash_point(np_vec3 p)
{
    double c[3] = {p.x + 0.0, p.y + 0.0, p.z + 0.0};
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (int i = 0; i < 3; i++) {
        uint64_t bits;
        memcpy(&bits, &c[i], sizeof bits);
        h ^= bits;
        h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
        h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
        h ^= h >> 33;
    }
    return h;
}

static bool same_place(np_vec3 a, np_vec3 b)
{
    return a.x == b.x && a.y == b.y && a.z == b.z;
}

/* Into out_first[i], the first vertex at the place of vertex i.  TABLE has SIZE (a power of two) slots. */
static void find_firsts(const np_mesh *mesh, uint32_t *table, size_t size, uint32_t *out_first)
{
    memset(table, 0xFF, size * sizeof *table);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        size_t slot = hash_point(mesh->vertices[i]) & (size - 1);
        while (table[slot] != UINT32_MAX && !same_place(mesh->vertices[table[slot]], mesh->vertices[i]))
            slot = (slot + 1) & (size - 1);
        if (table[slot] == UINT32_MAX)
            table[slot] = (uint32_t)i;
        out_first[i] = table[slot];
    }
}

static bool has_area(const np_mesh *mesh, const uint32_t v[3])
{
    if (v[0] == v[1] || v[1] == v[2] || v[2] == v[0])
        return false;
    np_vec3 a = np_vec3_sub(mesh->vertices[v[1]], mesh->vertices[v[0]]);
    np_vec3 b = np_vec3_sub(mesh->vertices[v[2]], mesh->vertices[v[0]]);
    return np_vec3_length(np_vec3_cross(a, b)) > 0;
}

/* Keeps the triangles with area, on first vertices. */
static void compact_triangles(np_mesh *mesh, const uint32_t *first)
{
    size_t kept = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        np_triangle tri = mesh->triangles[t];
        for (int k = 0; k < 3; k++)
            tri.v[k] = first[tri.v[k]];
        if (has_area(mesh, tri.v))
            mesh->triangles[kept++] = tri;
    }
    mesh->n_triangles = kept;
}

/* Keeps the vertices that a triangle uses; NUMBER is scratch. */
static void compact_vertices(np_mesh *mesh, uint32_t *number)
{
    memset(number, 0, mesh->n_vertices * sizeof *number);
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            number[mesh->triangles[t].v[k]] = 1;
    size_t kept = 0;
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        if (!number[i])
            continue;
        mesh->vertices[kept] = mesh->vertices[i];
        number[i] = (uint32_t)kept++;
    }
    mesh->n_vertices = kept;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            mesh->triangles[t].v[k] = number[mesh->triangles[t].v[k]];
}

np_status np_mesh_weld(np_mesh *mesh, np_error *err)
{
    size_t size = 16;
    while (size < 2 * mesh->n_vertices)
        size *= 2;
    uint32_t *table = malloc(size * sizeof *table);
    uint32_t *first = malloc((mesh->n_vertices + 1) * sizeof *first);
    np_status status = NP_OK;
    if (!table || !first) {
        status = np_error_no_memory(err, "the scan's vertices");
        goto done;
    }
    find_firsts(mesh, table, size, first);
    compact_triangles(mesh, first);
    compact_vertices(mesh, first);
done:
    free(table);
    free(first);
    return status;
}
