/* The largest hole of a pattern, by which the tests and bench_dots judge it: the farthest corner of all cells that
 * dots/private/holes.h cuts. */
#ifndef NP_TESTS_LARGEST_HOLE_H
#define NP_TESTS_LARGEST_HOLE_H

#include <stdlib.h>

#include "base/near.h"
#include "base/parallel.h"
#include "dots/private/holes.h"

#define LARGEST_HOLE_BLOCK 512

/* One block's largest. */
typedef struct largest_hole_of_block {
    double radius;
    size_t at;
} largest_hole_of_block;

typedef struct largest_hole_job {
    dots_hole_search search;
    largest_hole_of_block *block;
} largest_hole_job;

static inline void largest_hole_block(void *context, size_t begin, size_t end, size_t block)
{
    const largest_hole_job *job = context;
    largest_hole_of_block *hole = &job->block[block];
    np_near_view view[2] = {{.filled = false}, {.filled = false}};
    for (size_t i = begin; i < end; i++) {
        double radius = job->search.interior[i] ? dots_holes_around(&job->search, i, view).corner_s : 0;
        if (radius > hole->radius)
            *hole = (largest_hole_of_block){radius, i};
    }
}

/* The radius of the largest empty circle among the N points, in units of the local s = 10 / sqrt(density) mm,
 * up to DOTS_HOLE_MAX; with NORMALS, DENSITY_PER_CM2 (> 0) and INTERIOR flags as for
 * np_dots_stats_compute.  Only circles whose three points are interior count: near a border a circle reaches
 * over it.  *out_at is the point (index) on the circle's edge; both are 0 where there is no circle. */
static inline np_status largest_hole(const np_vec3 *positions, const np_vec3 *normals, const double *density_per_cm2,
                                     const unsigned char *interior, size_t n, double *out_radius_s, size_t *out_at,
                                     np_error *err)
{
    *out_radius_s = 0;
    *out_at = 0;
    if (n == 0)
        return NP_OK;
    dots_site *site = malloc(n * sizeof *site);
    np_near grid = {0};
    largest_hole_job job = {.search = {site, normals, interior, &grid, HUGE_VAL}};
    job.block = calloc(np_parallel_blocks(n, LARGEST_HOLE_BLOCK), sizeof *job.block);
    np_status status = site && job.block ? NP_OK : np_error_no_memory(err, "the holes between dots");
    double sum = 0;
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        site[i] = (dots_site){positions[i], density_per_cm2[i]};
        job.search.local_density_min = fmin(job.search.local_density_min, density_per_cm2[i]);
        sum += density_per_cm2[i] / (double)n;
        if (!np_vec3_is_finite(positions[i]) || !(density_per_cm2[i] > 0) || !isfinite(density_per_cm2[i]))
            status = np_error_set(err, NP_ERR_INVALID,
                                  "dot %zu has density %g: holes need finite positions and densities above 0", i,
                                  density_per_cm2[i]);
    }
    job.search.local_density_min = fmax(job.search.local_density_min, sum / 100);
    if (status == NP_OK)
        status = np_near_init(&grid, positions, sizeof *positions, n, DOTS_HOLE_MAX * 10 / sqrt(sum), err);
    if (status == NP_OK)
        np_parallel_for(n, LARGEST_HOLE_BLOCK, largest_hole_block, &job);
    for (size_t b = 0; status == NP_OK && b < np_parallel_blocks(n, LARGEST_HOLE_BLOCK); b++)
        if (job.block[b].radius > *out_radius_s) {
            *out_radius_s = fmin(job.block[b].radius, DOTS_HOLE_MAX);
            *out_at = job.block[b].at;
        }
    np_near_fini(&grid);
    free(site);
    free(job.block);
    return status;
}

#endif
