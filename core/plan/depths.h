/* Where the depths of a plan's dots come from, layer by layer: kept among the plan's figures. */
#ifndef NP_PLAN_DEPTHS_H
#define NP_PLAN_DEPTHS_H

#include "base/figure.h"
#include "plan/plan.h"

/* X(field, what it counts), dots of a layer. */
#define NP_PLAN_DEPTHS_TABLE(X)                                                                                        \
    X(by_zone, "have the depth of their zone")                                                                         \
    X(by_strategy, "have one that a strategy set, at least in part")                                                   \
    X(by_pin, "are placed by hand, with a depth of their own")                                                         \
    X(blended, "are shallower than that, so that depth changes over no less than 10 mm of skin")                       \
    X(held, "are held at a limit of depth, which zone, calibration or indentation would take them beyond")

typedef struct np_plan_depths {
#define NP_PLAN_DEPTHS_FIELD(field, what) uint32_t field;
    NP_PLAN_DEPTHS_TABLE(NP_PLAN_DEPTHS_FIELD)
#undef NP_PLAN_DEPTHS_FIELD
    double least_mm, most_mm; /* of the tip below the skin as it lies; 0 without dots */
} np_plan_depths;

#define NP_PLAN_DEPTHS_ONE(field, what) +1
enum { NP_PLAN_DEPTHS_FIGURES = 0 NP_PLAN_DEPTHS_TABLE(NP_PLAN_DEPTHS_ONE) };
#undef NP_PLAN_DEPTHS_ONE

/* The counts of layer number LAYER as named figures. */
void np_plan_depths_list(const np_plan_depths *depths, size_t layer, np_figure out[NP_PLAN_DEPTHS_FIGURES]);
/* Those of PLAN, and the range of its dots.  All counts are 0 in plans that were made before they were kept. */
void np_plan_depths_of(const np_plan *plan, size_t layer, np_plan_depths *out);

#define NP_PLAN_DEPTHS_TEXT_BYTES 1024
/* "tip 0.45-0.60 mm below the skin; 900 dots have the depth of their zone; ..." */
const char *np_plan_depths_text(const np_plan_depths *depths, char out[NP_PLAN_DEPTHS_TEXT_BYTES]);
/* What PLAN's case says of depths: "in the skin, mm: frontal 0.50, ...; calibration +0.05, indentation 0.10, skin not measured".  Where
 * its case is of another version, the error's text. */
const char *np_plan_depths_case_text(const np_plan *plan, char out[NP_PLAN_DEPTHS_TEXT_BYTES]);

#endif
