/* The needle field at a set of points: what is to be made there. */
#ifndef NP_FIELD_FIELD_H
#define NP_FIELD_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The field at a set of points: arrays of N, in the caller's struct; init allocates, fini frees. */
typedef struct np_field {
    size_t n;
    double *coverage;        /* of all layers together, 0..1 */
    double *density_per_cm2; /* to be made, over all sessions; 0 where nothing covers */
    double *depth_mm, *tilt_rad, *azimuth_rad, *tone, *dwell_ms;
    int32_t *first_session; /* 1 first */
    int32_t *layer;         /* index of the layer that contributes most; -1 where nothing covers */
} np_field;

np_status np_field_init(np_field *field, size_t n, np_error *err);
void np_field_fini(np_field *field);

#endif
