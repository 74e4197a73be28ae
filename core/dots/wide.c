/* The wide repulsion.
 *
 * A pair potential that ends at two spacings leaves counts over six dots and more to chance.  A weak repulsion that
 * reaches farther makes them even: in a gas whose long waves cost energy they are faint.  By itself it would also push
 * dots to where fewer are wanted and over every border; as in a one-component plasma (Baus and Hansen, Phys. Rep. 59,
 * 1980) a neutralising background, the wanted density with the sign changed, takes that away: what is left is the
 * answer to a surplus or a want of dots alone, on any outline and in any gradient.
 *
 * It varies so slowly that its gradient is taken once a linking, and moves are charged along it.  Within reach of the pair
 * potential it is flat: that potential has there all that is felt. */
#include "dots/private/wide.h"

#include "base/near.h"
#include "base/parallel.h"

#include <stdlib.h>

#define REACH_SD 3.0
#define BINS 2048
#define ONSET 1.0 /* s: of the background */

/* Own dots and pieces alike: what pushes (charge above 0) and what draws. */
typedef struct source {
    dots_site site;
    np_vec3 normal;
    double charge; /* dots */
} source;

struct dots_wide_search {
    const dots_particles *particles;
    source *sources;
    dots_site *in_order; /* of the grid */
    np_near grid;
    double reach2, local_density_min;
    float slope[2][BINS + 1]; /* - (1/x) dw/dx over x^2: of own dots; of the background */
};

void dots_background_fini(dots_background *background)
{
    free(background->piece);
    *background = (dots_background){0};
}

static np_vec3 gradient_at(const dots_wide_search *job, size_t i, np_near_view *view)
{
    const dots_site *me = &job->particles->site[i];
    double widest = sqrt(job->reach2) * 10 * sqrt(2 / (me->local_density + job->local_density_min));
    np_near_walk walk = np_near_look(&job->grid, me->at, widest, view);
    np_vec3 sum = {0, 0, 0};
    dots_found found[DOTS_FOUND];
    for (size_t n; dots_find_next(&walk, job->in_order, me, job->reach2, found, &n);)
        for (size_t k = 0; k < n; k++) {
            const source *other = &job->sources[found[k].index];
            double slope = (double)job->slope[other->charge < 0][(int)(found[k].x2 * (BINS / job->reach2))];
            if (slope == 0 || !dots_same_sheet(me->at, job->particles->normal[i], other->site.at, other->normal))
                continue;
            double per_mm2 = (me->local_density + other->site.local_density) * (1.0 / 200.0);
            sum = np_vec3_mad(sum, np_vec3_sub(me->at, other->site.at), -other->charge * slope * per_mm2);
        }
    return sum;
}

typedef struct gradient_job {
    const dots_wide_search *search;
    np_vec3 *gradient;
} gradient_job;

static void gradient_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const gradient_job *job = context;
    np_near_view view = {.filled = false};
    for (size_t i = begin; i < end; i++)
        job->gradient[i] = gradient_at(job->search, i, &view);
}

void dots_wide_gradient(const dots_wide_search *search, np_vec3 *out_gradient)
{
    gradient_job job = {search, out_gradient};
    if (search->in_order)
        np_parallel_for(search->particles->n_free, 512, gradient_block, &job);
}

/* Sources, and the smallest and the mean local_density among them. */
static void gather(const dots_particles *particles, const dots_background *background, source *out,
                   double *out_local_density_min, double *out_local_density_mean)
{
    size_t n = particles->n_own + background->n;
    for (size_t i = 0; i < particles->n_own; i++)
        out[i] = (source){particles->site[i], particles->normal[i], 1};
    for (size_t i = 0; i < background->n; i++) {
        const dots_piece *piece = &background->piece[i];
        out[particles->n_own + i] = (source){piece->site, piece->normal, -piece->mass};
    }
    *out_local_density_min = n ? out[0].site.local_density : 1;
    *out_local_density_mean = 0;
    for (size_t i = 0; i < n; i++) {
        *out_local_density_min = fmin(*out_local_density_min, out[i].site.local_density);
        *out_local_density_mean += out[i].site.local_density / (double)n;
    }
}

/* Flat nearer than NEAR.  Pieces are few and stand anywhere: theirs begins gradually, lest it jump whenever one crosses. */
static void fill_slopes(dots_wide_search *job, const dots_wide *wide, double near)
{
    for (int k = 0; k <= BINS; k++) {
        double x2 = (k + 0.5) * job->reach2 / BINS, x = sqrt(x2), sd2 = wide->sd * wide->sd;
        double slope = wide->strength / sd2 * exp(-0.5 * x2 / sd2);
        double t = fmin(fmax((x - near) / ONSET + 0.5, 0), 1);
        job->slope[0][k] = (float)(x < near ? 0 : slope);
        job->slope[1][k] = (float)(slope * t * t * (3 - 2 * t));
    }
}

np_status dots_wide_search_create(const dots_particles *particles, const dots_background *background,
                                  const dots_wide *wide, double near, dots_wide_search **out_search, np_error *err)
{
    size_t n = particles->n_own + background->n;
    double reach = REACH_SD * wide->sd, local_density_mean;
    dots_wide_search *search = *out_search = calloc(1, sizeof *search);
    if (!search || !(search->sources = malloc((n + 1) * sizeof *search->sources)))
        return np_error_no_memory(err, "the wide repulsion of the dots");
    search->particles = particles;
    search->reach2 = reach * reach;
    gather(particles, background, search->sources, &search->local_density_min, &local_density_mean);
    fill_slopes(search, wide, near);
    if (n == 0)
        return NP_OK;
    double cell = 1.01 * reach * 10 / sqrt(fmax(local_density_mean, 1e-9));
    np_status status = np_near_init(&search->grid, &search->sources->site.at, sizeof *search->sources, n, cell, err);
    if (status == NP_OK && !(search->in_order = dots_sites_in_order(&search->grid)))
        status = np_error_no_memory(err, "the wide repulsion of the dots");
    return status;
}

void dots_wide_search_destroy(dots_wide_search *search)
{
    if (!search)
        return;
    free(search->in_order);
    np_near_fini(&search->grid);
    free(search->sources);
    free(search);
}
