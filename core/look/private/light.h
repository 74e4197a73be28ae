/* The light and what of it reaches a head. */
#ifndef NP_LOOK_PRIVATE_LIGHT_H
#define NP_LOOK_PRIVATE_LIGHT_H

#include "look/private/view.h"

/* Sets the light's directions. */
void look_light_init(np_look *look);
/* Fills RASTER.seen: by depth maps from each direction. */
np_status look_light_reach(const np_look *look, look_raster *raster, np_error *err);

#endif
