/* The envelope: the safety limits that every dot must pass.  Sources: domain.md 1.3 (depth), 1.4 (angle), 1.5
 * (spacing). */
#ifndef NP_PLAN_ENVELOPE_H
#define NP_PLAN_ENVELOPE_H

#include "case/limits.h" /* the hard limits: a case file may tighten, never loosen */
#include "plan/plan.h"

/* Checks what can be checked of the plan by itself: finite, depth, tilt and axis, dwell, spacing over all
 * and within a session, ids unique, orders a permutation, counts.  NP_ERR_UNSAFE names the dot, the value
 * and the limit. */
np_status np_envelope_check(const np_plan *plan, np_error *err);

#endif
