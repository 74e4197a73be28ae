/* Skilling's transform: the coordinates' bits are turned from one to the other in place, without tables, and without branches, which could not be
 * foreseen. */
#include "base/hilbert.h"

/* The lowest 21 bits of X, two zeros between each and the next. */
static uint64_t spread(uint64_t x)
{
    x &= 0x1fffff;
    x = (x | x << 32) & 0x001f00000000ffff;
    x = (x | x << 16) & 0x001f0000ff0000ff;
    x = (x | x << 8) & 0x100f00f00f00f00f;
    x = (x | x << 4) & 0x10c30c30c30c30c3;
    return (x | x << 2) & 0x1249249249249249;
}

uint64_t np_hilbert_key(const uint32_t point[3], unsigned bits)
{
    uint32_t x[3] = {point[0], point[1], point[2]};
    const uint32_t top = UINT32_C(1) << (bits - 1);
    for (uint32_t q = top; q > 1; q >>= 1)
        for (int i = 0; i < 3; i++) {
            const uint32_t p = q - 1, set = 0u - ((x[i] & q) != 0), t = (x[0] ^ x[i]) & p & ~set;
            x[0] ^= t | (p & set);
            x[i] ^= t;
        }
    for (int i = 1; i < 3; i++)
        x[i] ^= x[i - 1];
    uint32_t t = 0;
    for (uint32_t q = top; q > 1; q >>= 1)
        t ^= (q - 1) & (0u - ((x[2] & q) != 0));
    for (int i = 0; i < 3; i++)
        x[i] ^= t;
    return spread(x[0]) << 2 | spread(x[1]) << 1 | spread(x[2]);
}
