/* The largest empty circle, cell by cell. */
#include "dots/holes.h"

#include "base/parallel.h"
#include "dots/grid.h"
#include "dots/swarm.h"

#include <stdlib.h>

#define REACH (2 * NP_DOTS_HOLE_MAX) /* s: whoever bounds a cell at its largest corner */
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
    double radius2;
    size_t at;
} block_hole;

typedef struct holes_job {
    const np_dots_site *site;
    const np_vec3 *normal;
    const unsigned char *interior;
    np_dots_grid grid;
    double crowd_min;
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
        c->at[c->n++] =
            (corner){a->x + t * (b->x - a->x), a->y + t * (b->y - a->y), over_a <= 0 ? inside : a->inside};
    }
}

static double farthest2(const cell *c, bool inside_only)
{
    double most = 0;
    for (int k = 0; k < c->n; k++)
        if (!inside_only || (c->at[k].inside && c->at[(k + c->n - 1) % c->n].inside))
            most = fmax(most, c->at[k].x * c->at[k].x + c->at[k].y * c->at[k].y);
    return most;
}

/* The square of point I's farthest corner, in s. */
static double measure_cell(const holes_job *job, size_t i)
{
    const double w = NP_DOTS_HOLE_MAX;
    cell c = {{{-w, -w, false}, {w, -w, false}, {w, w, false}, {-w, w, false}}, 4};
    const np_dots_site *me = &job->site[i];
    np_vec3 u = np_vec3_perpendicular(job->normal[i]), v = np_vec3_cross(job->normal[i], u);
    np_dots_grid_box box =
        np_dots_grid_around(&job->grid, me->at, REACH * 10 * sqrt(2 / (me->crowd + job->crowd_min)));
    np_dots_grid_cursor cursor = {0};
    const uint32_t *items;
    uint32_t n_items;
    double reach2 = 2 * w * w;
    while ((items = np_dots_grid_next(&job->grid, &box, &cursor, &n_items)))
        for (uint32_t k = 0; k < n_items; k++) {
            const np_dots_site *other = &job->site[items[k]];
            double x2 = np_dots_site_x2(me, other);
            if (items[k] == i || x2 >= 4 * reach2 ||
                !np_dots_same_sheet(me->at, job->normal[i], other->at, job->normal[items[k]]))
                continue;
            np_vec3 d = np_vec3_sub(other->at, me->at);
            double x = np_vec3_dot(d, u), y = np_vec3_dot(d, v), flat = sqrt(x * x + y * y);
            if (!(flat > 0))
                continue;
            cut(&c, x / flat, y / flat, 0.5 * sqrt(x2), job->interior[items[k]] != 0);
            reach2 = farthest2(&c, false);
        }
    return farthest2(&c, true);
}

static void measure_block(void *context, size_t begin, size_t end, size_t block)
{
    const holes_job *job = context;
    block_hole *hole = &job->block[block];
    for (size_t i = begin; i < end; i++) {
        double radius2 = job->interior[i] ? measure_cell(job, i) : 0;
        if (radius2 > hole->radius2)
            *hole = (block_hole){radius2, i};
    }
}

np_status np_dots_holes_largest(const np_vec3 *positions, const np_vec3 *normals,
                                const double *density_per_cm2, const unsigned char *interior, size_t n,
                                double *out_radius_s, size_t *out_at, np_error *err)
{
    *out_radius_s = 0;
    *out_at = 0;
    if (n == 0)
        return NP_OK;
    np_dots_site *site = malloc(n * sizeof *site);
    holes_job job = {.site = site, .normal = normals, .interior = interior, .crowd_min = HUGE_VAL};
    job.block = calloc(np_parallel_blocks(n, BLOCK), sizeof *job.block);
    np_status status = site && job.block ? NP_OK : np_error_no_memory(err, "the holes between dots");
    double sum = 0;
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        site[i] = (np_dots_site){positions[i], density_per_cm2[i]};
        job.crowd_min = fmin(job.crowd_min, density_per_cm2[i]);
        sum += density_per_cm2[i] / (double)n;
        if (!np_vec3_is_finite(positions[i]) || !(density_per_cm2[i] > 0) || !isfinite(density_per_cm2[i]))
            status = np_error_set(err, NP_ERR_INVALID,
                                  "dot %zu has density %g: holes need finite positions and densities above 0",
                                  i, density_per_cm2[i]);
    }
    job.crowd_min = fmax(job.crowd_min, sum / 100);
    if (status == NP_OK)
        status =
            np_dots_grid_init(&job.grid, positions, sizeof *positions, n, REACH / 2 * 10 / sqrt(sum), err);
    if (status == NP_OK)
        np_parallel_for(n, BLOCK, measure_block, &job);
    double radius2 = 0;
    for (size_t b = 0; status == NP_OK && b < np_parallel_blocks(n, BLOCK); b++)
        if (job.block[b].radius2 > radius2) {
            radius2 = job.block[b].radius2;
            *out_at = job.block[b].at;
        }
    *out_radius_s = fmin(sqrt(radius2), NP_DOTS_HOLE_MAX);
    np_dots_grid_fini(&job.grid);
    free(site);
    free(job.block);
    return status;
}
