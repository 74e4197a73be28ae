/* The head frame: how it follows from the landmarks. */
#ifndef NP_SCAN_FRAME_H
#define NP_SCAN_FRAME_H

#include "scan/scan.h"

/* The frame of LANDMARKS (file coordinates) with SCALE mm per file unit: origin midway between the tragia, y
 * from right to left tragion, x along inion-glabella made perpendicular to y, z = x cross y.  Landmarks in
 * one line give zero rows. */
np_head_frame np_head_frame_make(const np_case_landmarks *landmarks, double scale);
np_vec3 np_head_frame_apply(const np_head_frame *frame, np_vec3 file_point);
np_vec3 np_head_frame_revert(const np_head_frame *frame, np_vec3 head_point);
np_case_landmarks np_head_frame_apply_landmarks(const np_head_frame *frame,
                                                const np_case_landmarks *landmarks);

/* The anatomical axes, in the head frame: horizontal is glabella to opisthocranion, which the ANSUR measures
 * refer to. The inion lies 40 mm lower over 1.93 half head lengths of 99.75 mm (domain.md 2.8), so the head
 * frame looks up by atan(40 / 192.5), 11.7 degrees. */
#define NP_HEAD_TILT_COS 0.97909
#define NP_HEAD_TILT_SIN 0.20343
static const np_vec3 np_head_anterior = {NP_HEAD_TILT_COS, 0, -NP_HEAD_TILT_SIN};
static const np_vec3 np_head_up = {NP_HEAD_TILT_SIN, 0, NP_HEAD_TILT_COS};

#endif
