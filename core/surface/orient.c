/* Neighbours that agree run along their common edge in opposite directions.  Each edge of exactly two
 * triangles therefore says "same" or "opposite", and a union-find structure with parity gathers what the
 * edges say in linear time. */
#include "surface/orient.h"

#include <stdbool.h>
#include <stdlib.h>

#include "surface/topology.h"

/* ---- union-find with parity ---- */

typedef struct group {
    uint32_t parent;
    uint32_t size;   /* of a root */
    uint32_t turned; /* of a root: how many stand against it */
    bool against;    /* stands against its parent */
} group;

/* The root of T; *OUT_AGAINST whether T stands against it.  Hangs all it passes under the root. */
static uint32_t find(group *groups, uint32_t t, bool *out_against)
{
    uint32_t root = t;
    bool against = false;
    for (; groups[root].parent != root; root = groups[root].parent)
        against ^= groups[root].against;
    *out_against = against;
    while (t != root) {
        group *g = &groups[t];
        bool above = against ^ g->against;
        t = g->parent;
        g->parent = root;
        g->against = against;
        against = above;
    }
    return root;
}

/* Neighbours A and B stand alike, or OPPOSITE; what contradicts earlier edges (a Moebius strip) is left as it
 * is. */
static void join(group *groups, uint32_t a, uint32_t b, bool opposite)
{
    bool against_a, against_b;
    uint32_t root_a = find(groups, a, &against_a), root_b = find(groups, b, &against_b);
    if (root_a == root_b)
        return;
    if (groups[root_a].size < groups[root_b].size) {
        uint32_t root = root_a;
        root_a = root_b;
        root_b = root;
    }
    groups[root_b].parent = root_a;
    groups[root_b].against = against_a ^ against_b ^ opposite;
    groups[root_a].size += groups[root_b].size;
}

static void join_neighbours(const np_topology *topology, group *groups)
{
    for (uint32_t t = 0; t < topology->mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            bool same_way;
            uint32_t other = np_topology_beside(topology, t, k, &same_way);
            if (other != NP_NO_TRIANGLE && other > t)
                join(groups, t, other, same_way);
        }
}

/* Counts, for each part, who stands against its root; the sum over the parts of the lesser side. */
static size_t count_turned(group *groups, size_t n)
{
    size_t sum = 0;
    bool against;
    for (uint32_t t = 0; t < n; t++) {
        uint32_t root = find(groups, t, &against);
        groups[root].turned += against;
    }
    for (uint32_t t = 0; t < n; t++) {
        if (groups[t].parent != t)
            continue;
        uint32_t rest = groups[t].size - groups[t].turned;
        sum += groups[t].turned < rest ? groups[t].turned : rest;
    }
    return sum;
}

static void turn_the_fewer(np_mesh *mesh, group *groups)
{
    for (uint32_t t = 0; t < mesh->n_triangles; t++) {
        bool against;
        uint32_t root = find(groups, t, &against);
        bool most_stand_against = groups[root].turned > groups[root].size - groups[root].turned;
        if (against == most_stand_against)
            continue;
        uint32_t *v = mesh->triangles[t].v, swap = v[1];
        v[1] = v[2];
        v[2] = swap;
    }
}

np_status np_mesh_make_coherent(np_mesh *mesh, size_t *out_turned, np_error *err)
{
    *out_turned = 0;
    np_topology topology = {0};
    group *groups = malloc((mesh->n_triangles + 1) * sizeof *groups);
    np_status status = groups ? NP_OK : np_error_no_memory(err, "the orientation of the scan's faces");
    if (status == NP_OK)
        status = np_topology_init(&topology, mesh, err);
    if (status != NP_OK)
        goto done;
    for (uint32_t t = 0; t < mesh->n_triangles; t++)
        groups[t] = (group){.parent = t, .size = 1};
    join_neighbours(&topology, groups);
    *out_turned = count_turned(groups, mesh->n_triangles);
    if (*out_turned * 1000 > mesh->n_triangles)
        status =
            np_error_set(err, NP_ERR_GEOMETRY,
                         "%zu of %zu triangles face the other way than their neighbours; make the faces coherent (in "
                         "MeshLab: Re-Orient all faces coherently) and export the scan again",
                         *out_turned, mesh->n_triangles);
    else if (*out_turned)
        turn_the_fewer(mesh, groups);
done:
    free(groups);
    np_topology_fini(&topology);
    return status;
}
