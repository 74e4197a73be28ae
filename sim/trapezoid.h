/* Motion with limited speed and acceleration, from rest to rest: the trapezoid (or triangle) of speed over time. */
#ifndef NP_SIM_TRAPEZOID_H
#define NP_SIM_TRAPEZOID_H

/* Fraction 0..1 of DISTANCE (>= 0) after SECONDS of such a motion, at most at SPEED with ACCELERATION (> 0; any unit, the same for all
 * three); 1 from its end on, which is at np_ramp_s (base/ramp.h). */
double sim_trapezoid_fraction(double distance, double speed, double acceleration, double seconds);

#endif
