/* The band that a figure is to keep, in words. */
#ifndef NP_BASE_BAND_H
#define NP_BASE_BAND_H

#define NP_BAND_TEXT_BYTES 48

/* "0.085 to 0.35"; "at most 0.17" where LOW is -HUGE_VAL, "at least 0.05" where HIGH is HUGE_VAL.  Returns OUT. */
const char *np_band_text(double low, double high, char out[NP_BAND_TEXT_BYTES]);

#endif
