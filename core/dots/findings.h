/* Whether a pattern passes for real follicles: each figure with its band and, where it is out, what is wrong.
 */
#ifndef NP_DOTS_FINDINGS_H
#define NP_DOTS_FINDINGS_H

#include "dots/stats.h"

#include <stdbool.h>

/* Fewer dots than this cannot be judged. */
#define NP_DOTS_FINDINGS_MIN 150

typedef struct np_dots_finding {
    const char *name; /* "Clark-Evans R" */
    const char *key;  /* "clark_evans_r" */
    double value;
    double low, high; /* the natural band (domain.md 7.5), widened for few dots; HUGE_VAL: no limit on that side */
    bool
        measured; /* else the value is 0, and there was no room to measure it: too few windows clear of a border or a fade */
    bool out;
    const char *sentence; /* what is wrong; NULL where nothing is */
} np_dots_finding;

#define NP_DOTS_FINDINGS 10

/* Fills out[NP_DOTS_FINDINGS]; static texts.  With fewer than NP_DOTS_FINDINGS_MIN interior dots none is out:
 * there is too little to judge. */
void np_dots_stats_findings(const np_dots_stats *stats, np_dots_finding out[NP_DOTS_FINDINGS]);

#endif
