/* Bare skin, drawn once a view: what dots take from is kept apart from the gloss above it. */
#ifndef NP_LOOK_PRIVATE_SHADE_H
#define NP_LOOK_PRIVATE_SHADE_H

#include "look/private/view.h"

/* Fills what is by pixel. */
void look_shade(np_look *look, const look_raster *raster);

#endif
