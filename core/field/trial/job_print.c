/* All that a strategy reaches from its job is covered by one fingerprint, taken before the strategy is called for the first time: what it changes once
 * and for all, in layout or prepare, is as wrong as what paint changes. */
#include "field/trial/job_print.h"

#include "field/trial/trial.h"

static uint64_t as_sent;

/* A fingerprint of SIZE bytes, added to HASH (FNV-1a, Fowler, Noll, Vo). */
static uint64_t add(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; bytes && i < size; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t add_values(uint64_t hash, const field_host_layer *layer)
{
    uint32_t n = layer->job.param_count;
    hash = add(hash, layer->params, n * sizeof *layer->params);
    hash = add(hash, layer->value_pointers, n * sizeof *layer->value_pointers);
    hash = add(hash, layer->values, n * sizeof *layer->values);
    for (uint32_t i = 0; layer->values && i < n; i++) {
        const np_param_value *v = &layer->values[i];
        hash = add(hash, v->text, v->text ? v->count : 0);
        hash = add(hash, v->bytes, v->bytes ? v->count : 0);
        hash = add(hash, v->data, v->data ? (size_t)v->count * v->columns * sizeof(double) : 0);
    }
    return hash;
}

static uint64_t add_curves(uint64_t hash, const field_host_curves *curves)
{
    hash = add(hash, curves->pointers, curves->count * sizeof *curves->pointers);
    hash = add(hash, curves->items, curves->count * sizeof *curves->items);
    for (uint32_t i = 0; i < curves->count; i++) /* x, y, z and arc in one array */
        hash = add(hash, curves->items[i].x, 4 * curves->items[i].count * sizeof(double));
    return hash;
}

static uint64_t print(const field_host_layer *layer)
{
    uint64_t hash = add_values(0xcbf29ce484222325u, layer);
    hash = add(hash, &layer->head, sizeof layer->head);
    hash = add(hash, layer->whorl_data, 3 * layer->head.whorl_count * sizeof *layer->whorl_data);
    hash = add(hash, &layer->treatment, sizeof layer->treatment);
    size_t sessions = (size_t)layer->treatment.session_count;
    hash = add(hash, layer->session_share, sessions * sizeof *layer->session_share);
    hash = add(hash, layer->session_day, sessions * sizeof *layer->session_day);
    hash = add(hash, layer->inputs, sizeof layer->inputs);
    hash = add(hash, layer->input_pointers, sizeof layer->input_pointers);
    hash = add_curves(add_curves(hash, &layer->regions), &layer->curves);
    hash = add(hash, layer->points, sizeof layer->points);
    hash = add(hash, layer->point_sets, sizeof layer->point_sets);
    hash = add(hash, layer->point_values, sizeof layer->point_values);
    for (uint32_t i = 0; i < layer->job.point_set_count; i++)
        hash = add(hash, layer->point_data[i],
                   (6 + (size_t)layer->points[i].value_count) * layer->points[i].count * sizeof(double));
    return hash;
}

void field_trial_job_take(const field_host_layer *layer)
{
    as_sent = print(layer);
}

void field_trial_job_check(const field_host_layer *layer)
{
    if (layer->strategy && print(layer) != as_sent)
        field_trial_found("memory.inputs",
                          "it changed what the job points to: parameters, head, treatment, inputs or their values");
}
