/* Where the hairline of a plan is, from its dots alone. */
#ifndef NP_REPORT_PRIVATE_HAIRLINE_H
#define NP_REPORT_PRIVATE_HAIRLINE_H

#include "head/scan.h"
#include "plan/plan.h"

enum { REPORT_HAIRLINE_COLUMNS = 15 };

typedef struct report_hairline {
    size_t n; /* places from right to left; 0: the plan has no frontal hairline */
    np_vec3 place[REPORT_HAIRLINE_COLUMNS], normal[REPORT_HAIRLINE_COLUMNS];
    size_t middle;    /* the place on the midline */
    double height_mm; /* of its middle over the glabella, along the skin */
} report_hairline;

/* Pins, which stand in front of a line, are left out. */
void report_hairline_find(report_hairline *line, const np_plan *plan, const np_scan *scan);

#endif
