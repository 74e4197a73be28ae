/* Where two layers meet: is there a line, dark as a scar's that was outlined or light as a gap, and is one side plainly darker?  The border is where dots of
 * both are as many, each weighed by its layer's density; how far off a place is follows from what share of the dots around it is of one side. */
#include <math.h>
#include <stdlib.h>

#include "look/judge.h"
#include "look/private/image.h"

#define PIXEL_MM 0.1
#define AROUND_MM 2.0  /* sigma: over what shares are taken */
#define TREATED_MM 5.0 /* sigma: over what is looked whether a place lies in the treatment at all */
#define TREATED 0.8    /* of the dots that are wanted there: at a border it is half */
enum { SIDE = 440, MARGIN = 30, LEAST = 2000 };

/* Shares that a straight border has from 1 mm off, and from 1.5 to 4 mm off: erf(d / (AROUND_MM sqrt 2)). */
static const double at_border = 0.383, side_from = 0.547, side_to = 0.954;

/* The share of both sides' dots, -1 to 1, at each pixel, in OUT; beyond what is treated, where there are too few, 2. */
static np_status share_sides(const np_judge_dot *dots, const double *side, size_t n, look_image *out, np_error *err)
{
    look_image all = {0}, wide = {0};
    np_status status = look_image_init(&all, SIDE, PIXEL_MM, err);
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        int x = (int)floor(dots[i].x / PIXEL_MM + SIDE * 0.5), y = (int)floor(dots[i].y / PIXEL_MM + SIDE * 0.5);
        if (x < 0 || y < 0 || x >= SIDE || y >= SIDE)
            continue;
        out->v[y * SIDE + x] += (float)side[i];
        all.v[y * SIDE + x] += (float)fabs(side[i]);
    }
    if (status == NP_OK)
        status = look_image_blur(out, AROUND_MM, out, err);
    if (status == NP_OK)
        status = look_image_init(&wide, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = look_image_blur(&all, TREATED_MM, &wide, err);
    if (status == NP_OK)
        status = look_image_blur(&all, AROUND_MM, &all, err);
    /* each dot weighs the area that it stands for, in cm2 */
    const float least = (float)(TREATED * PIXEL_MM * PIXEL_MM / 100);
    for (int o = 0; status == NP_OK && o < SIDE * SIDE; o++)
        out->v[o] = all.v[o] > 0 && wide.v[o] > least ? out->v[o] / all.v[o] : 2;
    look_image_fini(&all);
    look_image_fini(&wide);
    return status;
}

/* Mean darkening of the pixels whose share lies between LOW and HIGH; NAN for too few. */
static double mean_between(const look_image *lightness, const look_image *share, double low, double high, double bare)
{
    double sum = 0, n = 0;
    for (int y = MARGIN; y < SIDE - MARGIN; y++)
        for (int x = MARGIN; x < SIDE - MARGIN; x++) {
            double s = (double)share->v[y * SIDE + x];
            if (s < low || s > high)
                continue;
            sum += bare - (double)lightness->v[y * SIDE + x];
            n++;
        }
    return n >= LEAST ? sum / n : NAN;
}

np_status np_judge_seam(const np_judge_dot *dots, const double *side, size_t n, np_lab skin,
                        double out[NP_JUDGE_FIGURES], np_error *err)
{
    look_image lightness = {0}, share = {0};
    double mean_rgb[3], space;
    out[NP_JUDGE_SEAM_RIDGE] = out[NP_JUDGE_SEAM_STEP] = NAN;
    np_status status = look_image_init(&lightness, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = look_image_draw(&lightness, dots, n, skin, MARGIN, mean_rgb, &space, err);
    if (status == NP_OK)
        status = look_image_init(&share, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = share_sides(dots, side, n, &share, err);
    if (status == NP_OK) {
        look_image_lightness(&lightness);
        double line = mean_between(&lightness, &share, -at_border, at_border, skin.l);
        double a = mean_between(&lightness, &share, side_from, side_to, skin.l);
        double b = mean_between(&lightness, &share, -side_to, -side_from, skin.l), both = (a + b) / 2;
        if (both > 0.3) {
            out[NP_JUDGE_SEAM_RIDGE] = line / both;
            out[NP_JUDGE_SEAM_STEP] = fabs(a - b) / both;
        }
    }
    look_image_fini(&lightness);
    look_image_fini(&share);
    return status;
}
