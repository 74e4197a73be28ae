/* The same metric as the tour's (tour/measure.c): a move that needs no via and hovers at the lift takes what the tour
 * counted for it. */
#include "arm/time.h"

#include <math.h>

#include "base/ramp.h"

double np_arm_travel_s(const np_arm_rates *rates, double distance_mm, double angle_rad)
{
    return fmax(np_ramp_s(distance_mm, rates->speed_mm_s, rates->acceleration_mm_s2),
                np_ramp_s(angle_rad, rates->rotation_rad_s, rates->rotation_acceleration_rad_s2));
}

double np_arm_lift_s(const np_arm_rates *rates, double hover_mm)
{
    double slow_mm = fmin(hover_mm, rates->lift_mm);
    return slow_mm / rates->approach_mm_s + (hover_mm - slow_mm) / rates->speed_mm_s;
}

double np_arm_angle(np_vec3 a, np_vec3 b)
{
    return atan2(np_vec3_length(np_vec3_cross(a, b)), np_vec3_dot(a, b));
}
