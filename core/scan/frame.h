/* The head frame: how it follows from the landmarks. */
#ifndef NP_SCAN_FRAME_H
#define NP_SCAN_FRAME_H

#include "scan/scan.h"

/* The frame of LANDMARKS (file coordinates) with SCALE mm per file unit: origin midway between the tragia, y from right to
 * left tragion, x along inion-glabella made perpendicular to y, z = x cross y.  Landmarks in one line give zero rows. */
np_head_frame np_head_frame_make(const np_case_landmarks *landmarks, double scale);
np_vec3 np_head_frame_apply(const np_head_frame *frame, np_vec3 file_point);
np_vec3 np_head_frame_revert(const np_head_frame *frame, np_vec3 head_point);
np_case_landmarks np_head_frame_apply_landmarks(const np_head_frame *frame, const np_case_landmarks *landmarks);

#endif
