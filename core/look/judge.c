/* The bands, and patches: is the pattern regular, does it repeat, is its tone mottled or flat, are marks too large, too dark or blue? */
#include "look/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "look/private/image.h"

#define PIXEL_MM 0.08
#define NEAR_EYE_MM 0.05 /* the eye's blur at 0.4 m, and at 1 m */
#define FAR_EYE_MM 0.12
enum { SIDE = 400, MARGIN = 25, WELCH = 256, CROP = 320, PADDED = 512, RING_MAX = 4096 };

static const np_band bands[NP_JUDGE_FIGURES] = {
#include "look/natural_bands.inc"
};

const np_band *np_judge_band_of(np_judge_figure figure)
{
    return &bands[figure];
}

/* The highest line of a spectrum over the median of its ring, from 0.45 to 2.2 cycles a spacing. */
static double sharpest_line(const float *power, double spacing_mm, float *ring)
{
    double best = 0;
    for (double from = 0.45; from < 2.2; from += 0.1) {
        size_t n = 0;
        for (int y = 0; y < WELCH; y++)
            for (int x = 0; x < WELCH; x++) {
                int fx = x < WELCH / 2 ? x : x - WELCH, fy = y < WELCH / 2 ? y : y - WELCH;
                double k = hypot(fx, fy) * spacing_mm / (WELCH * PIXEL_MM);
                if (k >= from && k < from + 0.1 && n < RING_MAX)
                    ring[n++] = power[y * WELCH + x];
            }
        if (n <= 12)
            continue;
        qsort(ring, n, sizeof *ring, look_compare_floats);
        best = fmax(best, (double)(ring[n - 1] / ring[n / 2]));
    }
    return best;
}

/* N x N pixels of IMAGE from (X0, Y0) on as complex numbers in an array PITCH wide, less their mean, under a Hann window if asked for. */
static void take_square(const look_image *image, int x0, int y0, int n, int pitch, bool hann, float (*out)[2])
{
    double mean = 0;
    memset(out, 0, (size_t)pitch * (size_t)pitch * sizeof *out);
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++)
            mean += (double)image->v[(y0 + y) * image->side + x0 + x] / ((double)n * n);
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            double w = hann ? 0.25 * (1 - cos(NP_TWO_PI * x / (n - 1))) * (1 - cos(NP_TWO_PI * y / (n - 1))) : 1;
            out[y * pitch + x][0] = (float)(w * ((double)image->v[(y0 + y) * image->side + x0 + x] - mean));
        }
}

static void take_middle(const look_image *image, float (*out)[2])
{
    take_square(image, (SIDE - CROP) / 2, (SIDE - CROP) / 2, CROP, PADDED, false, out);
}

/* Turns complex V into its autocorrelation, in its real parts, unscaled. */
static np_status correlate(float (*v)[2], int side, np_error *err)
{
    np_status status = look_image_fourier(v, side, err);
    for (size_t o = 0; status == NP_OK && o < (size_t)side * (size_t)side; o++) {
        v[o][0] = v[o][0] * v[o][0] + v[o][1] * v[o][1];
        v[o][1] = 0;
    }
    return status == NP_OK ? look_image_fourier(v, side, err) : status; /* of what is even it is its own inverse */
}

/* The highest autocorrelation at lags from 2.5 to 15 mm, each by the pixels that overlap there. */
static double highest_repeat(const float (*v)[2])
{
    const double whole = (double)CROP * CROP, least_mm = 2.5, most_mm = 0.55 * 350 * PIXEL_MM;
    double zero = (double)v[0][0] / whole, best = 0;
    for (int y = 0; y < PADDED; y++)
        for (int x = 0; x < PADDED; x++) {
            int dx = x < PADDED / 2 ? x : PADDED - x, dy = y < PADDED / 2 ? y : PADDED - y;
            double lag = hypot(dx, dy) * PIXEL_MM;
            if (lag <= least_mm || lag >= most_mm)
                continue;
            double overlap = (double)(CROP - dx) * (CROP - dy);
            best = fmax(best, (double)v[(size_t)y * PADDED + (size_t)x][0] / fmax(overlap, 0.25 * whole) / zero);
        }
    return best;
}

/* Width of a mark: of the autocorrelation's central peak at half its height along x, over sqrt 2. */
static double peak_width(const float (*v)[2])
{
    double before = 1;
    for (int x = 1; x < 30; x++) {
        double here = (double)(v[x][0] / v[0][0]);
        if (here < 0.5)
            return 2 * (x - 1 + (before - 0.5) / (before - here)) * PIXEL_MM / sqrt(2);
        before = here;
    }
    return HUGE_VAL;
}

/* Of four overlapping squares' mean spectrum (Welch, IEEE Trans. Audio Electroacoust. 15, 1967): chance makes no line in all of them.  V is room for one. */
static np_status measure_period(const look_image *flat, double spacing_mm, float (*v)[2], double *out, np_error *err)
{
    enum { PIXELS = WELCH * WELCH, LAST = SIDE - MARGIN - WELCH };
    float *power = calloc(PIXELS, sizeof *power), *ring = malloc(RING_MAX * sizeof *ring);
    np_status status = power && ring ? NP_OK : np_error_no_memory(err, "a picture's spectrum");
    for (int s = 0; status == NP_OK && s < 4; s++) {
        take_square(flat, s % 2 ? LAST : MARGIN, s / 2 ? LAST : MARGIN, WELCH, WELCH, true, v);
        status = look_image_fourier(v, WELCH, err);
        for (int o = 0; status == NP_OK && o < PIXELS; o++)
            power[o] += v[o][0] * v[o][0] + v[o][1] * v[o][1];
    }
    if (status == NP_OK)
        out[NP_JUDGE_PERIOD] = sharpest_line(power, spacing_mm, ring);
    free(power);
    free(ring);
    return status;
}

static np_status measure_spectrum(const look_image *near, double spacing_mm, double *out, np_error *err)
{
    look_image flat = {0};
    float(*v)[2] = malloc((size_t)PADDED * PADDED * sizeof *v);
    np_status status =
        v ? look_image_init(&flat, near->side, near->mm, err) : np_error_no_memory(err, "a picture's spectrum");
    if (status == NP_OK)
        status = look_image_less_blur(near, 3, &flat, err);
    if (status == NP_OK)
        status = measure_period(&flat, spacing_mm, v, out, err);
    if (status == NP_OK) {
        take_middle(&flat, v);
        status = correlate(v, PADDED, err);
    }
    if (status == NP_OK) {
        out[NP_JUDGE_REPEAT] = highest_repeat((const float(*)[2])v);
        status = look_image_less_blur(near, 1, &flat, err);
    }
    if (status == NP_OK) {
        take_middle(&flat, v);
        status = correlate(v, PADDED, err);
    }
    if (status == NP_OK)
        out[NP_JUDGE_SIZE] = peak_width((const float(*)[2])v);
    look_image_fini(&flat);
    free(v);
    return status;
}

/* Whether pixel (X, Y) is the darkest within 0.24 mm. */
static bool darkest(const look_image *image, int x, int y)
{
    float here = image->v[y * image->side + x];
    for (int j = -3; j <= 3; j++)
        for (int i = -3; i <= 3; i++)
            if (image->v[(y + j) * image->side + x + i] < here)
                return false;
    return true;
}

/* Spread of how much darker marks are than what surrounds them. */
static np_status measure_marks(const look_image *near, double *out, np_error *err)
{
    look_image flat = {0};
    np_status status = look_image_init(&flat, near->side, near->mm, err);
    if (status == NP_OK)
        status = look_image_less_blur(near, 1.2, &flat, err);
    double n = 0, sum = 0, sum2 = 0;
    for (int y = MARGIN; status == NP_OK && y < SIDE - MARGIN; y++)
        for (int x = MARGIN; x < SIDE - MARGIN; x++) {
            double depth = -(double)flat.v[y * SIDE + x];
            if (depth <= 0.3 || !darkest(near, x, y))
                continue;
            n++;
            sum += depth;
            sum2 += depth * depth;
        }
    look_image_fini(&flat);
    if (n > 20)
        out[NP_JUDGE_MARK_CV] = sqrt(fmax(sum2 / n - sum / n * sum / n, 0)) / (sum / n);
    return status;
}

/* SD of the far view's tone in the band between two blurs, over the mean darkening.  The blurs go with the spacing, so that a patch holds as many dots in
 * sparse windows as in dense ones: by a fixed width in mm the same pattern counts as twice as mottled at 40 dots/cm2 as at 75. */
static np_status measure_blotch(const look_image *luminance, double spacing_mm, double darkening, double *out,
                                np_error *err)
{
    const double patch = 0.78, around = 3.0; /* of the spacing */
    const int edge = 50;                     /* 4 mm */
    look_image fine = {0}, coarse = {0};
    np_status status = look_image_init(&fine, luminance->side, luminance->mm, err);
    if (status == NP_OK)
        status = look_image_init(&coarse, luminance->side, luminance->mm, err);
    if (status == NP_OK)
        status = look_image_blur(luminance, FAR_EYE_MM, &fine, err);
    if (status == NP_OK) {
        look_image_lightness(&fine);
        status = look_image_blur(&fine, around * spacing_mm, &coarse, err);
    }
    if (status == NP_OK)
        status = look_image_blur(&fine, patch * spacing_mm, &fine, err);
    double n = 0, sum = 0, sum2 = 0;
    for (int y = edge; status == NP_OK && y < SIDE - edge; y++)
        for (int x = edge; x < SIDE - edge; x++) {
            double band = (double)(fine.v[y * SIDE + x] - coarse.v[y * SIDE + x]);
            n++;
            sum += band;
            sum2 += band * band;
        }
    if (status == NP_OK && fabs(darkening) > 0.3)
        out[NP_JUDGE_BLOTCH] = sqrt(fmax(sum2 / n - sum / n * sum / n, 0)) / fabs(darkening);
    look_image_fini(&fine);
    look_image_fini(&coarse);
    return status;
}

static void measure_tone(const double mean_rgb[3], np_lab skin, double *out)
{
    np_lab mean = np_colour_rgb_to_lab(mean_rgb);
    out[NP_JUDGE_DARKENING] = mean.l - skin.l;
    out[NP_JUDGE_TINT] = hypot(mean.a - skin.a, mean.b - skin.b) / fmax(fabs(mean.l - skin.l), 0.3);
}

np_status np_judge_patch(const np_judge_dot *dots, size_t n, double spacing_mm, np_lab skin,
                         double out[NP_JUDGE_FIGURES], np_error *err)
{
    look_image luminance = {0}, near = {0};
    double mean_rgb[3];
    for (int k = NP_JUDGE_PERIOD; k <= NP_JUDGE_TINT; k++)
        out[k] = NAN;
    np_status status = look_image_init(&luminance, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = look_image_init(&near, SIDE, PIXEL_MM, err);
    if (status == NP_OK)
        status = look_image_draw(&luminance, dots, n, skin, MARGIN, mean_rgb, &out[NP_JUDGE_SPACE], err);
    if (status == NP_OK)
        status = look_image_blur(&luminance, NEAR_EYE_MM, &near, err);
    if (status == NP_OK) {
        look_image_lightness(&near);
        measure_tone(mean_rgb, skin, out);
        status = measure_blotch(&luminance, spacing_mm, out[NP_JUDGE_DARKENING], out, err);
    }
    if (status == NP_OK)
        status = measure_spectrum(&near, spacing_mm, out, err);
    if (status == NP_OK)
        status = measure_marks(&near, out, err);
    look_image_fini(&luminance);
    look_image_fini(&near);
    return status;
}
