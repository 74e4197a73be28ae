/* A plan being made: what each stage leaves for the next.  The stages, each in its own file, in the order in which make.c runs them:
 * scan, field, dots, tours, moves, checks. */
#ifndef NP_MAKE_PRIVATE_MAKING_H
#define NP_MAKE_PRIVATE_MAKING_H

#include "arm/planner.h"
#include "dots/dots.h"
#include "field/painter.h"
#include "head/soundness.h"
#include "plan/depths.h"
#include "plan/plan.h"
#include "surface/treated.h"

/* How a dot is made. */
typedef struct make_needle {
    double depth_mm, tilt_rad, tone, dwell_ms;
    np_vec3 lean; /* along the skin, unit: to where the shaft leans */
} make_needle;

/* Earlier plans of the head that the case names. */
typedef struct make_past {
    np_past_mark *marks;
    double *wanted_per_cm2; /* of each mark: what its plan wanted in all; 0: nobody knows, as of a touch-up's dots */
    size_t n;
    np_case_keep_out
        *keep_outs; /* the case's own, which own what they point to, and those of earlier plans behind them */
    unsigned n_keep_outs, n_own; /* 0 and 0: there are no earlier ones */
    np_case source;              /* the case with these: what the painter paints */
} make_past;

typedef struct make_making {
    const np_case *c;
    make_past past;
    const np_progress *progress;
    bool draft;             /* a look at a strategy, which nobody will make */
    np_plugin_list plugins; /* strategies to be taken; none: the case's are looked for */
    np_scan *scan;
    np_painter *painter;
    np_treated patch;
    np_field field;        /* at the patch's vertices */
    bool painted;          /* it is whole, and the plan has notes */
    np_placed_dot *placed; /* on the patch */
    size_t n_placed;
    np_surface_point *points; /* n_placed, on the scan: where marks are to be seen, then where needles enter */
    np_field dot_field;       /* at the marks */
    make_needle *needles;     /* n_placed */
    np_surface unsmoothed;    /* the scan as its file has it, where it is one */
    np_arm_planner *arm;      /* around that */
    double *inside_mm;        /* n_dots, in the plan's order: to the border of the treated area */
    np_plan_depths *depths;   /* the plan's n_layers */
    np_plan *plan;
    np_refused refused; /* places where a dot would be wrong, if that ended it */
} make_making;

#endif
