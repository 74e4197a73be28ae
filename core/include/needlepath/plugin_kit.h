/* needlepath/plugin_kit.h: small things that most strategies need, as inline functions.
 *
 * No part of the ABI: what is here is compiled into the plugin, and a plugin may do without it.  All
 * functions are pure; random numbers come from the job's host, so they depend on the layer's seed, the stream
 * and the place alone. */
#ifndef NEEDLEPATH_PLUGIN_KIT_H
#define NEEDLEPATH_PLUGIN_KIT_H

#include <math.h>
#include <needlepath/plugin.h>

static inline double np_kit_clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static inline double np_kit_lerp(double a, double b, double t)
{
    return a + (b - a) * t;
}

/* 0 below FROM, 1 above TO, smooth between (3 t^2 - 2 t^3); a step where the two are equal. */
static inline double np_kit_smoothstep(double from, double to, double x)
{
    if (!(to > from))
        return x >= to ? 1.0 : 0.0;
    double t = np_kit_clamp((x - from) / (to - from), 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
}

/* Gradient of the noise at lattice point (I, J, K): one of the twelve edges of a cube. */
static inline double np_kit_gradient(const np_host *host, uint32_t stream, int64_t i, int64_t j, int64_t k, double x,
                                     double y, double z)
{
    uint64_t index = ((uint64_t)i & 0x1fffff) << 42 | ((uint64_t)j & 0x1fffff) << 21 | ((uint64_t)k & 0x1fffff);
    int edge = (int)(12.0 * host->uniform(host->context, stream, index, 0));
    double u = edge < 8 ? x : y;
    double v = edge < 4 ? y : z;
    return ((edge & 1) ? -u : u) + ((edge & 2) ? -v : v);
}

#define NP_KIT_NOISE_SD 0.27 /* of the raw noise, measured over two million places */

/* Smooth noise in space (Perlin 2002, Improving noise) with features about WAVELENGTH_MM long, of mean 0 and
 * standard deviation about 1, hardly ever beyond 3.  Eight random numbers a call. */
static inline double np_kit_noise(const np_host *host, uint32_t stream, double wavelength_mm, double x, double y,
                                  double z)
{
    double p[3] = {x / wavelength_mm, y / wavelength_mm, z / wavelength_mm};
    int64_t cell[3];
    double f[3], s[3];
    for (int a = 0; a < 3; a++) {
        double low = floor(p[a]);
        cell[a] = (int64_t)low;
        f[a] = p[a] - low;
        s[a] = f[a] * f[a] * f[a] * (f[a] * (f[a] * 6.0 - 15.0) + 10.0);
    }
    double sum = 0.0;
    for (int corner = 0; corner < 8; corner++) {
        int dx = corner & 1, dy = corner >> 1 & 1, dz = corner >> 2;
        double weight = (dx ? s[0] : 1.0 - s[0]) * (dy ? s[1] : 1.0 - s[1]) * (dz ? s[2] : 1.0 - s[2]);
        sum += weight *
               np_kit_gradient(host, stream, cell[0] + dx, cell[1] + dy, cell[2] + dz, f[0] - dx, f[1] - dy, f[2] - dz);
    }
    return sum / NP_KIT_NOISE_SD;
}

#endif
