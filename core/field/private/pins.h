/* Dots that strategies placed by hand, among the hair that the case lists. */
#ifndef NP_FIELD_PRIVATE_PINS_H
#define NP_FIELD_PRIVATE_PINS_H

#include "field/private/painter_parts.h"

/* A strategy does not see single hairs; a round scar is about as wide (docs/domain.md 3). */
#define FIELD_PIN_ASIDE_MM 0.4

/* Moves pins that are nearer to listed hair than the case's spacing just as far as it takes, and drops those that find no room within
 * FIELD_PIN_ASIDE_MM; how many of which layer becomes a note. */
np_status field_pins_make_way(np_painter *painter, np_error *err);

#endif
