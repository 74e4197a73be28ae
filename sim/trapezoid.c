/* Trapezoidal motion; see trapezoid.h. */
#include "sim/trapezoid.h"

#include <math.h>

#include "base/ramp.h"

double sim_trapezoid_fraction(double distance, double speed, double acceleration, double seconds)
{
    double total = np_ramp_s(distance, speed, acceleration);
    if (seconds >= total)
        return 1;
    if (seconds <= 0)
        return 0;
    double ramp = fmin(speed / acceleration, sqrt(distance / acceleration)), left = total - seconds;
    if (seconds < ramp)
        return acceleration * seconds * seconds / 2 / distance;
    if (left < ramp)
        return 1 - acceleration * left * left / 2 / distance;
    return ramp * acceleration * (seconds - ramp / 2) / distance;
}
