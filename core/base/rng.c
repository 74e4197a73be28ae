/* Philox4x32-10 and what is drawn from it; counters instead of state, so that any thread may draw any number. */
#include "base/rng.h"

#include <math.h>

#include "base/angle.h"

np_philox_block np_philox4x32(const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c0 = n0;
        c1 = (uint32_t)p1;
        c2 = n2;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u; /* golden ratio */
        k1 += 0xBB67AE85u; /* sqrt(3) - 1 */
    }
    return (np_philox_block){{c0, c1, c2, c3}};
}

static np_philox_block block_of(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw)
{
    uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), draw, stream};
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    return np_philox4x32(counter, key);
}

static double unit_of(uint32_t high, uint32_t low)
{
    uint64_t bits = ((uint64_t)high << 32 | low) >> 11;
    return (double)bits * 0x1.0p-53;
}

uint32_t np_rng_u32(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw)
{
    return block_of(seed, stream, index, draw).word[0];
}

double np_rng_uniform(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw)
{
    np_philox_block b = block_of(seed, stream, index, draw);
    return unit_of(b.word[0], b.word[1]);
}

double np_rng_normal(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw)
{
    np_philox_block b = block_of(seed, stream, index, draw);
    double u = 1.0 - unit_of(b.word[0], b.word[1]); /* in (0, 1]: the logarithm stays finite */
    double v = unit_of(b.word[2], b.word[3]);
    return sqrt(-2.0 * log(u)) * cos(NP_TWO_PI * v);
}

uint32_t np_rng_below(uint64_t seed, np_rng_stream stream, uint64_t index, uint32_t draw, uint32_t n)
{
    return (uint32_t)((uint64_t)np_rng_u32(seed, stream, index, draw) * n >> 32);
}
