/* What light a shaved hair takes from the skin that it stands in: a chain of marks, and a shaft above it. */
#ifndef NP_SKIN_HAIR_H
#define NP_SKIN_HAIR_H

#include "skin/optics.h"

/* X(id, name, linear sRGB of the shaft, light that one takes from light skin at 45 degrees in mm2 by channel: traced, data/hair_optics.csv) */
#define NP_SKIN_HAIR_TABLE(X)                                                                                          \
    X(BLACK, "black", 0.012, 0.010, 0.009, 0.330, 0.141, 0.083)                                                        \
    X(BROWN, "brown", 0.045, 0.028, 0.018, 0.247, 0.127, 0.082)                                                        \
    X(BLOND, "blond", 0.220, 0.150, 0.080, 0.102, 0.072, 0.062)

#define NP_SKIN_HAIR_ENUM(id, name, r, g, b, lost_r, lost_g, lost_b) NP_SKIN_HAIR_##id,
typedef enum np_skin_hair { NP_SKIN_HAIR_TABLE(NP_SKIN_HAIR_ENUM) NP_SKIN_HAIRS } np_skin_hair;
#undef NP_SKIN_HAIR_ENUM

#define NP_SKIN_HAIR_CHOICES "black|brown|blond"
#define NP_SKIN_HAIR_PARTS 7
#define NP_SKIN_HAIR_DIAMETER_MM 0.075 /* docs/domain.md 2.2 */

const char *np_skin_hair_name(np_skin_hair hair);
/* NP_SKIN_HAIRS if NAME is none. */
np_skin_hair np_skin_hair_find(const char *name);
void np_skin_hair_rgb(np_skin_hair hair, double out_rgb[3]);
/* Light that a usual hair takes from SKIN by its part below it at 45 degrees, mm2 by channel. */
void np_skin_hair_area(np_skin_hair hair, np_lab skin, double out_area_mm2[3]);

/* Part I of a hair's chain lies OUT_OFFSET_MM[I] (0 or less) along the hair's direction from where it leaves the skin.  ELEVATION_DEG between hair
 * and skin (25 to 65, clamped). */
void np_skin_hair_marks(np_skin_hair hair, double elevation_deg, double diameter_mm, np_lab skin,
                        double out_offset_mm[NP_SKIN_HAIR_PARTS], np_skin_mark out_marks[NP_SKIN_HAIR_PARTS]);

#endif
