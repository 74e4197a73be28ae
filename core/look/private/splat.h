/* Marks of dots on a picture, as absorbance that adds up. */
#ifndef NP_LOOK_PRIVATE_SPLAT_H
#define NP_LOOK_PRIVATE_SPLAT_H

#include "look/private/view.h"

/* Adds the absorbance of DOTS to RGB. */
np_status look_splat(const np_look *look, const np_look_dot *dots, size_t n, float *rgb, np_error *err);

#endif
