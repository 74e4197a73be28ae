/* Shafts of shaved hair over a picture. They come last: they hide dots. */
#ifndef NP_LOOK_PRIVATE_HAIRS_H
#define NP_LOOK_PRIVATE_HAIRS_H

#include "look/private/view.h"

/* Draws HAIRS over the radiance RGB. */
void look_hairs(const np_look *look, const np_look_hair *hairs, size_t n, float *rgb);

#endif
