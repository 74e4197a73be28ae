/* Irregularity of the line.  Natural hairlines have a few soft mounds and, on top of them, clusters and gaps
 * (Shapiro 2004); both are waves whose half lengths and heights are drawn one by one, on the left and on the
 * right apart, so that the sides are never mirror images, and anew for every head: two people with the same seed get two lines.
 * Where they begin is drawn too: were the middle of the line always the top or the bottom of a mound, all lines would go up and down
 * together for some 30 mm on either side of it.
 *
 * A wave may be flat for a stretch by chance, and then looks ruled: of several the first is taken in which an eye sees none.
 *
 * Two people's lines are the less alike the more there is in them that one does not share with the other: a line has some ten mounds and hollows, but some
 * forty clusters and gaps.  So the mounds are by default the lowest, and the clusters the highest, that domain.md 2.5 has. */
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
#define MACRO_LEAST 0.1
#define MICRO_LEAST 0.6

double hl_irregularity_mm(const hl_waves *w, double arc_mm)
{
    return 0.5 * w->macro_mm * np_kit_wave_at(&w->macro, arc_mm) +
           0.5 * w->micro_mm * np_kit_wave_at(&w->micro, arc_mm);
}

/* ---- whether an eye sees it ---- */

/* As the report's figures of hairlines have it: what an eye blurs over 1.6 mm, in windows of 38 mm in the middle of the line and 20 mm beside it, against a
 * parabola; and how long it stays within 0.4 mm of a chord, with room below the 16.5 mm of those figures for what dots do to a line. */
#define BLUR_MM 1.6
#define BLUR_REACH 5
#define WINDOW 39
#define ASIDE 20
#define HALF (WINDOW / 2 + ASIDE)
#define SEEN (2 * HALF + 1) /* places, a millimetre apart */
#define ROUGH_GOAL_MM 0.45
#define STRAIGHT_GOAL_MM 14.0
#define WAVES 32

static void blur(const hl_waves *w, double out[SEEN])
{
    double sharp[SEEN + 2 * BLUR_REACH];
    for (int i = 0; i < SEEN + 2 * BLUR_REACH; i++)
        sharp[i] = hl_irregularity_mm(w, i - BLUR_REACH - HALF);
    for (int i = 0; i < SEEN; i++) {
        double sum = 0.0, weights = 0.0;
        for (int k = -BLUR_REACH; k <= BLUR_REACH; k++) {
            double weight = exp(-0.5 * k * k / (BLUR_MM * BLUR_MM));
            sum += weight * sharp[i + BLUR_REACH + k];
            weights += weight;
        }
        out[i] = sum / weights;
    }
}

/* RMS distance of a window from its parabola of least squares, by polynomials that are orthogonal on its places. */
static double rough_mm(const double seen[WINDOW])
{
    double sum[3] = {0}, square[3] = {0}, rest = 0.0;
    const double middle = (WINDOW - 1) / 2.0, spread = (WINDOW * WINDOW - 1) / 12.0; /* mean of the squared places */
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < WINDOW; i++) {
            double u = i - middle, p[3] = {1.0, u, u * u - spread}, left = seen[i];
            for (int k = 0; k < 3; k++) {
                sum[k] += pass ? 0.0 : p[k] * seen[i];
                square[k] += pass ? 0.0 : p[k] * p[k];
                left -= pass ? p[k] * sum[k] / square[k] : 0.0;
            }
            rest += pass ? left * left / WINDOW : 0.0;
        }
    return sqrt(rest);
}

static double straight_mm(const double seen[SEEN])
{
    int longest = 0;
    for (int a = 0; a < SEEN; a++)
        for (int b = a + 1; b < SEEN; b++) {
            double off = 0.0;
            for (int i = a; i < b; i++)
                off = fmax(off, fabs(seen[i] - seen[a] - (seen[b] - seen[a]) * (i - a) / (b - a)));
            if (off > HL_STRAIGHT_WITHIN_MM)
                break;
            longest = b - a > longest ? b - a : longest;
        }
    return longest;
}

void hl_waves_choose(const np_strategy_job *job, hl_waves *out)
{
    const double *p = job->params;
    uint64_t seed = hl_head_seed(job->head);
    double best = -1.0;
    for (uint64_t k = 0; k < WAVES && best < 1.0; k++) {
        hl_waves tried = {
            {job->host, seed + (k << 32), HL_STREAM_MACRO, MACRO_LEAST, MACRO_MIN, MACRO_MAX},
            {job->host, seed + (k << 32), HL_STREAM_MICRO, MICRO_LEAST, MICRO_MIN, MICRO_MAX},
            p[HL_MACRO],
            p[HL_MICRO],
        };
        double seen[SEEN], is = INFINITY;
        blur(&tried, seen);
        for (int from = 0; from + WINDOW <= SEEN; from += ASIDE)
            is = fmin(is, rough_mm(seen + from) / ROUGH_GOAL_MM);
        is = fmin(is, STRAIGHT_GOAL_MM / straight_mm(seen));
        if (is > best) {
            best = is;
            *out = tried;
        }
    }
}
