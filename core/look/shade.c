/* Bare skin.  Its melanin and blood vary from place to place; furrows and pores tilt its surface; what is finer than a pixel becomes roughness.
 * Light that went through the skin (diffuse) is kept apart from light off its surface (gloss): dots take of the first alone. */
#include "base/parallel.h"
#include "look/private/shade.h"
#include "look/private/noise.h"
#include "look/private/raster.h"

static const float warm[3] = {1.02f, 1, 0.97f};         /* the room's light */
static const float scatter_mm[3] = {0.9f, 0.45f, 0.3f}; /* how far relief is softened, by channel */

/* What texture does at a point. */
typedef struct skin_detail {
    float melanin, blood; /* relative change */
    float roughness;      /* variance of slopes too fine to be drawn */
    float pore;           /* 0..1 */
    look_vec slope;       /* gradient of the surface's height */
} skin_detail;

/* Transmission of skin's smooth surface at cosine C, 1 at normal incidence (n = 1.4). */
static float transmission(float c)
{
    float s2 = (1 - c * c) / 1.96f, t = sqrtf(1 - s2);
    float rs = (c - 1.4f * t) / (c + 1.4f * t), rp = (1.4f * c - t) / (1.4f * c + t);
    return (1 - 0.5f * (rs * rs + rp * rp)) / 0.9722f;
}

/* Share of a pattern of wavelength SIZE that is drawn where a pixel is FOOT wide. */
static float drawn(float foot, float size)
{
    float k = 2.2f * foot / size;
    return 1 / (1 + k * k * k * k);
}

/* Furrows between polygons of three sizes (1.15, 0.5, 0.22 mm; 34, 17, 7 um deep). */
static void add_furrows(look_patterns *patterns, look_vec p, float foot, skin_detail *d)
{
    static const float size[3] = {1.15f, 0.5f, 0.22f}, height[3] = {0.034f, 0.017f, 0.007f};
    look_4 bends = look_noise(patterns, p, (look_4){0.7f, 0.7f, 0.7f, 0}, 41);
    look_4 depth = 0.55f + 0.45f * look_noise(patterns, p, (look_4){0.16f, 0.16f, 0.16f, 0}, 60);
    look_vec bend = {bends[0], bends[1], bends[2]};
    for (int i = 0; i < 3; i++) {
        float k = drawn(foot, size[i]);
        d->roughness += (1 - k) * 5 * height[i] * height[i] / (size[i] * size[i]);
        if (k < 0.1f)
            continue;
        look_cell cell = look_worley(patterns, i ? p : look_mad(p, bend, 0.45f), size[i], 51 + (uint32_t)i);
        float e = (cell.f2 - cell.f1) / 0.22f, wall = expf(-e * e);
        float a = height[i] * depth[i];
        d->slope = look_mad(d->slope, look_sub(cell.g2, cell.g1), k * a / size[i] * 2 * e / 0.22f * wall);
        if (i == 0)
            d->blood += 0.10f * k * (wall - 0.25f);
    }
}

static void add_pores(look_patterns *patterns, look_vec p, float foot, skin_detail *d)
{
    const float spacing = 1.05f, radius = 0.055f;
    if (foot >= 0.14f)
        return;
    look_cell cell = look_worley(patterns, p, spacing, 91);
    float r = cell.f1 * spacing, q = foot / 0.08f;
    d->pore = expf(-r * r / (2 * radius * radius)) / (1 + q * q * q * q);
    d->slope = look_mad(d->slope, cell.g1, 0.8f * d->pore * r / radius);
    d->blood += 0.5f * d->pore;
    d->melanin += 0.25f * d->pore;
}

static skin_detail detail_at(const np_look *look, look_patterns *patterns, look_vec p, look_vec normal, float foot)
{
    skin_detail d = {0};
    if (look->flat || look->plain)
        return d;
    d.melanin = 0.10f * look_octaves(patterns, p, 26, 4, 2 * foot, 11) +
                0.07f * look_octaves(patterns, p, 2.6f, 4, 2 * foot, 17);
    d.blood = 0.20f * look_octaves(patterns, p, 18, 4, 2 * foot, 29) +
              0.13f * look_octaves(patterns, p, 1.9f, 4, 2 * foot, 37);
    add_furrows(patterns, p, foot, &d);
    add_pores(patterns, p, foot, &d);
    d.slope = look_mad(d.slope, normal, -look_dot(d.slope, normal));
    return d;
}

static float ggx(float nh, float a)
{
    float a2 = a * a, d = nh * nh * (a2 - 1) + 1;
    return a2 / (3.14159265f * d * d);
}

static float smith(float c, float a)
{
    float k = a * 0.5f;
    return 1 / (c * (1 - k) + k);
}

static float lobe(look_vec n, look_vec v, look_vec light, float spread, float roughness)
{
    static const float alpha[2] = {0.32f, 0.15f}, weight[2] = {0.62f, 0.38f};
    look_vec h = look_unit(look_add(light, v));
    float nl = look_dot(n, light), nh = look_dot(n, h), nv = fmaxf(look_dot(n, v), 0.05f), vh = look_dot(v, h), sum = 0;
    if (nl <= 0)
        return 0;
    float q = 1 - vh, q2 = q * q, fresnel = 0.028f + 0.972f * q2 * q2 * q;
    for (int k = 0; k < 2; k++) {
        float a = sqrtf(alpha[k] * alpha[k] + spread * spread + roughness);
        sum += weight[k] * ggx(nh, a) * smith(nl, a) * smith(nv, a);
    }
    return sum * 0.25f * nl * fresnel * 3.14159265f;
}

/* Light off the surface: two lobes (GGX, Walter et al. 2007) for key and ceiling, a wide one for the room. */
static float gloss_at(look_patterns *patterns, const look_point *at, look_vec view, const skin_detail *d, look_vec key,
                      float foot)
{
    look_vec n = look_unit(look_sub(at->normal, d->slope)), up = {0, 0, 1};
    float oil = 1.1f + 0.45f * look_octaves(patterns, at->position, 30, 2, 0, 71) +
                0.25f * look_octaves(patterns, at->position, 1.4f, 2, 2 * foot, 77);
    float sum = LOOK_KEY * at->seen[0] * lobe(n, view, key, 0.14f, d->roughness);
    sum += LOOK_FILL * 0.6f * at->seen[1] * lobe(n, view, look_unit(look_mad(up, view, 0.15f)), 0.30f, d->roughness);
    float q = 1 - fmaxf(look_dot(at->normal, view), 0.02f), q2 = q * q;
    sum += (0.028f + 0.5f * q2 * q2 * q) * LOOK_FILL * 0.55f * at->seen[2];
    return oil * sum * (1 - 0.7f * d->pore);
}

/* Light that falls into the skin at a point, by channel: a terminator softened by scattering. */
static float falls_in(const look_point *at, look_vec slope, look_vec key, int channel)
{
    look_vec n = look_unit(look_mad(at->normal, slope, -0.36f / (1 + scatter_mm[channel] * 2)));
    float kd = look_dot(n, key), wrap = 0.015f + 0.02f * scatter_mm[channel];
    kd = kd > wrap ? kd : kd > -wrap ? (kd + wrap) * (kd + wrap) / (4 * wrap) : 0;
    float ceiling = fmaxf(0, 0.18f + 0.82f * n.z), room = 0.62f + 0.38f * n.z;
    return LOOK_KEY * kd * at->seen[0] * transmission(fmaxf(kd, 0.05f)) +
           LOOK_FILL * (0.60f * ceiling * at->seen[1] + 0.40f * room * at->seen[2]) * warm[channel];
}

/* Light from the viewer's upper left, for figures: never quite dark. */
static float plain_light(const np_look *look, look_vec normal)
{
    look_vec light = look_mad(look_mad(look_scale(look->forward, -1), look->down, -0.5f), look->right, -0.35f);
    return 0.35f + 0.65f * fmaxf(0, look_dot(normal, look_unit(light)));
}

static void shade_point(np_look *look, look_patterns *patterns, const look_point *at, look_vec key, size_t o)
{
    look_vec view = look_unit(look_sub(look->eye, at->position));
    float facing = fmaxf(look_dot(at->normal, view), 0.02f), foot = at->depth / look->focal / sqrtf(facing);
    skin_detail d = detail_at(look, patterns, at->position, at->normal, foot);
    float out = transmission(facing);
    for (int c = 0; c < 3; c++) {
        float albedo = look->skin_rgb[c] * expf(d.melanin * look->melanin[c] + d.blood * look->blood[c]);
        float light = look->flat    ? 1
                      : look->plain ? plain_light(look, at->normal)
                                    : out * falls_in(at, d.slope, key, c);
        look->diffuse[o][c] = albedo * light;
    }
    look->gloss[o] = look->flat || look->plain ? 0 : gloss_at(patterns, at, view, &d, key, foot);
    look->depth[o] = at->depth;
}

typedef struct shade_work {
    np_look *look;
    const look_raster *raster;
} shade_work;

static void shade_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    shade_work *w = context;
    np_look *look = w->look;
    look_vec key = look->light[LOOK_KEY_LIGHTS / 2];
    look_patterns patterns = {.seed = look->seed * 97};
    /* by squares, whose pixels share what is kept of the patterns */
    for (int left = 0; left < look->width; left += LOOK_ROWS)
        for (size_t y = begin; y < end; y++)
            for (int x = left; x < left + LOOK_ROWS && x < look->width; x++) {
                size_t o = y * (size_t)look->width + (size_t)x;
                look_point at;
                look->covered[o] = (unsigned char)look_raster_point(look, w->raster, x, (int)y, &at);
                look->depth[o] = INFINITY;
                if (look->covered[o])
                    shade_point(look, &patterns, &at, key, o);
            }
}

void look_shade(np_look *look, const look_raster *raster)
{
    shade_work work = {look, raster};
    np_parallel_for((size_t)look->height, LOOK_ROWS, shade_rows, &work);
}
