/* What one dot's pigment is and becomes: fresh, healing, healed, fading and spreading. */
#ifndef NP_SKIN_DEPOSIT_H
#define NP_SKIN_DEPOSIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "skin/optics.h"

/* X(field, default, least, most, unit, what it is, sureness, where from).  Sureness as in docs/domain.md: A peer-reviewed, M measured for
 * needlepath, C claimed in the trade, D derived or assumed. */
#define NP_SKIN_MODEL_TABLE(X)                                                                                         \
    X(fresh_ratio, 1.2, 0.5, 3, "", "fresh diameter over the needle's", "D", "docs/domain.md 1.2")                     \
    X(healed_ratio, 0.75, 0.3, 1.5, "", "healed diameter over the fresh one", "D",                                     \
      "larger than a follicle under the microscope, Nguyen and Tosti 2022 (A)")                                        \
    X(mu_light_per_mm, 7, 0.5, 100, "1/mm", "healed absorption at 550 nm at tone 0", "D",                              \
      "dilution 24:1 of 15 % carbon at 7.89 m2/g (You 2016, A), 30 % fill, half lost to clumping")                     \
    X(mu_dark_per_mm, 25, 0.5, 200, "1/mm", "the same at tone 1", "D", "dilution 6:1")                                 \
    X(kept_share, 0.55, 0.1, 1, "", "ink that is left once healed", "D",                                               \
      "a third gone within weeks, Baumler 2015 (A); 40-50 % claimed (C)")                                              \
    X(heal_days, 8, 1, 60, "d", "time constant of healing", "D", "docs/domain.md 5.4")                                 \
    X(redness, 1, 0, 5, "", "redness around a fresh dot, 1: 0.004, 0.10, 0.07 mm2 (R, G, B)", "D", "assumed")          \
    X(redness_days, 1.5, 0.1, 30, "d", "time constant of the redness", "D", "assumed")                                 \
    X(spread_mm2_per_year, 3e-4, 0, 8e-3, "mm2/y", "D of d^2 = d1^2 + 32 D t", "D",                                    \
      "photographs of bars 2021-2024 bound it below 8e-3 (M)")                                                         \
    X(fade_years, 5, 0.5, 100, "y", "time constant of the ink", "D", "touch-ups after 3-6 years (C)")                  \
    X(scar_fade_years, 3, 0.5, 100, "y", "the same in scars", "D", "docs/domain.md 5.4")                               \
    X(blowout_from_mm, 0.9, 0.5, 3, "mm", "depth from which on ink runs in the fat", "D", "docs/domain.md 5.5")        \
    X(blowout_full_mm, 1.4, 0.5, 4, "mm", "depth at which its share is full", "D", "docs/domain.md 5.5")               \
    X(blowout_share, 0.5, 0, 1, "", "share of the ink that runs, at most", "D", "assumed")                             \
    X(strength_sd, 0.25, 0, 1, "", "spread of ln(ink) from dot to dot", "D", "assumed; measure it on test dots")

typedef struct np_skin_model {
#define NP_SKIN_MODEL_FIELD(field, value, least, most, unit, what, sureness, source) double field;
    NP_SKIN_MODEL_TABLE(NP_SKIN_MODEL_FIELD)
#undef NP_SKIN_MODEL_FIELD
} np_skin_model;

/* The table's defaults. */
np_skin_model np_skin_model_default(void);
/* Sets one constant from "NAME=VALUE".  NP_ERR_USAGE names what is wrong: the form, the name (with the nearest), the range. */
np_status np_skin_model_set(np_skin_model *model, const char *assignment, np_error *err);

typedef struct np_skin_deposit {
    double needle_mm; /* diameter of the needle */
    double depth_mm;  /* foot of the column */
    double tone;      /* 0 lightest .. 1 darkest pigment */
    double strength;  /* of the ink: 1 as usual */
    bool scar;
} np_skin_deposit;

#define NP_SKIN_DAYS_PER_YEAR 365.25
#define NP_SKIN_HEALED_DAYS 30.0 /* from then on ink fades and spreads; before it heals */

/* The mark that DEPOSIT leaves in SKIN, AGE_DAYS (>= 0) after the puncture.  Pure; any thread. */
void np_skin_deposit_mark(const np_skin_model *model, const np_skin_deposit *deposit, np_lab skin, double age_days,
                          np_skin_mark *out_mark);

#endif
