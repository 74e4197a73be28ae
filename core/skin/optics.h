/* What light a pigment deposit takes from skin.
 *
 * A deposit lowers the light that comes back around it by exp(-S), and the S of deposits add: rgb = rgb_skin exp(-sum S), in linear sRGB.  S
 * of one deposit is four round Gaussians a channel.  Areas come from a table of spectral Monte Carlo (data/dot_optics.csv), linear in diameter,
 * foot and ln(absorption). */
#ifndef NP_SKIN_OPTICS_H
#define NP_SKIN_OPTICS_H

#include "skin/colour.h"

#define NP_SKIN_GAUSSIANS 4

/* S(r) = sum over k of area[k] / (2 pi sigma[k]^2) exp(-r^2 / (2 sigma[k]^2)), r in mm along the skin. */
typedef struct np_skin_mark {
    double sigma_mm[NP_SKIN_GAUSSIANS];
    double area_mm2[NP_SKIN_GAUSSIANS][3];
} np_skin_mark;

typedef enum np_skin_column_kind { NP_SKIN_HEALED, NP_SKIN_FRESH, NP_SKIN_COLUMN_KINDS } np_skin_column_kind;

#define NP_SKIN_COLUMN_TOP_MM 0.10 /* of a healed column: just under the epidermis; a fresh one begins at the surface */

/* A vertical column of carbon: FOOT_MM below the surface; MU_PER_MM its absorption at 550 nm. */
typedef struct np_skin_column {
    np_skin_column_kind kind;
    double diameter_mm, foot_mm, mu_per_mm;
} np_skin_column;

/* The mark of COLUMN in SKIN (any colour: tables of five classes, between them by ITA).  Beyond the table: a weaker absorption is in
 * proportion, a wider column holds the same ink in the table's widest, other diameters and feet are clamped; what is not positive takes nothing. */
void np_skin_column_mark(const np_skin_column *column, np_lab skin, np_skin_mark *out_mark);

/* Light that a mark takes by itself, as an area in mm2 by channel: the integral of 1 - exp(-S). */
void np_skin_mark_area(const np_skin_mark *mark, double out_area_mm2[3]);

/* Mean of SKIN_RGB (linear) under a field of marks, PER_MM2 of them, that take AREA_MM2 each (np_skin_mark_area): skin exp(-area per_mm2). */
void np_skin_field(const double skin_rgb[3], const double area_mm2[3], double per_mm2, double out_rgb[3]);

/* How skin's colour answers to its pigments: d ln(rgb) by relative change of melanin and of blood.  Melanin from the classes' own colours, blood
 * from the model of light skin. */
void np_skin_tints(np_lab skin, double out_melanin[3], double out_blood[3]);

#endif
