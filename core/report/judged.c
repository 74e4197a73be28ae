/* Windows of a plan for the judge.  The skin is unrolled about each window's middle, distances from there kept, which over 16 mm of a head is off by
 * about a hundredth.  No scan is needed: dots have their normals. */
#include "report/private/judged.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/parallel.h"
#include "dots/around.h"
#include "report/private/deposit.h"

enum {
    PATCHES = 12,
    LINES = 3,
    MIRRORS = 3,
    SEAMS = 6,
    WINDOWS = PATCHES + 2 * LINES + MIRRORS + SEAMS,
    TRIES = 4000,
    BEFORE = 2
};
#define CELL_MM 4         /* a window is full where every cell of it holds dots */
#define APART_MM 28.0     /* from patch to patch */
#define STEADY 1.3        /* densities in a patch differ by less */
#define LINE_AHEAD_MM 6.0 /* how far in front of its middle a window has the hairline */
#define NAPE_MM 60.0      /* over the ears: the edge of a crown, higher up, is no border at the nape */

typedef enum kind { PATCH, LINE, MIRROR, SEAM, BORDER } kind;

/* A window: its middle and axes on the skin. */
typedef struct place {
    kind kind;
    np_vec3 middle, x, y, normal;
    size_t dot;    /* nearest */
    int32_t other; /* layer, of a seam */
    double value[NP_JUDGE_FIGURES];
    np_status status;
    np_error err;
} place;

typedef struct judging {
    const np_plan *plan;
    const np_dot *dots; /* n_dots: the plan's n_own, then those of STANDING, whose layer is the plan's n_layers */
    size_t n_own, n_dots;
    const report_standing *standing;
    np_near near;
    np_skin_model model;
    place place[WINDOWS];
    size_t n;
} judging;

static double half_of(kind k)
{
    return k == PATCH ? NP_JUDGE_PATCH_MM : NP_JUDGE_LINE_MM;
}

/* Where DOT lies in the unrolled window; false for what is not on this side of the head or farther off than REACH. */
static bool unroll(const place *w, const np_dot *dot, double reach, double *out_x, double *out_y)
{
    np_vec3 d = np_vec3_sub(dot->position, w->middle), flat = np_vec3_reject(d, w->normal);
    double far = np_vec3_length(d), along = np_vec3_length(flat), k = along > 1e-9 ? far / along : 1;
    *out_x = k * np_vec3_dot(flat, w->x);
    *out_y = k * np_vec3_dot(flat, w->y);
    return np_vec3_dot(dot->normal, w->normal) > 0.5 && fabs(*out_x) < reach && fabs(*out_y) < reach;
}

/* Whether every cell of the window holds at least two fifths of its dots, all of them wanted about as densely. */
static bool is_full(const judging *j, const place *w)
{
    enum { MOST = 12 }; /* cells of the widest window, and one more */
    unsigned count[MOST][MOST] = {{0}};
    double half = half_of(w->kind), density = j->dots[w->dot].density_per_cm2;
    int cells = (int)(2 * half / CELL_MM);
    np_near_walk walk = np_near_around(&j->near, w->middle, half * 1.5);
    for (uint32_t i; np_near_next(&walk, &i);) {
        const np_dot *d = &j->dots[i];
        double x, y, ratio = d->density_per_cm2 / density;
        if (!unroll(w, d, cells * CELL_MM * 0.5, &x, &y))
            continue;
        if (ratio < 1 / STEADY || ratio > STEADY)
            return false;
        count[(int)((x + cells * CELL_MM * 0.5) / CELL_MM)][(int)((y + cells * CELL_MM * 0.5) / CELL_MM)]++;
    }
    for (int a = 0; a < cells; a++)
        for (int b = 0; b < cells; b++)
            if (count[a][b] < 0.4 * density * CELL_MM * CELL_MM / 100)
                return false;
    return true;
}

static bool far_from_others(const judging *j, const place *w)
{
    for (size_t i = 0; i < j->n; i++)
        if (j->place[i].kind == w->kind && np_vec3_distance(j->place[i].middle, w->middle) < APART_MM)
            return false;
    return true;
}

/* Patches anywhere, and windows across the midline, from dots in an order that hops over the plan. */
static void find_full(judging *j, kind k, size_t most)
{
    size_t found = 0, hop = (size_t)(0.6180339887 * (double)j->n_own) | 1;
    for (size_t t = 0, i = 0; t < j->n_own && t < TRIES * (k == MIRROR ? 8 : 1) && found < most; t++) {
        i = (i + hop) % j->n_own;
        const np_dot *d = &j->dots[i];
        place w = {.kind = k, .middle = d->position, .normal = d->normal, .dot = i};
        if (k == MIRROR && fabs(d->position.y) > 2)
            continue;
        w.x = np_vec3_perpendicular(w.normal);
        if (k == MIRROR) { /* across the plane of symmetry */
            w.middle.y = 0;
            w.normal = np_vec3_normalize(np_vec3_make(w.normal.x, 0, w.normal.z));
            w.x = np_vec3_make(0, 1, 0);
        }
        w.y = np_vec3_cross(w.normal, w.x);
        if (!far_from_others(j, &w) || !is_full(j, &w))
            continue;
        j->place[j->n++] = w;
        found++;
    }
}

static bool is_hairline(const judging *j, size_t i)
{
    return i < j->n_own ? report_is_hairline(j->plan, &j->dots[i]) : j->standing->dots[i - j->n_own].hairline;
}

/* How far dot I stands in front, in hairline layers, or, for BORDER, how low behind, mm; -HUGE_VAL for others. */
static double outward(const judging *j, size_t i, kind k)
{
    const np_dot *d = &j->dots[i];
    if (k == BORDER)
        return d->position.x < 0 && d->position.z < NAPE_MM ? -d->position.z : -HUGE_VAL;
    return d->position.x >= 0 && is_hairline(j, i) ? d->position.x : -HUGE_VAL;
}

/* The dot that stands third outward in the column around Y; SIZE_MAX without one. */
static size_t front_of(const judging *j, kind k, double y)
{
    size_t first[BEFORE + 1] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    for (size_t i = 0; i < j->n_dots; i++) {
        const np_dot *d = &j->dots[i];
        if (d->pin || fabs(d->position.y - y) > 4 || !(outward(j, i, k) > -HUGE_VAL))
            continue;
        size_t moved = i;
        for (int b = 0; b <= BEFORE && moved != SIZE_MAX; b++)
            if (first[b] == SIZE_MAX || outward(j, moved, k) > outward(j, first[b], k)) {
                size_t t = first[b];
                first[b] = moved;
                moved = t;
            }
    }
    return first[BEFORE];
}

/* Windows along the front of a hairline, or the border at the nape, turned so that what is treated is at +y. */
static void find_lines(judging *j, kind k)
{
    static const double columns[LINES] = {0, -20, 20};
    for (int c = 0; c < LINES; c++) {
        size_t i = front_of(j, k, columns[c]), n = 0;
        if (i == SIZE_MAX)
            continue;
        const np_dot *d = &j->dots[i];
        np_vec3 back = {0};
        np_near_walk walk = np_near_around(&j->near, d->position, 30);
        for (uint32_t near; np_near_next(&walk, &near);) {
            back = np_vec3_add(back, np_vec3_reject(np_vec3_sub(j->dots[near].position, d->position), d->normal));
            n++;
        }
        if (n < 100 || np_vec3_length(back) / (double)n < 3)
            continue;
        place w = {.kind = k, .normal = d->normal, .y = np_vec3_normalize(back), .dot = i};
        w.x = np_vec3_cross(w.y, w.normal);
        w.middle = np_vec3_mad(d->position, w.y, LINE_AHEAD_MM);
        j->place[j->n++] = w;
    }
}

/* Where dots of two layers lie side by side, with enough of both around. */
static void find_seams(judging *j)
{
    enum { ENOUGH = 60 };
    size_t found = 0, hop = (size_t)(0.6180339887 * (double)j->n_own) | 1;
    bool several = j->plan->n_layers > 1 || j->n_dots > j->n_own;
    for (size_t t = 0, i = 0; several && t < j->n_own && found < SEAMS; t++) {
        i = (i + hop) % j->n_own;
        const np_dot *d = &j->dots[i];
        place w = {.kind = SEAM, .middle = d->position, .normal = d->normal, .dot = i, .other = -1};
        size_t own = 0, others = 0;
        double nearest = 2.0;
        np_near_walk walk = np_near_around(&j->near, d->position, nearest);
        for (uint32_t k; np_near_next(&walk, &k);) {
            double far = np_vec3_distance(j->dots[k].position, d->position);
            if (j->dots[k].layer != d->layer && far < nearest) {
                nearest = far;
                w.other = j->dots[k].layer;
            }
        }
        if (w.other < 0 || d->pin || !far_from_others(j, &w))
            continue;
        walk = np_near_around(&j->near, d->position, 10);
        for (uint32_t k; np_near_next(&walk, &k);) {
            own += j->dots[k].layer == d->layer;
            others += j->dots[k].layer == w.other;
        }
        if (own < ENOUGH || others < ENOUGH)
            continue;
        w.x = np_vec3_perpendicular(w.normal);
        w.y = np_vec3_cross(w.normal, w.x);
        j->place[j->n++] = w;
        found++;
    }
}

static np_status judge_dots(const place *w, const np_judge_dot *dots, const double *side, size_t n, double spacing_mm,
                            double out[NP_JUDGE_FIGURES], np_error *err)
{
    np_lab skin = np_skin_class_lab(NP_SKIN_LIGHT);
    switch (w->kind) {
    case PATCH:
        return np_judge_patch(dots, n, spacing_mm, skin, out, err);
    case LINE:
        return np_judge_line(dots, n, skin, out, err);
    case BORDER:
        return np_judge_border(dots, n, skin, out, err);
    case SEAM:
        return np_judge_seam(dots, side, n, skin, out, err);
    default:
        return np_judge_mirror(dots, n, skin, out, err);
    }
}

static np_status judge_place(judging *j, place *w)
{
    double half = half_of(w->kind), reach = half + NP_JUDGE_HALO_MM, inside = 0;
    np_lab skin = np_skin_class_lab(NP_SKIN_LIGHT);
    size_t n = 0, room = j->n_dots;
    np_judge_dot *dots = malloc((room + 1) * sizeof *dots);
    double *side = malloc((room + 1) * sizeof *side);
    if (!dots || !side) {
        free(dots);
        free(side);
        return np_error_no_memory(&w->err, "a window that is judged");
    }
    np_near_walk walk = np_near_around(&j->near, w->middle, reach * 1.5);
    for (uint32_t i; np_near_next(&walk, &i);) {
        const np_dot *d = &j->dots[i];
        np_judge_dot *to = &dots[n];
        if (!unroll(w, d, reach, &to->x, &to->y))
            continue;
        np_skin_deposit deposit =
            i < j->n_own ? report_deposit(j->plan, &j->model, d, d->depth_mm) : j->standing->dots[i - j->n_own].deposit;
        np_skin_deposit_mark(&j->model, &deposit, skin, NP_SKIN_HEALED_DAYS, &to->mark);
        int32_t own = j->dots[w->dot].layer;
        side[n] = (d->layer == own) - (double)(d->layer == w->other);
        side[n] /= fmax(d->density_per_cm2, 1);
        inside += fabs(to->x) < half && fabs(to->y) < half;
        n++;
    }
    double spacing_mm = 2 * half / sqrt(fmax(inside, 1));
    np_status status = judge_dots(w, dots, side, n, spacing_mm, w->value, &w->err);
    free(side);
    free(dots);
    return status;
}

static void judge_places(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    judging *j = context;
    for (size_t i = begin; i < end; i++) {
        for (int f = 0; f < NP_JUDGE_FIGURES; f++)
            j->place[i].value[f] = NAN;
        j->place[i].status = judge_place(j, &j->place[i]);
    }
}

/* Each figure from the window where it is farthest out, or nearest to it. */
static void take_worst(const judging *j, np_judged out[NP_JUDGE_FIGURES])
{
    for (int f = 0; f < NP_JUDGE_FIGURES; f++) {
        double worst = -HUGE_VAL;
        out[f] = (np_judged){0};
        for (size_t i = 0; i < j->n; i++) {
            const place *w = &j->place[i];
            double excess = np_band_excess(np_judge_band_of((np_judge_figure)f), w->value[f]);
            if (excess <= worst)
                continue;
            worst = excess;
            out[f] = (np_judged){true, w->value[f], w->middle, (size_t)j->dots[w->dot].layer};
        }
    }
}

const char *np_judged_layer(const np_plan *plan, const np_judged *j)
{
    return j->layer < plan->n_layers ? plan->layers[j->layer].name : "what stands from before";
}

/* Of two treatments, neither's own density is what is wanted: both together are. */
static void measure_densities(const judging *j, np_dot *dots)
{
    np_near_view view = {.filled = false};
    for (size_t i = 0; i < j->n_dots; i++)
        dots[i].density_per_cm2 = np_dots_around_per_cm2(&j->near, &dots->normal, sizeof *dots, i, &view);
}

/* The plan's dots, and behind them, in *OUT_BOTH, those that stand; NULL where none do. */
static np_status collect(judging *j, np_dot **out_both, np_error *err)
{
    const np_plan *plan = j->plan;
    j->dots = plan->dots;
    j->n_dots = j->n_own = plan->n_dots;
    if (j->standing->n && plan->n_dots) {
        np_dot *both = *out_both = calloc(plan->n_dots + j->standing->n, sizeof *both);
        if (!both)
            return np_error_no_memory(err, "windows to judge");
        memcpy(both, plan->dots, plan->n_dots * sizeof *both);
        for (size_t i = 0; i < j->standing->n; i++) {
            both[j->n_dots] = j->standing->dots[i].dot;
            both[j->n_dots++].layer = (int32_t)plan->n_layers;
        }
        j->dots = both;
    }
    np_status status =
        j->n_dots ? np_near_init(&j->near, &j->dots->position, sizeof *j->dots, j->n_dots, 6, err) : NP_OK;
    if (status == NP_OK && *out_both)
        measure_densities(j, *out_both);
    return status;
}

np_status report_judge(const np_plan *plan, const report_standing *standing, np_plan_look *out, np_error *err)
{
    *out = (np_plan_look){0};
    np_dot *both = NULL;
    judging *j = calloc(1, sizeof *j);
    if (!j)
        return np_error_no_memory(err, "windows to judge");
    j->plan = plan;
    j->standing = standing;
    const np_skin_model usual = np_skin_model_default();
    j->model = report_deposit_model(plan, &usual);
    np_status status = collect(j, &both, err);
    if (status == NP_OK && plan->n_dots) {
        find_full(j, PATCH, PATCHES);
        find_lines(j, LINE);
        find_lines(j, BORDER);
        find_seams(j);
        find_full(j, MIRROR, MIRRORS);
        np_parallel_for(j->n, 1, judge_places, j);
    }
    for (size_t i = 0; status == NP_OK && i < j->n; i++)
        if (j->place[i].status != NP_OK)
            status = np_error_pass(err, &j->place[i].err);
    if (status == NP_OK) {
        take_worst(j, out->figure);
        out->windows = j->n;
        out->standing = standing->n;
        snprintf(out->missing, sizeof out->missing, "%s", standing->missing);
    }
    np_near_fini(&j->near);
    free(both);
    free(j);
    return status;
}

np_status np_plan_judge(const np_plan *plan, const char *folder, np_plan_look *out, np_error *err)
{
    report_standing standing = {0};
    const np_skin_model usual = np_skin_model_default();
    np_status status = report_standing_read(&standing, plan, folder, &usual, err);
    if (status == NP_OK)
        status = report_judge(plan, &standing, out, err);
    report_standing_fini(&standing);
    return status;
}
