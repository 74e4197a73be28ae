/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3;
 * SC 2011).  A number depends on (seed, stream, index, draw) alone, so any thread may draw any number in any order and
 * the plan stays the same.  No state; all functions are pure and may be called from any thread. */
#ifndef NP_BASE_RNG_H
#define NP_BASE_RNG_H

#include <stdint.h>

typedef struct np_philox_block {
    uint32_t word[4];
} np_philox_block;

/* The raw generator; passes the known-answer vectors of Random123. */
np_philox_block np_philox4x32(const uint32_t counter[4], const uint32_t key[2]);

/* What the numbers are for; each purpose of each room has its own stream, so that adding draws to one never shifts
 * another.  Free for a room to use: any constant, kept in that room's source. */
typedef uint32_t np_rng_stream;

/* Random bits for item INDEX, draw DRAW. */
uint32_t np_rng_u32(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw);
/* Uniform in [0, 1), 53 bits. */
double np_rng_uniform(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw);
/* Standard normal (Box-Muller). */
double np_rng_normal(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw);
/* Uniform integer in [0, n), n >= 1, without visible bias (Lemire's multiply-shift on 32 bits). */
uint32_t np_rng_below(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw, uint32_t n);

#endif
