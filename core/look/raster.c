/* Which triangle is seen where: a depth buffer of 2 x 2 samples a pixel, by bands of rows. */
#include <stdlib.h>

#include "base/parallel.h"
#include "look/private/raster.h"

bool look_project(const np_look *look, look_vec p, float *out_x, float *out_y, float *out_depth)
{
    look_vec d = look_sub(p, look->eye);
    *out_depth = look_dot(d, look->forward);
    if (*out_depth < 1)
        return false;
    *out_x = (float)look->width * 0.5f + look->focal * look_dot(d, look->right) / *out_depth;
    *out_y = (float)look->height * 0.5f + look->focal * look_dot(d, look->down) / *out_depth;
    return true;
}

typedef struct raster_work {
    const np_look *look;
    look_raster *raster;
} raster_work;

static void project_vertices(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    raster_work *w = context;
    for (size_t v = begin; v < end; v++) {
        float *s = w->raster->screen[v];
        if (!look_project(w->look, look_vec_of(w->raster->mesh->vertices[v]), &s[0], &s[1], &s[2]))
            s[2] = 0;
    }
}

static void draw_triangle(const raster_work *w, size_t t, int row0, int row1)
{
    const np_triangle *triangle = &w->raster->mesh->triangles[t];
    const float *a = w->raster->screen[triangle->v[0]], *b = w->raster->screen[triangle->v[1]],
                *c = w->raster->screen[triangle->v[2]];
    int columns = 2 * w->look->width;
    if (!(a[2] > 0 && b[2] > 0 && c[2] > 0)) /* a part behind the eye */
        return;
    float top = 2 * fminf(a[1], fminf(b[1], c[1])), bottom = 2 * fmaxf(a[1], fmaxf(b[1], c[1]));
    if (bottom < (float)row0 || top > (float)row1) /* most triangles, in every band but one */
        return;
    int y0 = (int)fmaxf((float)row0, floorf(top - 0.5f)), y1 = (int)fminf((float)(row1 - 1), ceilf(bottom));
    int x0 = (int)fmaxf(0, floorf(2 * fminf(a[0], fminf(b[0], c[0])) - 0.5f)),
        x1 = (int)fminf((float)(columns - 1), ceilf(2 * fmaxf(a[0], fmaxf(b[0], c[0]))));
    float area = 4 * ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
    if (fabsf(area) < 1e-9f)
        return;
    float scale = 1 / area, ia = 1 / a[2], ib = 1 / b[2], ic = 1 / c[2];
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            float px = (float)x + 0.5f, py = (float)y + 0.5f;
            float u = ((2 * b[0] - px) * (2 * c[1] - py) - (2 * c[0] - px) * (2 * b[1] - py)) * scale;
            float v = ((2 * c[0] - px) * (2 * a[1] - py) - (2 * a[0] - px) * (2 * c[1] - py)) * scale, z = 1 - u - v;
            if (u < 0 || v < 0 || z < 0)
                continue;
            float depth = 1 / (u * ia + v * ib + z * ic);
            size_t at = (size_t)y * (size_t)columns + (size_t)x;
            if (depth < w->raster->depth[at]) {
                w->raster->depth[at] = depth;
                w->raster->triangle[at] = (int32_t)t;
            }
        }
}

static void draw_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    raster_work *w = context;
    size_t columns = 2 * (size_t)w->look->width;
    for (size_t i = begin * columns; i < end * columns; i++) {
        w->raster->depth[i] = INFINITY;
        w->raster->triangle[i] = -1;
    }
    for (size_t t = 0; t < w->raster->mesh->n_triangles; t++)
        draw_triangle(w, t, (int)begin, (int)end);
}

void look_raster_draw(const np_look *look, look_raster *raster)
{
    raster_work work = {look, raster};
    np_parallel_for(raster->mesh->n_vertices, 4096, project_vertices, &work);
    np_parallel_for(2 * (size_t)look->height, 2 * LOOK_ROWS, draw_rows, &work);
}

/* Perspective-correct weights of screen point (PX, PY) in a triangle; returns the depth there. */
static float weights_at(const float *const s[3], float px, float py, float out[3])
{
    float sum = 0;
    for (int k = 0; k < 3; k++) {
        const float *b = s[(k + 1) % 3], *c = s[(k + 2) % 3];
        out[k] = ((b[0] - px) * (c[1] - py) - (c[0] - px) * (b[1] - py)) / s[k][2];
        sum += out[k];
    }
    float area = (s[1][0] - s[0][0]) * (s[2][1] - s[0][1]) - (s[2][0] - s[0][0]) * (s[1][1] - s[0][1]);
    for (int k = 0; k < 3; k++)
        out[k] /= sum;
    return area / sum;
}

int look_raster_point(const np_look *look, const look_raster *raster, int x, int y, look_point *out_point)
{
    size_t columns = 2 * (size_t)look->width, best = 0;
    int hits = 0;
    for (int s = 0; s < 4; s++) {
        size_t at = (size_t)(2 * y + s / 2) * columns + (size_t)(2 * x + s % 2);
        if (raster->triangle[at] >= 0 && (hits++ == 0 || raster->depth[at] < raster->depth[best]))
            best = at;
    }
    if (!hits)
        return 0;
    const uint32_t *v = raster->mesh->triangles[raster->triangle[best]].v;
    const float *screen[3] = {raster->screen[v[0]], raster->screen[v[1]], raster->screen[v[2]]};
    float w[3];
    *out_point = (look_point){0};
    out_point->depth =
        weights_at(screen, ((float)(best % columns) + 0.5f) * 0.5f, ((float)(best / columns) + 0.5f) * 0.5f, w);
    look_vec p = {0, 0, 0}, n = {0, 0, 0}, lifted = {0, 0, 0};
    for (int k = 0; k < 3; k++) {
        p = look_mad(p, look_vec_of(raster->mesh->vertices[v[k]]), w[k]);
        n = look_mad(n, look_vec_of(raster->normals[v[k]]), w[k]);
        for (int g = 0; g < LOOK_GROUPS; g++)
            out_point->seen[g] += w[k] * raster->seen[v[k]][g];
    }
    /* Phong tessellation (Boubekeur and Alexa 2008): the texture shall not show the facets */
    for (int k = 0; k < 3; k++) {
        look_vec normal = look_vec_of(raster->normals[v[k]]);
        float above = look_dot(look_sub(p, look_vec_of(raster->mesh->vertices[v[k]])), normal);
        lifted = look_mad(lifted, look_mad(p, normal, -above), w[k]);
    }
    out_point->position = look_mad(look_scale(p, 0.4f), lifted, 0.6f);
    out_point->normal = look_unit(n);
    return hits;
}
