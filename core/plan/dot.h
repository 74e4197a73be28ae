/* The dot: one puncture.  What the plan holds and the wire carries. */
#ifndef NP_PLAN_DOT_H
#define NP_PLAN_DOT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/vec3.h"

/* Values are whole multiples of what the plan and the wire carry (1 um, 1e-6 of a unit vector, 1 us, 1e-6 rad), so that
 * what is planned, signed, sent and compared is the same to the bit. */
typedef struct np_dot {
    uint32_t id;      /* 1.., unique in the plan, never reused */
    int32_t session;  /* 1 first */
    uint32_t order;   /* place in its session's tour, 0 first */
    np_vec3 position; /* where the needle enters: on the skin, head frame, mm */
    np_vec3 normal;   /* outward unit */
    np_vec3 axis;     /* needle axis into the skin, unit; -normal when upright */
    double depth_mm;  /* along the normal, below the undeformed skin */
    double tilt_rad;  /* between -axis and normal */
    double tone;      /* 0 lightest .. 1 darkest */
    double dwell_ms;
    int32_t layer;
    double density_per_cm2; /* the final target at the dot */
    bool pin;
} np_dot;

/* The place on the skin, mm, over what the needle leaves at its depth: where the mark is seen.  A needle that leans enters beside it. */
static inline np_vec3 np_dot_mark(const np_dot *dot)
{
    double slope = cos(dot->tilt_rad);
    return np_vec3_mad(dot->position, np_vec3_mad(dot->axis, dot->normal, slope), dot->depth_mm / slope);
}

#endif
