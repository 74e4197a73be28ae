/* Shades of pigment beside hair: which of them, in which shares, come nearest to shaved hair on a person's skin. */
#ifndef NP_SKIN_SHADE_H
#define NP_SKIN_SHADE_H

#include <stddef.h>

#include "skin/deposit.h"
#include "skin/hair.h"

#define NP_SHADE_MIX 2           /* shades of one mix at most: neighbouring dots of two shades */
#define NP_SHADE_UNIT_HAIRS 1.84 /* of a follicular unit in the mean (docs/domain.md 7.2) */

/* What dots and hair are like. */
typedef struct np_shade_setting {
    np_skin_model model;
    np_lab skin;
    double density_per_cm2, needle_mm, depth_mm; /* of dots */
    np_skin_hair hair;
    double stubble_mm, hair_units_per_cm2; /* of the hair beside them */
} np_shade_setting;

/* Dots of SHADES[i] are SHARE[i] of all. */
typedef struct np_shade_mix {
    int n, shade[NP_SHADE_MIX];
    double share[NP_SHADE_MIX];
    np_lab healed;     /* of the field */
    double difference; /* CIEDE2000 from hair */
} np_shade_mix;

/* Absorption of a healed dot of a pigment of STOCK_PERCENT carbon thinned DILUTION:1, by the model's own 6:1 of 15 % (tone 1). */
double np_shade_mu_per_mm(const np_skin_model *model, double stock_percent, double dilution);

/* Colour of skin under dots of MIX, whose shades have absorptions MU, AGE_DAYS after. */
np_lab np_shade_field(const np_shade_setting *setting, const np_shade_mix *mix, const double *mu_per_mm,
                      double age_days);

/* Colour of skin with shaved hair. */
np_lab np_shade_hair_colour(const np_shade_setting *setting);

/* All single shades of MU[N] and pairs in shares of 1/4, 1/2, 3/4, by difference from hair, the nearest first, into out_mixes; a single shade stands
 * as if it were NP_SHADE_FLAT farther off, since one flat shade looks printed.  Returns how many, at most MOST. */
#define NP_SHADE_FLAT 0.5
size_t np_shade_rank(const np_shade_setting *setting, const double *mu_per_mm, int n, np_shade_mix *out_mixes,
                     size_t most);

/* Dots/cm2, and the needle in mm with the setting's density, at which MIX is as light as hair; 0: nowhere within a quarter to four times the
 * density, or 0.1 to 0.5 mm. */
double np_shade_density_that_matches(const np_shade_setting *setting, const np_shade_mix *mix, const double *mu_per_mm);
double np_shade_needle_that_matches(const np_shade_setting *setting, const np_shade_mix *mix, const double *mu_per_mm);

#endif
