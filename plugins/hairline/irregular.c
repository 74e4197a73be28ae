/* Irregularity of the line.  Natural hairlines have a few soft mounds and, on top of them, clusters and gaps
 * (Shapiro 2004); both are waves whose half lengths and heights are drawn one by one, on the left and on the
 * right apart, so that the sides are never mirror images, and anew for every head: two people with the same seed get two lines. */
#include <needlepath/plugin_kit.h>

#include "hairline.h"

/* FNV-1a (Fowler, Noll, Vo), over the landmarks in hundredths of a millimetre. */
uint64_t hl_head_seed(const np_strategy_head *head)
{
    const double *const landmarks[] = {head->glabella, head->inion, head->tragion_left, head->tragion_right,
                                       head->vertex};
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int l = 0; l < 5; l++)
        for (int c = 0; c < 3; c++) {
            uint64_t v = (uint64_t)(int64_t)floor(100.0 * landmarks[l][c] + 0.5);
            for (int byte = 0; byte < 8; byte++)
                hash = (hash ^ (v >> 8 * byte & 0xff)) * UINT64_C(0x100000001b3);
        }
    return hash;
}

/* Half wavelengths, mm: macro 15 to 40 mm, micro 3 to 8 mm long (defaults of the domain table for
 * hairlines). */
#define MACRO_MIN 7.5
#define MACRO_MAX 20.0
#define MICRO_MIN 1.5
#define MICRO_MAX 4.0

/* Height of the K-th turning point: up and down in turn, 60 to 100 % of the amplitude; the 0-th, in the
 * middle of the line, belongs to both sides. */
static double turning_point(const np_host *h, uint64_t seed, uint32_t stream, uint32_t side, uint64_t k)
{
    double lot = h->uniform(h->context, k == 0 ? stream : stream + side, seed + k, 1);
    double sign = k % 2 == 0 ? 1.0 : -1.0;
    if (h->uniform(h->context, stream, seed, 2) < 0.5)
        sign = -sign;
    return sign * (0.6 + 0.4 * lot);
}

/* A wave of peak-to-valley height 2 at most, at distance S from the middle. */
static double wave(const np_host *h, uint64_t seed, uint32_t stream, uint32_t side, double s, double half_min,
                   double half_max)
{
    double from = 0.0;
    for (uint64_t k = 0;; k++) {
        double half = np_kit_lerp(half_min, half_max, h->uniform(h->context, stream + side, seed + k, 0));
        if (s < from + half) {
            double t = np_kit_smoothstep(0.0, 1.0, (s - from) / half);
            return np_kit_lerp(turning_point(h, seed, stream, side, k), turning_point(h, seed, stream, side, k + 1), t);
        }
        from += half;
    }
}

double hl_irregularity_mm(const np_strategy_job *job, double arc_mm)
{
    const double *p = job->params;
    uint32_t side = arc_mm < 0.0 ? 0 : 1;
    uint64_t seed = hl_head_seed(job->head);
    double s = fabs(arc_mm);
    double macro = wave(job->host, seed, HL_STREAM_MACRO, side, s, MACRO_MIN, MACRO_MAX);
    double micro = wave(job->host, seed, HL_STREAM_MICRO, side, s, MICRO_MIN, MICRO_MAX);
    return 0.5 * p[HL_MACRO] * macro + 0.5 * p[HL_MICRO] * micro;
}
