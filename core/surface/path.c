/* Two ways of joining points: the mesh cut by a plane, which is smooth, and A* over triangles pulled tight, which is sure. */
#include "surface/private/path.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/heap.h"

/* How much longer than the shortest path a plane section may be. */
#define SECTION_EXCESS 1.03
/* A section longer than this many chords has lost its way. */
#define SECTION_LIMIT 3.0

/* A* over triangles, each entered at the middle of an edge.  A triangle may be entered several times before it is its turn:
 * the heap holds the triangles by estimated length, and the number of the entry. */
typedef struct entry {
    double reached;
    uint32_t from;
    np_vec3 at;
} entry;

typedef struct np_path_search {
    uint32_t *came_from; /* per triangle, valid if stamp is the current one */
    uint32_t *stamp;
    uint32_t now;
    np_heap open;
    entry *entries; /* n */
    size_t n, capacity;
} np_path_search;

void surface_pathfinder_init(surface_pathfinder *finder, const np_topology *topology)
{
    *finder = (surface_pathfinder){.topology = topology};
}

void surface_pathfinder_fini(surface_pathfinder *finder)
{
    surface_sleeve_fini(&finder->section);
    surface_sleeve_fini(&finder->mesh_path);
    if (finder->search) {
        free(finder->search->came_from);
        free(finder->search->stamp);
        np_heap_fini(&finder->search->open);
        free(finder->search->entries);
        free(finder->search);
    }
    *finder = (surface_pathfinder){0};
}

/* The cutting plane through A and B. */
typedef struct plane {
    np_vec3 point, normal;
} plane;

static double height(const plane *p, np_vec3 x)
{
    return np_vec3_dot(np_vec3_sub(x, p->point), p->normal);
}

/* Where the plane crosses the edge from corner K of T, if it does: a vertex on the plane counts as above it. */
static bool cuts_edge(const plane *p, const np_mesh *mesh, uint32_t t, int k, double *out_t)
{
    double a = height(p, mesh->vertices[mesh->triangles[t].v[k]]);
    double b = height(p, mesh->vertices[mesh->triangles[t].v[(k + 1) % 3]]);
    if ((a < 0) == (b < 0))
        return false;
    *out_t = a / (a - b);
    return true;
}

/* The edge by which the section leaves T, other than over the edge shared with CAME_FROM; or, in the first triangle, the
 * one that lies towards TARGET. */
static int section_exit(const plane *p, const np_topology *topology, uint32_t t, uint32_t came_from, np_vec3 target,
                        double *out_t)
{
    const np_mesh *mesh = topology->mesh;
    int best = -1;
    double best_along = -INFINITY;
    for (int k = 0; k < 3; k++) {
        double s;
        if (!cuts_edge(p, mesh, t, k, &s))
            continue;
        if (came_from != NP_NO_TRIANGLE && np_topology_across(topology, t, k) == came_from)
            continue;
        const uint32_t *v = mesh->triangles[t].v;
        np_vec3 at = np_vec3_lerp(mesh->vertices[v[k]], mesh->vertices[v[(k + 1) % 3]], s);
        double along = np_vec3_dot(np_vec3_sub(at, p->point), np_vec3_sub(target, p->point));
        if (along > best_along) {
            best_along = along;
            best = k;
            *out_t = s;
        }
    }
    return best;
}

/* Follows the section from A to B; its length, or INFINITY if it does not get there. */
static np_status walk_section(surface_pathfinder *finder, const np_surface_point *a, const np_surface_point *b,
                              double *out_length, np_error *err)
{
    const np_topology *topology = finder->topology;
    const np_mesh *mesh = topology->mesh;
    np_vec3 chord = np_vec3_sub(b->position, a->position);
    np_vec3 side = np_vec3_cross(chord, np_vec3_add(a->normal, b->normal));
    double limit = SECTION_LIMIT * np_vec3_length(chord), length = 0;
    plane p = {a->position, np_vec3_normalize(side)};
    surface_sleeve *s = &finder->section;
    *out_length = INFINITY;
    if (np_vec3_length(side) <= 1e-3 * np_vec3_length(chord))
        return NP_OK;

    s->n = 0;
    np_status status = surface_sleeve_push(s, a->triangle, err);
    uint32_t t = a->triangle, came_from = NP_NO_TRIANGLE;
    np_vec3 last = a->position;
    while (status == NP_OK && t != b->triangle && length <= limit) {
        double at = 0;
        int k = section_exit(&p, topology, t, came_from, b->position, &at);
        uint32_t next = k < 0 ? NP_NO_TRIANGLE : np_topology_across(topology, t, k);
        if (next == NP_NO_TRIANGLE)
            return NP_OK;
        surface_crossing c = surface_crossing_make(mesh, t, k, next, at);
        status = surface_sleeve_push(s, next, err);
        s->crossings[s->n - 2] = c;
        np_vec3 here = surface_crossing_position(mesh, &c);
        length += np_vec3_distance(last, here);
        last = here;
        came_from = t;
        t = next;
    }
    if (status == NP_OK && t == b->triangle)
        *out_length = length + np_vec3_distance(last, b->position);
    return status;
}

static np_status enter(np_path_search *search, uint32_t triangle, double estimate, entry e, np_error *err)
{
    np_status status = NP_GROW(search->entries, search->capacity, search->n + 1, "a path along the scan", err);
    if (status == NP_OK)
        status = np_heap_push(&search->open, (np_heap_entry){estimate, triangle, (uint32_t)search->n}, err);
    assert(search->n < UINT32_MAX);
    if (status == NP_OK)
        search->entries[search->n++] = e;
    return status;
}

static np_status search_ready(surface_pathfinder *finder, np_error *err)
{
    if (!finder->search) {
        size_t n = finder->topology->mesh->n_triangles;
        finder->search = calloc(1, sizeof *finder->search);
        if (finder->search) {
            finder->search->came_from = malloc((n + 1) * sizeof(uint32_t));
            finder->search->stamp = calloc(n + 1, sizeof(uint32_t));
        }
        if (!finder->search || !finder->search->came_from || !finder->search->stamp)
            return np_error_no_memory(err, "a path along the scan");
    }
    finder->search->now++;
    finder->search->n = finder->search->open.n = 0;
    return NP_OK;
}

/* A* from A's triangle to B's; *OUT_FOUND tells whether there is a way.  came_from then leads back from B. */
static np_status search_triangles(surface_pathfinder *finder, const np_surface_point *a, const np_surface_point *b,
                                  bool *out_found, np_error *err)
{
    const np_topology *topology = finder->topology;
    const np_mesh *mesh = topology->mesh;
    np_status status = search_ready(finder, err);
    if (status != NP_OK)
        return status;
    np_path_search *search = finder->search;
    *out_found = false;
    status = enter(search, a->triangle, 0, (entry){0, NP_NO_TRIANGLE, a->position}, err);
    while (status == NP_OK && search->open.n > 0 && !*out_found) {
        np_heap_entry first = np_heap_pop(&search->open);
        uint32_t triangle = first.item;
        assert(first.detail < search->n);
        entry e = search->entries[first.detail];
        if (search->stamp[triangle] == search->now)
            continue;
        search->stamp[triangle] = search->now;
        search->came_from[triangle] = e.from;
        *out_found = triangle == b->triangle;
        for (int k = 0; k < 3 && status == NP_OK && !*out_found; k++) {
            uint32_t next = np_topology_across(topology, triangle, k);
            if (next == NP_NO_TRIANGLE || search->stamp[next] == search->now)
                continue;
            const uint32_t *v = mesh->triangles[triangle].v;
            np_vec3 mid = np_vec3_lerp(mesh->vertices[v[k]], mesh->vertices[v[(k + 1) % 3]], 0.5);
            double reached = e.reached + np_vec3_distance(e.at, mid);
            double estimate = reached + np_vec3_distance(mid, b->position);
            status = enter(search, next, estimate, (entry){reached, triangle, mid}, err);
        }
    }
    return status;
}

/* The locally shortest path over the triangles into finder->mesh_path; its length, or INFINITY if there is none. */
static np_status walk_mesh(surface_pathfinder *finder, const np_surface_point *a, const np_surface_point *b,
                           double *out_length, np_error *err)
{
    bool found = false;
    surface_sleeve *s = &finder->mesh_path;
    *out_length = INFINITY;
    np_status status = search_triangles(finder, a, b, &found, err);
    if (status != NP_OK || !found)
        return status;
    s->n = 0;
    for (uint32_t t = b->triangle; t != NP_NO_TRIANGLE && status == NP_OK; t = finder->search->came_from[t])
        status = surface_sleeve_push(s, t, err);
    for (size_t i = 0, j = s->n; i + 1 < j; i++) {
        uint32_t t = s->triangles[i];
        s->triangles[i] = s->triangles[--j];
        s->triangles[j] = t;
    }
    if (status == NP_OK)
        status = surface_sleeve_tighten(s, finder->topology, a->position, b->position, err);
    if (status == NP_OK)
        *out_length = surface_sleeve_length(s, finder->topology->mesh, a->position, b->position);
    return status;
}

np_status surface_pathfinder_join(surface_pathfinder *finder, const np_surface_point *a, const np_surface_point *b,
                                  const surface_sleeve **out_path, np_error *err)
{
    double section = INFINITY, shortest = INFINITY;
    *out_path = NULL;
    np_status status = walk_section(finder, a, b, &section, err);
    if (status != NP_OK)
        return status;

    /* No path is shorter than the chord: most sections need no search to be known as good. */
    if (section <= SECTION_EXCESS * np_vec3_distance(a->position, b->position)) {
        *out_path = &finder->section;
        return NP_OK;
    }
    status = walk_mesh(finder, a, b, &shortest, err);
    if (status == NP_OK && isfinite(section) && section <= SECTION_EXCESS * shortest)
        *out_path = &finder->section;
    else if (status == NP_OK && isfinite(shortest))
        *out_path = &finder->mesh_path;
    return status;
}
