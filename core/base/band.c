/* One way to judge by a band, and one wording of bands for tables on a terminal and in a report, whatever measured the figure. */
#include "base/band.h"

#include <math.h>
#include <stdio.h>

double np_band_excess(const np_band *band, double value)
{
    double below = band->low > -HUGE_VAL ? (band->low - value) / fabs(band->low) : -HUGE_VAL;
    double above = band->high < HUGE_VAL ? (value - band->high) / fabs(band->high) : -HUGE_VAL;
    return isnan(value) ? -HUGE_VAL : fmax(below, above);
}

const char *np_band_sentence(const np_band *band, double value)
{
    return value < band->low ? band->below : value > band->high ? band->above : NULL;
}

const char *np_band_text(double low, double high, char out[NP_BAND_TEXT_BYTES])
{
    if (low == -HUGE_VAL)
        snprintf(out, NP_BAND_TEXT_BYTES, "at most %.3g", high);
    else if (high == HUGE_VAL)
        snprintf(out, NP_BAND_TEXT_BYTES, "at least %.3g", low);
    else
        snprintf(out, NP_BAND_TEXT_BYTES, "%.3g to %.3g", low, high);
    return out;
}
