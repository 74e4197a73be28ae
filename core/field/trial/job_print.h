/* The job is the host's: whether a strategy changed anything of it since it was read. */
#ifndef NP_FIELD_TRIAL_JOB_PRINT_H
#define NP_FIELD_TRIAL_JOB_PRINT_H

#include "field/host/host.h"

/* Remembers the job of LAYER as it was sent; again where the planner sends more of it. */
void field_trial_job_take(const field_host_layer *layer);
/* A finding where it is no longer that. */
void field_trial_job_check(const field_host_layer *layer);

#endif
