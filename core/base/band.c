/* One wording of bands for tables on a terminal and in a report, whatever measured the figure. */
#include "base/band.h"

#include <math.h>
#include <stdio.h>

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
