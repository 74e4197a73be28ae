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

/* ---- the job, which is the host's ---- */

/* A fingerprint of SIZE bytes, added to HASH (FNV-1a, Fowler, Noll, Vo). */
static uint64_t add_print(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; bytes && i < size; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t job_print(const field_host_layer *layer)
{
    const field_host_curves *const lists[] = {&layer->regions, &layer->curves};
    uint64_t hash = add_print(0xcbf29ce484222325u, layer->params, layer->job.param_count * sizeof *layer->params);
    hash = add_print(hash, &layer->head, sizeof layer->head);
    hash = add_print(hash, &layer->treatment, sizeof layer->treatment);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (uint32_t i = 0; i < lists[k]->count; i++) /* x, y, z and arc in one array */
            hash = add_print(hash, lists[k]->items[i].x, 4 * lists[k]->items[i].count * sizeof(double));
    for (uint32_t i = 0; i < layer->job.point_set_count; i++)
        hash = add_print(hash, layer->point_data[i], 6 * layer->points[i].count * sizeof(double));
    return hash;
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
    uint64_t print = job_print(layer);
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
    if (job_print(layer) != print)
        field_trial_found("memory.inputs", "it changed what the job points to: parameters, head, treatment or inputs");
    field_trial_after(); /* of this request too, not only of the next */
    tell(reply, ns_per_sample);
}
