/* Trials one by one, and what they find.  The planner's side (check.c) decides which are made and what a rule means; here is only what
 * has to be seen from inside the process that runs the strategy. */
#include "field/trial/trial.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "field/private/trials.h"
#include "field/trial/batch.h"
#include "field/trial/binary.h"
#include "field/trial/job_print.h"
#include "field/trial/life.h"
#include "field/trial/paint.h"
#include "field/trial/watch.h"

#define MAX_FOUND 32

typedef struct found {
    char rule[40], seen[400];
} found;

static found all_found[MAX_FOUND];
static uint32_t n_found;
static field_trial_state before;

void field_trial_start(field_shared *shared)
{
    field_trial_batch_watch(shared);
}

void field_trial_before(void)
{
    field_trial_state_read(&before);
}

void field_trial_after(void)
{
    field_trial_state now;
    field_trial_state_read(&now);
    field_trial_state_compare(&before, &now);
}

void field_trial_found(const char *rule, const char *format, ...)
{
    va_list args;
    for (uint32_t i = 0; i < n_found; i++)
        if (strcmp(all_found[i].rule, rule) == 0)
            return;
    if (n_found == MAX_FOUND)
        return;
    found *f = &all_found[n_found++];
    snprintf(f->rule, sizeof f->rule, "%s", rule);
    va_start(args, format);
    vsnprintf(f->seen, sizeof f->seen, format, args);
    va_end(args);
}

static void tell(np_message *reply, double ns_per_sample)
{
    np_message_begin(reply, FIELD_MESSAGE_DONE);
    np_message_put_f64(reply, ns_per_sample);
    np_message_put_u32(reply, n_found);
    for (uint32_t i = 0; i < n_found; i++) {
        np_message_put_text(reply, all_found[i].rule);
        np_message_put_text(reply, all_found[i].seen);
    }
    n_found = 0;
}

void field_trial_run(field_host_layer *layer, np_message *request, np_message *reply)
{
    double ns_per_sample = 0;
    uint32_t trial = np_message_get_u32(request), n = np_message_get_u32(request);
    if (np_message_get_u32(request) && layer->strategy) /* all channels, though it lists less */
        layer->plugin.strategies[layer->strategy - layer->plugin.strategies].channels = UINT64_MAX;
    if (n > FIELD_SHARED_CHUNK || (trial != FIELD_TRIAL_BINARY && !layer->strategy)) {
        np_message_begin(reply, FIELD_MESSAGE_FAILED);
        np_message_put_text(reply, "the helper was asked for a trial before layout, or with too many samples");
        return;
    }
    if (trial == FIELD_TRIAL_BINARY)
        field_trial_binary(request);
    else if (trial == FIELD_TRIAL_PAINT)
        ns_per_sample = field_trial_paint(layer, n);
    else if (trial == FIELD_TRIAL_PURE)
        field_trial_pure(layer, n);
    else if (trial == FIELD_TRIAL_SAMPLES)
        field_trial_samples(layer, n);
    else if (trial == FIELD_TRIAL_LIFE)
        field_trial_life(layer, n);
    else if (trial == FIELD_TRIAL_CANCEL)
        field_trial_cancel(layer, n);
    else if (trial == FIELD_TRIAL_MEMORY)
        field_trial_memory(layer, n);
    field_trial_job_check(layer);
    field_trial_after(); /* of this request too, not only of the next */
    tell(reply, ns_per_sample);
}
