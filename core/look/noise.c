/* Noise for skin.  Hashes of lattice points, so that a place of the head has the same skin in every view; four numbers at a time, since a picture asks for
 * a hundred million of them. */
#include "look/private/noise.h"

typedef uint32_t four_u __attribute__((vector_size(16)));

static four_u hash(look_4i x, look_4i y, look_4i z, four_u seed)
{
    four_u h = (four_u)x * 0x8da6b343u ^ (four_u)y * 0xd8163841u ^ (four_u)z * 0xcb1ab31fu ^ seed * 0x9e3779b9u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    h ^= h >> 12;
    h *= 0x297a2d39u;
    return h ^ h >> 15;
}

static look_4 to_floats(four_u v)
{
    return __builtin_convertvector((look_4i)v, look_4); /* below 2^31 */
}

/* floorf without a call, of what fits an int */
static look_4i floor_of(look_4 v)
{
    look_4i i = __builtin_convertvector(v, look_4i);
    return i + (v < __builtin_convertvector(i, look_4));
}

static look_4 fraction_of(look_4 v, look_4i floor)
{
    return v - __builtin_convertvector(floor, look_4);
}

static look_4 smooth(look_4 t)
{
    return t * t * (3 - 2 * t);
}

/* A where MASK holds, else B. */
static look_4 choose(look_4i mask, look_4 a, look_4 b)
{
    return (look_4)((mask & (look_4i)a) | (~mask & (look_4i)b));
}

static bool any(look_4i mask)
{
    typedef int64_t two __attribute__((vector_size(16)));
    two halves = (two)mask;
    return (halves[0] | halves[1]) != 0;
}

/* The values at the corners of the cells X, Y, Z of four patterns. */
static const look_4 *corners_of(look_patterns *patterns, look_4i x, look_4i y, look_4i z, uint32_t pattern)
{
    struct look_corners *c = &patterns->corners[pattern];
    if (!c->known || any((c->x != x) | (c->y != y) | (c->z != z))) {
        c->known = true;
        c->x = x;
        c->y = y;
        c->z = z;
        four_u seed = (four_u){0, 1, 2, 3} + (patterns->seed + pattern);
        for (int n = 0; n < 8; n++)
            c->value[n] = to_floats(hash(x + (n & 1), y + (n >> 1 & 1), z + (n >> 2), seed) >> 8);
    }
    return c->value;
}

look_4 look_noise(look_patterns *patterns, look_vec p, look_4 frequency, uint32_t pattern)
{
    look_4 px = p.x * frequency, py = p.y * frequency, pz = p.z * frequency, sum = {0, 0, 0, 0};
    look_4i x = floor_of(px), y = floor_of(py), z = floor_of(pz);
    look_4 u = smooth(fraction_of(px, x)), v = smooth(fraction_of(py, y)), w = smooth(fraction_of(pz, z));
    const look_4 *c = corners_of(patterns, x, y, z, pattern);
    for (int n = 0; n < 4; n++)
        sum += (n & 1 ? v : 1 - v) * (n & 2 ? w : 1 - w) * (c[2 * n] + u * (c[2 * n + 1] - c[2 * n]));
    return 2 * (sum * (1.0f / 16777216.0f)) - 1;
}

float look_octaves(look_patterns *patterns, look_vec p, float wavelength, int octaves, float finest, uint32_t pattern)
{
    float amplitude = 1, sum = 0, weight = 0;
    look_4 frequency = {0, 0, 0, 0}, amplitudes = {0, 0, 0, 0};
    for (int i = 0; i < octaves; i++) {
        if (wavelength >= finest) {
            frequency[i] = 1 / wavelength;
            amplitudes[i] = amplitude;
        }
        weight += amplitude * amplitude;
        amplitude *= 0.6f;
        wavelength *= 0.5f;
    }
    look_4 noise = amplitudes * look_noise(patterns, p, frequency, pattern);
    for (int i = 0; i < octaves; i++)
        sum += noise[i];
    return sum / sqrtf(weight);
}

/* Draws one feature into each of the 27 cells at and around X, Y, Z. */
static void draw_features(struct look_features *f, uint32_t seed)
{
    for (int n = 0; n < LOOK_AROUND; n++) {
        look_4i cell = (look_4i){0, 1, 2, 3} + 4 * n, i = cell % 3 - 1, j = cell / 3 % 3 - 1, k = cell / 9 - 1;
        four_u h = hash(f->x + i, f->y + j, f->z + k, (four_u){0} + seed);
        f->at[n][0] = __builtin_convertvector(i, look_4) + to_floats(h & 1023) / 1023.0f;
        f->at[n][1] = __builtin_convertvector(j, look_4) + to_floats(h >> 10 & 1023) / 1023.0f;
        f->at[n][2] = __builtin_convertvector(k, look_4) + to_floats(h >> 20 & 1023) / 1023.0f;
    }
    f->at[LOOK_AROUND - 1][2][3] = 99;
}

static const struct look_features *features_of(look_patterns *patterns, int x, int y, int z, uint32_t pattern)
{
    /* surroundings near each other are kept in different places */
    struct look_features *f =
        &patterns->features[(x & 3) | (y & 3) << 2 | (z & 3) << 4 | (int)((pattern ^ pattern >> 3) & 3) << 6];
    if (!f->known || f->x != x || f->y != y || f->z != z || f->pattern != pattern) {
        *f = (struct look_features){.known = true, .x = x, .y = y, .z = z, .pattern = pattern};
        draw_features(f, patterns->seed + pattern);
    }
    return f;
}

look_cell look_worley(look_patterns *patterns, look_vec p, float size, uint32_t pattern)
{
    look_4 q = (look_4){p.x, p.y, p.z, 0} * (1 / size), far = {9, 9, 9, 9}, a = far, b = far;
    look_4i corner = floor_of(q);
    look_4 at = fraction_of(q, corner);
    const struct look_features *f = features_of(patterns, corner[0], corner[1], corner[2], pattern);
    /* the two least squared distances, whose last five bits say of which feature: enough to tell which is nearer */
    for (int n = 0; n < LOOK_AROUND; n++) {
        look_4 x = at[0] - f->at[n][0], y = at[1] - f->at[n][1], z = at[2] - f->at[n][2], r = x * x + y * y + z * z;
        r = (look_4)(((look_4i)r & ~31) | ((look_4i){0, 1, 2, 3} + 4 * n));
        look_4i nearest = r < a;
        look_4 other = choose(nearest, a, r);
        a = choose(nearest, r, a);
        b = choose(other < b, other, b);
    }
    for (int n = 1; n < 4; n++) {
        float other = a[n] < a[0] ? a[0] : a[n];
        a[0] = a[n] < a[0] ? a[n] : a[0];
        b[0] = b[n] < b[0] ? b[n] : b[0];
        b[0] = other < b[0] ? other : b[0];
    }
    look_vec d[2];
    float r[2];
    for (int i = 0; i < 2; i++) {
        int n = ((look_4i)(i ? b : a))[0] & 31;
        d[i] =
            (look_vec){at[0] - f->at[n / 4][0][n % 4], at[1] - f->at[n / 4][1][n % 4], at[2] - f->at[n / 4][2][n % 4]};
        r[i] = sqrtf(look_dot(d[i], d[i]));
    }
    return (look_cell){r[0], r[1], look_scale(d[0], 1 / (r[0] + 1e-6f)), look_scale(d[1], 1 / (r[1] + 1e-6f))};
}
