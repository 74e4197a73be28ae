/* What the tour's inner loops see: points in an order in which neighbours in space are neighbours in memory,
 * and the cost of going from one to another.
 *
 * Single precision on purpose: a point is one 16-byte load, and the caches hold twice as many; totals are
 * summed in double from the caller's positions (measure.c).  One inlined function is the cost in both
 * metrics; the optimiser is compiled once for each, with METRIC a constant. */
#ifndef NP_TOUR_PRIVATE_SPACE_H
#define NP_TOUR_PRIVATE_SPACE_H

#include <math.h>
#include <stdalign.h>
#include <stdint.h>

#include "tour/tour.h"

typedef struct tour_vec {
    alignas(16) float v[4];
} tour_vec;

/* Times from rest to rest with limited speed and acceleration, without a division. */
typedef struct tour_ramp {
    float threshold;          /* distance from which the speed is reached */
    float root;               /* below it: seconds per square root of the distance */
    float per_unit, speeding; /* above it: seconds per unit, and what speeding up and slowing down cost */
} tour_ramp;

/* Points are named by their RANK along a Hilbert curve.  Rank N is no point but the gap of an open tour:
 * going to it and from it costs nothing, or, where a fixed end of the tour is, minus infinity, so that no
 * search gives up that edge.
 *
 * at[].v[3] is the point's price (ascent.h), 0 at first: it is added to the cost of both edges at the point,
 * so that every tour costs the same amount more. */
typedef struct tour_space {
    uint32_t n;
    tour_vec *at;     /* by rank, mm, from the middle of the set */
    tour_vec *axis;   /* by rank, unit; NULL: rotation costs nothing */
    uint32_t *source; /* rank -> index in the request */
    uint32_t end[2];  /* ranks of the fixed first and last point; UINT32_MAX: none */
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
    if (__builtin_expect(distance >= ramp.threshold, 0))
        return distance * ramp.per_unit + ramp.speeding;
    return ramp.root * sqrtf(distance);
}

/* The angle between two unit vectors CHORD apart.  The series is within 2e-5 of it up to 60 degrees. */
static inline float tour_angle(float chord)
{
    if (__builtin_expect(chord > 1, 0))
        return 2 * asinf(fminf(chord * 0.5f, 1.0f));
    float q = chord * chord * 0.25f;
    return chord * (1 + q * (1 / 6.0f + q * (3 / 40.0f + q * (15 / 336.0f + q * (105 / 3456.0f)))));
}

static inline float tour_distance2(const tour_vec *a, const tour_vec *b)
{
    float dx = a->v[0] - b->v[0], dy = a->v[1] - b->v[1], dz = a->v[2] - b->v[2];
    return dx * dx + dy * dy + dz * dz;
}

/* Seconds that depend on the pair: the longer of move and turn. */
static inline float tour_pair_s(const tour_space *space, const tour_vec *at_a, const tour_vec *at_b,
                                const tour_vec *axis_a, const tour_vec *axis_b)
{
    float move_s = tour_ramp_s(space->linear, sqrtf(tour_distance2(at_a, at_b)));
    float turn_s = tour_ramp_s(space->rotation, tour_angle(sqrtf(tour_distance2(axis_a, axis_b))));
    return move_s > turn_s ? move_s : turn_s;
}

static inline float tour_move_cost_s(const tour_space *space, uint32_t a, uint32_t b)
{
    if (!space->axis)
        return tour_ramp_s(space->linear, sqrtf(tour_distance2(&space->at[a], &space->at[b])));
    return tour_pair_s(space, &space->at[a], &space->at[b], &space->axis[a], &space->axis[b]);
}

/* The cost of an edge to the gap, of which A or B is the other end. */
static inline float tour_gap_cost(const tour_space *space, float prices, uint32_t a, uint32_t b)
{
    bool fixed = a == space->end[0] || a == space->end[1] || b == space->end[0] || b == space->end[1];
    return fixed ? -INFINITY : prices;
}

/* The cost between ranks A and B, mm or seconds, prices included.  METRIC is space->metric, passed as a
 * constant. */
static inline __attribute__((always_inline)) float tour_cost(const tour_space *space, np_tour_metric metric, uint32_t a,
                                                             uint32_t b)
{
    float prices = space->at[a].v[3] + space->at[b].v[3];
    if (__builtin_expect(a >= space->n || b >= space->n, 0))
        return tour_gap_cost(space, prices, a, b);
    if (metric == NP_TOUR_LENGTH)
        return sqrtf(tour_distance2(&space->at[a], &space->at[b])) + prices;
    return tour_move_cost_s(space, a, b) + prices;
}

/* The mean cost of an edge of the cycle ORDER[N] of ranks and, in an open tour, the gap, which costs nothing;
 * without prices. */
double tour_mean_cost(const tour_space *space, const uint32_t *order, uint32_t n);

#endif
