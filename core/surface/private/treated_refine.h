/* A step in the making of the treated skin; treated_refine.c says how. */
#ifndef NP_SURFACE_PRIVATE_TREATED_REFINE_H
#define NP_SURFACE_PRIVATE_TREATED_REFINE_H

#include "surface/private/treated_build.h"

/* Makes the triangles of BUILD: the scan's that may hold wanted area, cut to edges of at most max_edge_mm, with INSIDE asked at
 * all points. */
np_status surface_treated_refine(surface_treated_build *build, np_error *err);

#endif
