/* What `plugin check` tries with a strategy, inside the helper: needlepath-strategy-check is needlepath-strategy-host and this folder.  In the
 * helper that plans, nothing of it is there. */
#ifndef NP_FIELD_TRIAL_TRIAL_H
#define NP_FIELD_TRIAL_TRIAL_H

#include <stdbool.h>

#include "field/host/host.h"

/* Before the plugin is loaded: from now on faults in arrays that a trial made say where (field_shared.fault). */
void field_trial_start(field_shared *shared);
/* Around each request: what a plugin must leave as it is. */
void field_trial_before(void);
void field_trial_after(void);
/* Answers a TRY request. */
void field_trial_run(field_host_layer *layer, np_message *request, np_message *reply);

/* A rule is broken, and how it was seen; of each rule, the first time counts until it is told. */
void field_trial_found(const char *rule, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
