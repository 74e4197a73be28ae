/* The job of a layer, as the planner sends it. */
#ifndef NP_FIELD_HOST_JOB_H
#define NP_FIELD_HOST_JOB_H

#include <stdbool.h>

#include "field/host/host.h"

/* Reads the job of a LAYOUT request; false if it is cut short. */
bool field_host_read_job(field_host_layer *layer, np_message *request);
/* Reads the joined curves of a PREPARE request. */
bool field_host_read_curves(field_host_layer *layer, np_message *request);
void field_host_layer_fini(field_host_layer *layer);

/* CALL for one call of the strategy of LAYER: no error, no notes. */
void field_host_call_init(field_host_call *call, const field_host_layer *layer);

#endif
