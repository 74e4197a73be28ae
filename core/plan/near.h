/* Near pairs among the plan's dots: a hashed grid of cells, all in memory, N log N at worst.  Internal. */
#ifndef NP_PLAN_NEAR_H
#define NP_PLAN_NEAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"

/* Points are borrowed.  Zero-initialise; fini is safe on zero. */
typedef struct np_near {
    const np_vec3 *points;
    size_t n;
    double cell_mm;
    size_t n_buckets;
    uint32_t *begin; /* n_buckets + 1: where each bucket begins in items */
    uint32_t *items;
} np_near;

np_status np_near_init(np_near *near, const np_vec3 *points, size_t n, double cell_mm, np_error *err);
void np_near_fini(np_near *near);

/* The nearest other point of point I within LIMIT_MM (at most a few cells): its index, or SIZE_MAX; the
 * lower index where two are equally near.  *out_mm is its distance, or LIMIT_MM. */
size_t np_near_nearest(const np_near *near, size_t i, double limit_mm, double *out_mm);

#endif
