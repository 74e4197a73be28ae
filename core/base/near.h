/* Points near a point: a grid of cubes, hashed where there are many more of them than points (Teschner et al. 2003, Optimized Spatial Hashing for
 * Collision Detection of Deformable Objects).  Building and asking take time that grows with the number of points alone, however they spread.
 * For balls of a few cubes; the nearest of a few points at any distance is a tree's work. */
#ifndef NP_BASE_NEAR_H
#define NP_BASE_NEAR_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"

typedef struct np_near_cube {
    uint64_t key; /* of the cube, never 0; 0: an empty slot */
    uint32_t first, count;
} np_near_cube;

typedef struct np_near {
    const char *points; /* borrowed: the first one; stride bytes from each to the next */
    size_t stride, n;
    double cell_mm;
    np_vec3 low;         /* the corner of cube 0, 0, 0 */
    int64_t n_cubes[3];  /* that the points spread over, at most NP_NEAR_CUBES_MAX */
    np_near_cube *slots; /* one for each cube, z fastest, if mask is 0; else mask + 1 of them, by open addressing */
    uint64_t mask;
    uint64_t *rows; /* if mask is 0: row_words for each row of cubes along z, a bit for each cube that has points */
    size_t row_words;
    uint32_t *items; /* the points' indices, cube by cube, ascending within a cube */
} np_near;

#define NP_NEAR_CUBES_MAX (INT64_C(1) << 20)
#define NP_NEAR_POINTS_MAX ((size_t)1 << 30)

/* Sorts N points, the first at POINTS and each STRIDE bytes after the last, into cubes of CELL_MM (enlarged where the points
 * spread over more than half of NP_NEAR_CUBES_MAX).  They may move afterwards: each stays in the cube where it was.  Fini is
 * safe on zero, and needed after a failure.  NP_ERR_NO_MEMORY; NP_ERR_INVALID for more than NP_NEAR_POINTS_MAX points, or one
 * that is not finite. */
np_status np_near_init(np_near *near, const np_vec3 *points, size_t stride, size_t n, double cell_mm, np_error *err);
void np_near_fini(np_near *near);

/* The nearest point to P that is nearer than LIMIT_MM and not point EXCEPT (SIZE_MAX: any): its index, or SIZE_MAX; the
 * lowest of those equally near.  *out_mm is its distance, or LIMIT_MM.  Points must not have moved. */
size_t np_near_nearest(const np_near *near, np_vec3 p, double limit_mm, size_t except, double *out_mm);

/* Points per cm2 of skin around P, hairs or dots, whose density may step: up to an edge what there is on its side, beyond it nothing.
 * 0 without points near.  Points must not have moved. */
double np_near_density_per_cm2(const np_near *near, np_vec3 p);
/* What a kernel says of it, edges smeared: Epanechnikov's (Theory Probab. Appl. 14, 1969) over the tangent plane, as wide as it takes to
 * hold a dozen points, between 2.5 and 6 mm; and the bandwidth it took.  And that of other points by a bandwidth (above 0): what two sets
 * differ by is measured by one. */
double np_near_density_by_per_cm2(const np_near *near, np_vec3 p, double *out_bandwidth_mm);
double np_near_density_of_per_cm2(const np_near *near, np_vec3 p, double bandwidth_mm);
#define NP_NEAR_DENSITY_CELL_MM 3.0 /* cubes that suit it */

/* Densities of hair count follicular units.  Where hairs are listed one by one: the unit of each of N, numbered in the order of their first
 * hairs, goes to out_unit[N], how many there are to *OUT_N.  Hairs nearer than NP_NEAR_UNIT_MM are of one unit: distances within units
 * and between them are least often 0.33 to 0.44 s, at 100 units a cm2 (docs/domain.md 7.2).  NP_ERR_NO_MEMORY, and np_near_init's. */
#define NP_NEAR_UNIT_MM 0.35
np_status np_near_units(const np_vec3 *hairs, size_t stride, size_t n, uint32_t *out_unit, size_t *out_n,
                        np_error *err);

/* ---- all points around one ----
 *
 *     np_near_walk walk = np_near_around(&near, p, radius_mm);
 *     for (uint32_t j; np_near_next(&walk, &j);)
 *         ...
 *
 * finds every point within the radius, and some beyond it, in an order that depends on the points and the cubes alone. */

typedef struct np_near_box {
    int64_t low[3], high[3]; /* both included; nothing where any high is below its low */
} np_near_box;

typedef struct np_near_range {
    const uint32_t *item, *end;
} np_near_range;

/* A cube of a view. */
typedef struct np_near_kept {
    np_near_range range;
    np_vec3 low; /* its corner */
} np_near_kept;

typedef struct np_near_walk {
    np_near_range range; /* what is left of the cube at hand */
    uint64_t key;        /* of the cube at hand; 0: RANGE is all points */
    const np_near *near;
    np_near_box box;
    int64_t at[3];                       /* the next cube; at[0] beyond box.high[0]: none */
    const np_near_kept *kept, *kept_end; /* of a walk over a view: the next cubes */
    np_vec3 p;
    double reach2; /* mm2: cubes of a view of which no point is as near to P are left out */
} np_near_walk;

/* What is around a point, kept for the next one: points that follow each other mostly share a cube.  Zero before the first
 * look. */
#define NP_NEAR_VIEW_CUBES 256

typedef struct np_near_view {
    np_near_box box;
    bool filled, whole; /* whole: all of the box's points are in CUBE */
    size_t n;
    np_near_kept cube[NP_NEAR_VIEW_CUBES];
} np_near_view;

static inline np_vec3 np_near_point(const np_near *near, size_t i)
{
    assert(i < near->n);
    return *(const np_vec3 *)(const void *)(near->points + i * near->stride);
}

static inline uint64_t np_near_key(int64_t x, int64_t y, int64_t z)
{
    assert(x >= 0);
    assert(x < NP_NEAR_CUBES_MAX);
    assert(y >= 0);
    assert(y < NP_NEAR_CUBES_MAX);
    assert(z >= 0);
    assert(z < NP_NEAR_CUBES_MAX);
    return (UINT64_C(1) << 60) | (uint64_t)x << 40 | (uint64_t)y << 20 | (uint64_t)z;
}

/* Where the row along z of the cube KEY comes among all rows. */
static inline uint64_t np_near_row(const np_near *near, uint64_t key)
{
    const uint64_t digits = NP_NEAR_CUBES_MAX - 1;
    return (key >> 40 & digits) * (uint64_t)near->n_cubes[1] + (key >> 20 & digits);
}

/* The slot that holds KEY, or the empty one where it belongs: of hashed ones there are twice as many as cubes. */
static inline np_near_cube *np_near_slot(const np_near *near, uint64_t key)
{
    if (near->mask == 0)
        return &near->slots[np_near_row(near, key) * (uint64_t)near->n_cubes[2] + (key & (NP_NEAR_CUBES_MAX - 1))];
    uint64_t i = (key * UINT64_C(0x9E3779B97F4A7C15) >> 24) & near->mask;
    while (near->slots[i].key != 0 && near->slots[i].key != key)
        i = (i + 1) & near->mask;
    return &near->slots[i];
}

/* The first cube from Z to HIGH of the row of X, Y that may have points; HIGH + 1: none. */
static inline int64_t np_near_occupied(const np_near *near, int64_t x, int64_t y, int64_t z, int64_t high)
{
    if (near->mask != 0)
        return z;
    const uint64_t *row = near->rows + (size_t)(x * near->n_cubes[1] + y) * near->row_words;
    for (int64_t word = z / 64; word <= high / 64; word++) {
        uint64_t bits = row[word] & (word == z / 64 ? UINT64_MAX << (z % 64) : UINT64_MAX);
        if (bits != 0) {
            int64_t found = 64 * word + __builtin_ctzll(bits);
            return found <= high ? found : high + 1;
        }
    }
    return high + 1;
}

/* The cubes that a ball around P touches. */
np_near_walk np_near_around(const np_near *near, np_vec3 p, double radius_mm);

/* The same, by way of a view, which is filled anew only where P lies in another cube, or the radius takes in more of them,
 * than at the last look.  Cubes that the ball does not touch are left out: of points beyond it fewer come than from a walk without
 * a view, so they must not matter. */
np_near_walk np_near_look(const np_near *near, np_vec3 p, double radius_mm, np_near_view *view);

static inline bool np_near_is_beyond(const np_near_walk *walk, np_vec3 low)
{
    const double size = walk->near->cell_mm;
    return np_vec3_box_distance2(walk->p, low, np_vec3_make(low.x + size, low.y + size, low.z + size)) > walk->reach2;
}

/* The corner of a cube. */
static inline np_vec3 np_near_corner(const np_near *near, int64_t x, int64_t y, int64_t z)
{
    return np_vec3_mad(near->low, np_vec3_make((double)x, (double)y, (double)z), near->cell_mm);
}

static inline bool np_near_turn_kept(np_near_walk *walk)
{
    while (walk->kept != walk->kept_end) {
        const np_near_kept *k = walk->kept++;
        if (np_near_is_beyond(walk, k->low))
            continue;
        walk->range = k->range;
        return true;
    }
    return false;
}

/* Turns WALK to its next cube that has points. */
static inline bool np_near_turn(np_near_walk *walk)
{
    if (walk->kept)
        return np_near_turn_kept(walk);
    const np_near_box *box = &walk->box;
    while (walk->at[0] <= box->high[0]) {
        const int64_t x = walk->at[0], y = walk->at[1];
        const int64_t z = np_near_occupied(walk->near, x, y, walk->at[2], box->high[2]);
        walk->at[2] = z + 1;
        if (walk->at[2] > box->high[2]) {
            walk->at[2] = box->low[2];
            if (++walk->at[1] > box->high[1]) {
                walk->at[1] = box->low[1];
                walk->at[0]++;
            }
        }
        if (z > box->high[2])
            continue;
        const np_near_cube *cube = np_near_slot(walk->near, np_near_key(x, y, z));
        if (cube->key == 0)
            continue;
        walk->range.item = walk->near->items + cube->first;
        walk->range.end = walk->range.item + cube->count;
        walk->key = cube->key;
        return true;
    }
    return false;
}

static inline bool np_near_next(np_near_walk *walk, uint32_t *out_point)
{
    if (walk->range.item == walk->range.end && !np_near_turn(walk))
        return false;
    *out_point = *walk->range.item++;
    return true;
}

#endif
