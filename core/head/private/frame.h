/* The head frame: how it follows from the landmarks. */
#ifndef NP_HEAD_PRIVATE_FRAME_H
#define NP_HEAD_PRIVATE_FRAME_H

#include "head/scan.h"

/* The frame of LANDMARKS (file coordinates) with SCALE mm per file unit: origin midway between the tragia, y
 * from right to left tragion, x along inion-glabella made perpendicular to y, z = x cross y.  Landmarks in
 * one line give zero rows. */
np_similarity head_frame_make(const np_case_landmarks *landmarks, double scale);
np_case_landmarks head_frame_apply_landmarks(const np_similarity *frame, const np_case_landmarks *landmarks);

/* The anatomical axes, in the head frame: horizontal is glabella to opisthocranion, which the ANSUR measures
 * refer to. The inion lies 40 mm lower over 1.93 half head lengths of 99.75 mm (domain.md 2.8), so the head
 * frame looks up by atan(40 / 192.5), 11.7 degrees. */
#define HEAD_TILT_COS 0.97909
#define HEAD_TILT_SIN 0.20343
static const np_vec3 head_anterior = {HEAD_TILT_COS, 0, -HEAD_TILT_SIN};
static const np_vec3 head_up = {HEAD_TILT_SIN, 0, HEAD_TILT_COS};

/* So far below the middle of the largest horizontal section lie the mean man's tragia (domain.md 2.8). */
#define HEAD_TRAGION_DROP_MM 40.0

#endif
