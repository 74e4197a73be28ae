/* Numbers in files, whatever the byte order of the machine. */
#ifndef NP_BASE_BITS_H
#define NP_BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The N bytes (1 to 8) at AT as an unsigned integer. */
static inline uint64_t np_bits_at(const char *at, unsigned n, bool big_endian)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < n; i++)
        bits |= (uint64_t)(unsigned char)at[i] << 8 * (big_endian ? n - 1 - i : i);
    return bits;
}

/* The same of a little-endian file. */
static inline uint32_t np_bits_u32(const char *at)
{
    return (uint32_t)np_bits_at(at, 4, false);
}

/* The float (IEEE 754 binary32) of these bits. */
static inline double np_bits_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return (double)f;
}

/* The number that the N bytes (1 to 8) at AT hold, rounded to a double: KIND is 'i' signed (two's complement), 'u' unsigned, or 'f' floating
 * point (IEEE 754; 4 or 8 bytes). */
static inline double np_bits_number(const char *at, unsigned n, char kind, bool big_endian)
{
    uint64_t bits = np_bits_at(at, n, big_endian), sign = 1ull << (8 * n - 1);
    double value;
    if (kind == 'i') /* doubles are too coarse to subtract 2 to the 64th in */
        return (double)(int64_t)((bits ^ sign) - sign);
    if (kind == 'u')
        return (double)bits;
    if (n == 4)
        return np_bits_float((uint32_t)bits);
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
