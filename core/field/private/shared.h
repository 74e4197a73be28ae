/* The memory that the planner and one helper share: samples in, field out, for one chunk of a layer.
 *
 * A chunk is a fixed number of blocks, and a block is what paint gets as one batch, so neither the planner's
 * nor the helper's number of threads can be seen in the result.  Its arrays begin at multiples of 64 bytes, as the
 * ABI promises.  The memory is sealed against resizing: a
 * helper can write nonsense into it (the planner copies, then checks), but cannot take it away under the
 * planner's feet. */
#ifndef NP_FIELD_PRIVATE_SHARED_H
#define NP_FIELD_PRIVATE_SHARED_H

#include <needlepath/plugin.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_SHARED_BLOCK 1024u /* samples */
#define FIELD_SHARED_BLOCKS 16u
#define FIELD_SHARED_CHUNK (FIELD_SHARED_BLOCK * FIELD_SHARED_BLOCKS)

#define FIELD_ZONES 6u /* NP_ZONE_OTHER .. NP_ZONE_OCCIPITAL */

/* In fault: at an address that a NULL leads to. */
#define FIELD_FAULT_NULL "reached through a pointer that is NULL"

typedef struct field_shared_field {
    double coverage[FIELD_SHARED_BLOCK], density_per_cm2[FIELD_SHARED_BLOCK], depth_mm[FIELD_SHARED_BLOCK];
    double tilt_rad[FIELD_SHARED_BLOCK], azimuth_rad[FIELD_SHARED_BLOCK], tone[FIELD_SHARED_BLOCK],
        dwell_ms[FIELD_SHARED_BLOCK];
    int32_t first_session[FIELD_SHARED_BLOCK];
} field_shared_field;

typedef struct field_shared_block {
    _Alignas(64) uint64_t id[FIELD_SHARED_BLOCK];
    double x[FIELD_SHARED_BLOCK], y[FIELD_SHARED_BLOCK], z[FIELD_SHARED_BLOCK];
    double nx[FIELD_SHARED_BLOCK], ny[FIELD_SHARED_BLOCK], nz[FIELD_SHARED_BLOCK];
    double flow_x[FIELD_SHARED_BLOCK], flow_y[FIELD_SHARED_BLOCK], flow_z[FIELD_SHARED_BLOCK];
    double existing_density_per_cm2[FIELD_SHARED_BLOCK], hair_tilt_rad[FIELD_SHARED_BLOCK];
    double made_density_per_cm2[FIELD_SHARED_BLOCK], planned_density_per_cm2[FIELD_SHARED_BLOCK];
    double made_tone[FIELD_SHARED_BLOCK];
    double zone_weight[FIELD_ZONES * FIELD_SHARED_BLOCK]; /* zone k, sample i at [k * FIELD_SHARED_BLOCK + i] */
    int32_t zone[FIELD_SHARED_BLOCK];
    /* region, point set or curve k, sample i at [k * FIELD_SHARED_BLOCK + i] */
    double region_distance_mm[NP_MAX_REGIONS * FIELD_SHARED_BLOCK];
    double point_distance_mm[NP_MAX_POINT_SETS * FIELD_SHARED_BLOCK];
    int32_t point_index[NP_MAX_POINT_SETS * FIELD_SHARED_BLOCK];
    double curve_distance_mm[NP_MAX_CURVES * FIELD_SHARED_BLOCK];
    double curve_arc_mm[NP_MAX_CURVES * FIELD_SHARED_BLOCK];
    field_shared_field field;
} field_shared_block;

typedef struct field_shared {
    _Atomic uint32_t progress_ppm; /* what the strategy reports, in millionths */
    _Atomic uint32_t cancel;       /* the planner asks to stop */
    char fault[200];               /* of needlepath-strategy-check: where it crashed, if that is known */
    field_shared_block blocks[FIELD_SHARED_BLOCKS];
} field_shared;

#endif
