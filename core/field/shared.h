/* The memory that the planner and one helper share: samples in, field out, for one chunk of a layer.
 *
 * A chunk is a fixed number of blocks, and a block is what paint gets as one batch, so neither the planner's
 * nor the helper's number of threads can be seen in the result.  The memory is sealed against resizing: a
 * helper can write nonsense into it (the planner copies, then checks), but cannot take it away under the
 * planner's feet. */
#ifndef NP_FIELD_SHARED_H
#define NP_FIELD_SHARED_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define NP_SHARED_BLOCK 1024u /* samples */
#define NP_SHARED_BLOCKS 16u
#define NP_SHARED_CHUNK (NP_SHARED_BLOCK * NP_SHARED_BLOCKS)
#define NP_SHARED_MAX_CURVES 16u /* a layer's own and those that its layout emits */

/* File descriptors as the helper finds them. */
#define NP_HELPER_SOCKET_FD 3
#define NP_HELPER_MEMORY_FD 4

typedef struct np_shared_field {
    double coverage[NP_SHARED_BLOCK], density_per_cm2[NP_SHARED_BLOCK], depth_mm[NP_SHARED_BLOCK];
    double tilt_rad[NP_SHARED_BLOCK], azimuth_rad[NP_SHARED_BLOCK], tone[NP_SHARED_BLOCK],
        dwell_ms[NP_SHARED_BLOCK];
    int32_t first_session[NP_SHARED_BLOCK];
} np_shared_field;

typedef struct np_shared_block {
    uint64_t id[NP_SHARED_BLOCK];
    double x[NP_SHARED_BLOCK], y[NP_SHARED_BLOCK], z[NP_SHARED_BLOCK];
    double nx[NP_SHARED_BLOCK], ny[NP_SHARED_BLOCK], nz[NP_SHARED_BLOCK];
    double flow_x[NP_SHARED_BLOCK], flow_y[NP_SHARED_BLOCK], flow_z[NP_SHARED_BLOCK];
    double region_distance_mm[NP_SHARED_BLOCK], point_distance_mm[NP_SHARED_BLOCK];
    double existing_density_per_cm2[NP_SHARED_BLOCK];
    int32_t point_index[NP_SHARED_BLOCK], zone[NP_SHARED_BLOCK];
    /* curve c, sample i of n in this block at [c * n + i] */
    double curve_distance_mm[NP_SHARED_MAX_CURVES * NP_SHARED_BLOCK];
    double curve_arc_mm[NP_SHARED_MAX_CURVES * NP_SHARED_BLOCK];
    np_shared_field field;
} np_shared_block;

typedef struct np_shared {
    _Atomic uint32_t progress_ppm; /* what the strategy reports, in millionths */
    _Atomic uint32_t cancel;       /* the planner asks to stop */
    np_shared_block blocks[NP_SHARED_BLOCKS];
} np_shared;

#endif
