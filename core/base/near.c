/* Building the grid of cubes: count, lay out, fill.  Sequential, since it is a small part of any work done with it, and so its
 * order never depends on threads.  No cast of a coordinate can overflow: it is clipped to the cubes that have points first. */
#include "base/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

/* A ball of so many cubes more than there are points is not walked cube by cube: all points are near it. */
#define CUBES_SPARE 4096
/* Where so many times the hashed slots would do for all cubes, and these are not too many, there is one for each. */
#define SLOTS_SPARE 16
#define SLOTS_MOST ((uint64_t)1 << 20)
/* More than what is lost in coordinates of cubes, which are sums and products of a few numbers, in parts of these. */
#define ROUNDING 1e-9

static uint64_t key_of(const np_near *near, np_vec3 p)
{
    return np_near_key((int64_t)((p.x - near->low.x) / near->cell_mm), (int64_t)((p.y - near->low.y) / near->cell_mm),
                       (int64_t)((p.z - near->low.z) / near->cell_mm));
}

static np_status fit_box(np_near *near, np_error *err)
{
    np_vec3 low = near->n ? np_near_point(near, 0) : np_vec3_make(0, 0, 0), high = low;
    for (size_t i = 0; i < near->n; i++) {
        np_vec3 p = np_near_point(near, i);
        if (!np_vec3_is_finite(p))
            return np_error_set(err, NP_ERR_INVALID, "point %zu of a search has a coordinate that is no finite number",
                                i);
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    near->low = low;
    double size[3] = {high.x - low.x, high.y - low.y, high.z - low.z};
    double widest = fmax(size[0], fmax(size[1], size[2]));
    if (!isfinite(widest))
        return np_error_set(err, NP_ERR_INVALID, "the points of a search are too far from each other for a number");
    near->cell_mm = fmax(near->cell_mm, widest / (double)(NP_NEAR_CUBES_MAX / 2));
    for (int axis = 0; axis < 3; axis++) {
        near->n_cubes[axis] = (int64_t)(size[axis] / near->cell_mm) + 1;
        assert(near->n_cubes[axis] <= NP_NEAR_CUBES_MAX);
    }
    return NP_OK;
}

static void mark_row(np_near *near, uint64_t key)
{
    const uint64_t z = key & (NP_NEAR_CUBES_MAX - 1);
    if (near->mask == 0)
        near->rows[np_near_row(near, key) * near->row_words + z / 64] |= UINT64_C(1) << (z % 64);
}

/* Counts each cube's points, and lists the slots in use in the order of their first points; returns how many there are. */
static size_t count_points(np_near *near, uint32_t *used)
{
    size_t n_used = 0;
    for (size_t i = 0; i < near->n; i++) {
        uint64_t key = key_of(near, np_near_point(near, i));
        np_near_cube *cube = np_near_slot(near, key);
        if (cube->key == 0) {
            cube->key = key;
            mark_row(near, key);
            used[n_used++] = (uint32_t)(cube - near->slots);
        }
        cube->count++;
    }
    return n_used;
}

/* Gives each cube its part of the items, in the order of USED, and fills it. */
static void lay_out(np_near *near, const uint32_t *used, size_t n_used)
{
    uint32_t first = 0;
    for (size_t k = 0; k < n_used; k++) {
        np_near_cube *cube = &near->slots[used[k]];
        cube->first = first;
        first += cube->count;
        cube->count = 0;
    }
    assert(first == near->n);
    for (size_t i = 0; i < near->n; i++) {
        np_near_cube *cube = np_near_slot(near, key_of(near, np_near_point(near, i)));
        near->items[cube->first + cube->count++] = (uint32_t)i;
    }
}

/* How many slots there are to be.  As good as a slot for each cube: cubes that are asked for one after the other then lie side by side. */
static uint64_t choose_slots(np_near *near)
{
    uint64_t size = 16;
    while (size < 2 * (uint64_t)near->n)
        size *= 2;
    double cubes = (double)near->n_cubes[0] * (double)near->n_cubes[1] * (double)near->n_cubes[2];
    bool each = cubes <= (double)(SLOTS_SPARE * size) && cubes <= (double)SLOTS_MOST;
    near->mask = each ? 0 : size - 1;
    return each ? (uint64_t)cubes : size;
}

np_status np_near_init(np_near *near, const np_vec3 *points, size_t stride, size_t n, double cell_mm, np_error *err)
{
    *near = (np_near){.points = (const char *)points, .stride = stride, .n = n, .cell_mm = cell_mm > 0 ? cell_mm : 1};
    if (n > NP_NEAR_POINTS_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%zu points are more than a search can hold", n);
    np_status status = fit_box(near, err);
    if (status != NP_OK)
        return status;
    const uint64_t size = choose_slots(near);
    uint32_t *used = NULL;
    size_t room = 0, used_room = 0;
    near->slots = calloc(size, sizeof *near->slots);
    near->row_words = (size_t)near->n_cubes[2] / 64 + 1;
    if (near->mask == 0)
        near->rows = calloc((size_t)near->n_cubes[0] * (size_t)near->n_cubes[1] * near->row_words, sizeof *near->rows);
    if (!near->slots || (near->mask == 0 && !near->rows)) {
        status = np_error_no_memory(err, "a search for points near each other");
        goto done;
    }
    if ((status = NP_GROW(near->items, room, n + 1, "a search for points near each other", err)) != NP_OK ||
        (status = NP_GROW(used, used_room, n + 1, "a search for points near each other", err)) != NP_OK)
        goto done;
    lay_out(near, used, count_points(near, used));
done:
    free(used);
    return status;
}

void np_near_fini(np_near *near)
{
    free(near->slots);
    free(near->rows);
    free(near->items);
    *near = (np_near){0};
}

/* ---- asking ---- */

/* Cube numbers, clipped: from below to one more than the last, from above to one less than the first. */
static int64_t clip_low(double cubes, int64_t n)
{
    return !(cubes >= 0) ? 0 : cubes >= (double)n ? n : (int64_t)cubes;
}

static int64_t clip_high(double cubes, int64_t n)
{
    return cubes < 0 ? -1 : cubes < (double)n ? (int64_t)cubes : n - 1;
}

/* The square of RADIUS_MM and what rounding may take from the distance of P to a cube. */
static double reach2(const np_near *near, np_vec3 p, double radius_mm)
{
    double numbers = fabs(p.x) + fabs(p.y) + fabs(p.z) + fabs(near->low.x) + fabs(near->low.y) + fabs(near->low.z);
    double reach = radius_mm + ROUNDING * (fabs(radius_mm) + numbers + near->cell_mm);
    return reach * reach;
}

/* A walk over BOX; where that has far more cubes than there are points, over all points. */
static np_near_walk walk_box(const np_near *near, const np_near_box *box)
{
    np_near_walk walk = {.near = near, .box = *box, .at = {box->low[0], box->low[1], box->low[2]}};
    double cubes = 1;
    for (int axis = 0; axis < 3; axis++)
        cubes *= fmax(0, (double)(box->high[axis] - box->low[axis] + 1));
    if (cubes > 0 && cubes <= (double)near->n + CUBES_SPARE)
        return walk;
    walk.at[0] = box->high[0] + 1;
    if (cubes > 0)
        walk.range = (np_near_range){near->items, near->items + near->n};
    return walk;
}

np_near_walk np_near_around(const np_near *near, np_vec3 p, double radius_mm)
{
    const double c[3] = {p.x - near->low.x, p.y - near->low.y, p.z - near->low.z};
    np_near_box box;
    for (int axis = 0; axis < 3; axis++) {
        box.low[axis] = clip_low((c[axis] - radius_mm) / near->cell_mm, near->n_cubes[axis]);
        box.high[axis] = clip_high((c[axis] + radius_mm) / near->cell_mm, near->n_cubes[axis]);
    }
    return walk_box(near, &box);
}

static void fill_view(np_near_view *view, np_near_walk walk)
{
    view->filled = view->whole = true;
    view->n = 0;
    for (bool any = walk.range.item != walk.range.end || np_near_turn(&walk); any; any = np_near_turn(&walk)) {
        if (view->n == NP_NEAR_VIEW_CUBES || walk.key == 0) {
            view->whole = false;
            return;
        }
        const uint64_t k = walk.key, digits = NP_NEAR_CUBES_MAX - 1;
        view->cube[view->n++] =
            (np_near_kept){walk.range, np_near_corner(walk.near, (int64_t)(k >> 40 & digits),
                                                      (int64_t)(k >> 20 & digits), (int64_t)(k & digits))};
    }
}

np_near_walk np_near_look(const np_near *near, np_vec3 p, double radius_mm, np_near_view *view)
{
    const double c[3] = {p.x - near->low.x, p.y - near->low.y, p.z - near->low.z};
    double reach = ceil(radius_mm / near->cell_mm);
    np_near_box box;
    for (int axis = 0; axis < 3; axis++) {
        double middle = floor(c[axis] / near->cell_mm);
        box.low[axis] = clip_low(middle - reach, near->n_cubes[axis]);
        box.high[axis] = clip_high(middle + reach, near->n_cubes[axis]);
    }
    if (!view->filled || memcmp(&box, &view->box, sizeof box) != 0) {
        view->box = box;
        fill_view(view, walk_box(near, &box));
    }
    if (!view->whole)
        return walk_box(near, &box);
    return (np_near_walk){.near = near,
                          .kept = view->cube,
                          .kept_end = view->cube + view->n,
                          .p = p,
                          .reach2 = reach2(near, p, radius_mm)};
}

/* The nearest within RADIUS_MM. */
static size_t nearest_within(const np_near *near, np_vec3 p, double radius_mm, size_t except, double *out_mm)
{
    double best2 = radius_mm * radius_mm;
    size_t best = SIZE_MAX;
    np_near_walk walk = np_near_around(near, p, radius_mm);
    for (uint32_t j; np_near_next(&walk, &j);) {
        double d2 = np_vec3_distance2(p, np_near_point(near, j));
        if (j != except && (d2 < best2 || (d2 == best2 && best != SIZE_MAX && j < best))) {
            best2 = d2;
            best = j;
        }
    }
    *out_mm = best == SIZE_MAX ? radius_mm : sqrt(best2);
    return best;
}

size_t np_near_nearest(const np_near *near, np_vec3 p, double limit_mm, size_t except, double *out_mm)
{
    double radius = fmin(near->cell_mm, limit_mm);
    size_t found = nearest_within(near, p, radius, except, out_mm);
    while (found == SIZE_MAX && radius < limit_mm) {
        radius = fmin(2 * radius, limit_mm);
        found = nearest_within(near, p, radius, except, out_mm);
    }
    return found;
}
