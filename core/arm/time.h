/* How long moves take: limited speed and acceleration, from rest to rest. */
#ifndef NP_ARM_TIME_H
#define NP_ARM_TIME_H

#include "base/vec3.h"

typedef struct np_arm_rates {
    double speed_mm_s, acceleration_mm_s2;
    double rotation_rad_s, rotation_acceleration_rad_s2;
    double lift_mm, approach_mm_s; /* the last LIFT_MM above the skin are gone at APPROACH_MM_S, up and down */
} np_arm_rates;

/* Seconds from stop to stop: the longer of moving DISTANCE_MM and turning by ANGLE_RAD. */
double np_arm_travel_s(const np_arm_rates *rates, double distance_mm, double angle_rad);

/* Seconds up from the skin to a hover, or down again: LIFT_MM at approach speed, the rest at the arm's. */
double np_arm_lift_s(const np_arm_rates *rates, double hover_mm);

/* The angle between two unit vectors, rad. */
double np_arm_angle(np_vec3 a, np_vec3 b);

#endif
