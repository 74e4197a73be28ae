/* What closes the holes of a scan, so that no way leads through them into the head or under it. */
#ifndef NP_ARM_PRIVATE_COVER_H
#define NP_ARM_PRIVATE_COVER_H

#include "surface/surface.h"

/* Makes the cover of SURFACE's holes; *OUT_COVER has no triangles where there are none.  The caller frees with
 * np_mesh_fini. */
np_status arm_cover_create(const np_surface *surface, np_mesh *out_cover, np_error *err);

#endif
