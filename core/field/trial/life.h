/* Trials of a layer's whole life: layout, prepare, paint of some samples, finish, with a state of its own. */
#ifndef NP_FIELD_TRIAL_LIFE_H
#define NP_FIELD_TRIAL_LIFE_H

#include "field/host/host.h"

/* N: of the samples in the shared memory. */
void field_trial_life(field_host_layer *layer, uint32_t n);
void field_trial_cancel(field_host_layer *layer, uint32_t n);
void field_trial_memory(field_host_layer *layer, uint32_t n);

#endif
