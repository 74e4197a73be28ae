/* The bands of domain.md 7.5, with a sentence on either side of each.  The figures that compare with the reference
 * directly have no lower end, nor have those of which real hair was not measured: 30 dots and mottling.
 *
 * Figures of few dots vary, and bands are widened by that: by noise / sqrt(dots) at either end, twice the figure's SD. */
#include "dots/findings.h"

#include <math.h>
#include <stddef.h>

typedef struct band {
    const char *name, *key;
    size_t offset;
    double low, high, noise;
    const char *below, *above;
} band;

static const band bands[NP_DOTS_FINDINGS] = {
    {"Clark-Evans R", "clark_evans_r", offsetof(np_dots_stats, clark_evans_r), 1.40, 1.60, 0.6,
     "Dots clump: neighbours are closer on average than those of hair.",
     "Dots are spread too evenly: hair is less regular."},
    {"spread of nearest distances (CV)", "nn_cv", offsetof(np_dots_stats, nn_cv), 0.16, 0.24, 0.3,
     "Nearest distances are too much alike: the pattern looks made.",
     "Nearest distances vary too much: there are pairs and lonely dots."},
    {"error of the nearest distances (s)", "nn_quantile_error", offsetof(np_dots_stats, nn_quantile_error), -HUGE_VAL,
     0.04, 0.3, NULL, "Nearest distances are not distributed as those of hair."},
    {"error of the pair correlation", "g_rms_error", offsetof(np_dots_stats, g_rms_error), -HUGE_VAL, 0.15, 1.0, NULL,
     "Dots do not surround each other as follicles do."},
    {"peak of the pair correlation", "g_peak", offsetof(np_dots_stats, g_peak), 1.25, 1.70, 3.0,
     "Dots take no notice of each other: there is no ring of neighbours.",
     "Too many neighbours stand at the same distance: the pattern looks made."},
    {"place of that peak (s)", "g_peak_at", offsetof(np_dots_stats, g_peak_at), 0.85, 1.15, 0.6,
     "Neighbours stand closer than those of hair at this density.",
     "Neighbours stand farther than those of hair at this density."},
    {"second ring, 1.7-2.2 s", "g_shell_max", offsetof(np_dots_stats, g_shell_max), -HUGE_VAL, 1.08, 2.0, NULL,
     "There is a second ring of neighbours: the dots form a grid."},
    {"variance of counts of 6 (Fano)", "fano", offsetof(np_dots_stats, fano), 0.18, 0.32, 2.5,
     "Every small window holds the same number of dots: hair is less regular.",
     "Dots are bunched: some places are crowded and others bare."},
    {"variance of counts of 30 (Fano)", "fano_30", offsetof(np_dots_stats, fano_30), -HUGE_VAL, 0.22, 2.0, NULL,
     "Whole patches have too many dots and others too few."},
    {"mottling at 1 m", "blotch", offsetof(np_dots_stats, blotch), -HUGE_VAL, 0.155, 1.0, NULL,
     "From a metre away the tone is mottled: darker and lighter patches of a few millimetres."},
};

void np_dots_stats_findings(const np_dots_stats *stats, np_dots_finding out[NP_DOTS_FINDINGS])
{
    for (size_t i = 0; i < NP_DOTS_FINDINGS; i++) {
        const band *b = &bands[i];
        double value = *(const double *)(const void *)((const char *)stats + b->offset);
        bool measured = value != 0, judged = measured && stats->n_interior >= NP_DOTS_FINDINGS_MIN;
        double noise = b->noise / sqrt(fmax((double)stats->n_interior, NP_DOTS_FINDINGS_MIN));
        double low = b->low - noise, high = b->high + noise;
        bool below = judged && value < low, above = judged && value > high;
        out[i] = (np_dots_finding){b->name, b->key,   value,          low,
                                   high,    measured, below || above, below ? b->below : above ? b->above : NULL};
    }
}
