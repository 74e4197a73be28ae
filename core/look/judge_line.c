/* Hairlines and mirrors.  A hairline is where half of the tone behind it is reached: is that contour rough, does it fade in, or is it an edge?  And is
 * one side the other's mirror image? */
#include <math.h>
#include <stdlib.h>

#include "look/judge.h"
#include "look/private/image.h"

#define PIXEL_MM 0.1
enum { SIDE = 440, MARGIN = 20, EDGE = 30, LENGTH = SIDE - 2 * EDGE, STEP = 5, BEFORE = 140, PROFILE = 320 };

/* What share of V[0..n) is below the value, of which V is a copy that is sorted. */
static float quantile(float *v, size_t n, double share)
{
    qsort(v, n, sizeof *v, look_compare_floats);
    return v[(size_t)(share * (double)(n - 1) + 0.5)];
}

/* Tone from 0 on bare skin to 1 behind the hairline, in place of lightness. */
static np_status to_tone(look_image *image, np_error *err)
{
    size_t all = (size_t)SIDE * SIDE, behind = all / 4;
    float *copy = malloc(all * sizeof *copy);
    if (!copy)
        return np_error_no_memory(err, "a hairline's tone");
    for (size_t o = 0; o < all; o++)
        copy[o] = image->v[o];
    float dense = quantile(copy + all - behind, behind, 0.5);
    for (size_t o = 0; o < all; o++)
        copy[o] = image->v[o];
    float bare = quantile(copy, all, 0.97);
    for (size_t o = 0; o < all; o++)
        image->v[o] = (bare - image->v[o]) / fmaxf(bare - dense, 1e-3f);
    free(copy);
    return NP_OK;
}

/* Where column X first reaches half of the tone, pixels; NAN where it never does. */
static double contour_at(const look_image *tone, int x)
{
    for (int y = 0; y + 1 < SIDE; y++) {
        double here = (double)tone->v[y * SIDE + x], next = (double)tone->v[(y + 1) * SIDE + x];
        if (here < 0.5 && next >= 0.5)
            return y + (0.5 - here) / (next - here);
    }
    return NAN;
}

/* The contour in mm, EDGE pixels inside; columns without one take their neighbour's.  False where most have none. */
static bool find_contour(const look_image *tone, double contour[LENGTH])
{
    int found = 0;
    double last = NAN;
    for (int i = 0; i < LENGTH; i++) {
        double y = contour_at(tone, EDGE + i) * PIXEL_MM;
        found += !isnan(y);
        last = isnan(y) ? last : y;
        contour[i] = last;
    }
    for (int i = LENGTH - 1; i >= 0; i--) {
        last = isnan(contour[i]) ? last : contour[i];
        contour[i] = last;
    }
    return found > LENGTH * 3 / 4;
}

/* RMS distance from the least-squares parabola. */
static double roughness(const double contour[LENGTH])
{
    /* orthogonal polynomials on a symmetric grid */
    double sum[3] = {0}, square[3] = {0}, u2 = 0, rest = 0;
    for (int i = 0; i < LENGTH; i++)
        u2 += (i - (LENGTH - 1) / 2.0) * (i - (LENGTH - 1) / 2.0) / LENGTH;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < LENGTH; i++) {
            double u = i - (LENGTH - 1) / 2.0, p[3] = {1, u, u * u - u2}, left = contour[i];
            for (int k = 0; k < 3; k++) {
                if (pass == 0) {
                    sum[k] += p[k] * contour[i];
                    square[k] += p[k] * p[k];
                }
                left -= p[k] * sum[k] / square[k];
            }
            rest += pass ? left * left / LENGTH : 0;
        }
    return sqrt(rest);
}

/* What the contour has of waves shorter than some 8 mm: RMS distance from its running mean over 6 mm. */
static double micro_roughness(const double contour[LENGTH])
{
    enum { HALF = 30 };
    double rest = 0;
    for (int i = HALF; i < LENGTH - HALF; i++) {
        double mean = 0;
        for (int k = i - HALF; k <= i + HALF; k++)
            mean += contour[k] / (2 * HALF + 1);
        rest += (contour[i] - mean) * (contour[i] - mean) / (LENGTH - 2 * HALF);
    }
    return sqrt(rest);
}

/* The longest stretch of which no part is farther than 0.4 mm from its chord. */
static double straight_mm(const double contour[LENGTH])
{
    int best = 0;
    for (int a = 0; a < LENGTH; a += STEP)
        for (int b = a + STEP; b < LENGTH; b += STEP) {
            double worst = 0;
            for (int i = a; i <= b; i++)
                worst = fmax(worst, fabs(contour[i] - contour[a] - (contour[b] - contour[a]) * (i - a) / (b - a)));
            if (worst > 0.4)
                break;
            best = b - a > best ? b - a : best;
        }
    return best * PIXEL_MM;
}

/* From 15 to 85 % of the tone, in the mean across the contour. */
static double ramp_mm(const look_image *tone, const double contour[LENGTH])
{
    double high = -HUGE_VAL, from = NAN, to = NAN, before = 0;
    for (int q = 0; q < PROFILE; q++) {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < LENGTH; i += STEP, n++) {
            int y = (int)fmin(fmax(contour[i] / PIXEL_MM + q - BEFORE, 0), SIDE - 1);
            sum += (double)tone->v[y * SIDE + EDGE + i];
        }
        before = high;
        high = fmax(high, sum / n);
        double within = high > before && q > 0 ? 1 / (high - before) : 0;
        if (isnan(from) && high >= 0.15)
            from = q - (high - 0.15) * within;
        if (isnan(to) && high >= 0.85)
            to = q - (high - 0.85) * within;
    }
    return (to - from) * PIXEL_MM;
}

/* The structure tensor's coherence along the contour (gradients at 1 mm, gathered over 2.5 mm): 1 where all of them have one direction. */
static np_status coherence(const look_image *lightness, const double contour[LENGTH], double *out, np_error *err)
{
    look_image soft = {0}, part[3] = {{0}};
    np_status status = look_image_init(&soft, SIDE, PIXEL_MM, err);
    for (int k = 0; status == NP_OK && k < 3; k++)
        status = look_image_init(&part[k], SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = look_image_blur(lightness, 1.0, &soft, err);
    for (int y = 1; status == NP_OK && y < SIDE - 1; y++)
        for (int x = 1; x < SIDE - 1; x++) {
            float gx = soft.v[y * SIDE + x + 1] - soft.v[y * SIDE + x - 1],
                  gy = soft.v[(y + 1) * SIDE + x] - soft.v[(y - 1) * SIDE + x];
            part[0].v[y * SIDE + x] = gx * gx;
            part[1].v[y * SIDE + x] = gx * gy;
            part[2].v[y * SIDE + x] = gy * gy;
        }
    for (int k = 0; status == NP_OK && k < 3; k++)
        status = look_image_blur(&part[k], 2.5, &part[k], err);
    double sum = 0;
    for (int i = 0; status == NP_OK && i < LENGTH; i++) {
        int o = (int)fmin(contour[i] / PIXEL_MM, SIDE - 1) * SIDE + EDGE + i;
        double xx = (double)part[0].v[o], xy = (double)part[1].v[o], yy = (double)part[2].v[o];
        sum += hypot(xx - yy, 2 * xy) / (xx + yy + 1e-30);
    }
    *out = sum / LENGTH;
    look_image_fini(&soft);
    for (int k = 0; k < 3; k++)
        look_image_fini(&part[k]);
    return status;
}

/* The lightness of a window of hairlines and mirrors. */
static np_status draw(look_image *image, const np_judge_dot *dots, size_t n, np_lab skin, np_error *err)
{
    double mean_rgb[3], space;
    np_status status = look_image_init(image, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = look_image_draw(image, dots, n, skin, MARGIN, mean_rgb, &space, err);
    if (status == NP_OK)
        look_image_lightness(image);
    return status;
}

/* The contour of the tone at a blur of SIGMA_MM; *OUT_FOUND is false where there is none. */
static np_status draw_contour(const look_image *lightness, double sigma_mm, look_image *tone, double contour[LENGTH],
                              bool *out_found, np_error *err)
{
    np_status status = look_image_blur(lightness, sigma_mm, tone, err);
    if (status == NP_OK)
        status = to_tone(tone, err);
    *out_found = status == NP_OK && find_contour(tone, contour);
    return status;
}

np_status np_judge_line(const np_judge_dot *dots, size_t n, np_lab skin, double out[NP_JUDGE_FIGURES], np_error *err)
{
    const double coarse_mm = 1.6, fine_mm = 0.8;
    look_image lightness = {0}, tone = {0};
    double contour[LENGTH];
    bool found = false;
    for (int k = NP_JUDGE_LINE_ROUGHNESS; k <= NP_JUDGE_LINE_STRAIGHT; k++)
        out[k] = NAN;
    np_status status = draw(&lightness, dots, n, skin, err);
    if (status == NP_OK)
        status = look_image_init(&tone, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = draw_contour(&lightness, fine_mm, &tone, contour, &found, err);
    if (found)
        out[NP_JUDGE_LINE_MICRO] = micro_roughness(contour);
    if (status == NP_OK)
        status = draw_contour(&lightness, coarse_mm, &tone, contour, &found, err);
    if (status == NP_OK && found) {
        out[NP_JUDGE_LINE_ROUGHNESS] = roughness(contour);
        out[NP_JUDGE_LINE_STRAIGHT] = straight_mm(contour);
        out[NP_JUDGE_LINE_RAMP] = ramp_mm(&tone, contour);
        status = coherence(&lightness, contour, &out[NP_JUDGE_LINE_COHERENCE], err);
    }
    look_image_fini(&lightness);
    look_image_fini(&tone);
    return status;
}

np_status np_judge_border(const np_judge_dot *dots, size_t n, np_lab skin, double out[NP_JUDGE_FIGURES], np_error *err)
{
    double line[NP_JUDGE_FIGURES];
    np_status status = np_judge_line(dots, n, skin, line, err);
    const double soft_mm = 10; /* in a wider fade there is no line to be seen */
    out[NP_JUDGE_BORDER_STRAIGHT] = line[NP_JUDGE_LINE_RAMP] > soft_mm ? NAN : line[NP_JUDGE_LINE_STRAIGHT];
    return status;
}

/* Correlation of the image with its mirror about the middle column, MARGIN inside. */
static double mirror_correlation(const look_image *image)
{
    double n = 0, sum = 0, square = 0, product = 0;
    for (int y = MARGIN; y < SIDE - MARGIN; y++)
        for (int x = MARGIN; x < SIDE - MARGIN; x++) {
            double a = (double)image->v[y * SIDE + x], b = (double)image->v[y * SIDE + SIDE - 1 - x];
            n++;
            sum += a;
            square += a * a;
            product += a * b;
        }
    double mean = sum / n, variance = square / n - mean * mean;
    return variance > 0 ? (product / n - mean * mean) / variance : NAN;
}

static bool in_window(const np_judge_dot *dot)
{
    return fabs(dot->x) < NP_JUDGE_LINE_MM && fabs(dot->y) < NP_JUDGE_LINE_MM;
}

/* Share of the dots more than 1 mm off the midline whose mirrored place is within a quarter of a spacing of a dot. */
static double mirrored_share(const np_judge_dot *dots, size_t n)
{
    double inside = 0, looked = 0, found = 0;
    for (size_t i = 0; i < n; i++)
        inside += in_window(&dots[i]);
    double near = 0.25 * 2 * NP_JUDGE_LINE_MM / sqrt(fmax(inside, 1));
    for (size_t i = 0; i < n; i++) {
        if (!in_window(&dots[i]) || fabs(dots[i].x) <= 1)
            continue;
        bool has = false;
        for (size_t j = 0; j < n && !has; j++)
            has = hypot(dots[i].x + dots[j].x, dots[i].y - dots[j].y) < near;
        looked++;
        found += has;
    }
    return looked > 0 ? found / looked : NAN;
}

np_status np_judge_mirror(const np_judge_dot *dots, size_t n, np_lab skin, double out[NP_JUDGE_FIGURES], np_error *err)
{
    look_image image = {0};
    out[NP_JUDGE_MIRROR_TONE] = NAN;
    np_status status = draw(&image, dots, n, skin, err);
    if (status == NP_OK)
        status = look_image_blur(&image, 0.8, &image, err);
    if (status == NP_OK)
        status = look_image_less_blur(&image, 5, &image, err);
    if (status == NP_OK)
        out[NP_JUDGE_MIRROR_TONE] = mirror_correlation(&image);
    out[NP_JUDGE_MIRROR_DOTS] = mirrored_share(dots, n);
    look_image_fini(&image);
    return status;
}
