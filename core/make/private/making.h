/* A plan being made: what each stage leaves for the next.  Internal. */
#ifndef NP_MAKE_PRIVATE_MAKING_H
#define NP_MAKE_PRIVATE_MAKING_H

#include "dots/dots.h"
#include "field/field.h"
#include "plan/plan.h"
#include "surface/treated.h"

typedef struct make_making {
    const np_case *c;
    const np_progress *progress;
    np_scan *scan;
    np_painter *painter;
    np_treated patch;
    np_field field;        /* at the patch's vertices */
    np_placed_dot *placed; /* on the patch */
    size_t n_placed;
    np_surface_point *points; /* n_placed, on the scan */
    np_field dot_field;       /* at the points */
    double *inside_mm;        /* n_dots, in the plan's order: to the border of the treated area */
    np_plan *plan;
} make_making;

/* Stage by stage; each needs the ones before. */
np_status make_field(make_making *m, np_error *err);  /* painter, patch, field */
np_status make_placed(make_making *m, np_error *err); /* placed, points, dot_field */
np_status make_dots(make_making *m, np_error *err);   /* plan->dots, not yet ordered; layers, sessions */
np_status make_tours(make_making *m, np_error *err);  /* orders and ids */
np_status make_checks(make_making *m, np_error *err); /* on the scan, inside, statistics, envelope */

/* The field's value at a placed dot: painted there, or, where a border runs between, at its nearest covered
 * corner. */
typedef struct make_values {
    double depth_mm, tilt_rad, azimuth_rad, tone, dwell_ms;
} make_values;

#endif
