/* Borders, what is filled in between hair, and zones.  The hairline is form_front.c; bands, and figures as a plan keeps them, form_figures.c. */
#include "dots/form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/parallel.h"
#include "dots/around.h"
#include "dots/private/form.h"

typedef struct form {
    const np_form_dot *dots;
    size_t n;
    np_near near;
    np_form_value *out;
} form;

/* VALUE at PLACE, if it is the worst so far. */
static void take_worse(np_form_value *worst, np_form_figure figure, double value, np_vec3 place)
{
    const np_band *b = np_form_band_of(figure);
    if (!worst->measured || np_band_excess(b, value) > np_band_excess(b, worst->value))
        *worst = (np_form_value){true, value, place};
}

/* Whether dot B is within RADIUS of A, on A's side of the head. */
static bool is_beside(const np_form_dot *a, const np_form_dot *b, double radius_mm)
{
    return np_vec3_distance(a->position, b->position) < radius_mm && np_vec3_dot(a->normal, b->normal) > 0.5;
}

/* ---- borders ---- */

#define EDGE_MM 3.0   /* what is nearer to a border is its edge */
#define BEHIND_MM 6.0 /* narrower treatments have no inside to compare with */
#define ALONG_MM 8.0  /* of the border, to either side */
#define REACH_MM 14.0 /* how deep is looked behind it */
#define HAIR_BESIDE_MM 8.0

static void measure_border(form *f, size_t i)
{
    enum { LEAST_EDGE = 4, LEAST_BEHIND = 8, HAIRS = 8 };
    const np_form_dot *at = &f->dots[i];
    if (at->is_there || at->density_per_cm2 <= 0 || at->inside_mm > EDGE_MM)
        return;
    double edge = 0, behind = 0;
    int n_edge = 0, n_behind = 0, n_hair = 0;
    np_near_walk walk = np_near_around(&f->near, at->position, REACH_MM);
    for (uint32_t j; np_near_next(&walk, &j);) {
        const np_form_dot *d = &f->dots[j];
        if (d->is_there) {
            n_hair += is_beside(at, d, HAIR_BESIDE_MM);
        } else if (d->density_per_cm2 > 0 && d->inside_mm <= EDGE_MM && is_beside(at, d, ALONG_MM)) {
            edge += d->density_per_cm2;
            n_edge++;
        } else if (d->density_per_cm2 > 0 && d->inside_mm >= BEHIND_MM && is_beside(at, d, REACH_MM)) {
            behind = fmax(behind, d->density_per_cm2);
            n_behind++;
        }
    }
    if (n_hair < HAIRS && n_edge >= LEAST_EDGE && n_behind >= LEAST_BEHIND)
        take_worse(&f->out[NP_FORM_BORDER_DENSITY], NP_FORM_BORDER_DENSITY, edge / n_edge / behind, at->position);
}

/* ---- where dots meet hair ---- */

#define MIX_MM 4.0      /* around a dot or hair is looked which are more */
#define CROWD_MM 2.0    /* how near neighbours crowd it */
#define STRETCH_MM 14.0 /* along a border */

/* Of each dot or hair: the share of dots less that of hairs around it, and how many crowd it. */
typedef struct mix {
    double share, crowd;
} mix;

static mix mix_at(const form *f, size_t i)
{
    double dots = 0, hairs = 0, crowd = 0;
    np_near_walk walk = np_near_around(&f->near, f->dots[i].position, MIX_MM);
    for (uint32_t j; np_near_next(&walk, &j);) {
        if (!is_beside(&f->dots[i], &f->dots[j], MIX_MM))
            continue;
        dots += !f->dots[j].is_there;
        hairs += f->dots[j].is_there;
        crowd += j != i && is_beside(&f->dots[i], &f->dots[j], CROWD_MM);
    }
    return (mix){(dots - hairs) / (dots + hairs), crowd};
}

static void measure_outline(form *f, const mix *m, size_t i)
{
    enum { LEAST = 15 };
    const double even = 0.5, one_side = 0.85;
    double sum[3] = {0}; /* hair's side, the border, the dots' side */
    int n[3] = {0};
    if (fabs(m[i].share) > even)
        return;
    np_near_walk walk = np_near_around(&f->near, f->dots[i].position, STRETCH_MM);
    for (uint32_t j; np_near_next(&walk, &j);) {
        int side = fabs(m[j].share) <= even ? 1 : m[j].share >= one_side ? 2 : m[j].share <= -one_side ? 0 : -1;
        if (side < 0 || !is_beside(&f->dots[i], &f->dots[j], STRETCH_MM))
            continue;
        sum[side] += m[j].crowd;
        n[side]++;
    }
    if (n[0] < LEAST || n[1] < LEAST || n[2] < LEAST || sum[0] <= 0 || sum[2] <= 0)
        return;
    /* between what both sides have, as where hair is thinner and is blended into, there is no line */
    double hair = sum[0] / n[0], border = sum[1] / n[1], dots = sum[2] / n[2];
    double line = border / fmin(fmax(border, fmin(hair, dots)), fmax(hair, dots));
    take_worse(&f->out[NP_FORM_OUTLINE], NP_FORM_OUTLINE, line, f->dots[i].position);
}

static np_status measure_outlines(form *f, np_error *err)
{
    mix *m = malloc((f->n + 1) * sizeof *m);
    if (!m)
        return np_error_no_memory(err, "the figures of the form");
    for (size_t i = 0; i < f->n; i++)
        m[i] = mix_at(f, i);
    for (size_t i = 0; i < f->n; i++)
        measure_outline(f, m, i);
    free(m);
    return NP_OK;
}

/* ---- zones ---- */

typedef struct densities {
    const form *f;
    double *per_cm2; /* of each dot that counts, else of no meaning */
} densities;

static bool counts_in_zone(const np_form_dot *d)
{
    return !d->is_there && d->density_per_cm2 > 0 && d->inside_mm >= NP_DOTS_AROUND_MM;
}

static void density_block(void *context, size_t begin, size_t end, size_t block)
{
    const densities *d = context;
    const np_form_dot *dots = d->f->dots;
    np_near_view view = {.filled = false};
    (void)block;
    for (size_t i = begin; i < end; i++)
        if (counts_in_zone(&dots[i]))
            d->per_cm2[i] = np_dots_around_per_cm2(&d->f->near, &dots->normal, sizeof *dots, i, &view);
}

static np_status measure_zones(form *f, np_error *err)
{
    enum { LEAST = 100, ZONES = NP_FORM_MIDSCALP + 1 };
    double sum[ZONES] = {0};
    np_vec3 place[ZONES] = {{0}};
    int n[ZONES] = {0};
    densities around = {f, malloc((f->n + 1) * sizeof(double))};
    if (!around.per_cm2)
        return np_error_no_memory(err, "the figures of the form");
    np_parallel_for(f->n, 256, density_block, &around);
    for (size_t i = 0; i < f->n; i++) {
        const np_form_dot *d = &f->dots[i];
        if (!counts_in_zone(d))
            continue;
        sum[d->zone] += around.per_cm2[i];
        place[d->zone] = n[d->zone]++ ? place[d->zone] : d->position;
    }
    free(around.per_cm2);
    static const struct {
        np_form_zone zone;
        np_form_figure figure;
    } of[] = {{NP_FORM_FRONT, NP_FORM_ZONE_FRONTAL}, {NP_FORM_TEMPLES, NP_FORM_ZONE_TEMPLE}};
    for (size_t k = 0; k < sizeof of / sizeof *of; k++)
        if (n[of[k].zone] >= LEAST && n[NP_FORM_MIDSCALP] >= LEAST)
            f->out[of[k].figure] = (np_form_value){
                true, sum[of[k].zone] / n[of[k].zone] * n[NP_FORM_MIDSCALP] / sum[NP_FORM_MIDSCALP], place[of[k].zone]};
    return NP_OK;
}

/* ---- all of them ---- */

np_status np_form_measure(const np_form_dot *dots, size_t n, const np_form_head *head,
                          np_form_value out[NP_FORM_FIGURES], np_error *err)
{
    form f = {.dots = dots, .n = n, .out = out};
    size_t n_there = 0;
    for (size_t i = 0; i < n; i++)
        n_there += dots[i].is_there;
    memset(out, 0, NP_FORM_FIGURES * sizeof *out);
    np_status status = np_near_init(&f.near, &dots->position, sizeof *dots, n, NP_DOTS_AROUND_MM / 2, err);
    if (status == NP_OK) {
        dots_form_front(dots, n, head, out);
        for (size_t i = 0; i < n; i++)
            measure_border(&f, i);
        status = measure_zones(&f, err);
        if (status == NP_OK && n_there > 0)
            status = measure_outlines(&f, err);
    }
    np_near_fini(&f.near);
    return status;
}
