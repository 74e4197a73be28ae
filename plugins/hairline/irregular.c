/* Irregularity of the line.  Natural hairlines have a few soft mounds and, on top of them, clusters and gaps
 * (Shapiro 2004); both are waves whose half lengths and heights are drawn one by one, on the left and on the
 * right apart, so that the sides are never mirror images, and anew for every head: two people with the same seed get two lines.
 * Where they begin is drawn too: were the middle of the line always the top or the bottom of a mound, all lines would go up and down
 * together for some 30 mm on either side of it. */
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

/* Least height of a turning point: mounds differ, and lines of equal ones would be alike wherever their waves meet; of clusters hardly any may be
 * missing, as without them a stretch of the line is straight. */
#define MACRO_LEAST 0.2
#define MICRO_LEAST 0.6

/* Random numbers of one wave: of the turning points K to the left of the 0-th, and to the right. */
typedef struct lots {
    const np_host *host;
    uint64_t seed;
    uint32_t stream;
    double least_height, half_least_mm, half_most_mm;
} lots;

enum { LOT_HALF, LOT_HEIGHT, LOT_SIGN, LOT_BEGIN };

static double lot(const lots *l, uint32_t side, uint64_t k, uint32_t of)
{
    return l->host->uniform(l->host->context, k == 0 && of == LOT_HEIGHT ? l->stream : l->stream + side, l->seed + k,
                            of);
}

/* Height of the K-th turning point on a side: up and down in turn. */
static double turning_point(const lots *l, uint32_t side, uint64_t k)
{
    bool up = (k % 2 == 0) == (lot(l, 0, 0, LOT_SIGN) < 0.5);
    return (up ? 1.0 : -1.0) * np_kit_lerp(l->least_height, 1.0, lot(l, side, k, LOT_HEIGHT));
}

/* From the K-th turning point to the next: as many short ones as long ones in every octave. */
static double half_mm(const lots *l, uint32_t side, uint64_t k)
{
    return l->half_least_mm * pow(l->half_most_mm / l->half_least_mm, lot(l, side, k, LOT_HALF));
}

/* A wave of peak-to-valley height 2 at most, at distance S from the middle of the line, to the left of it. */
static double wave(const lots *l, double s)
{
    /* the middle lies anywhere between the 0-th turning point and the next one to the left */
    double from = -half_mm(l, 1, 0) * lot(l, 0, 0, LOT_BEGIN);
    uint32_t side = s < from ? 0 : 1;
    double away = fabs(s - from);
    for (uint64_t k = 0;; k++) {
        double half = half_mm(l, side, k);
        if (away < half)
            return np_kit_lerp(turning_point(l, side, k), turning_point(l, side, k + 1),
                               np_kit_smoothstep(0.0, 1.0, away / half));
        away -= half;
    }
}

double hl_irregularity_mm(const np_strategy_job *job, double arc_mm)
{
    const double *p = job->params;
    uint64_t seed = hl_head_seed(job->head);
    lots macro = {job->host, seed, HL_STREAM_MACRO, MACRO_LEAST, MACRO_MIN, MACRO_MAX};
    lots micro = {job->host, seed, HL_STREAM_MICRO, MICRO_LEAST, MICRO_MIN, MICRO_MAX};
    return 0.5 * p[HL_MACRO] * wave(&macro, arc_mm) + 0.5 * p[HL_MICRO] * wave(&micro, arc_mm);
}
