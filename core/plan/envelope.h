/* The envelope: the safety limits that every dot must pass.  Sources: domain.md 1.3 (depth), 1.4 (angle), 1.5 (spacing). */
#ifndef NP_PLAN_ENVELOPE_H
#define NP_PLAN_ENVELOPE_H

#include "plan/plan.h"

/* Hard limits: a case file may tighten, never loosen. */
#define NP_HARD_DEPTH_MIN_MM 0.3
#define NP_HARD_DEPTH_MAX_MM 1.5
#define NP_HARD_TILT_MAX_DEG 45.0
#define NP_DEFAULT_TILT_MAX_DEG 30.0
#define NP_HARD_SPACING_MIN_MM 0.45
#define NP_HARD_SESSION_SPACING_MIN_MM 0.7
#define NP_HARD_SCAN_DISTANCE_MM 0.05

/* Checks what can be checked of the plan by itself: finite, depth, tilt and axis, dwell, spacing over all and within a
 * session, ids unique, orders a permutation, counts.  NP_ERR_UNSAFE names the dot, the value and the limit. */
np_status np_envelope_check(const np_plan *plan, np_error *err);

#endif
