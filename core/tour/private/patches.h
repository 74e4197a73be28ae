/* Patches: what the arm reaches without re-posing. */
#ifndef NP_TOUR_PRIVATE_PATCHES_H
#define NP_TOUR_PRIVATE_PATCHES_H

#include "tour/tour.h"

/* Cuts the points into compact patches, each within RADIUS_MM of a middle of its own, as few as a greedy
 * search finds: writes a patch number a point and how many patches there are.  RADIUS_MM 0: one patch. */
np_status tour_patches(const np_vec3 *positions, size_t n, double radius_mm, uint32_t *out_patch, uint32_t *out_count,
                       np_error *err);

#endif
