/* An allocator that can be told to fail once. */
#ifndef NP_FIELD_TRIAL_ALLOCATOR_H
#define NP_FIELD_TRIAL_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

/* From now on allocation number N (1 first) of this process, whoever asks for it, fails; 0: none. */
void field_trial_allocation_fail(long n);
/* Whether it did. */
bool field_trial_allocation_failed(void);
/* Bytes that are allocated now. */
size_t field_trial_allocated(void);

#ifndef NP_SANITIZED
/* In the place of the C library's, for plugins too. */
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);
#endif

#endif
