/* Noise for skin.  Hashes of lattice points, so that a place of the head has the same skin in every view. */
#include "look/private/noise.h"

static uint32_t hash(int x, int y, int z, uint32_t seed)
{
    uint32_t h = (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u ^ (uint32_t)z * 0xcb1ab31fu ^ seed * 0x9e3779b9u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    h ^= h >> 12;
    h *= 0x297a2d39u;
    return h ^ h >> 15;
}

/* floorf without a call, of what fits an int */
static int floor_of(float v)
{
    int i = (int)v;
    return i - (v < (float)i);
}

static float smooth(float t)
{
    return t * t * (3 - 2 * t);
}

/* The values at the corners of the cell X, Y, Z. */
static const float *corners_of(look_patterns *patterns, int x, int y, int z, uint32_t pattern)
{
    struct look_corners *c = &patterns->corners[pattern];
    if (!c->known || c->x != x || c->y != y || c->z != z) {
        c->known = true;
        c->x = x;
        c->y = y;
        c->z = z;
        for (int n = 0; n < 8; n++)
            c->value[n] = (float)(hash(x + (n & 1), y + (n >> 1 & 1), z + (n >> 2), patterns->seed + pattern) >> 8);
    }
    return c->value;
}

float look_noise(look_patterns *patterns, look_vec p, uint32_t pattern)
{
    int x = floor_of(p.x), y = floor_of(p.y), z = floor_of(p.z);
    float u = smooth(p.x - (float)x), v = smooth(p.y - (float)y), w = smooth(p.z - (float)z), sum = 0;
    const float *c = corners_of(patterns, x, y, z, pattern);
    for (int n = 0; n < 4; n++)
        sum += (n & 1 ? v : 1 - v) * (n & 2 ? w : 1 - w) * (c[2 * n] + u * (c[2 * n + 1] - c[2 * n]));
    sum *= 1.0f / 16777216.0f;
    return 2 * sum - 1;
}

float look_octaves(look_patterns *patterns, look_vec p, float wavelength, int octaves, float finest, uint32_t pattern)
{
    float amplitude = 1, sum = 0, weight = 0;
    for (int i = 0; i < octaves; i++) {
        if (wavelength >= finest)
            sum += amplitude * look_noise(patterns, look_scale(p, 1 / wavelength), pattern + (uint32_t)i);
        weight += amplitude * amplitude;
        amplitude *= 0.6f;
        wavelength *= 0.5f;
    }
    return sum / sqrtf(weight);
}

/* The 27 cells around a point, nearest first: itself, then those that share a face, an edge, a corner with it. */
static const signed char around[27][3] = {
    {0, 0, 0},  {-1, 0, 0},   {1, 0, 0},   {0, -1, 0},  {0, 1, 0},  {0, 0, -1},  {0, 0, 1},   {-1, -1, 0}, {1, -1, 0},
    {-1, 1, 0}, {1, 1, 0},    {-1, 0, -1}, {1, 0, -1},  {-1, 0, 1}, {1, 0, 1},   {0, -1, -1}, {0, 1, -1},  {0, -1, 1},
    {0, 1, 1},  {-1, -1, -1}, {1, -1, -1}, {-1, 1, -1}, {1, 1, -1}, {-1, -1, 1}, {1, -1, 1},  {-1, 1, 1},  {1, 1, 1}};

/* The features of the cell X, Y, Z and around it, as far as they were drawn. */
static struct look_features *features_of(look_patterns *patterns, int x, int y, int z, uint32_t pattern)
{
    struct look_features *f = &patterns->features[pattern];
    if (!f->known || f->x != x || f->y != y || f->z != z) {
        f->known = true;
        f->x = x;
        f->y = y;
        f->z = z;
        f->drawn = 0;
    }
    return f;
}

look_cell look_worley(look_patterns *patterns, look_vec p, float size, uint32_t pattern)
{
    look_vec q = look_scale(p, 1 / size), nearest = {0, 0, 0}, second = {0, 0, 0};
    int x = floor_of(q.x), y = floor_of(q.y), z = floor_of(q.z);
    float u = q.x - (float)x, v = q.y - (float)y, w = q.z - (float)z, a = 9, b = 9;
    /* squared distance to the cells at each side, by offset + 1 */
    const float gx[3] = {u * u, 0, (1 - u) * (1 - u)}, gy[3] = {v * v, 0, (1 - v) * (1 - v)},
                gz[3] = {w * w, 0, (1 - w) * (1 - w)};
    struct look_features *features = features_of(patterns, x, y, z, pattern);
    for (int n = 0; n < 27; n++) {
        int i = around[n][0], j = around[n][1], k = around[n][2];
        if (gx[i + 1] + gy[j + 1] + gz[k + 1] >= b) /* all of it is farther off than the second */
            continue;
        if (!(features->drawn >> n & 1)) {
            uint32_t h = hash(x + i, y + j, z + k, patterns->seed + pattern);
            features->at[n] =
                (look_vec){(float)i + (float)(h & 1023) / 1023.0f, (float)j + (float)(h >> 10 & 1023) / 1023.0f,
                           (float)k + (float)(h >> 20 & 1023) / 1023.0f};
            features->drawn |= 1u << n;
        }
        look_vec d = {u - features->at[n].x, v - features->at[n].y, w - features->at[n].z};
        float r = look_dot(d, d);
        if (r < a) {
            b = a;
            second = nearest;
            a = r;
            nearest = d;
        } else if (r < b) {
            b = r;
            second = d;
        }
    }
    look_cell cell = {.f1 = sqrtf(a), .f2 = sqrtf(b)};
    cell.g1 = look_scale(nearest, 1 / (cell.f1 + 1e-6f));
    cell.g2 = look_scale(second, 1 / (cell.f2 + 1e-6f));
    return cell;
}
