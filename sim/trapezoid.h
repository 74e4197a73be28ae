/* Motion with limited speed and acceleration, from rest to rest: the trapezoid (or triangle) of speed over time. */
#ifndef NP_SIM_TRAPEZOID_H
#define NP_SIM_TRAPEZOID_H

/* Seconds for DISTANCE (>= 0) at most at SPEED with ACCELERATION (> 0; any unit, the same for all three). */
double sim_trapezoid_duration(double distance, double speed, double acceleration);

/* Fraction 0..1 of the way after SECONDS of such a motion; 1 from its end on. */
double sim_trapezoid_fraction(double distance, double speed, double acceleration, double seconds);

#endif
