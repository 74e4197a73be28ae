/* Which way the axes of a scan's file point. */
#ifndef NP_CASE_AXES_H
#define NP_CASE_AXES_H

#include <stdbool.h>

#include "base/vec3.h"
#include "case/case.h"

/* Reads what SCAN says of its axes: unit vectors of the file that point forward, to the left and up, right-handed.
 * *OUT_GIVEN is false, and nothing else written, where it says nothing.  NP_ERR_INVALID begins with WHERE ("case.yaml:7"). */
np_status np_case_axes_read(const np_case_scan *scan, const char *where, np_vec3 out_axes[3], bool *out_given,
                            np_error *err);

#endif
