/* The job of a layer, as read from the planner's messages. */
#include "field/host/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static void curves_fini(field_host_curves *curves)
{
    for (uint32_t i = 0; i < curves->count; i++)
        free((void *)curves->items[i].x);
    free(curves->items);
    *curves = (field_host_curves){0};
}

void field_host_layer_fini(field_host_layer *layer)
{
    curves_fini(&layer->region);
    curves_fini(&layer->curves);
    free(layer->params);
    free(layer->points);
    layer->params = NULL;
    layer->points = NULL;
}

/* One array holds a curve's x, then y, z and arc. */
static bool read_curves(field_message *request, field_host_curves *out)
{
    curves_fini(out);
    uint32_t n = field_message_get_u32(request);
    if (n == 0 || request->failed)
        return !request->failed;
    if (n > FIELD_SHARED_MAX_CURVES)
        return false;
    out->items = calloc(n, sizeof *out->items);
    if (!out->items)
        return false;
    for (; out->count < n; out->count++) {
        np_strategy_curve *c = &out->items[out->count];
        uint32_t points = field_message_get_u32(request);
        c->struct_size = sizeof *c;
        c->count = points;
        c->closed = (int32_t)field_message_get_u32(request);
        const double *data = field_message_get_array(request, 4 * (size_t)points, sizeof(double));
        if (!data)
            return false;
        c->x = data;
        c->y = data + points;
        c->z = data + 2 * (size_t)points;
        c->arc_mm = data + 3 * (size_t)points;
    }
    return true;
}

bool field_host_read_curves(field_host_layer *layer, field_message *request)
{
    bool ok = read_curves(request, &layer->curves);
    layer->job.curves = layer->curves.items;
    layer->job.curve_count = layer->curves.count;
    return ok;
}

bool field_host_read_job(field_host_layer *layer, field_message *request)
{
    np_strategy_job *job = &layer->job;
    *job = (np_strategy_job){.struct_size = sizeof *job};
    job->seed = field_message_get_u64(request);
    job->needle_diameter_mm = field_message_get_f64(request);
    job->natural_density_per_cm2 = field_message_get_f64(request);
    job->reach_mm = field_message_get_f64(request);
    field_message_get(request, &job->landmarks, sizeof job->landmarks);

    job->param_count = field_message_get_u32(request);
    free(layer->params);
    job->params = layer->params = field_message_get_array(request, job->param_count, sizeof(double));

    if (!read_curves(request, &layer->region) || layer->region.count > 1)
        return false;
    job->region = layer->region.items;
    if (!field_host_read_curves(layer, request))
        return false;

    size_t n = job->point_count = field_message_get_u32(request);
    free(layer->points);
    layer->points = field_message_get_array(request, 3 * n, sizeof(double));
    if (layer->points) {
        job->point_x = layer->points;
        job->point_y = layer->points + n;
        job->point_z = layer->points + 2 * n;
    }
    return !request->failed && job->param_count == layer->strategy->param_count;
}

/* ---- the services of np_host ---- */

static void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);
    size_t n = strnlen(more, size - length - 2 < size ? size - length - 2 : 0);
    memcpy(text + length, more, n);
    text[length + n] = '\0';
}

static void call_log(void *context, int32_t level, const char *text)
{
    field_host_call *call = context;
    if (level < 1 || !text || strlen(call->notes) + 16 > sizeof call->notes)
        return;
    append(call->notes, sizeof call->notes, level >= 2 ? "warning: " : "note: ");
    append(call->notes, sizeof call->notes, text);
    append(call->notes, sizeof call->notes, "\n");
}

static void call_set_error(void *context, const char *text)
{
    field_host_call *call = context;
    call->error[0] = '\0';
    if (text)
        append(call->error, sizeof call->error, text);
}

static bool call_progress(void *context, double fraction)
{
    field_host_call *call = context;
    if (fraction >= 0 && fraction <= 1)
        atomic_store(&call->shared->progress_ppm, (uint32_t)(fraction * 1e6));
    return atomic_load(&call->shared->cancel) == 0;
}

static double call_uniform(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    return np_rng_uniform(((field_host_call *)context)->seed, stream, index, draw);
}

static double call_normal(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    return np_rng_normal(((field_host_call *)context)->seed, stream, index, draw);
}

void field_host_call_init(field_host_call *call, const field_host_layer *layer)
{
    *call = (field_host_call){
        .host = {sizeof(np_host), call, call_log, call_set_error, call_progress, call_uniform, call_normal},
        .seed = layer->job.seed,
        .shared = layer->shared,
    };
}
