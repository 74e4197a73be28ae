/* Points, triangles and the edges between them, for the steps that make the treated skin. */
#include "surface/private/treated_build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "surface/topology.h"

#define NONE UINT32_MAX

void surface_treated_build_fini(surface_treated_build *build)
{
    free(build->points);
    free(build->triangles);
    free(build->next);
    free(build->edges.keys);
    free(build->edges.values);
    *build = (surface_treated_build){0};
}

np_status surface_build_add_point(surface_treated_build *build, const surface_build_point *point, uint32_t *out_index,
                                  np_error *err)
{
    np_status status = NP_GROW(build->points, build->point_capacity, build->n_points + 1, "the treated skin", err);
    if (status != NP_OK)
        return status;
    assert(build->n_points < UINT32_MAX);
    *out_index = (uint32_t)build->n_points;
    build->points[build->n_points++] = *point;
    return NP_OK;
}

np_status surface_build_add_triangle(surface_treated_build *build, uint32_t a, uint32_t b, uint32_t c,
                                     uint32_t scan_triangle, np_error *err)
{
    assert(a < build->n_points);
    assert(b < build->n_points);
    assert(c < build->n_points);
    assert(a != b);
    assert(b != c);
    assert(c != a);
    assert(scan_triangle < build->surface->mesh.n_triangles);
    np_status status = NP_GROW(build->next, build->next_capacity, build->n_next + 1, "the treated skin", err);
    if (status == NP_OK)
        build->next[build->n_next++] = (surface_build_triangle){{a, b, c}, scan_triangle, false};
    return status;
}

void surface_build_swap(surface_treated_build *build)
{
    surface_build_triangle *triangles = build->triangles;
    size_t capacity = build->triangle_capacity;
    build->triangles = build->next;
    build->n_triangles = build->n_next;
    build->triangle_capacity = build->next_capacity;
    build->next = triangles;
    build->n_next = 0;
    build->next_capacity = capacity;
}

void surface_build_weights_in(const surface_treated_build *build, const surface_build_point *point,
                              uint32_t scan_triangle, double out_weight[3])
{
    if (point->scan_triangle == scan_triangle) {
        memcpy(out_weight, point->weight, sizeof point->weight);
        return;
    }
    /* It lies on the edge or corner that both triangles share: weights go with the corners. */
    const np_mesh *mesh = &build->surface->mesh;
    out_weight[0] = out_weight[1] = out_weight[2] = 0;
    for (int k = 0; k < 3; k++) {
        int corner = np_topology_corner(mesh, scan_triangle, mesh->triangles[point->scan_triangle].v[k]);
        if (corner >= 0)
            out_weight[corner] = point->weight[k];
    }
}

surface_build_point surface_build_between(const surface_treated_build *build, const surface_build_point *a,
                                          const surface_build_point *b, uint32_t scan_triangle, double t)
{
    surface_build_point p = {.scan_triangle = scan_triangle};
    double wa[3], wb[3];
    surface_build_weights_in(build, a, scan_triangle, wa);
    surface_build_weights_in(build, b, scan_triangle, wb);
    for (int k = 0; k < 3; k++)
        p.weight[k] = wa[k] + t * (wb[k] - wa[k]);
    p.position = np_vec3_lerp(a->position, b->position, t);
    return p;
}

double surface_build_ask(const surface_treated_build *build, uint32_t scan_triangle, const double weight[3])
{
    np_surface_point p = np_mesh_point(&build->surface->mesh, build->surface->normals, scan_triangle, weight);
    return build->inside(build->context, &p);
}

np_status surface_edge_map_reset(surface_edge_map *map, size_t n, np_error *err)
{
    size_t capacity = 1024;
    while (capacity < 4 * n)
        capacity *= 2;
    if (capacity > map->room) {
        free(map->keys);
        free(map->values);
        map->capacity = map->room = 0;
        map->keys = malloc(capacity * sizeof *map->keys);
        map->values = malloc(capacity * sizeof *map->values);
        if (!map->keys || !map->values)
            return np_error_no_memory(err, "the treated skin");
        map->room = capacity;
    }
    map->capacity = capacity; /* no larger than it need be: a small map stays in the cache */
    assert((map->capacity & (map->capacity - 1)) == 0);
    memset(map->keys, 0xff, map->capacity * sizeof *map->keys);
    map->n = 0;
    return NP_OK;
}

/* The slot of an edge, or the free one where it belongs. */
static size_t slot_of(const surface_edge_map *map, uint32_t a, uint32_t b, uint64_t *out_key)
{
    assert(a != b);
    assert(map->n < map->capacity); /* a free slot ends the search */
    uint32_t lo = a < b ? a : b, hi = a < b ? b : a;
    uint64_t key = (uint64_t)lo << 32 | hi;
    size_t slot = (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (map->capacity - 1);
    while (map->keys[slot] != UINT64_MAX && map->keys[slot] != key)
        slot = (slot + 1) & (map->capacity - 1);
    *out_key = key;
    return slot;
}

uint32_t surface_edge_map_get(surface_edge_map *map, uint32_t a, uint32_t b, uint32_t value, bool *out_new)
{
    uint64_t key;
    size_t slot = slot_of(map, a, b, &key);
    *out_new = map->keys[slot] == UINT64_MAX;
    if (*out_new) {
        map->keys[slot] = key;
        map->values[slot] = value;
        map->n++;
    }
    return map->values[slot];
}

uint32_t surface_edge_map_find(const surface_edge_map *map, uint32_t a, uint32_t b)
{
    uint64_t key;
    size_t slot = slot_of(map, a, b, &key);
    return map->keys[slot] == key ? map->values[slot] : NONE;
}
