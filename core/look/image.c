/* Flat images for the judge.  Sums are in the dots' order and nothing depends on threads: windows are what runs in parallel. */
#include "look/private/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"

#define REACH 3.2 /* sigmas that are drawn */
#define OPEN 0.88 /* share of light from which on a pixel is skin between marks */

np_status look_image_init(look_image *image, int side, double mm, np_error *err)
{
    *image = (look_image){side, mm, calloc((size_t)side * (size_t)side, sizeof *image->v)};
    return image->v ? NP_OK : np_error_no_memory(err, "a picture that is judged");
}

void look_image_fini(look_image *image)
{
    free(image->v);
    image->v = NULL;
}

/* Adds one Gaussian's absorbance to S[side][side][3]; COLUMN has room for a row. */
static void add_gaussian(float *s, const look_image *to, const np_judge_dot *dot, int k, float *column)
{
    double sigma = dot->mark.sigma_mm[k] / to->mm, reach = REACH * sigma;
    double cx = dot->x / to->mm + to->side * 0.5 - 0.5, cy = dot->y / to->mm + to->side * 0.5 - 0.5;
    int x0 = (int)fmax(0, ceil(cx - reach)), x1 = (int)fmin(to->side - 1, floor(cx + reach));
    int y0 = (int)fmax(0, ceil(cy - reach)), y1 = (int)fmin(to->side - 1, floor(cy + reach));
    /* below a pixel the core is drawn as wide as the pixel, with its whole light */
    double variance = sigma * sigma + 1 / 12.0, amount = 1 / (NP_TWO_PI * variance * to->mm * to->mm);
    for (int x = x0; x <= x1; x++)
        column[x] = (float)exp(-(x - cx) * (x - cx) / (2 * variance));
    for (int y = y0; y <= y1; y++) {
        float row = (float)(amount * exp(-(y - cy) * (y - cy) / (2 * variance)));
        float r = row * (float)dot->mark.area_mm2[k][0], g = row * (float)dot->mark.area_mm2[k][1],
              b = row * (float)dot->mark.area_mm2[k][2];
        float *at = s + 3 * ((size_t)y * (size_t)to->side + (size_t)x0);
        for (int x = x0; x <= x1; x++, at += 3) {
            at[0] += r * column[x];
            at[1] += g * column[x];
            at[2] += b * column[x];
        }
    }
}

np_status look_image_draw(look_image *luminance, const np_judge_dot *dots, size_t n, np_lab skin, int margin,
                          double out_mean_rgb[3], double *out_space, np_error *err)
{
    static const double weight[3] = {0.2126, 0.7152, 0.0722}; /* of linear sRGB in luminance */
    int side = luminance->side, end = side - margin;
    size_t pixels = (size_t)side * (size_t)side;
    float *s = calloc(3 * pixels, sizeof *s), *column = malloc((size_t)side * sizeof *column);
    double rgb[3], sum[3] = {0}, open = 0;
    np_colour_lab_to_rgb(skin, rgb);
    if (!s || !column) {
        free(s);
        free(column);
        return np_error_no_memory(err, "a picture that is judged");
    }
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
            add_gaussian(s, luminance, &dots[i], k, column);
    for (size_t o = 0; o < pixels; o++) {
        int x = (int)(o % (size_t)side), y = (int)(o / (size_t)side);
        bool inside = x >= margin && y >= margin && x < end && y < end;
        double light = 0, kept = 0;
        for (int c = 0; c < 3; c++) {
            double t = (double)expf(-s[3 * o + (size_t)c]);
            kept += weight[c] * t;
            light += weight[c] * rgb[c] * t;
            sum[c] += inside ? rgb[c] * t : 0;
        }
        open += inside && kept > OPEN;
        luminance->v[o] = (float)light;
    }
    double counted = (double)(end - margin) * (end - margin);
    for (int c = 0; c < 3; c++)
        out_mean_rgb[c] = sum[c] / counted;
    *out_space = open / counted;
    free(s);
    free(column);
    return NP_OK;
}

/* Index I of N pixels, mirrored at both ends. */
static int mirrored(int i, int n)
{
    while (i < 0 || i >= n)
        i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
}

/* One pass along rows, written transposed: two of them blur both ways. */
static void blur_rows(const float *from, int side, const float *kernel, int reach, float *padded, float *to)
{
    for (int y = 0; y < side; y++) {
        for (int x = -reach; x < side + reach; x++)
            padded[x + reach] = from[(size_t)y * (size_t)side + (size_t)mirrored(x, side)];
        for (int x = 0; x < side; x++) {
            float sum = kernel[0] * padded[x + reach];
            for (int k = 1; k <= reach; k++)
                sum += kernel[k] * (padded[x + reach - k] + padded[x + reach + k]);
            to[(size_t)x * (size_t)side + (size_t)y] = sum;
        }
    }
}

np_status look_image_blur(const look_image *from, double sigma_mm, look_image *to, np_error *err)
{
    double sigma = sigma_mm / from->mm, all = 1;
    int side = from->side, reach = (int)(4 * sigma + 0.5);
    float *kernel = malloc(((size_t)reach + 1) * sizeof *kernel);
    float *padded = malloc((size_t)(side + 2 * reach) * sizeof *padded);
    float *turned = malloc((size_t)side * (size_t)side * sizeof *turned);
    bool got = kernel && padded && turned;
    if (got) {
        for (int k = 1; k <= reach; k++)
            all += 2 * exp(-k * k / (2 * sigma * sigma));
        for (int k = 0; k <= reach; k++)
            kernel[k] = (float)(exp(-k * k / (2 * sigma * sigma)) / all);
        blur_rows(from->v, side, kernel, reach, padded, turned);
        blur_rows(turned, side, kernel, reach, padded, to->v);
    }
    free(kernel);
    free(padded);
    free(turned);
    return got ? NP_OK : np_error_no_memory(err, "a picture that is judged");
}

np_status look_image_less_blur(const look_image *from, double sigma_mm, look_image *to, np_error *err)
{
    look_image soft;
    np_status status = look_image_init(&soft, from->side, from->mm, err);
    if (status == NP_OK)
        status = look_image_blur(from, sigma_mm, &soft, err);
    for (size_t o = 0; status == NP_OK && o < (size_t)from->side * (size_t)from->side; o++)
        to->v[o] = from->v[o] - soft.v[o];
    look_image_fini(&soft);
    return status;
}

void look_image_lightness(look_image *image)
{
    for (size_t o = 0; o < (size_t)image->side * (size_t)image->side; o++)
        image->v[o] = (float)np_colour_lightness((double)image->v[o]);
}

int look_compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Cooley and Tukey's of one row, radix 2; TURN holds exp(-2 pi i k / n) for k < n / 2. */
static void fourier_row(float (*v)[2], int n, const float (*turn)[2])
{
    for (int i = 1, j = 0; i < n; i++) {
        int bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            float re = v[i][0], im = v[i][1];
            memcpy(v[i], v[j], sizeof v[i]);
            v[j][0] = re;
            v[j][1] = im;
        }
    }
    for (int half = 1; half < n; half *= 2)
        for (int at = 0; at < n; at += 2 * half)
            for (int k = 0; k < half; k++) {
                const float *t = turn[k * (n / 2 / half)];
                float *a = v[at + k], *b = v[at + k + half];
                float re = b[0] * t[0] - b[1] * t[1], im = b[0] * t[1] + b[1] * t[0];
                b[0] = a[0] - re;
                b[1] = a[1] - im;
                a[0] += re;
                a[1] += im;
            }
}

static void transpose(float (*v)[2], int n)
{
    for (int y = 0; y < n; y++)
        for (int x = y + 1; x < n; x++)
            for (int k = 0; k < 2; k++) {
                float t = v[(size_t)y * (size_t)n + (size_t)x][k];
                v[(size_t)y * (size_t)n + (size_t)x][k] = v[(size_t)x * (size_t)n + (size_t)y][k];
                v[(size_t)x * (size_t)n + (size_t)y][k] = t;
            }
}

np_status look_image_fourier(float (*v)[2], int side, np_error *err)
{
    float(*turn)[2] = malloc((size_t)side / 2 * sizeof *turn);
    if (!turn)
        return np_error_no_memory(err, "a picture's spectrum");
    for (int k = 0; k < side / 2; k++) {
        turn[k][0] = (float)cos(NP_TWO_PI * k / side);
        turn[k][1] = (float)-sin(NP_TWO_PI * k / side);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int y = 0; y < side; y++)
            fourier_row(v + (size_t)y * (size_t)side, side, (const float(*)[2])turn);
        transpose(v, side);
    }
    free(turn);
    return NP_OK;
}
