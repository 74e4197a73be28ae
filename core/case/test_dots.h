/* Test dots in case files: a case that makes them, and a case that has what they said. */
#ifndef NP_CASE_TEST_DOTS_H
#define NP_CASE_TEST_DOTS_H

#include <stdio.h>

#include "case/case.h"

/* Writes a case for a ladder of test dots on the scan of C, with its needle, limits, arm's reloads and indentation, and without its calibration;
 * MIDDLE is in the scan file's coordinates. */
void np_case_test_dots_write(const np_case *c, np_vec3 middle, int repeats, FILE *out);

/* The text of C with depth.calibration_mm and test_dots as CALIBRATION_MM and READ have them, whatever stood there, else as it was but for comments
 * within these two; NP_ERR_INVALID where its form does not let that be done by a program, with what to write by hand.  The caller frees
 * *out_text. */
np_status np_case_calibrate_text(const np_case *c, double calibration_mm, const np_case_test_dots *read,
                                 char **out_text, np_error *err);

#endif
