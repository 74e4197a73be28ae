/* The tree of boxes that tree.h describes, level by level from the points upwards; searches walk it with a stack of their
 * own. */
#include "tour/private/tree.h"

#include <assert.h>
#include <stdlib.h>

#define FAN 8
#define STACK_SIZE (FAN * TOUR_TREE_LEVELS)

static void box_add(tour_box *box, const tour_vec *low, const tour_vec *high)
{
    for (int c = 0; c < 4; c++) {
        box->low.v[c] = low->v[c] < box->low.v[c] ? low->v[c] : box->low.v[c];
        box->high.v[c] = high->v[c] > box->high.v[c] ? high->v[c] : box->high.v[c];
    }
}

/* Squared distance from P to BOX, 0 inside.  Boxes take in all of the fourth component: it is a price. */
static float box_distance2(const tour_box *box, const tour_vec *p)
{
    float sum = 0;
    for (int c = 0; c < 4; c++) {
        float under = box->low.v[c] - p->v[c], over = p->v[c] - box->high.v[c];
        float d = under > over ? under : over;
        sum += d > 0 ? d * d : 0;
    }
    return sum;
}

np_status tour_tree_init(tour_tree *tree, const tour_vec *at, uint32_t n, np_error *err)
{
    *tree = (tour_tree){.at = at, .n = n};
    uint32_t below = n;
    for (unsigned level = 0; level < TOUR_TREE_LEVELS && (level == 0 || below > 1); level++) {
        uint32_t boxes = below / FAN + (below % FAN != 0);
        tree->boxes[level] = aligned_alloc(16, (boxes + 1) * sizeof(tour_box));
        if (!tree->boxes[level]) {
            tour_tree_fini(tree);
            return np_error_no_memory(err, "the tree of a tour's dots");
        }
        for (uint32_t b = 0; b < boxes; b++) {
            tour_box *box = &tree->boxes[level][b];
            box->low = (tour_vec){{INFINITY, INFINITY, INFINITY, -INFINITY}};
            box->high = (tour_vec){{-INFINITY, -INFINITY, -INFINITY, INFINITY}};
            for (uint32_t i = b * FAN; i < below && i < (b + 1) * FAN; i++) {
                const tour_box *child = level ? &tree->boxes[level - 1][i] : NULL;
                box_add(box, child ? &child->low : &at[i], child ? &child->high : &at[i]);
            }
        }
        tree->n_boxes[level] = below = boxes;
        tree->n_levels = level + 1;
    }
    assert(tree->n_boxes[tree->n_levels - 1] <= 1);
    return NP_OK;
}

void tour_tree_fini(tour_tree *tree)
{
    for (unsigned level = 0; level < TOUR_TREE_LEVELS; level++)
        free(tree->boxes[level]);
    *tree = (tour_tree){0};
}

/* The best so far, nearest first. */
typedef struct nearest {
    unsigned k, n;
    float distance2[TOUR_TREE_MAX_K];
    uint32_t *points;
} nearest;

static float nearest_bound(const nearest *best)
{
    return best->n < best->k ? INFINITY : best->distance2[best->n - 1];
}

static void nearest_offer(nearest *best, uint32_t point, float distance2)
{
    if (best->n == best->k) {
        unsigned last = best->n - 1;
        if (distance2 > best->distance2[last] || (distance2 == best->distance2[last] && point > best->points[last]))
            return;
    } else {
        best->n++;
    }
    unsigned at = best->n - 1;
    while (at > 0 && (best->distance2[at - 1] > distance2 ||
                      (best->distance2[at - 1] == distance2 && best->points[at - 1] > point))) {
        best->distance2[at] = best->distance2[at - 1];
        best->points[at] = best->points[at - 1];
        at--;
    }
    best->distance2[at] = distance2;
    best->points[at] = point;
}

/* Which of the eight octants around P the point A lies in, by the signs of three differences. */
static unsigned octant_of(const tour_vec *p, const tour_vec *a)
{
    unsigned octant = 0;
    for (unsigned c = 0; c < 3; c++)
        octant |= (unsigned)(a->v[c] >= p->v[c]) << c;
    return octant;
}

static bool box_is_in_octant(const tour_box *box, const tour_vec *p, unsigned octant)
{
    for (unsigned c = 0; c < 3; c++)
        if (octant >> c & 1 ? box->high.v[c] < p->v[c] : box->low.v[c] >= p->v[c])
            return false;
    return true;
}

unsigned tour_tree_nearest(const tour_tree *tree, uint32_t i, unsigned k, unsigned octant, uint32_t *out_points)
{
    nearest best = {.k = k, .points = out_points};
    assert(k <= TOUR_TREE_MAX_K);
    assert(octant <= TOUR_TREE_ALL);
    assert(i < tree->n || tree->n < 2);
    const tour_vec *p = &tree->at[i];
    bool all = octant == TOUR_TREE_ALL;
    if (k == 0 || tree->n < 2)
        return 0;

    /* Neighbours along the curve first: they give a bound that prunes nearly all of the tree. */
    uint32_t first = i > k ? i - k : 0, last = tree->n - i > k ? i + k : tree->n - 1;
    for (uint32_t j = first; j <= last; j++)
        if (j != i && (all || octant_of(p, &tree->at[j]) == octant))
            nearest_offer(&best, j, tour_distance2(p, &tree->at[j]));

    struct {
        unsigned level;
        uint32_t box;
    } stack[STACK_SIZE];
    int depth = 0;
    stack[depth].level = tree->n_levels - 1, stack[depth++].box = 0;
    while (depth > 0) {
        unsigned level = stack[--depth].level;
        uint32_t box = stack[depth].box;
        const tour_box *bounds = &tree->boxes[level][box];
        if (box_distance2(bounds, p) > nearest_bound(&best) || !(all || box_is_in_octant(bounds, p, octant)))
            continue;
        uint32_t below = level ? tree->n_boxes[level - 1] : tree->n;
        assert(box < tree->n_boxes[level]);
        assert(depth + FAN <= STACK_SIZE);
        for (uint32_t j = box * FAN; j < below && j < (box + 1) * FAN; j++) {
            if (level)
                stack[depth].level = level - 1, stack[depth++].box = j;
            else if ((j < first || j > last) && (all || octant_of(p, &tree->at[j]) == octant))
                nearest_offer(&best, j, tour_distance2(p, &tree->at[j]));
        }
    }
    return best.n;
}

static void within(const tour_tree *tree, unsigned level, uint32_t box, const tour_vec *center, float radius2,
                   tour_tree_visit *visit, void *context)
{
    if (box_distance2(&tree->boxes[level][box], center) > radius2)
        return;
    uint32_t below = level ? tree->n_boxes[level - 1] : tree->n;
    for (uint32_t j = box * FAN; j < below && j < (box + 1) * FAN; j++) {
        if (level)
            within(tree, level - 1, j, center, radius2, visit, context);
        else if (tour_distance2(center, &tree->at[j]) <= radius2)
            visit(context, j);
    }
}

void tour_tree_within(const tour_tree *tree, const tour_vec *center, float radius, tour_tree_visit *visit,
                      void *context)
{
    if (tree->n > 0)
        within(tree, tree->n_levels - 1, 0, center, radius * radius, visit, context);
}
