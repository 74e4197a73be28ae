/* The table of deposits, and reading between its rows.  The table is compiled in: a picture must not depend on a file that is not there. */
#include "skin/optics.h"

#include <math.h>
#include <stddef.h>

#include "base/angle.h"
#include "skin/private/table.h"

static const double diameters[SKIN_DIAMETERS] = {0.08, 0.12, 0.16, 0.20, 0.25, 0.30};
static const double feet[SKIN_FEET] = {0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5};
static const double mus[SKIN_MUS] = {2, 4, 8, 16, 32, 64};

const double skin_table[SKIN_ROWS][SKIN_COLUMNS] = {
#define healed NP_SKIN_HEALED
#define fresh NP_SKIN_FRESH
#include "skin/dot_optics.inc"
#undef healed
#undef fresh
};

/* Where V lies on an AXIS of N values: between *out_i and the next, *out_t of the way; clamped. */
static void locate(const double *axis, size_t n, double v, size_t *out_i, double *out_t)
{
    size_t i = 0;
    while (i + 2 < n && v >= axis[i + 1])
        i++;
    *out_i = i;
    *out_t = fmin(fmax((v - axis[i]) / (axis[i + 1] - axis[i]), 0), 1);
}

/* Adds WEIGHT of ROW as it is in skin that is 1 - T of class C and T of the next. */
static void add_row(const double row[SKIN_COLUMNS], double weight, np_skin_class c, double t, np_skin_mark *mark)
{
    for (int ch = 0; ch < 3; ch++) {
        const double *area = row + SKIN_CLASS_AREA + ch;
        double light = area[3 * NP_SKIN_LIGHT], skin = (1 - t) * area[3 * c] + t * area[3 * (c + 1)];
        double ratio = light > 1e-4 ? skin / light : 1; /* below that the table is noise */
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
            mark->area_mm2[k][ch] += weight * ratio * row[SKIN_AREA + 3 * k + ch];
    }
}

void np_skin_column_mark(const np_skin_column *column, np_lab skin, np_skin_mark *out_mark)
{
    double d = column->diameter_mm;
    *out_mark = (np_skin_mark){.sigma_mm = {sqrt(0.335 * d * 0.335 * d + 0.023 * 0.023),
                                            sqrt(0.148 * 0.148 + 0.25 * d * 0.25 * d), 0.387, 1.126}};
    double tabulated = fmin(fmax(d, diameters[0]), diameters[SKIN_DIAMETERS - 1]);
    double mu = column->mu_per_mm * (d / tabulated) * (d / tabulated);
    if (!(mu > 0))
        return;
    size_t i[3];
    double t[3], part = fmin(1, mu / mus[0]), u;
    locate(diameters, SKIN_DIAMETERS, tabulated, &i[0], &t[0]);
    locate(feet, SKIN_FEET, column->foot_mm, &i[1], &t[1]);
    size_t m = 0;
    while (m + 2 < SKIN_MUS && mu >= mus[m + 1])
        m++;
    i[2] = m;
    t[2] = fmin(fmax(log(mu / mus[m]) / log(mus[m + 1] / mus[m]), 0), 1);
    np_skin_class c = np_skin_class_between(skin, &u);
    for (unsigned corner = 0; corner < 8; corner++) {
        size_t at = (size_t)column->kind;
        double weight = part;
        const size_t sizes[3] = {SKIN_DIAMETERS, SKIN_FEET, SKIN_MUS};
        for (int a = 0; a < 3; a++) {
            unsigned high = corner >> a & 1;
            at = at * sizes[a] + i[a] + high;
            weight *= high ? t[a] : 1 - t[a];
        }
        if (weight > 0)
            add_row(skin_table[at], weight, c, u, out_mark);
    }
}

void np_skin_mark_area(const np_skin_mark *mark, double out_area_mm2[3])
{
    enum { STEPS = 96 }; /* of u, r = 6 u^3: dense in the core of 0.03 mm, out to five of the widest sigma */
    for (int ch = 0; ch < 3; ch++)
        out_area_mm2[ch] = 0;
    for (int i = 0; i < STEPS; i++) {
        double u = (i + 0.5) / STEPS, r = 6 * u * u * u, ring = NP_TWO_PI * r * 18 * u * u / STEPS;
        double s[3] = {0};
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++) {
            double s2 = mark->sigma_mm[k] * mark->sigma_mm[k], g = exp(-r * r / (2 * s2)) / (NP_TWO_PI * s2);
            for (int ch = 0; ch < 3; ch++)
                s[ch] += g * mark->area_mm2[k][ch];
        }
        for (int ch = 0; ch < 3; ch++)
            out_area_mm2[ch] += ring * (1 - exp(-s[ch]));
    }
}

void np_skin_field(const double skin_rgb[3], const double area_mm2[3], double per_mm2, double out_rgb[3])
{
    for (int ch = 0; ch < 3; ch++)
        out_rgb[ch] = skin_rgb[ch] * exp(-area_mm2[ch] * per_mm2);
}

void np_skin_tints(np_lab skin, double out_melanin[3], double out_blood[3])
{
    static const double blood[3] = {-0.05, -0.30, -0.25};
    double t, from[3], to[3];
    np_skin_class c = np_skin_class_between(skin, &t);
    double m0 = np_skin_class_melanosome(c), m1 = np_skin_class_melanosome(c + 1), here = m0 + t * (m1 - m0);
    np_colour_lab_to_rgb(np_skin_class_lab(c), from);
    np_colour_lab_to_rgb(np_skin_class_lab(c + 1), to);
    for (int ch = 0; ch < 3; ch++) {
        out_melanin[ch] = here * log(to[ch] / from[ch]) / (m1 - m0);
        out_blood[ch] = blood[ch];
    }
}
