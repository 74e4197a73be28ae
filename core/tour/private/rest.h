/* A rest between dots that are close to each other, without standing still. */
#ifndef NP_TOUR_PRIVATE_REST_H
#define NP_TOUR_PRIVATE_REST_H

#include "tour/tour.h"

/* Replaces ORDER by an interleaved one if that takes less time, waits included, and updates TOTALS. Stretches
 * of the tour are made in several passes, each of dots that are not close to one another, so that the time of
 * a pass is the rest. */
np_status tour_interleave(const np_tour_request *request, const uint32_t *patch_of, uint32_t *order,
                          np_tour_totals *totals, np_error *err);

#endif
