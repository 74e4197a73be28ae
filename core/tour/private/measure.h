/* What an order costs, played through from the first dot to the last. */
#ifndef NP_TOUR_PRIVATE_MEASURE_H
#define NP_TOUR_PRIVATE_MEASURE_H

#include "tour/tour.h"

/* PATCH: number a point, from tour_patches.  greedy_time_s is left 0. */
np_status tour_measure(const np_tour_request *request, const uint32_t *patch, const uint32_t *order,
                       np_tour_totals *out_totals, np_error *err);

/* Seconds from dot to dot: acceleration-limited start-stop over DISTANCE_MM, rotation by ANGLE_RAD meanwhile, lift and approach. */
double tour_move_s(const np_case_arm *arm, double distance_mm, double angle_rad);

/* Whether the request asks for a rest between close dots. */
static inline bool tour_wants_rest(const np_tour_request *request)
{
    return request->arm.rest_s > 0 && request->arm.rest_radius_mm > 0;
}

#endif
