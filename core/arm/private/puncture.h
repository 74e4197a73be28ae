/* What one puncture needs: room for the tool at its depth, and a height to hover at. */
#ifndef NP_ARM_PRIVATE_PUNCTURE_H
#define NP_ARM_PRIVATE_PUNCTURE_H

#include "arm/private/planner.h"

/* No hover is higher: a puncture that needs more has something above it. */
#define ARM_HOVER_MAX_MM 15.0
/* The tool comes down to a puncture from here at most. */
#define ARM_RISE_MM 20.0
/* No axis is farther from the normal: there the needle lies on the skin. */
#define ARM_TILT_MIN_COS 0.5

/* Finite, unit, tilted by less than 60 degrees. */
np_status arm_puncture_check(const np_arm_puncture *puncture, np_error *err);

/* Whether cone and body have room while the needle is in the skin, and the needle on its way there; and the least height
 * above the skin along the axis at which the whole tool is clear to travel. */
arm_room arm_puncture_look(const np_arm_planner *planner, const np_arm_puncture *puncture, double *out_hover_mm,
                           arm_contact *out_contact);

/* How much higher than PUNCTURE the scan is right beside it, along an axis that has SLOPE (the cosine of its angle to the normal). */
double arm_puncture_rough_mm(const np_arm_planner *planner, const np_arm_puncture *puncture, double slope);

/* np_arm_moves.lean_deg of a puncture (puncture_lean.c). */
int arm_puncture_lean_deg(const np_arm_planner *planner, const np_arm_puncture *puncture);

/* Heights at which the tips of A and B travel straight from one to the other over the skin between them. Not less than
 * the hovers that are given. */
void arm_puncture_hover_pair(const np_arm_planner *planner, const np_arm_puncture *a, const np_arm_puncture *b,
                             double *inout_a_mm, double *inout_b_mm);

#endif
