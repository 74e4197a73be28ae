/* A k-d tree without pointers: the points, sorted in place so that each range's middle is its root.  There are thousands
 * of points (pins, follicles) and millions of queries, from all threads; nothing is written after it is built.  A tree and not
 * base/near.h, since the nearest point is asked for however far it is. */
#include "field/private/nearest.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct node {
    np_vec3 position;
    int32_t index;
} node;

/* A range of nodes is a tree: its middle one is the root, the halves are the subtrees, split along axis depth
 * % 3. */
struct field_nearest {
    size_t n;
    node nodes[];
};

static double along(np_vec3 p, int axis)
{
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

static int by_axis(const void *pa, const void *pb, void *axis)
{
    const node *a = pa, *b = pb;
    double ca = along(a->position, *(int *)axis), cb = along(b->position, *(int *)axis);
    if (ca != cb)
        return ca < cb ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void build(node *nodes, size_t n, int axis)
{
    if (n < 2)
        return;
    qsort_r(nodes, n, sizeof *nodes, by_axis, &axis);
    build(nodes, n / 2, (axis + 1) % 3);
    build(nodes + n / 2 + 1, n - n / 2 - 1, (axis + 1) % 3);
}

np_status field_nearest_create(const np_surface_point *points, size_t n, field_nearest **out_tree, np_error *err)
{
    *out_tree = NULL;
    field_nearest *tree = malloc(sizeof *tree + n * sizeof tree->nodes[0]);
    if (!tree)
        return np_error_no_memory(err, "a search tree");
    tree->n = n;
    for (size_t i = 0; i < n; i++)
        tree->nodes[i] = (node){points[i].position, (int32_t)i};
    build(tree->nodes, n, 0);
    *out_tree = tree;
    return NP_OK;
}

void field_nearest_destroy(field_nearest *tree)
{
    free(tree);
}

/* The best so far; the lowest index of those equally near. */
typedef struct search {
    np_vec3 p;
    double distance2;
    int32_t index;
} search;

static void offer(search *s, const node *candidate)
{
    double d2 = np_vec3_distance2(s->p, candidate->position);
    if (d2 < s->distance2 || (d2 == s->distance2 && candidate->index < s->index)) {
        s->distance2 = d2;
        s->index = candidate->index;
    }
}

static void descend(search *s, const node *nodes, size_t n, int axis)
{
    if (n == 0)
        return;
    size_t half = n / 2;
    offer(s, &nodes[half]);
    double across = along(s->p, axis) - along(nodes[half].position, axis);
    int next = (axis + 1) % 3;
    for (int pass = 0; pass < 2; pass++) {
        bool low = (across < 0) == (pass == 0); /* the side that holds the place first */
        if (pass == 1 && across * across > s->distance2)
            break;
        if (low)
            descend(s, nodes, half, next);
        else
            descend(s, nodes + half + 1, n - half - 1, next);
    }
}

double field_nearest_find(const field_nearest *tree, np_vec3 p, int32_t *out_index)
{
    search s = {.p = p, .distance2 = INFINITY, .index = -1};
    descend(&s, tree->nodes, tree->n, 0);
    *out_index = s.index;
    return s.index >= 0 ? sqrt(s.distance2) : 1e9;
}
