/* Parallel loops whose results do not depend on the number of threads.
 *
 * The range is cut into blocks of a fixed size that knows nothing of the thread count; each block is one call.  A body
 * writes only to its own items; sums are made by writing one partial result a block and adding them in order. */
#ifndef NP_BASE_PARALLEL_H
#define NP_BASE_PARALLEL_H

#include <stddef.h>

#include "base/status.h"

/* Called with [begin, end) of one block and its number, block = begin / grain.  Any thread. */
typedef void np_parallel_body(void *context, size_t begin, size_t end, size_t block);

/* Runs BODY over [0, n) in blocks of GRAIN items (at least 1) and returns when all are done.  Threads: OMP_NUM_THREADS,
 * else one a core; called from inside a body, it works on that body's thread alone. */
void np_parallel_for(size_t n, size_t grain, np_parallel_body *body, void *context);

/* Of N things that were done side by side, STATUS and ERRORS of each: the first that failed, with its error in *ERR (may be NULL), as if they had
 * been done one after the other; NP_OK if none did. */
np_status np_parallel_status(const np_status *status, const np_error *errors, size_t n, np_error *err);

/* How many blocks np_parallel_for makes of [0, n). */
size_t np_parallel_blocks(size_t n, size_t grain);

/* The number of threads that np_parallel_for uses. */
int np_parallel_threads(void);

#endif
