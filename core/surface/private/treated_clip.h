/* A step in the making of the treated skin; treated_clip.c says how. */
#ifndef NP_SURFACE_PRIVATE_TREATED_CLIP_H
#define NP_SURFACE_PRIVATE_TREATED_CLIP_H

#include "surface/private/treated_build.h"

/* Cuts what is outside off the triangles of BUILD. */
np_status surface_treated_clip(surface_treated_build *build, np_error *err);

#endif
