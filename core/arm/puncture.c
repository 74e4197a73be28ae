/* Whether the whole tool has room at a puncture, and how high above it the tool may hover.  A hover is as low as a plane
 * above the skin allows, since every dot pays for its height twice; only in folds, where no plane gives one, are heights
 * tried. */
#include "arm/private/puncture.h"
#include "base/angle.h"

#include <math.h>

#define UNIT_TOLERANCE 1e-4
/* Above what the heights of the triangles ask for: rounding to micrometres, and the proof's own directions. */
#define SPARE_MM 0.01
/* Skin that is higher than a dot so near to it and by so much is the scanner's noise, which was smoothed away under the dot (by 0.8 mm
 * at most: surface/smooth.h), and no fold. */
#define ROUGH_WITHIN_MM 1.0
#define ROUGH_MOST_MM 0.8
/* Looked at for a hover where no plane gives one: in a fold. */
#define HOVER_STEP_MM 0.25
/* Two hovers are lifted for each other by so much at most; a via costs no more time. */
#define LIFT_MAX_MM 1.5

static bool is_unit(np_vec3 v)
{
    return np_vec3_is_finite(v) && fabs(np_vec3_length(v) - 1) <= UNIT_TOLERANCE;
}

np_status arm_puncture_check(const np_arm_puncture *p, np_error *err)
{
    if (!np_vec3_is_finite(p->position) || !is_unit(p->normal) || !is_unit(p->axis))
        return np_error_set(err, NP_ERR_INVALID, "dot %u: its position is not finite, or its axes are not unit", p->id);
    if (!(p->depth_mm >= 0 && p->depth_mm <= 10))
        return np_error_set(err, NP_ERR_INVALID, "dot %u: its depth is %g mm; 0 to 10 is possible", p->id, p->depth_mm);
    if (-np_vec3_dot(p->axis, p->normal) < ARM_TILT_MIN_COS)
        return np_error_set(err, NP_ERR_INVALID,
                            "dot %u: its needle is tilted by %.1f degrees; at more than 60 it lies on the skin", p->id,
                            np_angle_deg(acos(fmax(-1, -np_vec3_dot(p->axis, p->normal)))));
    return NP_OK;
}

np_arm_pose np_arm_hover(const np_arm_puncture *puncture, int32_t hover_um)
{
    np_vec3 axis = np_vec3_normalize(puncture->axis);
    return (np_arm_pose){np_vec3_mad(puncture->position, axis, -hover_um / 1000.0), axis};
}

static double travel_of(const np_arm_puncture *p)
{
    return p->depth_mm / -np_vec3_dot(np_vec3_normalize(p->axis), p->normal);
}

/* A dot lies on the skin without the scanner's noise. */
double arm_puncture_rough_mm(const np_arm_planner *planner, const np_arm_puncture *p, double slope)
{
    double skin = arm_obstacle_height_mm(&planner->obstacle, p->position, ROUGH_WITHIN_MM, p->normal);
    double rise = skin - np_vec3_dot(p->position, p->normal);
    return fmax(0, fmin(rise, ROUGH_MOST_MM)) / slope;
}

/* Room at the depth of P and on the way there, and at a hover of HOVER_MM above the skin if that is finite. */
static bool has_room(const np_arm_planner *planner, const np_arm_puncture *p, double hover_mm, arm_contact *out_contact)
{
    np_vec3 axis = np_vec3_normalize(p->axis);
    arm_stance stance = {.travel_mm = travel_of(p),
                         .rise_mm = ARM_RISE_MM,
                         .rough_mm = arm_puncture_rough_mm(planner, p, -np_vec3_dot(axis, p->normal)),
                         .puncture_clearance_mm = planner->clearances.puncture_mm + ARM_SLACK_MM,
                         .hover_mm = travel_of(p) + hover_mm,
                         .travel_clearance_mm = planner->travel.clearance_mm};
    arm_profile profile;
    arm_profile_puncture(&planner->tool, &stance, &profile);
    np_arm_pose deepest = {np_vec3_mad(p->position, axis, stance.travel_mm), axis};
    return arm_sweep_is_clear(&planner->obstacle, &profile, &deepest, &deepest, &p->normal, out_contact);
}

/* The height along the axis at which the tip is CLEARANCE above the plane across UP at HEIGHT. */
static double height_above(const np_arm_puncture *p, np_vec3 up, double height, double clearance)
{
    double slope = -np_vec3_dot(np_vec3_normalize(p->axis), up);
    return slope > 0 ? (height + clearance - np_vec3_dot(p->position, up)) / slope : INFINITY;
}

arm_room arm_puncture_look(const np_arm_planner *planner, const np_arm_puncture *p, double *out_hover_mm,
                           arm_contact *out_contact)
{
    double clearance = planner->travel.clearance_mm + SPARE_MM;
    double least = height_above(p, p->normal, np_vec3_dot(p->position, p->normal), clearance);
    np_vec3 over = np_vec3_mad(p->position, np_vec3_normalize(p->axis), -least);
    double skin = arm_obstacle_height_mm(&planner->obstacle, over, clearance, p->normal);
    *out_hover_mm = fmax(least, height_above(p, p->normal, skin, clearance));
    if (has_room(planner, p, *out_hover_mm, NULL))
        return ARM_ROOM;
    if (!has_room(planner, p, INFINITY, out_contact))
        return ARM_NO_ROOM;
    for (*out_hover_mm = least; *out_hover_mm <= ARM_HOVER_MAX_MM; *out_hover_mm += HOVER_STEP_MM) {
        np_arm_pose hover = np_arm_hover(p, (int32_t)ceil(*out_hover_mm * 1000));
        if (arm_sweep_is_clear(&planner->obstacle, &planner->travel, &hover, &hover, &p->normal, out_contact))
            return ARM_ROOM;
    }
    return ARM_NO_HOVER;
}

void arm_puncture_hover_pair(const np_arm_planner *planner, const np_arm_puncture *a, const np_arm_puncture *b,
                             double *inout_a_mm, double *inout_b_mm)
{
    double clearance = planner->travel.clearance_mm + SPARE_MM;
    np_vec3 tip_a = np_vec3_mad(a->position, a->axis, -*inout_a_mm);
    np_vec3 tip_b = np_vec3_mad(b->position, b->axis, -*inout_b_mm);
    np_vec3 up = np_vec3_normalize(np_vec3_add(a->normal, b->normal)), middle = np_vec3_lerp(tip_a, tip_b, 0.5);
    double radius = np_vec3_distance(tip_a, tip_b) / 2 + clearance;
    double skin = arm_obstacle_height_mm(&planner->obstacle, middle, radius, up);
    double lift_a = height_above(a, up, skin, clearance), lift_b = height_above(b, up, skin, clearance);
    if (lift_a <= *inout_a_mm + LIFT_MAX_MM && lift_b <= *inout_b_mm + LIFT_MAX_MM) {
        *inout_a_mm = fmax(*inout_a_mm, lift_a);
        *inout_b_mm = fmax(*inout_b_mm, lift_b);
    }
}
