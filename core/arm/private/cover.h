/* What closes the holes of a scan, so that no way leads through them into the head or under it, and what is kept clear before the eyes. */
#ifndef NP_ARM_PRIVATE_COVER_H
#define NP_ARM_PRIVATE_COVER_H

#include "surface/surface.h"

/* Makes the cover of SURFACE's holes; *OUT_COVER has no triangles where there are none.  The caller frees with
 * np_mesh_fini. */
np_status arm_cover_create(const np_surface *surface, np_mesh *out_cover, np_error *err);

/* So much farther than the ball that it holds reaches a ball of triangles. */
#define ARM_BALL_ROUGHNESS 1.04
/* Adds a ball of triangles to MESH that holds all within RADIUS_MM of MIDDLE, and nothing beyond ARM_BALL_ROUGHNESS times that.  Whatever of a tool is
 * inside, the rest of it goes through the ball's side, as no tool is that short.  MESH has no more triangles after an error. */
np_status arm_cover_add_ball(np_mesh *mesh, np_vec3 middle, double radius_mm, np_error *err);

#endif
