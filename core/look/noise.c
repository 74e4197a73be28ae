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

float look_noise(look_vec p, uint32_t seed)
{
    int x = floor_of(p.x), y = floor_of(p.y), z = floor_of(p.z);
    float u = smooth(p.x - (float)x), v = smooth(p.y - (float)y), w = smooth(p.z - (float)z), sum = 0;
    uint32_t c[8];
    for (int n = 0; n < 8; n++)
        c[n] = hash(x + (n & 1), y + (n >> 1 & 1), z + (n >> 2), seed) >> 8;
    for (int n = 0; n < 4; n++) {
        float a = (float)c[2 * n], b = (float)c[2 * n + 1];
        sum += (n & 1 ? v : 1 - v) * (n & 2 ? w : 1 - w) * (a + u * (b - a));
    }
    sum *= 1.0f / 16777216.0f;
    return 2 * sum - 1;
}

float look_octaves(look_vec p, float wavelength, int octaves, float finest, uint32_t seed)
{
    float amplitude = 1, sum = 0, weight = 0;
    for (int i = 0; i < octaves; i++) {
        if (wavelength >= finest)
            sum += amplitude * look_noise(look_scale(p, 1 / wavelength), seed + (uint32_t)i);
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

look_cell look_worley(look_vec p, float size, uint32_t seed)
{
    look_vec q = look_scale(p, 1 / size), nearest = {0, 0, 0}, second = {0, 0, 0};
    int x = floor_of(q.x), y = floor_of(q.y), z = floor_of(q.z);
    float u = q.x - (float)x, v = q.y - (float)y, w = q.z - (float)z, a = 9, b = 9;
    /* squared distance to the cells at each side, by offset + 1 */
    const float gx[3] = {u * u, 0, (1 - u) * (1 - u)}, gy[3] = {v * v, 0, (1 - v) * (1 - v)},
                gz[3] = {w * w, 0, (1 - w) * (1 - w)};
    for (int n = 0; n < 27; n++) {
        int i = around[n][0], j = around[n][1], k = around[n][2];
        if (gx[i + 1] + gy[j + 1] + gz[k + 1] >= b) /* all of it is farther off than the second */
            continue;
        uint32_t h = hash(x + i, y + j, z + k, seed);
        look_vec d = {u - (float)i - (float)(h & 1023) / 1023.0f, v - (float)j - (float)(h >> 10 & 1023) / 1023.0f,
                      w - (float)k - (float)(h >> 20 & 1023) / 1023.0f};
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
