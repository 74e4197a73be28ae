/* Trials of paint: is it a function of the sample, and of any number of them? */
#ifndef NP_FIELD_TRIAL_PAINT_H
#define NP_FIELD_TRIAL_PAINT_H

#include "field/host/host.h"

/* Paints the first N samples of the shared memory, batch by batch as the planner has it, leaves the field there, and returns the
 * time that one took, in ns. */
double field_trial_paint(field_host_layer *layer, uint32_t n);
/* The same again in other ways: what comes out must be the same to the last bit.  After field_trial_paint of as many. */
void field_trial_pure(field_host_layer *layer, uint32_t n);
/* Numbers and kinds of samples that a head hardly has. */
void field_trial_samples(field_host_layer *layer, uint32_t n);

#endif
