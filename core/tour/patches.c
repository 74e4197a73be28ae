/* Few discs over many points: farthest-point seeds (Gonzalez, Clustering to minimize the maximum intercluster
 * distance, 1985) and Lloyd steps towards the middle of each cluster's box, with one more patch until all are
 * small enough.  It works on the middles of coarse cells, so its cost does not grow with the number of
 * points. */
#include "tour/private/patches.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

#define CELLS_PER_RADIUS 16
#define LLOYD_STEPS 12

typedef struct cover_box {
    np_vec3 low, high;
} cover_box;

typedef struct cover {
    np_vec3 *cell; /* cell middles, without duplicates */
    uint32_t *label;
    double *distance; /* of a cell to its patch's middle */
    size_t n_cells;
    np_vec3 *middle; /* of patches; room for n_cells */
    cover_box *box;  /* around their cells; room for n_cells */
    uint32_t n_patches;
} cover;

static int compare_points(const void *a, const void *b)
{
    const np_vec3 *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    return p->z < q->z ? -1 : p->z > q->z;
}

static void cover_find_cells(cover *c, const np_vec3 *positions, size_t n, double side)
{
    for (size_t i = 0; i < n; i++) {
        np_vec3 p = positions[i];
        c->cell[i] = np_vec3_make((floor(p.x / side) + 0.5) * side, (floor(p.y / side) + 0.5) * side,
                                  (floor(p.z / side) + 0.5) * side);
    }
    qsort(c->cell, n, sizeof *c->cell, compare_points);
    c->n_cells = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_points(&c->cell[i], &c->cell[c->n_cells - 1]) != 0)
            c->cell[c->n_cells++] = c->cell[i];
}

static uint32_t nearest_middle(const cover *c, np_vec3 p, double *out_distance)
{
    uint32_t best = 0;
    double best2 = INFINITY;
    for (uint32_t m = 0; m < c->n_patches; m++) {
        double d2 = np_vec3_distance2(p, c->middle[m]);
        if (d2 < best2)
            best2 = d2, best = m;
    }
    *out_distance = sqrt(best2);
    return best;
}

static void assign_block(void *context, size_t begin, size_t end, size_t block)
{
    cover *c = context;
    (void)block;
    for (size_t i = begin; i < end; i++)
        c->label[i] = nearest_middle(c, c->cell[i], &c->distance[i]);
}

/* Labels the cells; returns the farthest distance of a cell from its middle, and which cell that is. */
static double cover_assign(cover *c, size_t *out_farthest)
{
    double farthest = -1;
    np_parallel_for(c->n_cells, 512, assign_block, c);
    for (size_t i = 0; i < c->n_cells; i++)
        if (c->distance[i] > farthest)
            farthest = c->distance[i], *out_farthest = i;
    return farthest;
}

/* Not fmin and fmax, which are calls, and this is most of what one thread does alone; no coordinate is NaN. */
static inline void widen(double *low, double *high, double x)
{
    *low = x < *low ? x : *low;
    *high = x > *high ? x : *high;
}

/* The middle of a patch without cells stays. */
static void cover_recenter(cover *c)
{
    for (uint32_t m = 0; m < c->n_patches; m++)
        c->box[m] = (cover_box){{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
    for (size_t i = 0; i < c->n_cells; i++) {
        cover_box *box = &c->box[c->label[i]];
        widen(&box->low.x, &box->high.x, c->cell[i].x);
        widen(&box->low.y, &box->high.y, c->cell[i].y);
        widen(&box->low.z, &box->high.z, c->cell[i].z);
    }
    for (uint32_t m = 0; m < c->n_patches; m++)
        if (c->box[m].low.x <= c->box[m].high.x)
            c->middle[m] = np_vec3_lerp(c->box[m].low, c->box[m].high, 0.5);
}

static void cover_solve(cover *c, double radius)
{
    size_t farthest = 0;
    c->middle[0] = c->cell[0];
    c->n_patches = 1;
    double worst = cover_assign(c, &farthest);
    for (;;) {
        for (int step = 0; step < LLOYD_STEPS && worst > radius; step++) {
            cover_recenter(c);
            worst = cover_assign(c, &farthest);
        }
        if (worst <= radius || c->n_patches == c->n_cells)
            return;
        c->middle[c->n_patches++] = c->cell[farthest];
        worst = cover_assign(c, &farthest);
    }
}

typedef struct labelling {
    const cover *c;
    const np_vec3 *positions;
    uint32_t *patch;
} labelling;

static void label_block(void *context, size_t begin, size_t end, size_t block)
{
    const labelling *l = context;
    double unused;
    (void)block;
    for (size_t i = begin; i < end; i++)
        l->patch[i] = nearest_middle(l->c, l->positions[i], &unused);
}

np_status tour_patches(const np_vec3 *positions, size_t n, double radius_mm, uint32_t *out_patch, uint32_t *out_count,
                       np_error *err)
{
    memset(out_patch, 0, n * sizeof *out_patch);
    *out_count = n > 0;
    if (!(radius_mm > 0) || n == 0)
        return NP_OK;
    cover c = {.cell = malloc(n * sizeof *c.cell), .label = malloc(n * sizeof *c.label)};
    c.distance = malloc(n * sizeof *c.distance);
    c.middle = malloc(n * sizeof *c.middle);
    c.box = malloc(n * sizeof *c.box);
    np_status status =
        c.cell && c.label && c.distance && c.middle && c.box ? NP_OK : np_error_no_memory(err, "the patches of a tour");
    if (status == NP_OK) {
        /* Each point is within half a diagonal of its cell's middle. */
        double side = radius_mm / CELLS_PER_RADIUS;
        cover_find_cells(&c, positions, n, side);
        cover_solve(&c, radius_mm - side * sqrt(3) / 2);

        /* Patches that ended up without points give up their number. */
        uint32_t *number = c.label, used = 0;
        labelling l = {&c, positions, out_patch};
        np_parallel_for(n, 512, label_block, &l);
        for (uint32_t m = 0; m < c.n_patches; m++)
            number[m] = UINT32_MAX;
        for (size_t i = 0; i < n; i++) {
            uint32_t m = out_patch[i];
            if (number[m] == UINT32_MAX)
                number[m] = used++;
            out_patch[i] = number[m];
        }
        *out_count = used;
    }
    free(c.cell);
    free(c.label);
    free(c.distance);
    free(c.middle);
    free(c.box);
    return status;
}
