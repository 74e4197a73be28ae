/* The band that a figure is to keep, and what is wrong beyond it. */
#ifndef NP_BASE_BAND_H
#define NP_BASE_BAND_H

/* A row of a data file (cmake/Room.cmake, np_bands).  Static texts; HUGE_VAL with its sign: no limit on that side. */
typedef struct np_band {
    const char *key, *name;
    double low, high;
    const char *below, *above, *source;
} np_band;

/* How far VALUE is beyond BAND, in units of the limit that is nearest; negative inside, -HUGE_VAL for NAN. */
double np_band_excess(const np_band *band, double value);
/* What is wrong with VALUE; NULL if nothing is. */
const char *np_band_sentence(const np_band *band, double value);

#define NP_BAND_TEXT_BYTES 48

/* "0.085 to 0.35"; "at most 0.17" where LOW is -HUGE_VAL, "at least 0.05" where HIGH is HUGE_VAL.  Returns OUT. */
const char *np_band_text(double low, double high, char out[NP_BAND_TEXT_BYTES]);

#endif
