/* Three-vectors of doubles, by value.  Lengths in mm unless a name says otherwise. */
#ifndef NP_BASE_VEC3_H
#define NP_BASE_VEC3_H

#include <math.h>

typedef struct np_vec3 {
    double x, y, z;
} np_vec3;

static inline np_vec3 np_vec3_make(double x, double y, double z)
{
    return (np_vec3){x, y, z};
}
static inline np_vec3 np_vec3_add(np_vec3 a, np_vec3 b)
{
    return (np_vec3){a.x + b.x, a.y + b.y, a.z + b.z};
}
static inline np_vec3 np_vec3_sub(np_vec3 a, np_vec3 b)
{
    return (np_vec3){a.x - b.x, a.y - b.y, a.z - b.z};
}
static inline np_vec3 np_vec3_scale(np_vec3 a, double k)
{
    return (np_vec3){a.x * k, a.y * k, a.z * k};
}
/* a + k b */
static inline np_vec3 np_vec3_mad(np_vec3 a, np_vec3 b, double k)
{
    return (np_vec3){a.x + k * b.x, a.y + k * b.y, a.z + k * b.z};
}
static inline np_vec3 np_vec3_lerp(np_vec3 a, np_vec3 b, double t)
{
    return np_vec3_mad(a, np_vec3_sub(b, a), t);
}
static inline double np_vec3_dot(np_vec3 a, np_vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline np_vec3 np_vec3_cross(np_vec3 a, np_vec3 b)
{
    return (np_vec3){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
static inline double np_vec3_length(np_vec3 a)
{
    return sqrt(np_vec3_dot(a, a));
}
static inline double np_vec3_distance2(np_vec3 a, np_vec3 b)
{
    np_vec3 d = np_vec3_sub(a, b);
    return np_vec3_dot(d, d);
}
static inline double np_vec3_distance(np_vec3 a, np_vec3 b)
{
    return sqrt(np_vec3_distance2(a, b));
}
/* How far X lies outside of LOW to HIGH. */
static inline double np_outside(double x, double low, double high)
{
    double below = low - x, above = x - high, most = below > above ? below : above;
    return most > 0 ? most : 0;
}
/* The square of the distance of P to the box from corner LOW to corner HIGH; 0 inside. */
static inline double np_vec3_box_distance2(np_vec3 p, np_vec3 low, np_vec3 high)
{
    double x = np_outside(p.x, low.x, high.x), y = np_outside(p.y, low.y, high.y), z = np_outside(p.z, low.z, high.z);
    return x * x + y * y + z * z;
}
/* Unit vector along A; the zero vector stays zero. */
static inline np_vec3 np_vec3_normalize(np_vec3 a)
{
    double n = np_vec3_length(a);
    return n > 0 ? np_vec3_scale(a, 1 / n) : a;
}
/* A without its part along the unit vector N. */
static inline np_vec3 np_vec3_reject(np_vec3 a, np_vec3 n)
{
    return np_vec3_mad(a, n, -np_vec3_dot(a, n));
}
static inline int np_vec3_is_finite(np_vec3 a)
{
    return isfinite(a.x) && isfinite(a.y) && isfinite(a.z);
}
/* A unit vector perpendicular to the unit vector N, and the same for equal N (Duff et al. 2017, JCGT 6(1)). */
static inline np_vec3 np_vec3_perpendicular(np_vec3 n)
{
    double sign = copysign(1.0, n.z);
    double a = -1.0 / (sign + n.z);
    return (np_vec3){1.0 + sign * n.x * n.x * a, sign * n.x * n.y * a, -sign * n.x};
}
/* V turned by ANGLE_RAD around the unit vector AXIS, right-handed (Rodrigues). */
static inline np_vec3 np_vec3_rotate(np_vec3 v, np_vec3 axis, double angle_rad)
{
    double c = cos(angle_rad), s = sin(angle_rad);
    np_vec3 out = np_vec3_scale(v, c);
    out = np_vec3_mad(out, np_vec3_cross(axis, v), s);
    return np_vec3_mad(out, axis, np_vec3_dot(axis, v) * (1 - c));
}

#endif
