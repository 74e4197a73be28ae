/* Points in a hashed grid of cubes: who is near whom, in time that grows with the number of points alone. */
#ifndef NP_DOTS_PRIVATE_GRID_H
#define NP_DOTS_PRIVATE_GRID_H

#include "base/status.h"
#include "base/vec3.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dots_grid_cell {
    uint64_t key; /* of the cube, never 0; 0: an empty slot */
    uint32_t first, count;
} dots_grid_cell;

typedef struct dots_grid {
    double cell_mm;
    np_vec3 low;
    dots_grid_cell *slots; /* open addressing; mask + 1 of them */
    uint64_t mask;
    uint32_t *items;    /* the points' indices, cube by cube, ascending within a cube */
    uint32_t *occupied; /* the slots in use, in the order of each cube's first point */
    size_t n_occupied;
} dots_grid;

/* The cubes from LOW to HIGH, both included. */
typedef struct dots_grid_box {
    int64_t low[3], high[3];
} dots_grid_box;

/* Sorts N points, the first at POINTS and each STRIDE bytes after the last, into cubes of CELL_MM (enlarged
 * where the points spread over more than 2^20 of them).  Fini is safe on zero.  NP_ERR_NO_MEMORY. */
np_status dots_grid_init(dots_grid *grid, const np_vec3 *points, size_t stride, size_t n, double cell_mm,
                         np_error *err);
void dots_grid_fini(dots_grid *grid);

/* The cubes that a ball around P touches. */
static inline dots_grid_box dots_grid_around(const dots_grid *grid, np_vec3 p, double radius_mm)
{
    const double c[3] = {p.x - grid->low.x, p.y - grid->low.y, p.z - grid->low.z};
    dots_grid_box box;
    for (int k = 0; k < 3; k++) {
        box.low[k] = (int64_t)floor((c[k] - radius_mm) / grid->cell_mm);
        box.high[k] = (int64_t)floor((c[k] + radius_mm) / grid->cell_mm);
        box.low[k] = box.low[k] < 0 ? 0 : box.low[k];
        box.high[k] = box.high[k] > 0xFFFFF ? 0xFFFFF : box.high[k];
    }
    return box;
}

static inline uint64_t dots_grid_key(int64_t x, int64_t y, int64_t z)
{
    return (UINT64_C(1) << 60) | (uint64_t)x << 40 | (uint64_t)y << 20 | (uint64_t)z;
}

/* The cube's points (indices) and their number; NULL and 0 for an empty one. */
static inline const uint32_t *dots_grid_items(const dots_grid *grid, uint64_t key, uint32_t *out_n)
{
    uint64_t h = key * UINT64_C(0x9E3779B97F4A7C15);
    for (uint64_t i = (h >> 24) & grid->mask;; i = (i + 1) & grid->mask) {
        const dots_grid_cell *cell = &grid->slots[i];
        if (cell->key == key) {
            *out_n = cell->count;
            return grid->items + cell->first;
        }
        if (cell->key == 0) {
            *out_n = 0;
            return NULL;
        }
    }
}

/* A walk over all points of a box of cubes: zero-initialise, then dots_grid_next until it returns NULL. */
typedef struct dots_grid_cursor {
    int64_t step; /* cubes seen */
} dots_grid_cursor;

static inline const uint32_t *dots_grid_next(const dots_grid *grid, const dots_grid_box *box, dots_grid_cursor *cursor,
                                             uint32_t *out_n)
{
    int64_t nx = box->high[0] - box->low[0] + 1, ny = box->high[1] - box->low[1] + 1;
    int64_t nz = box->high[2] - box->low[2] + 1;
    if (nx <= 0 || ny <= 0 || nz <= 0)
        return NULL;
    while (cursor->step < nx * ny * nz) {
        int64_t s = cursor->step++;
        uint64_t key = dots_grid_key(box->low[0] + s / (ny * nz), box->low[1] + s / nz % ny, box->low[2] + s % nz);
        const uint32_t *items = dots_grid_items(grid, key, out_n);
        if (items)
            return items;
    }
    return NULL;
}

/* What is around a point, kept for the next one: points that follow each other mostly share a cube.
 * Zero-initialise, look, then dots_grid_seen until it returns NULL. */
#define DOTS_GRID_VIEW 256

typedef struct dots_grid_view {
    dots_grid_box box;  /* centre +- k cubes */
    bool filled, whole; /* whole: all of the box's points are in RANGE */
    size_t n;
    struct {
        const uint32_t *items;
        uint32_t n;
    } range[DOTS_GRID_VIEW];
} dots_grid_view;

/* Turns VIEW to the cubes around P that hold all points within RADIUS_MM, and perhaps some more. */
void dots_grid_look(const dots_grid *grid, np_vec3 p, double radius_mm, dots_grid_view *view);

static inline const uint32_t *dots_grid_seen(const dots_grid *grid, const dots_grid_view *view,
                                             dots_grid_cursor *cursor, uint32_t *out_n)
{
    if (!view->whole)
        return dots_grid_next(grid, &view->box, cursor, out_n);
    if (cursor->step >= (int64_t)view->n)
        return NULL;
    *out_n = view->range[cursor->step].n;
    return view->range[cursor->step++].items;
}

#endif
