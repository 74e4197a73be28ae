/* Three-vectors of floats: a picture has millions of them, and eyes see no seventh digit. */
#ifndef NP_LOOK_PRIVATE_VEC_H
#define NP_LOOK_PRIVATE_VEC_H

#include <math.h>

#include "base/vec3.h"

typedef struct look_vec {
    float x, y, z;
} look_vec;

static inline look_vec look_vec_of(np_vec3 v)
{
    return (look_vec){(float)v.x, (float)v.y, (float)v.z};
}
static inline look_vec look_add(look_vec a, look_vec b)
{
    return (look_vec){a.x + b.x, a.y + b.y, a.z + b.z};
}
static inline look_vec look_sub(look_vec a, look_vec b)
{
    return (look_vec){a.x - b.x, a.y - b.y, a.z - b.z};
}
static inline look_vec look_scale(look_vec a, float k)
{
    return (look_vec){a.x * k, a.y * k, a.z * k};
}
/* a + k b */
static inline look_vec look_mad(look_vec a, look_vec b, float k)
{
    return (look_vec){a.x + k * b.x, a.y + k * b.y, a.z + k * b.z};
}
static inline float look_dot(look_vec a, look_vec b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline look_vec look_unit(look_vec a)
{
    return look_scale(a, 1 / sqrtf(look_dot(a, a) + 1e-30f));
}

#endif
