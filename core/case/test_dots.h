/* Test dots in case files: a case that makes them, and a case that has what they said. */
#ifndef NP_CASE_TEST_DOTS_H
#define NP_CASE_TEST_DOTS_H

#include "case/case.h"

/* A case for a ladder of test dots: C with its layers, points, sessions and dots replaced, without its calibration and depths by zone; all
 * that protects the person stays: scan, keep-outs, limits, arm, accept, made, person, depth.skin_mm and indentation_mm.  Five depths from 0.4 to
 * 0.85 mm, or as far as skin, limits and indentation let them go.  MIDDLE is in the scan file's coordinates.  NP_ERR_INVALID where no ladder
 * fits, and where the text's form does not let that be done by a program.  The caller destroys *OUT. */
np_status np_case_test_dots_create(const np_case *c, np_vec3 middle, int repeats, np_case **out, np_error *err);

/* The text of C with depth.calibration_mm and test_dots as CALIBRATION_MM and READ have them, whatever stood there, else as it was but for comments
 * within these two; NP_ERR_INVALID where its form does not let that be done by a program, with what to write by hand, or where the rest of the case
 * does not go with it.  The caller frees
 * *out_text. */
np_status np_case_calibrate_text(const np_case *c, double calibration_mm, const np_case_test_dots *read,
                                 char **out_text, np_error *err);

#endif
