/* The hard limits of every treatment, in one place: the case reader refuses looser values, the envelope
 * (plan/envelope.h) checks every dot, the executor has its own.  Sources: domain.md 1.3 (depth), 1.4
 * (angle), 1.5 (spacing). */
#ifndef NP_CASE_LIMITS_H
#define NP_CASE_LIMITS_H

#define NP_HARD_DEPTH_MIN_MM 0.3
#define NP_HARD_DEPTH_MAX_MM 1.5
#define NP_HARD_TILT_MAX_DEG 45.0
#define NP_DEFAULT_TILT_MAX_DEG 30.0
#define NP_HARD_SPACING_MIN_MM 0.45
#define NP_HARD_SESSION_SPACING_MIN_MM 0.7
#define NP_HARD_SCAN_DISTANCE_MM 0.05
/* Contact time of one dot: domain.md 1.8, default 30 ms, range 10-150 ms. */
#define NP_HARD_DWELL_MIN_MS 10.0
#define NP_HARD_DWELL_MAX_MS 150.0

#endif
