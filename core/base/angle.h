/* Pi, and degrees and radians. */
#ifndef NP_BASE_ANGLE_H
#define NP_BASE_ANGLE_H

#define NP_PI 3.14159265358979323846
#define NP_TWO_PI 6.28318530717958647693

static inline double np_angle_rad(double degrees)
{
    return degrees * NP_PI / 180;
}
static inline double np_angle_deg(double radians)
{
    return radians * 180 / NP_PI;
}

#endif
