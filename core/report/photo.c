/* Reading dots from a picture.  A dot's looks are ratios of its light to the light of skin in a ring around it: a gain of each channel, which is what
 * exposure and white balance are, falls out.  Where other dots, hairs or moles lie in the ring, most of it is still skin. */
#include "report/photo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING_FROM_MM 1.7
#define RING_TO_MM 2.2
#define SEARCH_MM 0.6
#define SHADOW_MM 1.0
#define BINS_MAX 600
#define PIXELS_WIDE 4

void np_photo_fini(np_photo *photo)
{
    free(photo->rgb);
    *photo = (np_photo){0};
}

static const float *pixel(const np_photo *p, int x, int y)
{
    return p->rgb + 3 * ((size_t)y * (size_t)p->width + (size_t)x);
}

np_status np_photo_grey(const np_photo *photo, const int r[4], double out_rgb[3], np_error *err)
{
    double sum[3] = {0}, sum2[3] = {0}, n = (double)r[2] * r[3];
    if (r[2] < 4 || r[3] < 4 || r[0] < 0 || r[1] < 0 || r[0] > photo->width - r[2] || r[1] > photo->height - r[3])
        return np_error_set(err, NP_ERR_INVALID,
                            "the grey card %d,%d,%d,%d does not lie in the picture of %d x %d pixels", r[0], r[1], r[2],
                            r[3], photo->width, photo->height);
    for (int y = r[1]; y < r[1] + r[3]; y++)
        for (int x = r[0]; x < r[0] + r[2]; x++)
            for (int c = 0; c < 3; c++) {
                sum[c] += (double)pixel(photo, x, y)[c];
                sum2[c] += (double)pixel(photo, x, y)[c] * (double)pixel(photo, x, y)[c];
            }
    for (int c = 0; c < 3; c++) {
        double mean = sum[c] / n, sd = sqrt(fmax(sum2[c] / n - mean * mean, 0));
        if (mean < 0.01 || mean > 0.95 || sd > 0.1 * mean)
            return np_error_set(
                err, NP_ERR_INVALID,
                "the grey card is %s: take a picture in which it is evenly lit, and neither black nor white",
                mean < 0.01   ? "too dark"
                : mean > 0.95 ? "too bright"
                              : "not even");
        out_rgb[c] = mean;
    }
    return NP_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* CHANNEL in the ring around (CX, CY): the mean of what is within a tenth of its median, which is skin; the median itself goes in a picture's steps
 * of brightness, which are coarser than a dot's shadow. */
static np_status skin_around(const np_photo *p, double mm, double cx, double cy, int channel, double *out,
                             np_error *err)
{
    int reach = (int)ceil(RING_TO_MM / mm);
    size_t n = 0, room = (size_t)(2 * reach + 1) * (size_t)(2 * reach + 1);
    double *v = malloc(room * sizeof *v);
    if (!v)
        return np_error_no_memory(err, "a photograph");
    for (int y = (int)cy - reach + 1; y < (int)cy + reach; y++)
        for (int x = (int)cx - reach + 1; x < (int)cx + reach; x++) {
            double r = hypot(x - cx, y - cy) * mm;
            if (r >= RING_FROM_MM && r <= RING_TO_MM)
                v[n++] = (double)pixel(p, x, y)[channel];
        }
    qsort(v, n, sizeof *v, by_value);
    double sum = 0, like_it = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(v[i] - v[n / 2]) <= 0.1 * v[n / 2]) {
            sum += v[i];
            like_it++;
        }
    *out = like_it > 0 ? sum / like_it : 0;
    free(v);
    return *out > 0.001 ? NP_OK
                        : np_error_set(err, NP_ERR_INVALID, "the skin around the dot at %.0f, %.0f is black", cx, cy);
}

/* The darkest place in green near (*CX, *CY), as the middle of what is missing within 0.15 mm of it. */
static void find_middle(const np_photo *p, double mm, const double skin[3], double *cx, double *cy)
{
    int reach = (int)(SEARCH_MM / mm), core = (int)fmax(1, 0.08 / mm);
    double best = -1, sx = 0, sy = 0, sum = 0;
    int bx = (int)*cx, by = (int)*cy;
    for (int y = (int)*cy - reach; y <= (int)*cy + reach; y++)
        for (int x = (int)*cx - reach; x <= (int)*cx + reach; x++) {
            double dark = 0;
            for (int j = -core; j <= core; j++)
                for (int i = -core; i <= core; i++)
                    dark += 1 - (double)pixel(p, x + i, y + j)[1] / skin[1];
            if (dark > best) {
                best = dark;
                bx = x;
                by = y;
            }
        }
    int wide = (int)fmax(1, 0.15 / mm);
    for (int y = by - wide; y <= by + wide; y++)
        for (int x = bx - wide; x <= bx + wide; x++) {
            double dark = fmax(1 - (double)pixel(p, x, y)[1] / skin[1], 0);
            sum += dark;
            sx += dark * x;
            sy += dark * y;
        }
    *cx = sum > 0 ? sx / sum : bx;
    *cy = sum > 0 ? sy / sum : by;
}

/* Mean of what is missing in each ring of a pixel's width, to 1 mm and some. */
static int profile(const np_photo *p, double mm, double cx, double cy, const double skin[3], double out[BINS_MAX][3])
{
    double count[BINS_MAX] = {0};
    int bins = (int)fmin(BINS_MAX, ceil(RING_FROM_MM / mm)), reach = bins;
    memset(out, 0, sizeof(double[BINS_MAX][3]));
    for (int y = (int)cy - reach; y <= (int)cy + reach; y++)
        for (int x = (int)cx - reach; x <= (int)cx + reach; x++) {
            int bin = (int)(hypot(x - cx, y - cy) + 0.5);
            if (bin >= bins)
                continue;
            count[bin]++;
            for (int c = 0; c < 3; c++)
                out[bin][c] += 1 - (double)pixel(p, x, y)[c] / skin[c];
        }
    for (int b = 0; b < bins; b++)
        for (int c = 0; c < 3 && count[b] > 0; c++)
            out[b][c] /= count[b];
    return bins;
}

np_status np_photo_dot(const np_photo *p, double mm, double x, double y, np_skin_look *out, double out_skin[3],
                       np_error *err)
{
    static const int green = 1;
    double missing[BINS_MAX][3], sum[3] = {0}, margin = (RING_TO_MM + SEARCH_MM) / mm + 2;
    if (!(x >= margin && y >= margin && x < p->width - margin && y < p->height - margin))
        return np_error_set(err, NP_ERR_INVALID,
                            "the dot at %.0f, %.0f wants %.0f pixels of picture around it (%.1f mm)", x, y, margin,
                            margin * mm);
    np_status status = NP_OK;
    for (int pass = 0; pass < 2; pass++) { /* around where it was said to be, then around where it is */
        for (int c = 0; c < 3 && status == NP_OK; c++)
            status = skin_around(p, mm, x, y, c, &out_skin[c], err);
        if (status != NP_OK)
            return status;
        if (pass == 0)
            find_middle(p, mm, out_skin, &x, &y);
    }
    int bins = profile(p, mm, x, y, out_skin, missing), b = 0;
    out->contrast = fmax(missing[0][green], 0);
    while (b + 1 < bins && missing[b + 1][green] > out->contrast / 2)
        b++;
    double before = missing[b][green], after = b + 1 < bins ? missing[b + 1][green] : 0;
    out->width_mm = 2 * mm * (b + (before > after ? fmin((before - out->contrast / 2) / (before - after), 1) : 0));
    if (out->contrast > 0.05 && out->width_mm < PIXELS_WIDE * mm)
        return np_error_set(err, NP_ERR_INVALID,
                            "the dot at %.0f, %.0f is %.1f pixels wide; it wants %d at least: photograph closer", x, y,
                            out->width_mm / mm, PIXELS_WIDE);
    for (b = 0; b < bins && b * mm < SHADOW_MM; b++)
        for (int c = 0; c < 3; c++)
            sum[c] += (b ? b : 0.125) * missing[b][c];
    out->red_over_blue = sum[0] > 0 && sum[2] > 0 ? sum[0] / sum[2] : NAN;
    return NP_OK;
}
