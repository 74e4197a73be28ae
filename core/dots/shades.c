/* Dithering of shades over dots.
 *
 * Each dot has a probability of each shade: the shares, tilted towards the darker shades where darker tones are wanted around it.  What
 * the shades chosen around a dot lack of these probabilities decides its own; and so that a dot which is to be darker than its neighbours is the one of them that
 * gets a darker shade, a little of what it wants itself. */
#include "dots/shades.h"

#include <math.h>
#include <stdlib.h>

#include "base/hilbert.h"
#include "base/near.h"

#define REACH 2.5 /* of neighbours that count, in mean spacings at the dot */
#define WIDTH 1.0 /* standard deviation of their weights, in mean spacings */
#define AROUND                                                                                                         \
    4.0 /* standard deviation of what counts as wanted around a dot, in mean spacings: in less, draws of single dots make patches */
#define AROUND_REACH 9.0
#define OF_OWN 0.3 /* weight of what a dot wants itself: in more, dark dots are spread less evenly */
#define OWN_MAX 2.0
#define OF_ALL 0.02  /* weight of what lacks over all dots so far: it keeps the shares, and is too little to be seen */
#define BALANCING 40 /* rounds in which the probabilities are brought to the shares */
#define EXPONENT_MAX 30 /* of a tilt */

/* Where a dot stands in the order in which dots are given shades. */
typedef struct turn {
    int32_t session;
    uint32_t dot;
    uint64_t key; /* along the curve */
} turn;

typedef struct shading {
    const np_dots_shading *r;
    np_near near;
    double *p;             /* n x n_shades */
    double *u;             /* n: by how much the tone wanted around a dot is above the mean */
    double *own;           /* n: by how much a dot's own is above that around it */
    double mean, variance; /* of the shades' tones */
    double half;           /* of their range; a rare shade is drawn to a dot less, as it would not stay rare */
    turn *turns;           /* n */
    uint8_t *shade;        /* UINT8_MAX: none yet */
} shading;

static void fini(shading *s)
{
    np_near_fini(&s->near);
    free(s->p);
    free(s->u);
    free(s->own);
    free(s->turns);
}

static double spacing_mm(const shading *s, size_t i)
{
    return 10 / sqrt(fmax(s->r->density_per_cm2[i], 1));
}

/* Of dot J for dot I: a Gaussian of WIDTH up to REACH, in mean spacings. */
static double weight(const shading *s, size_t i, uint32_t j, double spacing, double width, double reach)
{
    double x = np_vec3_distance(s->r->positions[i], s->r->positions[j]) / spacing;
    return x < reach ? exp(-0.5 * x * x / (width * width)) : 0;
}

/* Single dots differ as the marks of hairs do: what counts is what is wanted of the dots around, of the same session. */
static void find_wanted(shading *s)
{
    double mean = 0;
    for (size_t i = 0; i < s->r->n; i++) {
        double sum = 0, weights = 0, spacing = spacing_mm(s, i);
        np_near_walk walk = np_near_around(&s->near, s->r->positions[i], AROUND_REACH * spacing);
        for (uint32_t j; np_near_next(&walk, &j);) {
            double w = s->r->session[j] == s->r->session[i] ? weight(s, i, j, spacing, AROUND, AROUND_REACH) : 0;
            sum += w * s->r->tone[j];
            weights += w;
        }
        s->u[i] = sum / weights; /* itself is among them */
        s->own[i] = s->r->tone[i] - s->u[i];
        mean += s->u[i] / (double)s->r->n;
    }
    for (size_t i = 0; i < s->r->n; i++)
        s->u[i] -= mean;
}

/* p proportional to scale[k] exp(b u tone[k]), with b such that the mean tone follows u, and scales such that the shares are met. */
static void find_probabilities(shading *s)
{
    const np_dots_shading *r = s->r;
    int shades = r->n_shades;
    double scale[NP_DOTS_SHADES_MAX];
    double low = r->shade_tone[0], high = low;
    s->mean = 0;
    s->variance = 1e-6;
    for (int k = 0; k < shades; k++) {
        s->mean += r->share[k] * r->shade_tone[k];
        low = fmin(low, r->shade_tone[k]);
        high = fmax(high, r->shade_tone[k]);
    }
    s->half = fmax((high - low) / 2, 1e-3);
    for (int k = 0; k < shades; k++) {
        s->variance += r->share[k] * (r->shade_tone[k] - s->mean) * (r->shade_tone[k] - s->mean);
        scale[k] = r->share[k];
    }
    for (int round = 0; round < BALANCING; round++) {
        double sum[NP_DOTS_SHADES_MAX] = {0};
        for (size_t i = 0; i < r->n; i++) {
            double *p = &s->p[i * (size_t)shades], all = 0;
            for (int k = 0; k < shades; k++) {
                double x = s->u[i] * (r->shade_tone[k] - s->mean) / s->variance;
                p[k] = scale[k] * exp(fmin(fmax(x, -EXPONENT_MAX), EXPONENT_MAX));
                all += p[k];
            }
            for (int k = 0; k < shades; k++)
                sum[k] += p[k] /= all;
        }
        for (int k = 0; k < shades; k++)
            scale[k] *= r->share[k] * (double)r->n / fmax(sum[k], 1e-300);
    }
}

static int compare_turns(const void *a, const void *b)
{
    const turn *i = a, *j = b;
    if (i->session != j->session)
        return i->session < j->session ? -1 : 1;
    if (i->key != j->key)
        return i->key < j->key ? -1 : 1;
    return i->dot < j->dot ? -1 : 1;
}

static void find_turns(shading *s)
{
    const np_dots_shading *r = s->r;
    const unsigned bits = 16;
    np_vec3 low = r->positions[0], high = low;
    for (size_t i = 0; i < r->n; i++) {
        np_vec3 p = r->positions[i];
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    double most = fmax(fmax(high.x - low.x, high.y - low.y), fmax(high.z - low.z, 1e-9));
    double scale = ((1u << bits) - 1) / most;
    for (size_t i = 0; i < r->n; i++) {
        np_vec3 p = np_vec3_sub(r->positions[i], low);
        const uint32_t cell[3] = {(uint32_t)(p.x * scale), (uint32_t)(p.y * scale), (uint32_t)(p.z * scale)};
        s->turns[i] = (turn){r->session[i], (uint32_t)i, np_hilbert_key(cell, bits)};
    }
    qsort(s->turns, r->n, sizeof *s->turns, compare_turns);
}

/* The shade that the dots around I, those that have one, lack the most. */
static int choose(const shading *s, size_t i, const double *lack_of_all)
{
    const np_dots_shading *r = s->r;
    int shades = r->n_shades, best = 0;
    double lack[NP_DOTS_SHADES_MAX], spacing = spacing_mm(s, i);
    double own = fmin(fmax(s->own[i] / s->half, -OWN_MAX), OWN_MAX) * s->variance / (s->half * s->half);
    for (int k = 0; k < shades; k++)
        lack[k] = s->p[i * (size_t)shades + (size_t)k] + OF_ALL * lack_of_all[k] +
                  OF_OWN * own * (r->shade_tone[k] - s->mean) / s->half;
    np_near_walk walk = np_near_around(&s->near, r->positions[i], REACH * spacing);
    for (uint32_t j; np_near_next(&walk, &j);) {
        if (s->shade[j] == UINT8_MAX)
            continue;
        double w = weight(s, i, j, spacing, WIDTH, REACH);
        for (int k = 0; k < shades; k++)
            lack[k] += w * (s->p[j * (size_t)shades + (size_t)k] - (s->shade[j] == k));
    }
    for (int k = 1; k < shades; k++)
        if (lack[k] > lack[best])
            best = k;
    return best;
}

static void give(shading *s)
{
    double lack_of_all[NP_DOTS_SHADES_MAX] = {0};
    size_t shades = (size_t)s->r->n_shades;
    for (size_t t = 0; t < s->r->n; t++) {
        size_t i = s->turns[t].dot;
        int shade = choose(s, i, lack_of_all);
        s->shade[i] = (uint8_t)shade;
        for (size_t k = 0; k < shades; k++)
            lack_of_all[k] += s->p[i * shades + k] - ((int)k == shade);
    }
}

np_status np_dots_shade(const np_dots_shading *r, uint8_t *out_shade, np_error *err)
{
    size_t n = r->n;
    double density = 0;
    if (n == 0)
        return NP_OK;
    for (size_t i = 0; i < n; i++) {
        out_shade[i] = UINT8_MAX;
        density += fmax(r->density_per_cm2[i], 1) / (double)n;
    }
    shading s = {.r = r,
                 .p = calloc(n * (size_t)r->n_shades, sizeof *s.p),
                 .u = calloc(n, sizeof *s.u),
                 .own = calloc(n, sizeof *s.own),
                 .turns = calloc(n, sizeof *s.turns),
                 .shade = out_shade};
    np_status status = s.p && s.u && s.own && s.turns ? NP_OK : np_error_no_memory(err, "the shades of the dots");
    if (status == NP_OK)
        status = np_near_init(&s.near, r->positions, sizeof *r->positions, n, REACH * 10 / sqrt(density), err);
    if (status == NP_OK) {
        find_wanted(&s);
        find_probabilities(&s);
        find_turns(&s);
        give(&s);
    }
    fini(&s);
    return status;
}
