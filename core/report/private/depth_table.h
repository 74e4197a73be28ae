/* The part of report.html on depths. */
#ifndef NP_REPORT_PRIVATE_DEPTH_TABLE_H
#define NP_REPORT_PRIVATE_DEPTH_TABLE_H

#include <stdio.h>

#include "plan/plan.h"

/* Heading, what the case says, and a row a layer. */
void report_depth_table(const np_plan *plan, FILE *out);

#endif
