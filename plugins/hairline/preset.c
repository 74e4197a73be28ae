/* Presets: what hairlines are like by sex, age and recession, in place of the parameters that say so one by one (docs/domain.md 2.5).
 *
 * Men's lines lie 56.5 (Kurdish) to 66.5 mm (Japanese) above the glabella when they are young, at 60 to 80 as they are designed, and higher the more
 * careful one is; the line of a child becomes that of a man between 18 and 29 years, and its frontotemporal points are never lower than its middle
 * (Rassman 2013; Shapiro).  Women's lie at 55 to 62; round are 38.5 %, linear 36.1, M 18.2 and triangular 7.2 % of them (Kashiyama 2021), and 81 %
 * keep a peak (Rassman 2013), 10.1 mm high in Spanish women.  How far each recedes is an engineering choice between these. */
#include <needlepath/plugin_kit.h>

#include "hairline.h"

typedef struct preset {
    int shape;
    double lowest_mm, recession_mm, peak_mm; /* lowest: of the middle, above the glabella; the region may want more */
} preset;

static const preset presets[HL_PRESET_COUNT] = {
    [HL_MAN_YOUNG] = {HL_NATURAL, 66.0, 4.0, 0.0},         [HL_MAN_MATURE] = {HL_NATURAL, 74.0, 12.0, 0.0},
    [HL_MAN_RECEDED] = {HL_M_SHAPED, 80.0, 14.0, 0.0},     [HL_WOMAN_ROUND] = {HL_ROUNDED, 60.0, -8.0, 0.0},
    [HL_WOMAN_LINEAR] = {HL_LINEAR, 60.0, 0.0, 0.0},       [HL_WOMAN_M] = {HL_M_SHAPED, 60.0, 0.0, 0.0},
    [HL_WOMAN_TRIANGULAR] = {HL_LINEAR, 62.0, -14.0, 0.0}, [HL_WOMAN_PEAK] = {HL_WIDOWS_PEAK, 62.0, 2.0, 10.1},
};

void hl_preset_apply(const double *params, double *out)
{
    for (int i = 0; i < HL_PARAM_COUNT; i++)
        out[i] = params[i];
    if ((int)params[HL_PRESET] == HL_PRESET_NONE)
        return;
    const preset *p = &presets[(int)params[HL_PRESET]];
    out[HL_SHAPE] = p->shape;
    out[HL_RECESSION] = p->recession_mm;
    out[HL_PEAK] = p->peak_mm;
    out[HL_MID_FRONTAL] = params[HL_MID_FRONTAL] > 0.0 ? params[HL_MID_FRONTAL] : -p->lowest_mm;
}
