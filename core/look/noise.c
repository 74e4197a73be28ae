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

static float lattice(int x, int y, int z, uint32_t seed)
{
    return (float)(hash(x, y, z, seed) >> 8) * (1.0f / 16777216.0f);
}

static float smooth(float t)
{
    return t * t * (3 - 2 * t);
}

float look_noise(look_vec p, uint32_t seed)
{
    float fx = floorf(p.x), fy = floorf(p.y), fz = floorf(p.z);
    int x = (int)fx, y = (int)fy, z = (int)fz;
    float u = smooth(p.x - fx), v = smooth(p.y - fy), w = smooth(p.z - fz), sum = 0;
    for (int k = 0; k < 2; k++)
        for (int j = 0; j < 2; j++) {
            float a = lattice(x, y + j, z + k, seed), b = lattice(x + 1, y + j, z + k, seed);
            sum += (j ? v : 1 - v) * (k ? w : 1 - w) * (a + u * (b - a));
        }
    return 2 * sum - 1;
}

float look_octaves(look_vec p, float wavelength, int octaves, uint32_t seed)
{
    float amplitude = 1, sum = 0, weight = 0;
    for (int i = 0; i < octaves; i++) {
        sum += amplitude * look_noise(look_scale(p, 1 / wavelength), seed + (uint32_t)i);
        weight += amplitude * amplitude;
        amplitude *= 0.6f;
        wavelength *= 0.5f;
    }
    return sum / sqrtf(weight);
}

look_cell look_worley(look_vec p, float size, uint32_t seed)
{
    look_vec q = look_scale(p, 1 / size), nearest = {0, 0, 0}, second = {0, 0, 0};
    int x = (int)floorf(q.x), y = (int)floorf(q.y), z = (int)floorf(q.z);
    float a = 9, b = 9;
    for (int n = 0; n < 27; n++) {
        int i = x + n % 3 - 1, j = y + n / 3 % 3 - 1, k = z + n / 9 - 1;
        uint32_t h = hash(i, j, k, seed);
        look_vec centre = {(float)i + (float)(h & 1023) / 1023.0f, (float)j + (float)(h >> 10 & 1023) / 1023.0f,
                           (float)k + (float)(h >> 20 & 1023) / 1023.0f};
        look_vec d = look_sub(q, centre);
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
