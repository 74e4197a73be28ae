/* Clearings: what pins keep free around them of dots that the density makes. */
#ifndef NP_DOTS_PRIVATE_CLEARINGS_H
#define NP_DOTS_PRIVATE_CLEARINGS_H

#include "dots/dots.h"
#include "dots/private/surface.h"

/* Makes the clearings of the pins of R, which lie at SPOTS, in SURFACE: its density is 0 in them from now on, and no spot in one has a density; its local
 * density, which the pattern's spacing goes by, stays.
 *
 * A pin in a clearing is one of the dots that the density would have made there.  So OUT_OWN (n_layers) says how many of each layer's pins stand for what
 * its density lost, at most all that have a clearing; and OUT_TAKES (n_pins) what of one dot each pin still takes from around it: 1 without a
 * clearing.  NP_ERR_NO_MEMORY. */
np_status dots_clearings_make(const np_dots_request *r, const dots_spot *spots, dots_surface *surface, size_t *out_own,
                              double *out_takes, np_error *err);

/* Whether SPOT lies in one.  Any thread. */
bool dots_clearings_cover(const dots_surface *surface, const dots_spot *spot);

#endif
