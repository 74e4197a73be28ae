/* The scan as an obstacle: three answers to "how far is it from here at least?", each dearer and closer than the one
 * before: a plane that all of it is behind, a grid of distances, and the triangles themselves.
 *
 * Its holes are covered (cover.h), and what is said of the scan goes for the cover too.  All are lower bounds, and as a distance changes by no more than one moves, a few of them prove a whole motion clear. */
#ifndef NP_ARM_PRIVATE_OBSTACLE_H
#define NP_ARM_PRIVATE_OBSTACLE_H

#include "arm/planner.h"
#include "arm/private/grid.h"
#include "arm/private/hull.h"
#include "surface/surface.h"

typedef struct arm_obstacle {
    const np_surface *surface;
    np_surface cover; /* of its holes, and what is kept clear before the eyes; without an index if it has none */
    arm_grid grid;    /* of the surface */
    arm_hull hull;    /* of both, as far down as a tool above the floor can come near to them */
    double floor_z_mm;
    double span_mm; /* no two points of both are farther apart */
} arm_obstacle;

/* Borrows SURFACE.  No part of a tool may be below FLOOR_Z_MM, which is -INFINITY if there is no floor; above it a tool keeps CLEARANCE_MM at most.
 * EYE_MM around the EYES (two, then both as they may lie else) count as scan; 0: there are none, and EYES may be NULL.  OBSTACLE must not move afterwards.  Zero is empty; fini is safe on zero and after an error. */
np_status arm_obstacle_init(arm_obstacle *obstacle, const np_surface *surface, double floor_z_mm, double clearance_mm,
                            const np_vec3 eyes[NP_ARM_EYES], double eye_mm, np_error *err);
void arm_obstacle_fini(arm_obstacle *obstacle);

/* No scan within MM of P, as far as the grid knows. */
bool arm_obstacle_is_far(const arm_obstacle *obstacle, np_vec3 p, double mm);
/* The nearest point of the scan within LIMIT_MM; false if there is none. */
bool arm_obstacle_nearest(const arm_obstacle *obstacle, np_vec3 p, double limit_mm, np_vec3 *out_nearest);
/* No point Q of the scan within RADIUS_MM of P has a larger Q . DIRECTION; -INFINITY if there is none. */
double arm_obstacle_height_mm(const arm_obstacle *obstacle, np_vec3 p, double radius_mm, np_vec3 direction);
/* Whether the scan is between A and B; then where, first from A. */
bool arm_obstacle_between(const arm_obstacle *obstacle, np_vec3 a, np_vec3 b, np_vec3 *out_where);

#endif
