/* Batches of samples for one call of paint, in arrays whose ends are watched. */
#ifndef NP_FIELD_TRIAL_BATCH_H
#define NP_FIELD_TRIAL_BATCH_H

#include "field/host/host.h"

#define FIELD_TRIAL_COLUMNS 32

/* One array: whole pages with a page on either side that nothing may touch. */
typedef struct field_trial_array {
    const char *name;
    char *map;
    size_t map_bytes;
    char *data;
    size_t bytes;
    bool input; /* the host's: only to be read once it is filled */
} field_trial_array;

typedef struct field_trial_batch {
    np_strategy_samples samples;
    np_strategy_field field;
    field_trial_array arrays[FIELD_TRIAL_COLUMNS];
    int n_arrays;
} field_trial_batch;

/* The number that stands in the field for one sample. */
#define FIELD_TRIAL_NUMBERS 7
typedef struct field_trial_dot {
    double number[FIELD_TRIAL_NUMBERS];
    int64_t session;
} field_trial_dot;
extern const char *const field_trial_number_names[FIELD_TRIAL_NUMBERS + 1]; /* the session's too */

/* What is made of the samples on the way. */
typedef enum field_trial_change {
    FIELD_TRIAL_AS_THEY_ARE,
    FIELD_TRIAL_OUTSIDE, /* of all regions, far from curves and points */
    FIELD_TRIAL_BALD,    /* no hair */
    FIELD_TRIAL_HAIRY    /* more hair than anybody has */
} field_trial_change;

/* Watches for faults in batches: where one was is in SHARED then, and the process dies of it as it would without. */
void field_trial_batch_watch(field_shared *shared);

/* N samples, number FROM[i] of the shared memory each, with the field's defaults.  False without memory.  Not for two threads at once. */
bool field_trial_batch_init(field_trial_batch *batch, const field_host_layer *layer, const uint32_t *from, uint32_t n,
                            field_trial_change change);
void field_trial_batch_fini(field_trial_batch *batch);
/* Calls paint; CALL is for this call alone. */
int32_t field_trial_batch_paint(field_trial_batch *batch, const field_host_layer *layer, field_host_call *call);
/* The painted field of sample I. */
field_trial_dot field_trial_batch_dot(const field_trial_batch *batch, uint32_t i);

#endif
