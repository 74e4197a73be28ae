/* A binary heap of keys with numbers, the smallest first. */
#ifndef NP_BASE_HEAP_H
#define NP_BASE_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct np_heap_entry {
    double key;      /* not NaN */
    uint32_t item;   /* breaks ties: the lower number comes first */
    uint32_t detail; /* the caller's */
} np_heap_entry;

/* Zero-initialise; np_heap_fini is safe on zero.  To empty it and keep its memory, set n to 0.  Not shared between
 * threads. */
typedef struct np_heap {
    np_heap_entry *entries;
    size_t n, capacity;
} np_heap;

void np_heap_fini(np_heap *heap);
/* NP_ERR_NO_MEMORY: the heap is as it was. */
np_status np_heap_push(np_heap *heap, np_heap_entry entry, np_error *err);
/* Takes the first entry out; N must not be 0. */
np_heap_entry np_heap_pop(np_heap *heap);

#endif
