/* BLAKE2b-256 over values in one fixed form: integers big-endian, texts with their length in front,
 * doubles by their bits.  Internal. */
#ifndef NP_PLAN_HASH_H
#define NP_PLAN_HASH_H

#include <sodium.h>
#include <stdint.h>
#include <string.h>

typedef struct np_hash {
    crypto_generichash_state state;
} np_hash;

static inline void np_hash_bytes(np_hash *h, const void *bytes, size_t n)
{
    crypto_generichash_update(&h->state, bytes, n);
}

/* LABEL is hashed with its closing zero byte, so that no two kinds of hash can be taken for one another. */
static inline void np_hash_init(np_hash *h, const char *label)
{
    crypto_generichash_init(&h->state, NULL, 0, 32);
    np_hash_bytes(h, label, strlen(label) + 1);
}

static inline void np_hash_u64(np_hash *h, uint64_t x)
{
    unsigned char b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(x >> (56 - 8 * i));
    np_hash_bytes(h, b, sizeof b);
}

static inline void np_hash_u32(np_hash *h, uint32_t x)
{
    unsigned char b[4] = {(unsigned char)(x >> 24), (unsigned char)(x >> 16), (unsigned char)(x >> 8),
                          (unsigned char)x};
    np_hash_bytes(h, b, sizeof b);
}

static inline void np_hash_text(np_hash *h, const char *text)
{
    np_hash_u32(h, (uint32_t)strlen(text));
    np_hash_bytes(h, text, strlen(text));
}

static inline void np_hash_double(np_hash *h, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    np_hash_u64(h, x != x ? 0x7FF8000000000000u : bits); /* one NaN for all */
}

static inline void np_hash_fini(np_hash *h, unsigned char out[32])
{
    crypto_generichash_final(&h->state, out, 32);
}

#endif
