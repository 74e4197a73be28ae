/* Marks on the picture: each Gaussian is projected to an ellipse by the skin's slant, widened by the pixel, and sampled.  Its sum over the pixels is
 * then its area at any scale.  Wide ones go to a coarser buffer.  Rows are drawn by bands, and in each the marks in their own order, so that
 * sums do not depend on threads. */
#include <stdlib.h>

#include "base/parallel.h"
#include "look/private/splat.h"
#include "look/private/raster.h"

enum { COARSE = 8, BAND = 32 };      /* pixels of a coarse one's side; rows of a band */
#define COARSE_FROM (COARSE * 0.75f) /* pixels of sigma */
#define REACH 3.2f                   /* sigmas that are drawn */
#define HIDDEN_MM 2.5f               /* a surface so much nearer hides a mark */

/* A mark on the screen: what a circle of 1 mm radius becomes. */
typedef struct screen_mark {
    float x, y;
    float jxx, jxy, jyy; /* covariance, pixels^2/mm^2 */
    float area;          /* pixels^2/mm^2 */
    float sigma[NP_SKIN_GAUSSIANS], amount[NP_SKIN_GAUSSIANS][3];
} screen_mark;

typedef struct splat_work {
    const np_look *look;
    const np_look_dot *dots;
    size_t n;
    screen_mark *marks;
    /* from where to where each mark may be drawn, in pixels: every band goes through them all; INFINITY: it is not to be seen */
    float (*rows)[2];
    float *rgb, *coarse;
    int coarse_width, coarse_height;
} splat_work;

static bool hidden(const np_look *look, float x, float y, float depth)
{
    int xi = (int)fminf(fmaxf(x, 0), (float)(look->width - 1)), yi = (int)fminf(fmaxf(y, 0), (float)(look->height - 1));
    return look->depth[(size_t)yi * (size_t)look->width + (size_t)xi] < depth - HIDDEN_MM;
}

static void place_mark(const np_look *look, const np_look_dot *dot, screen_mark *m, float rows[2])
{
    look_vec p = look_vec_of(dot->position), n = look_vec_of(dot->normal), r = look_sub(p, look->eye);
    float depth;
    rows[0] = INFINITY;
    rows[1] = -INFINITY;
    if (look_dot(r, n) >= 0 || !look_project(look, p, &m->x, &m->y, &depth))
        return;
    np_vec3 wide = np_vec3_perpendicular(np_vec3_normalize(dot->normal));
    look_vec a = look_vec_of(wide), b = look_vec_of(np_vec3_cross(dot->normal, wide));
    float k = look->focal / depth, rx = look_dot(r, look->right) / depth, ry = look_dot(r, look->down) / depth;
    float ax = k * (look_dot(a, look->right) - rx * look_dot(a, look->forward)),
          ay = k * (look_dot(a, look->down) - ry * look_dot(a, look->forward));
    float bx = k * (look_dot(b, look->right) - rx * look_dot(b, look->forward)),
          by = k * (look_dot(b, look->down) - ry * look_dot(b, look->forward));
    m->jxx = ax * ax + bx * bx;
    m->jxy = ax * ay + bx * by;
    m->jyy = ay * ay + by * by;
    for (int g = 0; g < NP_SKIN_GAUSSIANS; g++) {
        m->sigma[g] = (float)dot->mark.sigma_mm[g];
        for (int c = 0; c < 3; c++)
            m->amount[g][c] = (float)dot->mark.area_mm2[g][c];
    }
    float widest = fmaxf(m->sigma[NP_SKIN_GAUSSIANS - 1], m->sigma[0]);
    float reach_y = REACH * sqrtf(m->jyy * widest * widest + LOOK_PIXEL_VARIANCE * COARSE * COARSE) + COARSE;
    float reach_x = REACH * sqrtf(m->jxx * widest * widest + LOOK_PIXEL_VARIANCE * COARSE * COARSE) + COARSE;
    m->area = fabsf(ax * by - ay * bx);
    if (m->x < -reach_x || m->y < -reach_y || m->x > (float)look->width + reach_x ||
        m->y > (float)look->height + reach_y || hidden(look, m->x, m->y, depth) || m->area <= 0)
        return;
    rows[0] = m->y - reach_y;
    rows[1] = m->y + reach_y;
}

static void place_marks(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    splat_work *w = context;
    for (size_t i = begin; i < end; i++)
        place_mark(w->look, &w->dots[i], &w->marks[i], w->rows[i]);
}

/* What a Gaussian of peak P takes away, 1 - exp(-it) over the plane, relative to its area: Ein(P) / P. */
static float taken(float p)
{
    if (p < 0.01f)
        return 1;
    if (p > 6)
        return (0.5772157f + logf(p)) / p;
    float term = p, sum = p;
    for (int k = 2; k < 24 && fabsf(term) > 1e-9f; k++) {
        term *= -p * (float)(k - 1) / (float)(k * k);
        sum += term;
    }
    return sum / p;
}

/* Where a Gaussian is drawn: the whole buffer's width, rows [row0, row1), pixels of 1/SCALE. */
typedef struct canvas {
    float *rgb;
    int width, row0, row1;
    float scale;
} canvas;

static void splat(const canvas *to, const screen_mark *m, int gaussian)
{
    float sigma = m->sigma[gaussian], s2 = sigma * sigma * to->scale * to->scale;
    float a = m->jxx * s2 + LOOK_PIXEL_VARIANCE, b = m->jxy * s2, c = m->jyy * s2 + LOOK_PIXEL_VARIANCE,
          det = a * c - b * b;
    float cx = m->x * to->scale, cy = m->y * to->scale, ry = REACH * sqrtf(c);
    int y0 = (int)fmaxf((float)to->row0, ceilf(cy - ry - 0.5f)),
        y1 = (int)fminf((float)(to->row1 - 1), floorf(cy + ry - 0.5f));
    if (y0 > y1)
        return;
    float peak = m->area * to->scale * to->scale / (6.2831853f * sqrtf(det)), amount[3], pixels = s2 * m->area;
    for (int k = 0; k < 3; k++) {
        float p = m->amount[gaussian][k] / (6.2831853f * sigma * sigma), q = 1;
        if (to->scale == 1 && pixels < 1.5f) /* to the limit of a dot far below the pixel */
            q = 1 + (taken(p) - 1) / (1 + 6 * pixels);
        amount[k] = peak * q * m->amount[gaussian][k];
    }
    /* exp(-e), e = ia dx^2 + ib dx dy + ic dy^2, along each row where e <= REACH^2 / 2: from pixel to pixel its ratio changes by one factor */
    float ia = 0.5f * c / det, ib = -b / det, ic = 0.5f * a / det, turn = expf(-2 * ia);
    for (int y = y0; y <= y1; y++) {
        float dy = (float)y + 0.5f - cy, slope = ib * dy, rest = ic * dy * dy;
        float root = sqrtf(fmaxf(slope * slope - 4 * ia * (rest - REACH * REACH / 2), 0));
        int x0 = (int)fmaxf(0, ceilf(cx - 0.5f - (slope + root) / (2 * ia))),
            x1 = (int)fminf((float)(to->width - 1), floorf(cx - 0.5f - (slope - root) / (2 * ia)));
        if (x0 > x1)
            continue;
        float dx = (float)x0 + 0.5f - cx, g = expf(-(ia * dx * dx + slope * dx + rest));
        float ratio = expf(-(ia * (2 * dx + 1) + slope));
        float *at = to->rgb + 3 * ((size_t)y * (size_t)to->width + (size_t)x0);
        for (int x = x0; x <= x1; x++, at += 3) {
            for (int k = 0; k < 3; k++)
                at[k] += g * amount[k];
            g *= ratio;
            ratio *= turn;
        }
    }
}

/* Draws into TO the Gaussians that are COARSE ones, or those that are not. */
static void draw_band(const splat_work *w, const canvas *to, bool coarse)
{
    float top = (float)to->row0 / to->scale, bottom = (float)to->row1 / to->scale;
    for (size_t i = 0; i < w->n; i++) {
        if (w->rows[i][1] < top || w->rows[i][0] > bottom)
            continue;
        const screen_mark *m = &w->marks[i];
        for (int g = 0; g < NP_SKIN_GAUSSIANS; g++)
            if ((m->sigma[g] * sqrtf(m->area) >= COARSE_FROM) == coarse)
                splat(to, m, g);
    }
}

static void draw_coarse(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    splat_work *w = context;
    canvas to = {w->coarse, w->coarse_width, (int)begin, (int)end, 1.0f / COARSE};
    draw_band(w, &to, true);
}

/* The coarse buffer under pixel (X, Y), linear between its pixels. */
static float coarse_at(const splat_work *w, size_t x, size_t y, int channel)
{
    float u = fminf(fmaxf(((float)x + 0.5f) / COARSE - 0.5f, 0), (float)w->coarse_width - 1.001f);
    float v = fminf(fmaxf(((float)y + 0.5f) / COARSE - 0.5f, 0), (float)w->coarse_height - 1.001f);
    size_t ui = (size_t)u, vi = (size_t)v, stride = 3 * (size_t)w->coarse_width;
    const float *q = w->coarse + vi * stride + 3 * ui + (size_t)channel;
    u -= (float)ui;
    v -= (float)vi;
    return (1 - v) * ((1 - u) * q[0] + u * q[3]) + v * ((1 - u) * q[stride] + u * q[stride + 3]);
}

static void draw_fine(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    splat_work *w = context;
    canvas to = {w->rgb, w->look->width, (int)begin, (int)end, 1};
    draw_band(w, &to, false);
    for (size_t y = begin; y < end; y++)
        for (size_t x = 0; x < (size_t)w->look->width; x++)
            for (int c = 0; c < 3; c++)
                w->rgb[3 * (y * (size_t)w->look->width + x) + (size_t)c] += coarse_at(w, x, y, c);
}

np_status look_splat(const np_look *look, const np_look_dot *dots, size_t n, float *rgb, np_error *err)
{
    splat_work w = {.look = look,
                    .dots = dots,
                    .n = n,
                    .rgb = rgb,
                    .coarse_width = (look->width + COARSE - 1) / COARSE + 1,
                    .coarse_height = (look->height + COARSE - 1) / COARSE + 1};
    w.marks = malloc((n + 1) * sizeof *w.marks);
    w.coarse = calloc(3 * (size_t)w.coarse_width * (size_t)w.coarse_height, sizeof *w.coarse);
    w.rows = malloc((n + 1) * sizeof *w.rows);
    bool got = w.marks && w.rows && w.coarse;
    if (got) {
        np_parallel_for(n, 1024, place_marks, &w);
        np_parallel_for((size_t)w.coarse_height, BAND / COARSE, draw_coarse, &w);
        np_parallel_for((size_t)look->height, BAND, draw_fine, &w);
    }
    free(w.marks);
    free(w.rows);
    free(w.coarse);
    return got ? NP_OK : np_error_no_memory(err, "dots on a picture");
}
