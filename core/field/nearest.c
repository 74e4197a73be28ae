/* A k-d tree without pointers: the points, sorted in place so that each range's middle is its root.  There are thousands
 * of points (pins, follicles) and millions of queries, from all threads; nothing is written after it is built. */
#include "field/private/nearest.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/angle.h"

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

/* The K best so far, ascending by (squared distance, index). */
typedef struct search {
    np_vec3 p;
    size_t k, found;
    double limit2;
    double *distance2;
    int32_t *index; /* may be NULL */
} search;

static void offer(search *s, const node *candidate)
{
    double d2 = np_vec3_distance2(s->p, candidate->position);
    if (d2 > s->limit2)
        return;
    size_t at = s->found < s->k ? s->found++ : s->k;
    while (at > 0 && (d2 < s->distance2[at - 1] ||
                      (s->index && d2 == s->distance2[at - 1] && candidate->index < s->index[at - 1]))) {
        if (at < s->k) {
            s->distance2[at] = s->distance2[at - 1];
            if (s->index)
                s->index[at] = s->index[at - 1];
        }
        at--;
    }
    if (at < s->k) {
        s->distance2[at] = d2;
        if (s->index)
            s->index[at] = candidate->index;
    }
    if (s->found == s->k)
        s->limit2 = s->distance2[s->k - 1];
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
        if (pass == 1 && across * across > s->limit2)
            break;
        if (low)
            descend(s, nodes, half, next);
        else
            descend(s, nodes + half + 1, n - half - 1, next);
    }
}

double field_nearest_find(const field_nearest *tree, np_vec3 p, int32_t *out_index)
{
    double distance2;
    search s = {.p = p, .k = 1, .limit2 = INFINITY, .distance2 = &distance2, .index = out_index};
    *out_index = -1;
    descend(&s, tree->nodes, tree->n, 0);
    return s.found ? sqrt(distance2) : 1e9;
}

size_t field_nearest_distances(const field_nearest *tree, np_vec3 p, double limit_mm, size_t k, double *out_distance_mm)
{
    search s = {.p = p, .k = k, .limit2 = limit_mm * limit_mm, .distance2 = out_distance_mm};
    descend(&s, tree->nodes, tree->n, 0);
    for (size_t i = 0; i < s.found; i++)
        out_distance_mm[i] = sqrt(out_distance_mm[i]);
    return s.found;
}

#define KERNEL_POINTS 12 /* that the kernel is to hold */
#define KERNEL_MIN_MM 2.5
#define KERNEL_MAX_MM 6.0
#define KERNEL_ROOM 64 /* 300 points/cm2 in the smallest kernel */

double field_nearest_density_per_cm2(const field_nearest *tree, np_vec3 p)
{
    double distance[KERNEL_ROOM];
    size_t n = field_nearest_distances(tree, p, KERNEL_MAX_MM, KERNEL_ROOM, distance);
    double h = n > KERNEL_POINTS ? distance[KERNEL_POINTS] : KERNEL_MAX_MM;
    if (h < KERNEL_MIN_MM)
        h = KERNEL_MIN_MM;
    if (n == KERNEL_ROOM && h > distance[n - 1])
        h = distance[n - 1];
    if (h <= 0)
        return 0; /* more than KERNEL_ROOM points in one place: no density */
    double sum = 0;
    for (size_t i = 0; i < n && distance[i] < h; i++)
        sum += 1 - distance[i] * distance[i] / (h * h);
    return 100 * sum * 2 / (NP_PI * h * h);
}
