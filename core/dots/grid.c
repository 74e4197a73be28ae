/* Building the hashed grid: count, lay out, fill.  Sequential, since it is a small part of any work done with
 * it, and so its order never depends on threads. */
#include "dots/private/grid.h"

#include <stdlib.h>
#include <string.h>

static np_vec3 point_at(const np_vec3 *points, size_t stride, size_t i)
{
    return *(const np_vec3 *)(const void *)((const char *)points + i * stride);
}

static uint64_t key_of(const dots_grid *grid, np_vec3 p)
{
    return dots_grid_key((int64_t)floor((p.x - grid->low.x) / grid->cell_mm),
                         (int64_t)floor((p.y - grid->low.y) / grid->cell_mm),
                         (int64_t)floor((p.z - grid->low.z) / grid->cell_mm));
}

/* The slot that holds KEY, or the empty one where it belongs. */
static size_t slot_of(const dots_grid *grid, uint64_t key)
{
    uint64_t h = key * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t i = (h >> 24) & grid->mask;
    while (grid->slots[i].key != 0 && grid->slots[i].key != key)
        i = (i + 1) & grid->mask;
    return i;
}

static void fit_box(dots_grid *grid, const np_vec3 *points, size_t stride, size_t n)
{
    np_vec3 low = n ? point_at(points, stride, 0) : np_vec3_make(0, 0, 0), high = low;
    for (size_t i = 1; i < n; i++) {
        np_vec3 p = point_at(points, stride, i);
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    grid->low = low;
    double widest = fmax(high.x - low.x, fmax(high.y - low.y, high.z - low.z));
    grid->cell_mm = fmax(grid->cell_mm, widest / (double)(1 << 19));
}

np_status dots_grid_init(dots_grid *grid, const np_vec3 *points, size_t stride, size_t n, double cell_mm, np_error *err)
{
    *grid = (dots_grid){.cell_mm = cell_mm > 0 ? cell_mm : 1};
    fit_box(grid, points, stride, n);
    uint64_t size = 16;
    while (size < 2 * (uint64_t)n)
        size *= 2;
    grid->mask = size - 1;
    grid->slots = calloc(size, sizeof *grid->slots);
    grid->items = malloc((n ? n : 1) * sizeof *grid->items);
    grid->occupied = malloc((n ? n : 1) * sizeof *grid->occupied);
    if (!grid->slots || !grid->items || !grid->occupied)
        return np_error_no_memory(err, "the search grid of the dots");
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of(grid, point_at(points, stride, i));
        size_t s = slot_of(grid, key);
        if (grid->slots[s].key == 0) {
            grid->slots[s].key = key;
            grid->occupied[grid->n_occupied++] = (uint32_t)s;
        }
        grid->slots[s].count++;
    }
    uint32_t first = 0;
    for (size_t k = 0; k < grid->n_occupied; k++) {
        dots_grid_cell *cell = &grid->slots[grid->occupied[k]];
        cell->first = first;
        first += cell->count;
        cell->count = 0;
    }
    for (size_t i = 0; i < n; i++) {
        dots_grid_cell *cell = &grid->slots[slot_of(grid, key_of(grid, point_at(points, stride, i)))];
        grid->items[cell->first + cell->count++] = (uint32_t)i;
    }
    return NP_OK;
}

void dots_grid_fini(dots_grid *grid)
{
    free(grid->slots);
    free(grid->items);
    free(grid->occupied);
    *grid = (dots_grid){0};
}

void dots_grid_look(const dots_grid *grid, np_vec3 p, double radius_mm, dots_grid_view *view)
{
    const double c[3] = {p.x - grid->low.x, p.y - grid->low.y, p.z - grid->low.z};
    int64_t k = (int64_t)ceil(radius_mm / grid->cell_mm);
    dots_grid_box box;
    for (int a = 0; a < 3; a++) {
        int64_t middle = (int64_t)floor(c[a] / grid->cell_mm);
        box.low[a] = middle - k < 0 ? 0 : middle - k;
        box.high[a] = middle + k > 0xFFFFF ? 0xFFFFF : middle + k;
    }
    if (view->filled && memcmp(&box, &view->box, sizeof box) == 0)
        return;
    view->box = box;
    view->filled = view->whole = true;
    view->n = 0;
    dots_grid_cursor cursor = {0};
    const uint32_t *items;
    uint32_t n;
    while ((items = dots_grid_next(grid, &box, &cursor, &n))) {
        if (view->n == DOTS_GRID_VIEW) {
            view->whole = false;
            return;
        }
        view->range[view->n].items = items;
        view->range[view->n++].n = n;
    }
}
