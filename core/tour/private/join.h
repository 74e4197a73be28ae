/* From tours of patches to the order of the whole session. */
#ifndef NP_TOUR_PRIVATE_JOIN_H
#define NP_TOUR_PRIVATE_JOIN_H

#include "tour/tour.h"

/* DOTS holds the patches' tours one after the other, patch k at [start[k], start[k + 1]).  Puts the patches
 * in a short order, each forward or backward; begins a closed tour of one patch, or turns an open one, where
 * the reloads cost least; and, where close dots need a rest, interleaves them if that is faster than waiting.
 * Writes the order and its totals. */
np_status tour_join(const np_tour_request *request, const uint32_t *patch_of, const uint32_t *start, uint32_t count,
                    const uint32_t *dots, uint32_t *out_order, np_tour_totals *out_totals, np_error *err);

/* Turns ORDER[n] round. */
void tour_reverse(uint32_t *order, size_t n);

#endif
