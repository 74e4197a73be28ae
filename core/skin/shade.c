/* Choosing shades.  There are so few mixes that all of them are looked at. */
#include "skin/shade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double np_shade_mu_per_mm(const np_skin_model *model, double stock_percent, double dilution)
{
    return model->mu_dark_per_mm * (stock_percent / 15) * (1 + 6) / (1 + dilution);
}

np_lab np_shade_field(const np_shade_setting *s, const np_shade_mix *mix, const double *mu_per_mm, double age_days)
{
    double sum[3] = {0}, skin[3], rgb[3];
    for (int i = 0; i < mix->n; i++) {
        np_skin_deposit deposit = {.needle_mm = s->needle_mm,
                                   .depth_mm = s->depth_mm,
                                   .strength = mu_per_mm[mix->shade[i]] / s->model.mu_light_per_mm}; /* at tone 0 */
        np_skin_mark mark;
        double area[3];
        np_skin_deposit_mark(&s->model, &deposit, s->skin, age_days, &mark);
        np_skin_mark_area(&mark, area);
        for (int c = 0; c < 3; c++)
            sum[c] += mix->share[i] * area[c];
    }
    np_colour_lab_to_rgb(s->skin, skin);
    np_skin_field(skin, sum, s->density_per_cm2 / 100, rgb);
    return np_colour_rgb_to_lab(rgb);
}

np_lab np_shade_hair_colour(const np_shade_setting *s)
{
    const double elevation = 0.73; /* 42 degrees, as on top of the head */
    double skin[3], shaft[3], area[3], rgb[3];
    np_colour_lab_to_rgb(s->skin, skin);
    np_skin_hair_rgb(s->hair, shaft);
    np_skin_hair_area(s->hair, s->skin, area);
    for (int c = 0; c < 3; c++) /* seen along the normal, the shaft covers its length's projection */
        area[c] += s->stubble_mm * cos(elevation) * NP_SKIN_HAIR_DIAMETER_MM * fmax(1 - shaft[c] / skin[c], 0);
    np_skin_field(skin, area, NP_SHADE_UNIT_HAIRS * s->hair_units_per_cm2 / 100, rgb);
    return np_colour_rgb_to_lab(rgb);
}

static double rank_of(const np_shade_mix *mix)
{
    return mix->difference + (mix->n == 1 ? NP_SHADE_FLAT : 0);
}

/* Keeps MIX among the MOST best, in order; of equals the earlier one first. */
static size_t keep(np_shade_mix *mixes, size_t n, size_t most, const np_shade_mix *mix)
{
    size_t at = n;
    while (at > 0 && rank_of(&mixes[at - 1]) > rank_of(mix))
        at--;
    if (at >= most)
        return n;
    size_t kept = n < most ? n + 1 : most;
    memmove(&mixes[at + 1], &mixes[at], (kept - at - 1) * sizeof *mixes);
    mixes[at] = *mix;
    return kept;
}

size_t np_shade_rank(const np_shade_setting *setting, const double *mu_per_mm, int n, np_shade_mix *out_mixes,
                     size_t most)
{
    np_lab hair = np_shade_hair_colour(setting);
    size_t kept = 0;
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            for (int quarter = 1; quarter <= (i == j ? 1 : 3); quarter++) {
                np_shade_mix mix = {.n = i == j ? 1 : 2, .shade = {i, j}, .share = {1, 0}};
                if (i != j) {
                    mix.share[0] = quarter / 4.0;
                    mix.share[1] = 1 - mix.share[0];
                }
                mix.healed = np_shade_field(setting, &mix, mu_per_mm, NP_SKIN_HEALED_DAYS);
                mix.difference = np_colour_difference(mix.healed, hair);
                kept = keep(out_mixes, kept, most, &mix);
            }
    return kept;
}

/* The value of *KNOB in FROM..TO at which the field of SETTING, to which KNOB belongs, is as light as hair; it darkens as the knob rises. */
static double match(np_shade_setting *setting, double *knob, double from, double to, const np_shade_mix *mix,
                    const double *mu_per_mm)
{
    double wanted = np_shade_hair_colour(setting).l;
    *knob = from;
    if (np_shade_field(setting, mix, mu_per_mm, NP_SKIN_HEALED_DAYS).l < wanted)
        return 0;
    *knob = to;
    if (np_shade_field(setting, mix, mu_per_mm, NP_SKIN_HEALED_DAYS).l > wanted)
        return 0;
    for (int i = 0; i < 40; i++) {
        *knob = (from + to) / 2;
        if (np_shade_field(setting, mix, mu_per_mm, NP_SKIN_HEALED_DAYS).l > wanted)
            from = *knob;
        else
            to = *knob;
    }
    return *knob;
}

double np_shade_density_that_matches(const np_shade_setting *setting, const np_shade_mix *mix, const double *mu_per_mm)
{
    np_shade_setting s = *setting;
    return match(&s, &s.density_per_cm2, setting->density_per_cm2 / 4, setting->density_per_cm2 * 4, mix, mu_per_mm);
}

double np_shade_needle_that_matches(const np_shade_setting *setting, const np_shade_mix *mix, const double *mu_per_mm)
{
    np_shade_setting s = *setting;
    return match(&s, &s.needle_mm, 0.1, 0.5, mix, mu_per_mm);
}
