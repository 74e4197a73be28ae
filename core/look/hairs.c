/* Shafts of shaved hair: strips of their width seen through the pixel, shaded as Kajiya and Kay (1989). */
#include "base/parallel.h"
#include "look/private/hairs.h"
#include "look/private/raster.h"

#define HIDDEN_MM 1.2f

typedef struct hair_work {
    const np_look *look;
    const np_look_hair *hairs;
    size_t n;
    float *rgb;
} hair_work;

/* A hair on the screen: from (X, Y) by (DX, DY). */
typedef struct strip {
    float x, y, dx, dy, length, width, depth, sigma2, peak, rgb[3];
} strip;

static bool strip_of(const np_look *look, const np_look_hair *hair, strip *s)
{
    look_vec root = look_vec_of(hair->root), d = look_vec_of(hair->direction);
    float xe, ye, ze;
    if (!look_project(look, root, &s->x, &s->y, &s->depth) ||
        !look_project(look, look_mad(root, d, (float)hair->length_mm), &xe, &ye, &ze))
        return false;
    s->dx = xe - s->x;
    s->dy = ye - s->y;
    s->length = sqrtf(s->dx * s->dx + s->dy * s->dy);
    s->width = (float)hair->diameter_mm * look->focal / s->depth;
    s->sigma2 = s->width * s->width / 12 + LOOK_PIXEL_VARIANCE;
    s->peak = s->width / (2.5066283f * sqrtf(s->sigma2));
    look_vec view = look_unit(look_sub(look->eye, root)), key = look->light[LOOK_KEY_LIGHTS / 2];
    float tl = look_dot(d, key), tv = look_dot(d, view), sl = sqrtf(fmaxf(0, 1 - tl * tl)),
          sv = sqrtf(fmaxf(0, 1 - tv * tv));
    float light = look->flat ? 1 : 0.8f * LOOK_FILL + LOOK_KEY * sl;
    float shine = look->flat ? 0 : 0.20f * LOOK_KEY * powf(fmaxf(tl * tv + sl * sv, 0), 40);
    for (int c = 0; c < 3; c++)
        s->rgb[c] = (float)hair->rgb[c] * light + shine;
    return true;
}

static void draw_strip(const np_look *look, const strip *s, int row0, int row1, float *rgb)
{
    float margin = 3 * sqrtf(s->sigma2) + 1, root2 = sqrtf(2 * s->sigma2);
    float top = fminf(s->y, s->y + s->dy) - margin, bottom = fmaxf(s->y, s->y + s->dy) + margin;
    int y0 = (int)fmaxf((float)row0, floorf(top)), y1 = (int)fminf((float)(row1 - 1), ceilf(bottom));
    int x0 = (int)fmaxf(0, floorf(fminf(s->x, s->x + s->dx) - margin)),
        x1 = (int)fminf((float)(look->width - 1), ceilf(fmaxf(s->x, s->x + s->dx) + margin));
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            size_t o = (size_t)y * (size_t)look->width + (size_t)x;
            float px = (float)x + 0.5f - s->x, py = (float)y + 0.5f - s->y;
            bool point = s->length < 1e-3f;
            float along = point ? 0 : (px * s->dx + py * s->dy) / s->length;
            float across = point ? sqrtf(px * px + py * py) : (px * s->dy - py * s->dx) / s->length;
            float end = s->width * 0.3f;
            float part = 0.5f * (erff((along + end) / root2) - erff((along - s->length - end) / root2));
            float a = fminf(1, s->peak * expf(-across * across / (2 * s->sigma2)) * part);
            if (a < 0.002f || look->depth[o] < s->depth - HIDDEN_MM)
                continue;
            for (int c = 0; c < 3; c++)
                rgb[3 * o + (size_t)c] += a * (s->rgb[c] - rgb[3 * o + (size_t)c]);
        }
}

static void draw_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    hair_work *w = context;
    const np_look *look = w->look;
    for (size_t i = 0; i < w->n; i++) {
        float x, y, depth, reach;
        if (!look_project(look, look_vec_of(w->hairs[i].root), &x, &y, &depth))
            continue;
        reach = (float)(w->hairs[i].length_mm + w->hairs[i].diameter_mm) * look->focal / depth + 4;
        if (y + reach < (float)begin || y - reach > (float)end || x + reach < 0 || x - reach > (float)look->width)
            continue;
        int xi = (int)fminf(fmaxf(x, 0), (float)(look->width - 1)),
            yi = (int)fminf(fmaxf(y, 0), (float)(look->height - 1));
        strip s;
        if (look->depth[(size_t)yi * (size_t)look->width + (size_t)xi] < depth - HIDDEN_MM ||
            !strip_of(look, &w->hairs[i], &s))
            continue;
        draw_strip(look, &s, (int)begin, (int)end, w->rgb);
    }
}

void look_hairs(const np_look *look, const np_look_hair *hairs, size_t n, float *rgb)
{
    hair_work work = {look, hairs, n, rgb};
    if (n)
        np_parallel_for((size_t)look->height, 2 * LOOK_ROWS, draw_rows, &work);
}
