/* How even a pattern is over many dots: what g(r) and the nearest neighbours do not show. */
#ifndef NP_DOTS_PRIVATE_WINDOWS_H
#define NP_DOTS_PRIVATE_WINDOWS_H

#include "dots/private/particles.h"
#include "dots/stats.h"

/* Whether distances of a point of that KIND (dots/stats.h) count. */
static inline bool dots_is_sample(unsigned char kind)
{
    return kind == NP_DOTS_SAMPLE || kind == NP_DOTS_EDGE;
}

/* The dots to be measured, N of them; all borrowed. */
typedef struct dots_windows {
    const dots_site *site;
    const np_vec3 *normal;
    const unsigned char *interior;
    size_t n, n_interior;
    double density_mean; /* dots per cm2 */
} dots_windows;

/* Fills fano, fano_30, structure_factor_0 and blotch of OUT; 0 where too few windows are clear of the border. */
np_status dots_windows_measure(const dots_windows *windows, np_dots_stats *out, np_error *err);

#endif
