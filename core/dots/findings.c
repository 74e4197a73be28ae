/* The bands of domain.md 7.5, with a sentence on either side of each.  Two differ from there: the Fano band,
 * which is that of windows cut from a field with the reference's own pair correlation (0.56), and the figures
 * that compare with the reference directly, which have no lower end. */
#include "dots/findings.h"

#include <math.h>
#include <stddef.h>

typedef struct band {
    const char *name, *key;
    size_t offset;
    double low, high;
    const char *below, *above;
} band;

static const band bands[NP_DOTS_FINDINGS] = {
    {"Clark-Evans R", "clark_evans_r", offsetof(np_dots_stats, clark_evans_r), 1.40, 1.60,
     "Dots clump: neighbours are closer on average than those of hair.",
     "Dots are spread too evenly: hair is less regular."},
    {"spread of nearest distances (CV)", "nn_cv", offsetof(np_dots_stats, nn_cv), 0.16, 0.24,
     "Nearest distances are too much alike: the pattern looks made.",
     "Nearest distances vary too much: there are pairs and lonely dots."},
    {"error of the nearest distances (s)", "nn_quantile_error", offsetof(np_dots_stats, nn_quantile_error), -HUGE_VAL,
     0.04, NULL, "Nearest distances are not distributed as those of hair."},
    {"error of the pair correlation", "g_rms_error", offsetof(np_dots_stats, g_rms_error), -HUGE_VAL, 0.15, NULL,
     "Dots do not surround each other as follicles do."},
    {"peak of the pair correlation", "g_peak", offsetof(np_dots_stats, g_peak), 1.25, 1.70,
     "Dots take no notice of each other: there is no ring of neighbours.",
     "Too many neighbours stand at the same distance: the pattern looks made."},
    {"place of that peak (s)", "g_peak_at", offsetof(np_dots_stats, g_peak_at), 0.85, 1.15,
     "Neighbours stand closer than those of hair at this density.",
     "Neighbours stand farther than those of hair at this density."},
    {"second ring, 1.7-2.0 s", "g_shell_max", offsetof(np_dots_stats, g_shell_max), -HUGE_VAL, 1.08, NULL,
     "There is a second ring of neighbours: the dots form a grid."},
    {"variance of counts (Fano)", "fano", offsetof(np_dots_stats, fano), 0.15, 0.65,
     "Every small window holds the same number of dots: hair is less regular.",
     "Dots are bunched: some places are crowded and others bare."},
};

void np_dots_stats_findings(const np_dots_stats *stats, np_dots_finding out[NP_DOTS_FINDINGS])
{
    for (size_t i = 0; i < NP_DOTS_FINDINGS; i++) {
        const band *b = &bands[i];
        double value = *(const double *)(const void *)((const char *)stats + b->offset);
        bool judged = stats->n_interior >= NP_DOTS_FINDINGS_MIN;
        bool below = judged && value < b->low, above = judged && value > b->high;
        out[i] = (np_dots_finding){
            b->name, b->key, value, b->low, b->high, below || above, below ? b->below : above ? b->above : NULL};
    }
}
