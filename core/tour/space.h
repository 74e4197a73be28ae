/* What the tour's inner loops see: points in an order in which neighbours in space are neighbours in memory,
 * and the cost of going from one to another.
 *
 * Single precision on purpose: a point is one 16-byte load, and the caches hold twice as many; totals are
 * summed in double from the caller's positions (measure.c).  One inlined function is the cost in both
 * metrics; the optimiser is compiled once for each, with METRIC a constant. */
#ifndef NP_TOUR_SPACE_H
#define NP_TOUR_SPACE_H

#include <math.h>
#include <stdalign.h>
#include <stdint.h>

#include "tour/tour.h"

typedef struct tour_vec {
    alignas(16) float v[4];
} tour_vec;

/* Times from rest to rest with limited speed and acceleration. */
typedef struct tour_ramp {
    float speed, acceleration, threshold; /* threshold: distance from which the speed is reached */
} tour_ramp;

/* Points are named by their RANK along a Hilbert curve.  Rank N is no point but the gap of an open tour:
 * going to it and from it costs nothing.
 *
 * at[].v[3] is the point's price (ascent.h), 0 at first: it is added to the cost of both edges at the point,
 * so that every tour costs the same amount more. */
typedef struct tour_space {
    uint32_t n;
    tour_vec *at;     /* by rank, mm, from the middle of the set */
    tour_vec *axis;   /* by rank, unit; NULL: rotation costs nothing */
    uint32_t *source; /* rank -> index in the request */
    np_tour_metric metric;
    tour_ramp linear, rotation;
} tour_space;

/* Takes the N points of REQUEST named by SUBSET (NULL: all), in the order of a Hilbert curve. */
np_status tour_space_init(tour_space *space, const np_tour_request *request, const uint32_t *subset, size_t n,
                          np_error *err);
void tour_space_fini(tour_space *space);

/* An item and what it is sorted by. */
typedef struct tour_keyed {
    uint32_t key, value;
} tour_keyed;

/* Sorts by key, stably, over the keys' lowest BITS bits; SCRATCH holds n. */
void tour_radix_sort(tour_keyed *items, tour_keyed *scratch, size_t n, unsigned bits);

static inline float tour_ramp_s(tour_ramp ramp, float distance)
{
    if (distance >= ramp.threshold)
        return distance / ramp.speed + ramp.speed / ramp.acceleration;
    return 2 * sqrtf(distance / ramp.acceleration);
}

static inline float tour_distance2(const tour_vec *a, const tour_vec *b)
{
    float dx = a->v[0] - b->v[0], dy = a->v[1] - b->v[1], dz = a->v[2] - b->v[2];
    return dx * dx + dy * dy + dz * dz;
}

/* Seconds that depend on the pair: the longer of move and turn.  The angle is computed only when a bound of
 * it (angle <= chord pi/2) could be the longer. */
static inline float tour_move_cost_s(const tour_space *space, uint32_t a, uint32_t b)
{
    float move_s = tour_ramp_s(space->linear, sqrtf(tour_distance2(&space->at[a], &space->at[b])));
    if (!space->axis)
        return move_s;
    float chord = sqrtf(tour_distance2(&space->axis[a], &space->axis[b]));
    if (tour_ramp_s(space->rotation, chord * 1.5707964f) <= move_s)
        return move_s;
    float turn_s = tour_ramp_s(space->rotation, 2 * asinf(fminf(chord * 0.5f, 1.0f)));
    return fmaxf(move_s, turn_s);
}

/* The cost between ranks A and B, mm or seconds, prices included.  METRIC is space->metric, passed as a
 * constant. */
static inline __attribute__((always_inline)) float tour_cost(const tour_space *space, np_tour_metric metric,
                                                             uint32_t a, uint32_t b)
{
    float prices = space->at[a].v[3] + space->at[b].v[3];
    if (__builtin_expect(a >= space->n || b >= space->n, 0))
        return prices;
    if (metric == NP_TOUR_LENGTH)
        return sqrtf(tour_distance2(&space->at[a], &space->at[b])) + prices;
    return tour_move_cost_s(space, a, b) + prices;
}

#endif
