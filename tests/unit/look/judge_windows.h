/* Windows to judge: natural ones, of dots as the planner places them and of shaved hair, and fakes of each kind that an eye finds. */
#ifndef NP_TESTS_JUDGE_WINDOWS_H
#define NP_TESTS_JUDGE_WINDOWS_H

#include "../dots/shapes.h"
#include "../test.h"
#include "base/rng.h"
#include "look/judge.h"
#include "skin/deposit.h"
#include "skin/hair.h"

#define WINDOW_MAX 60000
#define SHEET_MM 56.0 /* the window and the halo around it */

typedef struct window {
    np_judge_dot dots[WINDOW_MAX];
    size_t n;
    double x[8192], y[8192]; /* places, mm from the middle */
    size_t n_places;
    uint64_t seed;
    uint32_t draw;
} window;

static inline double window_uniform(window *w, double low, double high)
{
    return low + (high - low) * np_rng_uniform(w->seed, 0x4a756467u, 0, w->draw++);
}

static inline double window_normal(window *w)
{
    return np_rng_normal(w->seed, 0x4a756467u, 1, w->draw++);
}

static inline void window_place(window *w, double x, double y)
{
    if (fabs(x) > SHEET_MM / 2 || fabs(y) > SHEET_MM / 2)
        return;
    assert_true(w->n_places < 8192);
    w->x[w->n_places] = x;
    w->y[w->n_places++] = y;
}

/* A wave of random phases about WAVELENGTH (within a third of it), of SD 1 over the window: six cosines. */
typedef struct wave {
    double k[6], phase[6], scale;
} wave;

static inline double wave_at(const wave *wv, double x)
{
    double sum = 0;
    for (int i = 0; i < 6; i++)
        sum += cos(wv->k[i] * x + wv->phase[i]);
    return sum * wv->scale;
}

static inline wave window_wave(window *w, double wavelength)
{
    wave out = {.scale = 1};
    double sum = 0, sum2 = 0;
    for (int i = 0; i < 6; i++) {
        out.k[i] = NP_TWO_PI / (wavelength * window_uniform(w, 0.75, 1.4));
        out.phase[i] = window_uniform(w, 0, NP_TWO_PI);
    }
    for (int x = -22; x <= 22; x++) {
        sum += wave_at(&out, x) / 45;
        sum2 += wave_at(&out, x) * wave_at(&out, x) / 45;
    }
    out.scale = 1 / sqrt(sum2 - sum * sum);
    return out;
}

/* Places as the planner would, for DENSITY (of context, x, y from the middle). */
typedef double window_density(const void *context, double x, double y);

static inline void window_plan(window *w, window_density *density, const void *context)
{
    shape s = shape_sheet(SHEET_MM, SHEET_MM, 1.0, 0, 0, 1);
    np_error err = {0};
    for (size_t v = 0; v < s.mesh.n_vertices; v++)
        s.density[v] = density(context, s.mesh.vertices[v].x - SHEET_MM / 2, s.mesh.vertices[v].y - SHEET_MM / 2);
    np_dots_request r = shape_request(&s, NP_DOTS_FOLLICULAR);
    r.seed = w->seed;
    np_placed_dot *dots;
    size_t n;
    if (np_dots_place(&r, NULL, &dots, &n, &err) != NP_OK)
        fail_msg("%s", err.text);
    w->n_places = 0;
    for (size_t i = 0; i < n; i++)
        window_place(w, dots[i].point.position.x - SHEET_MM / 2, dots[i].point.position.y - SHEET_MM / 2);
    free(dots);
    shape_fini(&s);
}

static inline double one_density(const void *context, double x, double y)
{
    (void)x;
    (void)y;
    return *(const double *)context;
}

static inline void window_even(window *w, double density)
{
    window_plan(w, one_density, &density);
}

/* What the places are filled with. */
typedef struct ink {
    np_skin_deposit deposit;
    double age_days, healed_ratio, vary;
} ink;

static inline ink usual_ink(void)
{
    return (ink){{.needle_mm = 0.2, .depth_mm = 0.55, .tone = 0.5, .strength = 1}, 75, 0.75, 0.25};
}

/* Over the ranges of plans, shades and years. */
static inline ink any_ink(window *w)
{
    return (ink){{.needle_mm = window_uniform(w, 0.18, 0.24),
                  .depth_mm = window_uniform(w, 0.45, 0.75),
                  .tone = window_uniform(w, 0.3, 0.7),
                  .strength = 1},
                 window_uniform(w, 30, 3 * 365),
                 0.75,
                 window_uniform(w, 0.25, 0.4)};
}

static inline void window_ink(window *w, const ink *k)
{
    np_skin_model model = np_skin_model_default();
    model.healed_ratio = k->healed_ratio;
    w->n = 0;
    for (size_t i = 0; i < w->n_places; i++) {
        np_skin_deposit d = k->deposit;
        d.strength *= exp(k->vary * window_normal(w) - k->vary * k->vary / 2);
        w->dots[w->n] = (np_judge_dot){.x = w->x[i], .y = w->y[i]};
        np_skin_deposit_mark(&model, &d, np_skin_class_lab(NP_SKIN_LIGHT), k->age_days, &w->dots[w->n++].mark);
    }
}

/* Units of one to four shaved hairs, with a stubble's shadow. */
static inline void window_hair(window *w, np_skin_hair colour, double elevation_deg)
{
    w->n = 0;
    for (size_t i = 0; i < w->n_places; i++) {
        double u = window_uniform(w, 0, 1);
        int hairs = u < 0.37 ? 1 : u < 0.81 ? 2 : u < 0.98 ? 3 : 4;
        for (int h = 0; h < hairs; h++) {
            double x = w->x[i] + (h - (hairs - 1) / 2.0) * 0.15, along[NP_SKIN_HAIR_PARTS];
            double diameter = NP_SKIN_HAIR_DIAMETER_MM * fmax(1 + 0.15 * window_normal(w), 0.5);
            np_skin_mark marks[NP_SKIN_HAIR_PARTS];
            np_skin_hair_marks(colour, elevation_deg, diameter, np_skin_class_lab(NP_SKIN_LIGHT), along, marks);
            assert_true(w->n + NP_SKIN_HAIR_PARTS < WINDOW_MAX);
            for (int p = 0; p < NP_SKIN_HAIR_PARTS; p++)
                w->dots[w->n++] = (np_judge_dot){x, w->y[i] + along[p], marks[p]};
            np_judge_dot shaft = {.x = x, .y = w->y[i] + 0.12, .mark = marks[0]};
            memset(shaft.mark.area_mm2, 0, sizeof shaft.mark.area_mm2);
            for (int c = 0; c < 3; c++)
                shaft.mark.area_mm2[0][c] = diameter * 0.35 * cos(np_angle_rad(elevation_deg));
            w->dots[w->n++] = shaft;
        }
    }
}

/* ---- what is laid by hand ---- */

static inline void window_turned(window *w, double angle, double x, double y)
{
    window_place(w, x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle));
}

static inline void window_rows(window *w)
{
    const double row = 1.25;
    double angle = window_uniform(w, 0, NP_PI);
    w->n_places = 0;
    for (double y = -45; y < 45; y += row)
        for (double x = -45 + window_uniform(w, 0, 2); x < 45; x += 100 / 75.0 / row)
            window_turned(w, angle, x + 0.12 * window_normal(w), y + 0.05 * window_normal(w));
}

static inline void window_lattice(window *w, double jitter, bool hexagonal)
{
    const double s = 10 / sqrt(75);
    double angle = window_uniform(w, 0, NP_PI);
    w->n_places = 0;
    for (int j = -45; j < 45; j++)
        for (int i = -45; i < 45; i++)
            window_turned(w, angle,
                          (i + (hexagonal ? 0.5 * (j & 1) : 0)) * s * (hexagonal ? 1.0746 : 1) +
                              jitter * s * window_normal(w),
                          j * s * (hexagonal ? 0.9306 : 1) + jitter * s * window_normal(w));
}

static inline void window_stamp(window *w)
{
    static double tile_x[1024], tile_y[1024];
    size_t n = 0;
    window_even(w, 75);
    for (size_t i = 0; i < w->n_places && n < 1024; i++)
        if (fabs(w->x[i]) < 4 && fabs(w->y[i]) < 4) {
            tile_x[n] = w->x[i];
            tile_y[n++] = w->y[i];
        }
    w->n_places = 0;
    for (int j = -4; j <= 4; j++)
        for (int i = -4; i <= 4; i++)
            for (size_t k = 0; k < n; k++)
                window_place(w, tile_x[k] + 8 * i, tile_y[k] + 8 * j);
}

/* A fade along y of RATIO from one edge of the window that is judged to the other, about MIDDLE. */
typedef struct fade {
    double middle, ratio;
} fade;

static inline double fade_density(const void *context, double x, double y)
{
    const fade *f = context;
    (void)x;
    return f->middle * pow(f->ratio, y / (2 * NP_JUDGE_PATCH_MM));
}

static inline void window_random(window *w, double density)
{
    w->n_places = 0;
    for (int i = 0; i < (int)(SHEET_MM * SHEET_MM * density / 100); i++) {
        double x = window_uniform(w, -SHEET_MM / 2, SHEET_MM / 2);
        window_place(w, x, window_uniform(w, -SHEET_MM / 2, SHEET_MM / 2));
    }
}

/* A hairline: waves of MACRO mm at 26 mm and of MICRO at 5.5, density from 15 % over RAMP mm. */
typedef struct hairline {
    wave macro, micro;
    double macro_mm, micro_mm, ramp_mm;
} hairline;

static inline double hairline_density(const void *context, double x, double y)
{
    const hairline *h = context;
    double line =
        -6 + h->macro_mm / 2.8 * wave_at(&h->macro, x) + h->micro_mm / 2.8 * wave_at(&h->micro, x) + 0.004 * x * x;
    if (y < line)
        return 0;
    return 60 * (0.15 + 0.85 * fmin((y - line) / h->ramp_mm, 1));
}

static inline void window_hairline(window *w, double macro_mm, double micro_mm, double ramp_mm)
{
    hairline h = {window_wave(w, 26), window_wave(w, 5.5), macro_mm, micro_mm, ramp_mm};
    window_plan(w, hairline_density, &h);
}

static inline void window_mirrored(window *w, double jitter_mm)
{
    window_even(w, 70);
    size_t n = w->n_places, kept = 0;
    for (size_t i = 0; i < n; i++)
        if (w->x[i] > 0.3) {
            w->x[kept] = w->x[i];
            w->y[kept++] = w->y[i];
        }
    w->n_places = kept;
    for (size_t i = 0; i < kept; i++)
        window_place(w, -w->x[i] + jitter_mm * window_normal(w), w->y[i] + jitter_mm * window_normal(w));
}

#endif
