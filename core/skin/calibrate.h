/* What one person's test dots say: how deep the needle really is, how much ink stays, how wide healed dots are. */
#ifndef NP_SKIN_CALIBRATE_H
#define NP_SKIN_CALIBRATE_H

#include "skin/deposit.h"

/* Of a mark by itself, as a loupe or a photograph shows it, against skin 2 mm beside it. */
typedef struct np_skin_look {
    double contrast; /* share of green light (linear) that is missing in its middle */
    double width_mm; /* full width at half of that */
    double
        red_over_blue; /* light missing within 1 mm of its middle, red over blue (linear): grows with depth, hardly with ink */
} np_skin_look;

void np_skin_mark_look(const np_skin_mark *mark, np_skin_look *out);

/* A dot as it was meant, and as it was measured: NAN for what was not. */
typedef struct np_skin_test_dot {
    double depth_mm, dwell_ms, tone; /* depth in the skin */
    np_skin_look look;
} np_skin_test_dot;

/* Each figure with the SD that the dots leave it. */
typedef struct np_skin_calibration {
    double depth_mm, depth_sd_mm;      /* to be added to every depth, so that ink lies where it is meant */
    bool tells_depth;                  /* to 0.1 mm, to which it must hold (docs/domain.md 4) */
    double ink, ink_sd;                /* strength, in parts of the model's; SD of its logarithm */
    double size, size_sd;              /* healed diameter, likewise */
    double dwell_power, dwell_sd;      /* ink goes with contact time to this power, from 30 ms on */
    double contrast_rms, width_rms_mm; /* what remains between dots and model */
    double colour_slope,
        colour_slope_se;       /* of the logarithm of red over blue, a mm of depth; 0 where it was not measured */
    bool colour_without_depth; /* it does not grow with depth, was left out, and depth is not told */
    double chi2;               /* of it, by what dots vary, a measurement; about 1 where the model holds */
} np_skin_calibration;

/* How much red over blue grows, as the model has it (0.45 to 0.65 mm): its logarithm, a mm of depth. */
#define NP_SKIN_COLOUR_SLOPE 0.8

/* The most probable calibration by N dots at AGE_DAYS in SKIN (damped Gauss-Newton, Levenberg 1944; priors of SD 0.15 mm, 0.7, 0.3, 1 around
 * no calibration, and of 0.1 for the model's own error in red over blue).  Contrast and width tell ink and size, two unknowns; depth takes red
 * over blue besides, where that grows with depth by 0.3 a mm or more and by 2.5 of its standard errors.  NP_ERR_INVALID, with what to do: fewer than 5 dots or 0.1 mm of depths; dots that no calibration explains.  Pure; any
 * thread. */
np_status np_skin_calibrate(const np_skin_model *model, double needle_mm, np_lab skin, double age_days,
                            const np_skin_test_dot *dots, size_t n, np_skin_calibration *out, np_error *err);

#endif
