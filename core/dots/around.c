/* Density among dots that stand and new ones; see around.h. */
#include "dots/around.h"

#include "base/angle.h"

static const double SAME_SIDE_COS = 0.5;

static np_vec3 normal_of(const np_vec3 *normal, size_t stride, size_t i)
{
    return *(const np_vec3 *)(const void *)((const char *)normal + i * stride);
}

double np_dots_around_per_cm2(const np_near *near, const np_vec3 *normal, size_t stride, size_t i, np_near_view *view)
{
    const np_vec3 at = np_near_point(near, i), own = normal_of(normal, stride, i);
    const double reach2 = NP_DOTS_AROUND_MM * NP_DOTS_AROUND_MM;
    size_t n = 0;
    np_near_walk walk = np_near_look(near, at, NP_DOTS_AROUND_MM, view);
    for (uint32_t j; np_near_next(&walk, &j);)
        n += np_vec3_distance2(at, np_near_point(near, j)) < reach2 &&
             np_vec3_dot(own, normal_of(normal, stride, j)) > SAME_SIDE_COS;
    return (double)n / (NP_PI * reach2 / 100);
}
