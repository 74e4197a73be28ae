/* OpenMP with blocks of a fixed size, so that what a block computes does not depend on who computes it. */
#include "base/parallel.h"

#include <omp.h>

size_t np_parallel_blocks(size_t n, size_t grain)
{
    if (grain == 0)
        grain = 1;
    return n / grain + (n % grain != 0);
}

void np_parallel_for(size_t n, size_t grain, np_parallel_body *body, void *context)
{
    if (grain == 0)
        grain = 1;
    size_t blocks = np_parallel_blocks(n, grain);
#pragma omp parallel for schedule(dynamic, 1) if (blocks > 1 && !omp_in_parallel())
    for (size_t b = 0; b < blocks; b++) {
        size_t begin = b * grain;
        size_t end = n - begin < grain ? n : begin + grain;
        body(context, begin, end, b);
    }
}

np_status np_parallel_status(const np_status *status, const np_error *errors, size_t n, np_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (status[i] == NP_OK)
            continue;
        if (err)
            *err = errors[i];
        return status[i];
    }
    return NP_OK;
}

int np_parallel_threads(void)
{
    return omp_get_max_threads();
}
