/* Smooth steps between two values. */
#ifndef NP_BASE_SMOOTH_H
#define NP_BASE_SMOOTH_H

#include <math.h>

/* 0 up to FROM, 1 from TO on, between them 3 t^2 - 2 t^3; FROM may be above TO, but not TO itself. */
static inline double np_smooth_step(double from, double to, double x)
{
    double t = fmin(fmax((x - from) / (to - from), 0), 1);
    return t * t * (3 - 2 * t);
}

#endif
