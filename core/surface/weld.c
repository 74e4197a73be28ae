/* Corners that stand at the same place become one vertex, for formats that know no shared corners (STL), and each triangle stands
 * once: a hash table of cells over space, and one of corners. */
#include "surface/weld.h"

#include <stdbool.h>

#include <stdlib.h>
#include <string.h>

/* Corners that belong together differ by what writing and reading them again costs: files with seven digits lose 1e-7 of a
 * coordinate.  In parts of the mesh's extent; 0.001 mm on a head. */
#define TOLERANCE 2e-6

/* The finaliser of MurmurHash3 over three words. */
static uint64_t hash_words(const uint64_t words[3])
{
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (int i = 0; i < 3; i++) {
        h ^= words[i];
        h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
        h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
        h ^= h >> 33;
    }
    return h;
}

/* The first vertices found so far, in a table of SIZE (a power of two) slots by the cell that they lie in. */
typedef struct places {
    const np_mesh *mesh;
    uint32_t *table;
    size_t size;
    double tolerance, cell;
} places;

static size_t slot_of(const places *s, const double cell[3])
{
    uint64_t words[3];
    memcpy(words, cell, sizeof words);
    return hash_words(words) & (s->size - 1);
}

static void cell_of(const places *s, np_vec3 p, double out[3])
{
    out[0] = floor(p.x / s->cell) + 0.0; /* no -0: it has other bits */
    out[1] = floor(p.y / s->cell) + 0.0;
    out[2] = floor(p.z / s->cell) + 0.0;
}

/* The lowest first vertex within the tolerance of P among those of CELL, if it is lower than BEST. */
static uint32_t look_in(const places *s, const double cell[3], np_vec3 p, uint32_t best)
{
    for (size_t slot = slot_of(s, cell); s->table[slot] != UINT32_MAX; slot = (slot + 1) & (s->size - 1)) {
        uint32_t v = s->table[slot];
        if (v < best && np_vec3_distance2(s->mesh->vertices[v], p) <= s->tolerance * s->tolerance)
            best = v;
    }
    return best;
}

static void find_firsts(places *s, uint32_t *out_first)
{
    memset(s->table, 0xFF, s->size * sizeof *s->table);
    for (size_t i = 0; i < s->mesh->n_vertices; i++) {
        np_vec3 p = s->mesh->vertices[i], reach = {s->tolerance, s->tolerance, s->tolerance};
        double low[3], high[3], own[3];
        cell_of(s, np_vec3_sub(p, reach), low);
        cell_of(s, np_vec3_add(p, reach), high);
        cell_of(s, p, own);
        uint32_t first = (uint32_t)i;
        for (int corner = 0; corner < 8; corner++) {
            double cell[3];
            bool again = false; /* of a dimension in which both ends lie in one cell, the second end */
            for (int k = 0; k < 3; k++) {
                cell[k] = corner >> k & 1 ? high[k] : low[k];
                again = again || ((corner >> k & 1) && high[k] == low[k]);
            }
            if (!again)
                first = look_in(s, cell, p, first);
        }
        out_first[i] = first;
        if (first != i)
            continue;
        size_t slot = slot_of(s, own);
        while (s->table[slot] != UINT32_MAX)
            slot = (slot + 1) & (s->size - 1);
        s->table[slot] = (uint32_t)i;
    }
}

static double extent(const np_mesh *mesh)
{
    np_vec3 low = {INFINITY, INFINITY, INFINITY}, high = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_vec3 p = mesh->vertices[i];
        low = (np_vec3){fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z)};
        high = (np_vec3){fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z)};
    }
    return mesh->n_vertices ? np_vec3_distance(low, high) : 0;
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

static void sort3(uint64_t v[3])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j + 1 < 3 - i; j++)
            if (v[j] > v[j + 1]) {
                uint64_t swap = v[j];
                v[j] = v[j + 1];
                v[j + 1] = swap;
            }
}

/* Keeps the first of triangles with the same three corners, whichever way round; returns how many were dropped. */
static size_t drop_doubled(np_mesh *mesh, uint32_t *table, size_t size)
{
    size_t kept = 0, n = mesh->n_triangles;
    memset(table, 0xFF, size * sizeof *table);
    for (size_t t = 0; t < n; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        uint64_t corners[3] = {v[0], v[1], v[2]};
        sort3(corners);
        size_t slot = hash_words(corners) & (size - 1);
        bool doubled = false;
        for (; table[slot] != UINT32_MAX && !doubled; slot = (slot + 1) & (size - 1)) {
            const uint32_t *w = mesh->triangles[table[slot]].v;
            uint64_t other[3] = {w[0], w[1], w[2]};
            sort3(other);
            doubled = memcmp(corners, other, sizeof other) == 0;
        }
        if (doubled)
            continue;
        table[slot] = (uint32_t)kept;
        mesh->triangles[kept++] = mesh->triangles[t];
    }
    mesh->n_triangles = kept;
    return n - kept;
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

np_status np_mesh_drop_unused(np_mesh *mesh, np_error *err)
{
    uint32_t *number = malloc((mesh->n_vertices + 1) * sizeof *number);
    if (!number)
        return np_error_no_memory(err, "the scan's vertices");
    compact_vertices(mesh, number);
    free(number);
    return NP_OK;
}

np_status np_mesh_weld(np_mesh *mesh, size_t *out_doubled, np_error *err)
{
    size_t size = 16;
    while (size < 2 * mesh->n_vertices || size < 2 * mesh->n_triangles)
        size *= 2;
    uint32_t *table = malloc(size * sizeof *table);
    uint32_t *first = malloc((mesh->n_vertices + 1) * sizeof *first);
    np_status status = NP_OK;
    *out_doubled = 0;
    if (!table || !first) {
        status = np_error_no_memory(err, "the scan's vertices");
        goto done;
    }
    double tolerance = TOLERANCE * extent(mesh);
    places s = {mesh, table, size, tolerance, tolerance > 0 ? 4 * tolerance : 1};
    find_firsts(&s, first);
    compact_triangles(mesh, first);
    *out_doubled = drop_doubled(mesh, table, size);
    compact_vertices(mesh, first);
done:
    free(table);
    free(first);
    return status;
}
