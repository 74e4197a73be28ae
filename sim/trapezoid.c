/* Trapezoidal motion; see trapezoid.h. */
#include "sim/trapezoid.h"

#include <math.h>

/* Time of speeding up (and of slowing down), and the speed that is reached. */
static double ramp_s(double distance, double speed, double acceleration, double *out_top)
{
    double ramp = fmin(speed / acceleration, sqrt(distance / acceleration));
    *out_top = ramp * acceleration;
    return ramp;
}

double sim_trapezoid_duration(double distance, double speed, double acceleration)
{
    if (!(distance > 0))
        return 0;
    double top, ramp = ramp_s(distance, speed, acceleration, &top);
    return ramp + distance / top;
}

double sim_trapezoid_fraction(double distance, double speed, double acceleration, double seconds)
{
    double total = sim_trapezoid_duration(distance, speed, acceleration);
    if (seconds >= total)
        return 1;
    if (seconds <= 0)
        return 0;
    double top, ramp = ramp_s(distance, speed, acceleration, &top), left = total - seconds;
    if (seconds < ramp)
        return acceleration * seconds * seconds / 2 / distance;
    if (left < ramp)
        return 1 - acceleration * left * left / 2 / distance;
    return top * (seconds - ramp / 2) / distance;
}
