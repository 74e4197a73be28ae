/* The C library's allocator with a counter before it.  What a program defines itself stands before what its libraries have, so a plugin's
 * allocations come here, those of C++'s new too.  Memory is freed by the C library as ever.  A sanitizer has an allocator of its own: there, nothing fails. */
#include "field/trial/allocator.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>

static _Atomic long left; /* allocations until one fails; 0: none will */
static _Atomic bool has_failed;

void field_trial_allocation_fail(long n)
{
    atomic_store(&has_failed, false);
    atomic_store(&left, n);
}

bool field_trial_allocation_failed(void)
{
    return atomic_load(&has_failed);
}

size_t field_trial_allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

#ifndef NP_SANITIZED

#define OURS __attribute__((visibility("default")))

/* glibc's own, under the names that it keeps for this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static bool fails(void)
{
    if (atomic_load(&left) <= 0 || atomic_fetch_sub(&left, 1) != 1)
        return false;
    atomic_store(&has_failed, true);
    errno = ENOMEM;
    return true;
}

OURS void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

OURS void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

OURS void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

OURS void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

OURS void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

OURS int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    void *memory = fails() ? NULL : __libc_memalign(alignment, size);
    if (!memory)
        return ENOMEM;
    *out = memory;
    return 0;
}

#endif
