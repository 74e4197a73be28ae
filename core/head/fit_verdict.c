/* What the figures of a fit allow to be said: nothing, something with guesses, or all of it.  The thresholds were set on scans of
 * five heads with other random changes than the figures in docs/benchmarks.md were measured on; but the share of folded triangles
 * that is let through (fit.c) was set after these. */
#include "head/private/fit.h"

#include <stdio.h>
#include <string.h>

#define BIT(mark) (1u << NP_FIT_##mark)
#define MIDLINE (BIT(GLABELLA) | BIT(NASION) | BIT(PRONASALE))
#define TRAGIA (BIT(TRAGION_LEFT) | BIT(TRAGION_RIGHT))
#define SKULL (BIT(INION) | BIT(VERTEX))

/* Tragion to top, mm: three standard deviations under women's mean and above men's (domain.md 2.8). */
#define TOP_LEAST_MM 107
#define TOP_MOST_MM 150

static bool note(np_fit *fit, bool holds, unsigned guessed, const char *reason)
{
    if (!holds)
        return false;
    size_t used = strlen(fit->reasons);
    snprintf(fit->reasons + used, sizeof fit->reasons - used, "%s%s", used ? "; " : "", reason);
    for (int k = 0; k < NP_FIT_MARKS; k++)
        fit->guessed[k] = fit->guessed[k] || (guessed >> k & 1);
    return true;
}

static bool is_nose_off(const np_fit_figures *f)
{
    return f->nose_mm < 10 || f->nose_at_edge || f->shift_mm[NP_FIT_PRONASALE] > 14;
}

static void refuse(np_fit *fit, const np_fit_figures *f)
{
    bool like_head = f->coarse_cost <= 0.32 || (f->coarse_cost < 0.42 && f->cost < 0.32 && f->face_cost < 0.30);
    note(fit, !like_head, 0, "the shape is not like a head");
    note(fit, f->rival_cost - f->coarse_cost < 0.06, 0, "another pose fits nearly as well");
    note(fit, f->mirror_share < 0.80 || f->mirror_rms_mm > 2.5, 0, "left and right halves do not match");
    note(fit, f->face_cost > 0.50 || (f->face_cost > 0.38 && is_nose_off(f)), 0, "there is no face where it must be");
    note(fit, f->stretch > 0.16, 0, "its proportions are unlike a head's");
    note(fit, f->cranium_missing > 0.50, 0, "much of the skull is missing");
    note(fit, f->second_cost < 0.32, 0, "there is more than one head");
}

static void check_front(np_fit *fit, const np_fit_figures *f)
{
    if (!note(fit, is_nose_off(f), BIT(PRONASALE), "the nose is not where it is expected"))
        note(fit, f->tip_hole > 0.10 || f->shift_mm[NP_FIT_PRONASALE] > 9, BIT(PRONASALE),
             "the tip of the nose is unsure");
    note(fit, f->face_cost > 0.40, MIDLINE, "the face matches only roughly");
    note(fit,
         f->shift_mm[NP_FIT_NASION] > 10 || f->shift_mm[NP_FIT_GLABELLA] > 12 || f->bridge_mm < 3 ||
             f->front_hole > 0.10,
         BIT(GLABELLA) | BIT(NASION), "nasion or glabella is unsure");
    note(fit, f->mirror_share < 0.90 || f->plane_deg > 5, MIDLINE, "the midsagittal plane is unsure");
}

static void check_rest(np_fit *fit, const np_fit_figures *f)
{
    note(fit, f->covered > 0.15, SKULL, "something lies over the skull");
    note(fit, f->ears == 0, TRAGIA | BIT(INION), "no ear was found");
    note(fit, f->ears == 1, TRAGIA, "one ear was found");
    note(fit, f->ears == 2 && f->ear_skew_mm > 14, TRAGIA, "the ears are not opposite each other");
    note(fit, f->cost > 0.40, SKULL | TRAGIA, "the whole fits poorly");
    if (!note(fit, f->cranium_missing > 0.20, SKULL, "part of the skull is missing or covered"))
        note(fit, f->cranium_cost > 0.40, SKULL, "the skull is covered or of unusual shape");
    note(fit, f->no_inion, BIT(INION), "there is no surface at the inion");
    note(fit, f->no_vertex, BIT(VERTEX), "the top of the head is missing");
}

void fit_verdict(np_fit *fit)
{
    const np_fit_figures *f = &fit->figures;
    fit->reasons[0] = '\0';
    refuse(fit, f);
    if (fit->reasons[0]) {
        fit->verdict = NP_FIT_REFUSE;
        return;
    }
    check_front(fit, f);
    check_rest(fit, f);
    fit->units_known = fabs(f->size) <= 0.20;
    fit->units_guessed = fabs(f->size) > 0.13;
    if (!note(fit, !fit->units_known, 0, "the size is not one of a head in mm, cm, m or inch"))
        note(fit, fit->units_guessed, 0, "the size is unusual in these units");
    note(fit,
         fit->units_known && !f->no_vertex &&
             (fit->tragion_to_top_mm < TOP_LEAST_MM || fit->tragion_to_top_mm > TOP_MOST_MM),
         SKULL, "the top stands unusually low or high over the ears: hair, a hat, or a scan stretched in height");
    fit->verdict = fit->reasons[0] ? NP_FIT_CHECK : NP_FIT_CONFIRM;
}
