/* What every fuzzing target shares.  A target is one function over arbitrary bytes; libFuzzer (preset `fuzz`)
 * looks for bytes on which it crashes, and replay.c runs the kept ones with any compiler.  A promise that
 * does not hold is NP_FUZZ_EXPECT, which ends the process as a crash would. */
#ifndef NP_TESTS_FUZZ_FUZZ_H
#define NP_TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NP_FUZZ_EXPECT(condition)                                                                                      \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Takes the input apart; zeros behind its end. */
typedef struct fuzz_input {
    const uint8_t *at;
    size_t left;
} fuzz_input;

static inline uint32_t fuzz_take(fuzz_input *in, unsigned bytes)
{
    uint32_t value = 0;
    for (; bytes > 0; bytes--) {
        value = value << 8 | (in->left ? *in->at : 0u);
        if (in->left) {
            in->at++;
            in->left--;
        }
    }
    return value;
}

/* Up to SIZE bytes, in place; sets *out_size to how many there are. */
static inline const uint8_t *fuzz_take_bytes(fuzz_input *in, size_t size, size_t *out_size)
{
    const uint8_t *at = in->at;
    *out_size = size < in->left ? size : in->left;
    in->at += *out_size;
    in->left -= *out_size;
    return at;
}

#endif
