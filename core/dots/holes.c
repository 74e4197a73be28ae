/* The largest empty circle, cell by cell. */
#include "dots/private/holes.h"

#include "base/near.h"
#include "base/parallel.h"
#include "dots/private/swarm.h"

#include <stdlib.h>

#define REACH (2 * DOTS_HOLE_MAX) /* s: whoever bounds a cell at its largest corner */
#define NEAR 2.4                  /* s: whoever bounds most cells */
#define BLOCK 512
#define CORNERS_MAX 128

/* A corner of a cell, and whether the side that starts there is an interior point's. */
typedef struct corner {
    double x, y;
    bool inside;
} corner;

typedef struct cell {
    corner at[CORNERS_MAX];
    int n;
} cell;

/* One block's largest. */
typedef struct block_hole {
    double radius;
    size_t at;
} block_hole;

typedef struct holes_job {
    dots_hole_search search;
    block_hole *block;
} holes_job;

/* Cuts off what lies beyond HALF along the unit direction (X, Y). */
static void cut(cell *c, double x, double y, double half, bool inside)
{
    cell old = *c;
    c->n = 0;
    for (int k = 0; k < old.n && c->n < CORNERS_MAX - 2; k++) {
        const corner *a = &old.at[k], *b = &old.at[(k + 1) % old.n];
        double over_a = a->x * x + a->y * y - half, over_b = b->x * x + b->y * y - half;
        if (over_a <= 0)
            c->at[c->n++] = *a;
        if ((over_a <= 0) == (over_b <= 0))
            continue;
        double t = over_a / (over_a - over_b);
        /* leaving, the new side begins; coming back, the old one goes on */
        c->at[c->n++] = (corner){a->x + t * (b->x - a->x), a->y + t * (b->y - a->y), over_a <= 0 ? inside : a->inside};
    }
}

/* The farthest corner, or of INSIDE_ONLY the farthest between two interior sides; NULL where there is none.
 */
static const corner *farthest(const cell *c, bool inside_only)
{
    const corner *most = NULL;
    for (int k = 0; k < c->n; k++) {
        const corner *at = &c->at[k];
        if (inside_only && !(at->inside && c->at[(k + c->n - 1) % c->n].inside))
            continue;
        if (!most || at->x * at->x + at->y * at->y > most->x * most->x + most->y * most->y)
            most = at;
    }
    return most;
}

/* Cuts the cell of point I, in its plane of U and V, out of what lies within REACH s. */
static void cut_cell(const dots_hole_search *search, size_t i, np_vec3 u, np_vec3 v, double reach, cell *c,
                     dots_surroundings *out)
{
    const double w = DOTS_HOLE_MAX;
    const dots_site *me = &search->site[i];
    np_near_walk walk = np_near_around(search->grid, me->at, reach * 10 * sqrt(2 / (me->crowd + search->crowd_min)));
    double within2 = reach * reach;
    *c = (cell){{{-w, -w, false}, {w, -w, false}, {w, w, false}, {-w, w, false}}, 4};
    for (uint32_t j; np_near_next(&walk, &j);) {
        const dots_site *other = &search->site[j];
        double x2 = dots_site_x2(me, other);
        if (j == i || x2 >= within2 || !dots_same_sheet(me->at, search->normal[i], other->at, search->normal[j]))
            continue;
        np_vec3 d = np_vec3_sub(other->at, me->at);
        double x = np_vec3_dot(d, u), y = np_vec3_dot(d, v), flat = sqrt(x * x + y * y), far = sqrt(x2);
        if (!(flat > 0))
            continue;
        if (far < out->nearest_s) {
            out->nearest_s = far;
            out->nearest = j;
        }
        cut(c, x / flat, y / flat, 0.5 * far, !search->interior || search->interior[j] != 0);
        const corner *most = farthest(c, false);
        within2 = fmin(within2, most ? 4 * (most->x * most->x + most->y * most->y) : 0);
    }
}

dots_surroundings dots_holes_around(const dots_hole_search *search, size_t i)
{
    cell c;
    double s = 10 / sqrt(search->site[i].crowd);
    np_vec3 u = np_vec3_perpendicular(search->normal[i]), v = np_vec3_cross(search->normal[i], u);
    dots_surroundings out = {.nearest_s = HUGE_VAL, .nearest = UINT32_MAX};
    /* most cells are done with the nearest around */
    cut_cell(search, i, u, v, NEAR, &c, &out);
    const corner *most = farthest(&c, false);
    if (most && most->x * most->x + most->y * most->y > NEAR * NEAR / 4)
        cut_cell(search, i, u, v, REACH, &c, &out);
    most = farthest(&c, true);
    if (most) {
        out.corner_s = sqrt(most->x * most->x + most->y * most->y);
        out.corner = np_vec3_mad(np_vec3_scale(u, most->x * s), v, most->y * s);
    }
    return out;
}

static void measure_block(void *context, size_t begin, size_t end, size_t block)
{
    const holes_job *job = context;
    block_hole *hole = &job->block[block];
    for (size_t i = begin; i < end; i++) {
        double radius = job->search.interior[i] ? dots_holes_around(&job->search, i).corner_s : 0;
        if (radius > hole->radius)
            *hole = (block_hole){radius, i};
    }
}

np_status dots_holes_largest(const np_vec3 *positions, const np_vec3 *normals, const double *density_per_cm2,
                             const unsigned char *interior, size_t n, double *out_radius_s, size_t *out_at,
                             np_error *err)
{
    *out_radius_s = 0;
    *out_at = 0;
    if (n == 0)
        return NP_OK;
    dots_site *site = malloc(n * sizeof *site);
    np_near grid = {0};
    holes_job job = {.search = {site, normals, interior, &grid, HUGE_VAL}};
    job.block = calloc(np_parallel_blocks(n, BLOCK), sizeof *job.block);
    np_status status = site && job.block ? NP_OK : np_error_no_memory(err, "the holes between dots");
    double sum = 0;
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        site[i] = (dots_site){positions[i], density_per_cm2[i]};
        job.search.crowd_min = fmin(job.search.crowd_min, density_per_cm2[i]);
        sum += density_per_cm2[i] / (double)n;
        if (!np_vec3_is_finite(positions[i]) || !(density_per_cm2[i] > 0) || !isfinite(density_per_cm2[i]))
            status = np_error_set(err, NP_ERR_INVALID,
                                  "dot %zu has density %g: holes need finite positions and densities above 0", i,
                                  density_per_cm2[i]);
    }
    job.search.crowd_min = fmax(job.search.crowd_min, sum / 100);
    if (status == NP_OK)
        status = np_near_init(&grid, positions, sizeof *positions, n, REACH / 2 * 10 / sqrt(sum), err);
    if (status == NP_OK)
        np_parallel_for(n, BLOCK, measure_block, &job);
    for (size_t b = 0; status == NP_OK && b < np_parallel_blocks(n, BLOCK); b++)
        if (job.block[b].radius > *out_radius_s) {
            *out_radius_s = fmin(job.block[b].radius, DOTS_HOLE_MAX);
            *out_at = job.block[b].at;
        }
    np_near_fini(&grid);
    free(site);
    free(job.block);
    return status;
}
