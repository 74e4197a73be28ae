/* A dot's life.  Healing goes from a fresh column, which begins at the surface, to a healed one under the new epidermis; then the ink thins
 * exponentially and the column widens by diffusion.  No curve of either was ever measured: every constant is a row of the model's table. */
#include "skin/deposit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

static const struct {
    const char *name;
    size_t offset;
    double value, least, most;
} fields[] = {
#define MODEL_ROW(field, value, least, most, unit, what, sureness, source)                                             \
    {#field, offsetof(np_skin_model, field), value, least, most},
    NP_SKIN_MODEL_TABLE(MODEL_ROW)
#undef MODEL_ROW
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

static double *field_of(np_skin_model *model, int i)
{
    return (double *)(void *)((char *)model + fields[i].offset);
}

np_skin_model np_skin_model_default(void)
{
    np_skin_model model;
    for (int i = 0; i < N_FIELDS; i++)
        *field_of(&model, i) = fields[i].value;
    return model;
}

static np_status unknown(const char *assignment, size_t length, np_error *err)
{
    char name[64];
    const char *names[N_FIELDS];
    snprintf(name, sizeof name, "%.*s", (int)length, assignment);
    for (int i = 0; i < N_FIELDS; i++)
        names[i] = fields[i].name;
    const char *near = np_suggest_name(name, names, N_FIELDS);
    return np_error_set(err, NP_ERR_USAGE, "'%s' is no constant of the skin model%s%s%s", name,
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

np_status np_skin_model_set(np_skin_model *model, const char *assignment, np_error *err)
{
    const char *equals = strchr(assignment, '=');
    if (!equals)
        return np_error_set(err, NP_ERR_USAGE, "'%s': expected NAME=VALUE", assignment);
    size_t length = (size_t)(equals - assignment);
    int i = 0;
    while (i < N_FIELDS && (strlen(fields[i].name) != length || strncmp(fields[i].name, assignment, length)))
        i++;
    if (i == N_FIELDS)
        return unknown(assignment, length, err);
    char *end;
    double value = strtod(equals + 1, &end);
    if (end == equals + 1 || *end || !(value >= fields[i].least && value <= fields[i].most))
        return np_error_set(err, NP_ERR_USAGE, "%s must be from %g to %g, not '%s'", fields[i].name, fields[i].least,
                            fields[i].most, equals + 1);
    *field_of(model, i) = value;
    return NP_OK;
}

static double share(double from, double to, double x)
{
    return fmin(fmax((x - from) / fmax(to - from, 1e-9), 0), 1);
}

/* Ink that ran below the dermis at the column's FOOT: the difference of two weak wide columns, as two wide Gaussians. */
static void add_blowout(double ink_mm2, double foot_mm, np_lab skin, np_skin_mark *mark)
{
    const double d = 0.3, mu = 2, step = 0.2;
    np_skin_mark upper, lower;
    double a[3], b[3];
    np_skin_column column = {NP_SKIN_HEALED, d, fmin(foot_mm, 1.3), mu};
    np_skin_column_mark(&column, skin, &upper);
    column.foot_mm += step;
    np_skin_column_mark(&column, skin, &lower);
    np_skin_mark_area(&upper, a);
    np_skin_mark_area(&lower, b);
    for (int ch = 0; ch < 3; ch++)
        for (int k = 2; k < NP_SKIN_GAUSSIANS; k++)
            mark->area_mm2[k][ch] += 0.5 * (b[ch] - a[ch]) * ink_mm2 / (mu * d * d * step);
}

void np_skin_deposit_mark(const np_skin_model *m, const np_skin_deposit *deposit, np_lab skin, double age_days,
                          np_skin_mark *out_mark)
{
    static const double redness_mm2[3] = {0.004, 0.10, 0.07};
    double depth = deposit->depth_mm, height = fmax(depth - NP_SKIN_COLUMN_TOP_MM, NP_SKIN_COLUMN_TOP_MM);
    double d0 = m->fresh_ratio * deposit->needle_mm, d1 = m->healed_ratio * d0;
    double mu1 = deposit->strength * m->mu_light_per_mm * pow(m->mu_dark_per_mm / m->mu_light_per_mm, deposit->tone);
    double mu0 = mu1 * d1 * d1 * height / (m->kept_share * d0 * d0 * depth); /* the same ink, and what will be lost */

    double years = fmax(age_days - NP_SKIN_HEALED_DAYS, 0) / NP_SKIN_DAYS_PER_YEAR;
    double left = exp(-years / (deposit->scar ? m->scar_fade_years : m->fade_years));
    double d = sqrt(d1 * d1 + 32 * m->spread_mm2_per_year * years);
    double run = m->blowout_share * share(m->blowout_from_mm, m->blowout_full_mm, depth);
    double ink = mu1 * left * d1 * d1; /* per mm of the column's height */

    np_skin_mark fresh, old;
    np_skin_column_mark(&(np_skin_column){NP_SKIN_FRESH, d0, depth, mu0}, skin, &fresh);
    np_skin_column_mark(&(np_skin_column){NP_SKIN_HEALED, d, depth, ink / (d * d) * (1 - run)}, skin, &old);
    if (run > 0)
        add_blowout(run * ink * height, depth, skin, &old);
    double h = 1 - exp(-age_days / m->heal_days), red = m->redness * exp(-age_days / m->redness_days);
    for (int k = 0; k < NP_SKIN_GAUSSIANS; k++) {
        out_mark->sigma_mm[k] =
            sqrt((1 - h) * fresh.sigma_mm[k] * fresh.sigma_mm[k] + h * old.sigma_mm[k] * old.sigma_mm[k]);
        for (int ch = 0; ch < 3; ch++)
            out_mark->area_mm2[k][ch] = (1 - h) * fresh.area_mm2[k][ch] + h * old.area_mm2[k][ch] +
                                        (k == NP_SKIN_GAUSSIANS - 1 ? red * redness_mm2[ch] : 0);
    }
}
