/* Skilling's transform: the coordinates' bits are turned from one to the other in place, without tables. */
#include "base/hilbert.h"

uint64_t np_hilbert_key(const uint32_t point[3], unsigned bits)
{
    uint32_t x[3] = {point[0], point[1], point[2]};
    const uint32_t top = UINT32_C(1) << (bits - 1);
    for (uint32_t q = top; q > 1; q >>= 1)
        for (int i = 0; i < 3; i++) {
            uint32_t p = q - 1, t = (x[0] ^ x[i]) & p;
            if (x[i] & q) {
                x[0] ^= p;
            } else {
                x[0] ^= t;
                x[i] ^= t;
            }
        }
    for (int i = 1; i < 3; i++)
        x[i] ^= x[i - 1];
    uint32_t t = 0;
    for (uint32_t q = top; q > 1; q >>= 1)
        if (x[2] & q)
            t ^= q - 1;
    for (int i = 0; i < 3; i++)
        x[i] ^= t;
    uint64_t key = 0;
    for (unsigned bit = bits; bit-- > 0;)
        for (int i = 0; i < 3; i++)
            key = key << 1 | (x[i] >> bit & 1);
    return key;
}
