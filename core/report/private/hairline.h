/* The hairline of a plan, to be drawn and told. */
#ifndef NP_REPORT_PRIVATE_HAIRLINE_H
#define NP_REPORT_PRIVATE_HAIRLINE_H

#include "dots/form.h"
#include "head/scan.h"
#include "plan/plan.h"

typedef struct report_hairline {
    bool found; /* else the plan's figures know of none */
    np_vec3 middle, normal;
    double height_mm; /* of its middle over the glabella, along the skin: the plan's own figure */
    size_t n;         /* places of the line that the plan makes, from right to left; 0: what grows there makes it */
    np_vec3 place[NP_FORM_COLUMNS], place_normal[NP_FORM_COLUMNS];
} report_hairline;

/* NP_ERR_NO_MEMORY.  Any thread. */
np_status report_hairline_find(report_hairline *line, const np_plan *plan, const np_scan *scan, np_error *err);

#endif
