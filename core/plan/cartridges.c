/* Shades by tone: a run of dots of one shade is one cartridge. */
#include "plan/cartridges.h"

#include <math.h>
#include <stdio.h>

#include "plan/binding.h"

unsigned np_plan_shade_of(const np_palette *shades, double tone)
{
    unsigned best = 0;
    for (unsigned k = 1; k < shades->n; k++)
        if (fabs(np_palette_tone(&shades->shades[k]) - tone) < fabs(np_palette_tone(&shades->shades[best]) - tone))
            best = k;
    return best;
}

const np_palette_shade *np_plan_shade_at(const np_plan *plan, int session, uint32_t order)
{
    const np_palette *shades = &plan->shades;
    size_t n;
    const np_dot *dots = np_plan_session_dots(plan, session, &n);
    return shades->n && order < n ? &shades->shades[np_plan_shade_of(shades, dots[order].tone)] : NULL;
}

size_t np_plan_cartridges(const np_plan *plan, int session, np_plan_cartridge out[NP_PLAN_CARTRIDGES_MAX])
{
    size_t n, count = 0;
    unsigned last = 0;
    const np_dot *dots = np_plan_session_dots(plan, session, &n);
    for (size_t i = 0; plan->shades.n && i < n; i++) {
        unsigned shade = np_plan_shade_of(&plan->shades, dots[i].tone);
        if (count == 0 || shade != last) {
            if (count < NP_PLAN_CARTRIDGES_MAX)
                out[count] = (np_plan_cartridge){shade, (uint32_t)i, 0};
            count++;
            last = shade;
        }
        if (count <= NP_PLAN_CARTRIDGES_MAX)
            out[count - 1].dots++;
    }
    return count;
}

const char *np_plan_shade_text(const np_palette_shade *s, char out[NP_PLAN_SHADE_TEXT_BYTES])
{
    int used = snprintf(out, NP_PLAN_SHADE_TEXT_BYTES, "'%s', %g parts of water to 1", s->name, s->dilution);
    if (s->stock_percent < 15 || s->stock_percent > 15)
        used += snprintf(out + used, NP_PLAN_SHADE_TEXT_BYTES - (size_t)used, " of a %g %% pigment", s->stock_percent);
    if (s->lot)
        used += snprintf(out + used, NP_PLAN_SHADE_TEXT_BYTES - (size_t)used, ", lot %s", s->lot);
    if (s->expires)
        snprintf(out + used, NP_PLAN_SHADE_TEXT_BYTES - (size_t)used, ", expires %s", s->expires);
    return out;
}

const char *np_plan_one_tone_text(const np_plan *plan, char out[NP_PLAN_ONE_TONE_TEXT_BYTES])
{
    const double flat = 0.05; /* a quarter of what tone_variation makes by itself */
    double n = (double)plan->n_dots, sum = 0, square = 0;
    for (size_t i = 0, end; i < plan->n_dots;
         i = end) { /* a session's dots, which stand together, about their own mean */
        double of_session = 0;
        for (end = i; end < plan->n_dots && plan->dots[end].session == plan->dots[i].session; end++)
            of_session += plan->dots[end].tone;
        double mean = of_session / (double)(end - i);
        for (size_t k = i; k < end; k++)
            square += (plan->dots[k].tone - mean) * (plan->dots[k].tone - mean);
        sum += of_session;
    }
    out[0] = '\0';
    if (plan->shades.n == 0 && plan->n_dots && sqrt(square / n) >= flat)
        snprintf(out, NP_PLAN_ONE_TONE_TEXT_BYTES,
                 "tones differ from dot to dot of a session (SD %.2f about %.2f; 0 lightest, 1 darkest), which one "
                 "cartridge cannot "
                 "make: with one all dots come out alike; name two or three shades in the case (needlepath shades)",
                 sqrt(square / n), sum / n);
    return out;
}
