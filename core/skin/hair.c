/* Hair in skin, from a table of three colours at three angles.  A hair is no dot: it leaves the skin slantwise, so its shadow lies on one side. */
#include "skin/hair.h"

#include <math.h>
#include <string.h>

enum { ANGLES = 3, COLUMNS = 3 + 3 * NP_SKIN_GAUSSIANS };
static const double first_deg = 25, step_deg = 20;

static const double table[NP_SKIN_HAIRS * ANGLES * NP_SKIN_HAIR_PARTS][COLUMNS] = {
#define black NP_SKIN_HAIR_BLACK
#define brown NP_SKIN_HAIR_BROWN
#define blond NP_SKIN_HAIR_BLOND
#include "skin/hair_optics.inc"
#undef black
#undef brown
#undef blond
};

static const struct {
    const char *name;
    double rgb[3], lost_mm2[3];
} hairs[NP_SKIN_HAIRS] = {
#define HAIR_ROW(id, name, r, g, b, lost_r, lost_g, lost_b) {name, {r, g, b}, {lost_r, lost_g, lost_b}},
    NP_SKIN_HAIR_TABLE(HAIR_ROW)
#undef HAIR_ROW
};

const char *np_skin_hair_name(np_skin_hair hair)
{
    return hairs[hair].name;
}

np_skin_hair np_skin_hair_find(const char *name)
{
    int h = 0;
    while (h < NP_SKIN_HAIRS && strcmp(name, hairs[h].name))
        h++;
    return (np_skin_hair)h;
}

void np_skin_hair_rgb(np_skin_hair hair, double out_rgb[3])
{
    memcpy(out_rgb, hairs[hair].rgb, sizeof hairs[hair].rgb);
}

/* How much more than from light skin a usual deposit takes from SKIN. */
static void skin_ratio(np_lab skin, double out_ratio[3])
{
    const np_skin_column usual = {NP_SKIN_HEALED, 0.20, 0.5, 16};
    np_skin_mark here, light;
    np_skin_column_mark(&usual, skin, &here);
    np_skin_column_mark(&usual, np_skin_class_lab(NP_SKIN_LIGHT), &light);
    for (int c = 0; c < 3; c++)
        out_ratio[c] = here.area_mm2[2][c] / light.area_mm2[2][c];
}

void np_skin_hair_area(np_skin_hair hair, np_lab skin, double out_area_mm2[3])
{
    double ratio[3];
    skin_ratio(skin, ratio);
    for (int c = 0; c < 3; c++)
        out_area_mm2[c] = hairs[hair].lost_mm2[c] * ratio[c];
}

void np_skin_hair_marks(np_skin_hair hair, double elevation_deg, double diameter_mm, np_lab skin,
                        double out_offset_mm[NP_SKIN_HAIR_PARTS], np_skin_mark out_marks[NP_SKIN_HAIR_PARTS])
{
    double at = fmin(fmax((elevation_deg - first_deg) / step_deg, 0), ANGLES - 1), ratio[3];
    int low = (int)fmin(at, ANGLES - 2);
    double t = at - low;
    skin_ratio(skin, ratio);
    for (int i = 0; i < NP_SKIN_HAIR_PARTS; i++) {
        const double *a = table[((int)hair * ANGLES + low) * NP_SKIN_HAIR_PARTS + i];
        const double *b = table[((int)hair * ANGLES + low + 1) * NP_SKIN_HAIR_PARTS + i];
        out_offset_mm[i] = a[2];
        out_marks[i] = (np_skin_mark){.sigma_mm = {0.034, 0.15, 0.387, 1.126}};
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
            for (int c = 0; c < 3; c++)
                out_marks[i].area_mm2[k][c] = ((1 - t) * a[3 + 3 * k + c] + t * b[3 + 3 * k + c]) * ratio[c] *
                                              diameter_mm / NP_SKIN_HAIR_DIAMETER_MM;
    }
}
