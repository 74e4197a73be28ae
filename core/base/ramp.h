/* Motion from rest to rest at limited speed and acceleration. */
#ifndef NP_BASE_RAMP_H
#define NP_BASE_RAMP_H

#include <math.h>

/* Seconds over WAY (0 where it is not positive), at most SPEED, speeding up and slowing down at ACCELERATION; in any one unit. */
static inline double np_ramp_s(double way, double speed, double acceleration)
{
    if (!(way > 0))
        return 0;
    if (way >= speed * speed / acceleration)
        return way / speed + speed / acceleration;
    return 2 * sqrt(way / acceleration);
}

#endif
