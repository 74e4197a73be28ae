/* Colour: linear sRGB, CIE XYZ and L*a*b* (D65, 2 degrees), the difference of two colours, and classes of skin.
 *
 * Linear sRGB is an array of three, 1 for a perfect white; L*a*b* is of that white too.  Pure functions; any thread. */
#ifndef NP_SKIN_COLOUR_H
#define NP_SKIN_COLOUR_H

typedef struct np_lab {
    double l, a, b;
} np_lab;

/* The transfer function of sRGB (IEC 61966-2-1) of one channel, 0..1; what is outside is clamped. */
double np_srgb_encode(double linear);
double np_srgb_decode(double encoded);

/* IEC 61966-2-1 and CIE 15:2004.  A colour outside sRGB has negative channels or ones above 1. */
void np_colour_rgb_to_xyz(const double rgb[3], double out_xyz[3]);
void np_colour_xyz_to_rgb(const double xyz[3], double out_rgb[3]);
np_lab np_colour_xyz_to_lab(const double xyz[3]);
/* L* of a luminance relative to white's. */
double np_colour_lightness(double luminance);
void np_colour_lab_to_xyz(np_lab lab, double out_xyz[3]);
np_lab np_colour_rgb_to_lab(const double rgb[3]);
void np_colour_lab_to_rgb(np_lab lab, double out_rgb[3]);

/* The light of a lamp or the sky at a correlated colour temperature, linear sRGB of luminance 1: a black body below 5000 K (Kim et al., US patent
 * 7024034), daylight from there on (CIE 15:2004), as CIE 13.3 takes them.  2000 to 12000 K. */
void np_colour_of_light(double kelvin, double out_rgb[3]);

/* CIEDE2000 with weights of 1 (Sharma, Wu, Dalal, Color Res Appl 2005;30:21).  About 1 is just seen side by side. */
double np_colour_difference(np_lab p, np_lab q);

/* X(id, name, ITA from which on in degrees, melanosome share, then L*, a*, b* of the model's skin).  Classes by docs/domain.md 5.3; the colours are
 * those of the skins of data/dot_optics.csv, without the reflection at the surface. */
#define NP_SKIN_CLASS_TABLE(X)                                                                                         \
    X(LIGHT, "light", 41, 0.012, 65.3, 8.1, 13.6)                                                                      \
    X(INTERMEDIATE, "intermediate", 28, 0.025, 61.4, 8.0, 16.5)                                                        \
    X(TAN, "tan", 10, 0.045, 56.3, 8.1, 19.5)                                                                          \
    X(BROWN, "brown", -30, 0.090, 47.2, 9.0, 23.1)                                                                     \
    X(DARK, "dark", -180, 0.200, 32.0, 11.4, 24.4)

#define NP_SKIN_CLASS_ENUM(id, name, ita, melanosome, l, a, b) NP_SKIN_##id,
typedef enum np_skin_class { NP_SKIN_CLASS_TABLE(NP_SKIN_CLASS_ENUM) NP_SKIN_CLASSES } np_skin_class;
#undef NP_SKIN_CLASS_ENUM

/* The individual typology angle (Chardon), degrees. */
double np_skin_ita_deg(np_lab skin);
np_skin_class np_skin_class_of(np_lab skin);
const char *np_skin_class_name(np_skin_class skin); /* "light", ... */
/* The class's row. */
np_lab np_skin_class_lab(np_skin_class skin);
double np_skin_class_melanosome(np_skin_class skin);
/* Where SKIN lies between classes by its ITA: it is (1 - *out_t) of the class returned and *out_t of the next; clamped at both ends. */
np_skin_class np_skin_class_between(np_lab skin, double *out_t);

#endif
