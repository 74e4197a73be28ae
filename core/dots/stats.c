/* Measuring a pattern.  Lengths are taken in the s of a pair's mean density, so that one set of figures holds
 * for any density and for gradients; areas are those of the tangent plane, right as long as dots are much
 * closer than the surface bends. */
#include "dots/stats.h"

#include "base/angle.h"
#include "base/near.h"
#include "base/parallel.h"
#include "dots/private/reference.h"
#include "dots/private/particles.h"
#include "dots/private/windows.h"

#include <stdlib.h>
#include <string.h>

#define REACH 2.2 /* s: NP_DOTS_G_BINS of 0.05 */
#define BLOCK 512
#define RING_LOW 1.7 /* s: from here to REACH a lattice has its second ring of neighbours */
#define REFERENCE_SHARE                                                                                                \
    0.95 /* of the reference's g: its windows were each set to their own count (docs/decisions/placing-dots.md) */

static const double quantile_at[9] = {0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99};

/* One block's sums; added up in order. */
typedef struct block_sums {
    double g[NP_DOTS_G_BINS], spacing_min2, psi6;
} block_sums;

typedef struct stats_job {
    const dots_site *site;
    const np_vec3 *normal;
    const unsigned char *interior;
    np_near grid;
    double local_density_min;
    double *nearest; /* n: in s; 0 where no sample */
    block_sums *blocks;
} stats_job;

/* ---- one dot ---- */

/* The six nearest of a dot, for its sixfold order. */
typedef struct nearest_six {
    double x2[6];
    np_vec3 d[6];
    int n;
} nearest_six;

static void six_add(nearest_six *six, double x2, np_vec3 d)
{
    int k = six->n < 6 ? six->n++ : 6;
    if (k == 6 && x2 >= six->x2[5])
        return;
    for (k = k == 6 ? 5 : k; k > 0 && six->x2[k - 1] > x2; k--) {
        six->x2[k] = six->x2[k - 1];
        six->d[k] = six->d[k - 1];
    }
    six->x2[k] = x2;
    six->d[k] = d;
}

/* |mean of exp(6 i angle)| over the six nearest: 1 in a hexagonal lattice. */
static double six_order(const nearest_six *six, np_vec3 normal)
{
    np_vec3 u = np_vec3_perpendicular(normal), v = np_vec3_cross(normal, u);
    double re = 0, im = 0;
    for (int k = 0; k < six->n; k++) {
        double angle = 6 * atan2(np_vec3_dot(six->d[k], v), np_vec3_dot(six->d[k], u));
        re += cos(angle);
        im += sin(angle);
    }
    return six->n ? sqrt(re * re + im * im) / six->n : 0;
}

static void measure_dot(const stats_job *job, uint32_t i, np_near_view *view, block_sums *sums)
{
    const dots_site *me = &job->site[i];
    np_near_walk walk =
        np_near_look(&job->grid, me->at, REACH * 10 * sqrt(2 / (me->local_density + job->local_density_min)), view);
    nearest_six six = {.n = 0};
    double nearest2 = REACH * REACH;
    bool counts = dots_is_sample(job->interior[i]);
    for (uint32_t j; np_near_next(&walk, &j);) {
        const dots_site *other = &job->site[j];
        np_vec3 d = np_vec3_sub(other->at, me->at);
        double r2 = np_vec3_dot(d, d), x2 = r2 * (me->local_density + other->local_density) / 200;
        if (j == i)
            continue;
        if (r2 < sums->spacing_min2)
            sums->spacing_min2 = r2;
        if (!counts || x2 >= REACH * REACH || !dots_same_sheet(me->at, job->normal[i], other->at, job->normal[j]))
            continue;
        nearest2 = fmin(nearest2, x2);
        six_add(&six, x2, d);
        /* a distance just under REACH may round up to it */
        int bin = (int)(sqrt(x2) * (NP_DOTS_G_BINS / REACH));
        sums->g[bin < NP_DOTS_G_BINS ? bin : NP_DOTS_G_BINS - 1] += 1;
    }
    job->nearest[i] = counts ? sqrt(nearest2) : 0;
    if (counts)
        sums->psi6 += six_order(&six, job->normal[i]);
}

static void measure_block(void *context, size_t begin, size_t end, size_t block)
{
    const stats_job *job = context;
    block_sums *sums = &job->blocks[block];
    np_near_view view = {.filled = false};
    sums->spacing_min2 = HUGE_VAL;
    for (size_t i = begin; i < end; i++)
        measure_dot(job, (uint32_t)i, &view, sums);
}

/* ---- all dots ---- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Mean, spread and quantiles of the N nearest-neighbour distances, which get sorted. */
static void sum_up_nearest(double *x, size_t n, np_dots_stats *out)
{
    double sum = 0, sum2 = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    out->nn_mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        sum2 += (x[i] - out->nn_mean) * (x[i] - out->nn_mean);
    out->nn_cv = sqrt(sum2 / (double)n) / out->nn_mean;
    out->clark_evans_r = out->nn_mean / 0.5;
    qsort(x, n, sizeof *x, compare_doubles);
    out->nn_min = x[0];
    double error = 0;
    for (int q = 0; q < 9; q++) {
        double at = quantile_at[q] * (double)(n - 1);
        size_t low = (size_t)at;
        double next = x[low + 1 < n ? low + 1 : low];
        out->nn_quantile[q] = x[low] + (next - x[low]) * (at - (double)low);
        if (q < 8)
            error += fabs(out->nn_quantile[q] - dots_reference_quantile[q]) / 8;
    }
    out->nn_quantile_error = error;
}

/* From pair counts to g, and what there is to see in it. */
static void sum_up_g(np_dots_stats *out)
{
    double error2 = 0;
    int n_error = 0;
    const double width = REACH / NP_DOTS_G_BINS;
    for (int k = 0; k < NP_DOTS_G_BINS; k++) {
        double ring = NP_PI * width * width * (2 * k + 1), x = (k + 0.5) * width;
        out->g[k] /= ring * (double)out->n_interior;
        if (x > 0.3 && x < 1.9) {
            double e = out->g[k] - REFERENCE_SHARE * dots_reference_g[k];
            error2 += e * e;
            n_error++;
        }
        if (out->g[k] > out->g_peak) {
            out->g_peak = out->g[k];
            out->g_peak_at = x;
        }
    }
    for (int k = (int)(RING_LOW / width + 0.5) + 1; k + 1 < (int)(REACH / width + 0.5); k++)
        out->g_shell_max = fmax(out->g_shell_max, (out->g[k - 1] + out->g[k] + out->g[k + 1]) / 3);
    out->g_rms_error = sqrt(error2 / n_error);
}

static void sum_up(const stats_job *job, size_t n, np_dots_stats *out)
{
    double spacing2 = HUGE_VAL, psi6 = 0;
    for (size_t b = 0; b < np_parallel_blocks(n, BLOCK); b++) {
        const block_sums *s = &job->blocks[b];
        spacing2 = fmin(spacing2, s->spacing_min2);
        psi6 += s->psi6;
        for (int k = 0; k < NP_DOTS_G_BINS; k++)
            out->g[k] += s->g[k];
    }
    out->spacing_min_mm = n > 1 ? sqrt(spacing2) : 0;
    for (size_t i = 0; i < n; i++)
        if (dots_is_sample(job->interior[i]))
            job->nearest[out->n_interior++] = job->nearest[i];
    if (out->n_interior == 0)
        return;
    sum_up_nearest(job->nearest, out->n_interior, out);
    sum_up_g(out);
    out->psi6 = psi6 / (double)out->n_interior;
}

np_status np_dots_stats_compute(const np_vec3 *positions, const np_vec3 *normals, const double *density_per_cm2,
                                const unsigned char *interior, size_t n, np_dots_stats *out, np_error *err)
{
    *out = (np_dots_stats){.n = n};
    dots_site *site = malloc((n + 1) * sizeof *site);
    stats_job job = {.site = site, .normal = normals, .interior = interior, .local_density_min = HUGE_VAL};
    job.nearest = malloc((n + 1) * sizeof *job.nearest);
    job.blocks = calloc(np_parallel_blocks(n, BLOCK) + 1, sizeof *job.blocks);
    np_status status = NP_OK;
    double sum = 0;
    if (!site || !job.nearest || !job.blocks) {
        status = np_error_no_memory(err, "the statistics of the dots");
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        if (!np_vec3_is_finite(positions[i]) || !(density_per_cm2[i] > 0) || !isfinite(density_per_cm2[i])) {
            status = np_error_set(err, NP_ERR_INVALID,
                                  "dot %zu has density %g: statistics need finite positions and "
                                  "densities above 0",
                                  i, density_per_cm2[i]);
            goto done;
        }
        site[i] = (dots_site){positions[i], density_per_cm2[i]};
        job.local_density_min = fmin(job.local_density_min, density_per_cm2[i]);
        sum += density_per_cm2[i];
    }
    job.local_density_min = fmax(job.local_density_min, n ? sum / (double)n / 100 : 1);
    double cell = n ? REACH * 10 / sqrt(sum / (double)n) : 1;
    if ((status = np_near_init(&job.grid, positions, sizeof *positions, n, cell, err)) != NP_OK)
        goto done;
    np_parallel_for(n, BLOCK, measure_block, &job);
    sum_up(&job, n, out);
    const dots_windows windows = {site, normals, interior, n, out->n_interior, n ? sum / (double)n : 1};
    status = dots_windows_measure(&windows, out, err);
done:
    np_near_fini(&job.grid);
    free(site);
    free(job.nearest);
    free(job.blocks);
    return status;
}
