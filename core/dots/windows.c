/* Evenness over many dots: sums over windows, each dot weighted with 1 / its wanted density.
 *
 * The expectation of such a sum is the window's area whatever the wanted density does (Horvitz and Thompson, J. Am.
 * Stat. Assoc. 47, 1952), so a fade that was asked for adds nothing, and what is left of the variance, over that of
 * independent dots, is the pattern's own: of a disc, the Fano factor of counts; of a wide Gaussian, the structure
 * factor averaged over k < 0.5 / s (Torquato and Stillinger, Phys. Rev. E 68, 2003); of the eye's band at 1 m, the
 * mottling that is seen.
 *
 * A window counts only where, to MARGIN beyond it, all dots are interior and no wanted density is far from the centre's.
 * Where fewer dots with larger weights make up a window it is one of fewer dots, whose counts vary more; and where nothing
 * is wanted there is no dot to say so: the last ones before it are told (NP_DOTS_EDGE). */
#include "dots/private/windows.h"

#include "base/angle.h"
#include "base/near.h"
#include "base/parallel.h"
#include "base/rng.h"

#include <stdlib.h>

#define BLOCK 256
#define STREAM_WINDOW UINT32_C(0x646F7404)
#define CENTRES_MAX 4096
#define MARGIN 1.2      /* s */
#define RATIO_MAX 1.5   /* of wanted densities within a window */
#define WINDOWS_MIN 100 /* fewer say nothing of a variance */

/* Discs of this many dots, and the SD of the wide Gaussian in s. */
#define FEW 6.0
#define MANY 30.0
#define WIDE_SD 2.0
#define WIDE_REACH (3 * WIDE_SD)

/* The eye's band at 1 m: the light that a healed dot of 0.18 mm takes away, four Gaussians (SD in mm), seen through a
 * blur of 0.12 mm and 0.9 mm, less the same at 3.5 mm; the dots' strengths vary by TONE_CV. */
#define EYE_MM 0.12
#define BAND_LOW_MM 0.9
#define BAND_HIGH_MM 3.5
#define BAND_DENSITY 75.0 /* dots per cm2 at which those lengths hold; others are scaled to it */
#define BAND_REACH (2.5 * BAND_HIGH_MM * 0.8660254037844386) /* in s: s is 10 / sqrt(75) mm there */
#define TONE_CV 0.25
#define BAND_BINS 1024
static const double dot_share[4] = {0.113, 0.1125, 0.443, 0.3315};
static const double dot_sd_mm[4] = {0.0645, 0.1547, 0.387, 1.126};

enum { DISC_FEW, DISC_MANY, WIDE, BAND, KINDS };

static const double reach2[KINDS] = {FEW / NP_PI, MANY / NP_PI, WIDE_REACH *WIDE_REACH, BAND_REACH *BAND_REACH};

/* Over the windows of one kind: the sums of the window's value, of its square, and of what the square would be were
 * the dots independent. */
typedef struct window_sums {
    double n, value, value2, shot;
} window_sums;

typedef struct windows_job {
    const dots_windows *in;
    np_near grid;
    size_t stride;             /* every such sample has a window */
    float band[BAND_BINS + 1]; /* over r^2; the last for what rounds up to the end */
    window_sums *sums;         /* KINDS a block */
} windows_job;

/* One window's sums over its dots, and how far in s it is clear of what does not count. */
typedef struct window {
    double value[KINDS], shot[KINDS], clear2;
} window;

static double gaussian(double r2, double variance)
{
    return exp(-0.5 * r2 / variance) / (NP_TWO_PI * variance);
}

static void fill_band(float *band)
{
    const double s_mm = 10 / sqrt(BAND_DENSITY);
    for (int k = 0; k <= BAND_BINS; k++) {
        double r2 = (k + 0.5) * reach2[BAND] * s_mm * s_mm / BAND_BINS, sum = 0;
        for (int c = 0; c < 4; c++) {
            double variance = dot_sd_mm[c] * dot_sd_mm[c] + EYE_MM * EYE_MM;
            sum += dot_share[c] * (gaussian(r2, variance + BAND_LOW_MM * BAND_LOW_MM) -
                                   gaussian(r2, variance + BAND_HIGH_MM * BAND_HIGH_MM));
        }
        band[k] = (float)(sum * s_mm * s_mm);
    }
}

/* Adds a dot at squared distance X2 (in s^2) with weight SHARE. */
static void add_dot(const windows_job *job, double x2, double share, window *w)
{
    const double value[KINDS] = {
        x2 < reach2[DISC_FEW] ? 1 : 0,
        x2 < reach2[DISC_MANY] ? 1 : 0,
        x2 < reach2[WIDE] ? exp(-0.5 * x2 / (WIDE_SD * WIDE_SD)) : 0,
        x2 < reach2[BAND] ? (double)job->band[(int)(x2 * BAND_BINS / reach2[BAND])] : 0,
    };
    for (int k = 0; k < KINDS; k++) {
        w->value[k] += share * value[k];
        w->shot[k] += share * share * value[k] * value[k];
    }
}

/* Sums over the dots around CENTRE on the sheet of NORMAL; lengths in the s of DENSITY. */
static window look_around(const windows_job *job, np_vec3 centre, np_vec3 normal, double density)
{
    const dots_windows *in = job->in;
    const double reach = BAND_REACH + MARGIN;
    window w = {.clear2 = HUGE_VAL};
    np_near_walk walk = np_near_around(&job->grid, centre, reach * 10 / sqrt(density));
    for (uint32_t j; np_near_next(&walk, &j);) {
        double x2 = np_vec3_distance2(centre, in->site[j].at) * density / 100;
        if (x2 >= reach * reach || np_vec3_dot(normal, in->normal[j]) < 0.3)
            continue;
        double ratio = in->site[j].local_density / density;
        bool ends = in->interior[j] == NP_DOTS_BORDER || in->interior[j] == NP_DOTS_EDGE;
        if (ends || ratio < 1 / RATIO_MAX || ratio > RATIO_MAX)
            w.clear2 = fmin(w.clear2, x2);
        add_dot(job, x2, 1 / ratio, &w);
    }
    return w;
}

/* The density wanted at CENTRE, the nearest dot's; 0 where it is far from any dot or off its plane, so off the surface. */
static double density_at(const windows_job *job, np_vec3 centre, double s)
{
    const dots_windows *in = job->in;
    double mm;
    size_t nearest = np_near_nearest(&job->grid, centre, 2 * s, SIZE_MAX, &mm);
    if (nearest == SIZE_MAX)
        return 0;
    const dots_site *site = &in->site[nearest];
    double height = np_vec3_dot(np_vec3_sub(centre, site->at), in->normal[nearest]);
    return height * height * site->local_density < 0.25 * 0.25 * 100 ? site->local_density : 0;
}

/* The window's centre stands 2 to 3.5 s off dot I, where that dot says nothing of what is there. */
static void measure_window(const windows_job *job, size_t i, window_sums *sums)
{
    const dots_windows *in = job->in;
    double s = 10 / sqrt(in->site[i].local_density);
    np_vec3 u = np_vec3_perpendicular(in->normal[i]), v = np_vec3_cross(in->normal[i], u);
    double angle = NP_TWO_PI * np_rng_uniform(0, STREAM_WINDOW, i, 0);
    double off = s * (2.0 + 1.5 * np_rng_uniform(0, STREAM_WINDOW, i, 1));
    np_vec3 centre = np_vec3_mad(np_vec3_mad(in->site[i].at, u, off * cos(angle)), v, off * sin(angle));
    double density = density_at(job, centre, s);
    if (density <= 0)
        return;
    window w = look_around(job, centre, in->normal[i], density);
    for (int k = 0; k < KINDS; k++) {
        double needed = sqrt(reach2[k]) + MARGIN;
        if (needed * needed <= w.clear2) {
            sums[k].n += 1;
            sums[k].value += w.value[k];
            sums[k].value2 += w.value[k] * w.value[k];
            sums[k].shot += w.shot[k];
        }
    }
}

static void measure_block(void *context, size_t begin, size_t end, size_t block)
{
    const windows_job *job = context;
    for (size_t i = begin; i < end; i++)
        if (i % job->stride == 0 && dots_is_sample(job->in->interior[i]))
            measure_window(job, i, &job->sums[KINDS * block]);
}

static double variance(const window_sums *s)
{
    return (s->value2 - s->value * s->value / s->n) / s->n;
}

static double over_shot(const window_sums *s)
{
    return s->n >= WINDOWS_MIN && s->shot > 0 ? variance(s) / (s->shot / s->n) : 0;
}

np_status dots_windows_measure(const dots_windows *windows, np_dots_stats *out, np_error *err)
{
    size_t n_blocks = np_parallel_blocks(windows->n, BLOCK);
    windows_job job = {.in = windows, .stride = windows->n_interior / CENTRES_MAX + 1};
    job.sums = calloc(KINDS * n_blocks + 1, sizeof *job.sums);
    if (!job.sums)
        return np_error_no_memory(err, "the windows of the statistics");
    double cell = windows->n ? BAND_REACH / 2 * 10 / sqrt(windows->density_mean) : 1;
    np_status status = np_near_init(&job.grid, &windows->site->at, sizeof *windows->site, windows->n, cell, err);
    if (status != NP_OK)
        goto done;
    fill_band(job.band);
    np_parallel_for(windows->n, BLOCK, measure_block, &job);
    window_sums all[KINDS] = {{0}};
    for (size_t b = 0; b < n_blocks; b++)
        for (int k = 0; k < KINDS; k++) {
            const window_sums *s = &job.sums[KINDS * b + (size_t)k];
            all[k].n += s->n;
            all[k].value += s->value;
            all[k].value2 += s->value2;
            all[k].shot += s->shot;
        }
    out->fano = over_shot(&all[DISC_FEW]);
    out->fano_30 = over_shot(&all[DISC_MANY]);
    out->structure_factor_0 = over_shot(&all[WIDE]);
    if (all[BAND].n >= WINDOWS_MIN)
        out->blotch = sqrt(variance(&all[BAND]) + TONE_CV * TONE_CV * all[BAND].shot / all[BAND].n);
done:
    np_near_fini(&job.grid);
    free(job.sums);
    return status;
}
