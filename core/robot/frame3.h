/* Rigid frames: where something stands and how it is turned, as three unit axes and an origin.  Lengths in mm. */
#ifndef NP_ROBOT_FRAME3_H
#define NP_ROBOT_FRAME3_H

#include "base/vec3.h"

/* Axes x, y, z and origin p of one frame, expressed in another. */
typedef struct np_frame3 {
    np_vec3 x, y, z, p;
} np_frame3;

static inline np_frame3 np_frame3_identity(void)
{
    return (np_frame3){{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 0}};
}
/* A direction given in the frame F, in F's parent; and the way back. */
static inline np_vec3 np_frame3_turn(const np_frame3 *f, np_vec3 v)
{
    return np_vec3_mad(np_vec3_mad(np_vec3_scale(f->x, v.x), f->y, v.y), f->z, v.z);
}
static inline np_vec3 np_frame3_turn_back(const np_frame3 *f, np_vec3 v)
{
    return (np_vec3){np_vec3_dot(f->x, v), np_vec3_dot(f->y, v), np_vec3_dot(f->z, v)};
}
/* A point likewise. */
static inline np_vec3 np_frame3_place(const np_frame3 *f, np_vec3 p)
{
    return np_vec3_add(f->p, np_frame3_turn(f, p));
}
static inline np_vec3 np_frame3_place_back(const np_frame3 *f, np_vec3 p)
{
    return np_frame3_turn_back(f, np_vec3_sub(p, f->p));
}
/* B, given in A, as seen from A's parent. */
static inline np_frame3 np_frame3_compose(const np_frame3 *a, const np_frame3 *b)
{
    return (np_frame3){np_frame3_turn(a, b->x), np_frame3_turn(a, b->y), np_frame3_turn(a, b->z),
                       np_frame3_place(a, b->p)};
}

#endif
