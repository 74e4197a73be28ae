/* Whether landmarks can belong to a head, and if not, which ones look swapped. */
#ifndef NP_HEAD_PRIVATE_ANATOMY_H
#define NP_HEAD_PRIVATE_ANATOMY_H

#include "case/case.h"

#define HEAD_LANDMARK_COUNT 5

/* "glabella", "inion", "tragion_left", "tragion_right", "vertex": the order of head_landmarks_list. */
extern const char *const head_landmark_names[HEAD_LANDMARK_COUNT];
void head_landmarks_list(const np_case_landmarks *landmarks, np_vec3 out_points[HEAD_LANDMARK_COUNT]);
np_case_landmarks head_landmarks_from_list(const np_vec3 points[HEAD_LANDMARK_COUNT]);

/* Checks LANDMARKS (file coordinates, SCALE mm per unit) against the proportions of heads, and, where AXES
 * (file directions of anterior, left, up) is not NULL, against it.  NP_ERR_INVALID says what is wrong and
 * which landmarks to exchange. */
np_status head_landmarks_check(const np_case_landmarks *landmarks, double scale, const np_vec3 *axes, np_error *err);

#endif
