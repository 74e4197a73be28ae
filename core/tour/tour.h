/* Ordering dots: the fastest way for the arm. */
#ifndef NP_TOUR_TOUR_H
#define NP_TOUR_TOUR_H

#include <stdbool.h>

#include "base/progress.h"
#include "base/status.h"
#include "base/vec3.h"
#include "case/case.h"

typedef enum np_tour_metric { NP_TOUR_TIME, NP_TOUR_LENGTH } np_tour_metric;

/* Borrowed for the call. */
typedef struct np_tour_request {
    const np_vec3 *positions; /* mm */
    const np_vec3 *axes;      /* needle axis into the skin, unit; NULL: rotation costs nothing */
    size_t n;
    np_tour_metric metric;
    bool closed;                  /* back to the first dot */
    const uint32_t *first, *last; /* the index to begin with and the one to end with; NULL: any, as it must be
                                     in a closed tour */
    np_case_arm arm;              /* for NP_TOUR_TIME, and for the totals */
    double dwell_ms;              /* mean, for the totals */
    int kicks_per_dot;            /* work budget, the same tour on any machine; -1: the default, 1 for time, 5 for
                          length */
    double seconds;               /* > 0: this budget of wall time instead (not deterministic) */
    uint64_t seed;
} np_tour_request;

typedef struct np_tour_totals {
    double length_mm;
    double time_s;        /* moves, lifts, dwells, reloads, re-posings, rests */
    double greedy_time_s; /* of the greedy start, for comparison */
    unsigned patches, reloads;
} np_tour_totals;

/* Writes the order into out_order[n] (indices of the request): patches first, then a tour within each.  The
 * result does not depend on the number of threads unless SECONDS is given.  NP_ERR_INVALID: rates, positions
 * or fixed ends that make no sense, also two fixed ends in one of several patches. */
np_status np_tour_order(const np_tour_request *request, const np_progress *progress, uint32_t *out_order,
                        np_tour_totals *out_totals, np_error *err);

#endif
