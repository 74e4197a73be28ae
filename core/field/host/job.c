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
    free(curves->pointers);
    *curves = (field_host_curves){0};
}

void field_host_layer_fini(field_host_layer *layer)
{
    curves_fini(&layer->regions);
    curves_fini(&layer->curves);
    free(layer->whorl_data);
    free(layer->session_share);
    free(layer->session_day);
    for (uint32_t i = 0; layer->values && i < layer->job.param_count; i++) {
        free((void *)layer->values[i].bytes);
        free((void *)layer->values[i].data);
    }
    free(layer->values);
    free(layer->value_pointers);
    free(layer->params);
    for (uint32_t i = 0; i < NP_MAX_POINT_SETS; i++)
        free(layer->point_data[i]);
    *layer = (field_host_layer){.shared = layer->shared};
}

/* One array holds a curve's x, then y, z and arc. */
static bool read_curves(np_message *request, field_host_curves *out)
{
    curves_fini(out);
    uint32_t n = np_message_get_u32(request);
    if (n == 0 || request->failed)
        return !request->failed;
    if (n > NP_MAX_CURVES)
        return false;
    out->items = calloc(n, sizeof *out->items);
    out->pointers = calloc(n, sizeof *out->pointers);
    if (!out->items || !out->pointers)
        return false;
    for (; out->count < n; out->count++) {
        np_strategy_curve *c = &out->items[out->count];
        uint32_t points = np_message_get_u32(request);
        c->struct_size = sizeof *c;
        c->count = points;
        c->closed = (int32_t)np_message_get_u32(request);
        const double *data = np_message_get_array(request, 4 * (size_t)points, sizeof(double));
        if (!data)
            return false;
        c->x = data;
        c->y = data + points;
        c->z = data + 2 * (size_t)points;
        c->arc_mm = data + 3 * (size_t)points;
        out->pointers[out->count] = c;
    }
    return true;
}

bool field_host_read_curves(field_host_layer *layer, np_message *request)
{
    bool ok = read_curves(request, &layer->curves);
    layer->job.curves = layer->curves.pointers;
    layer->job.curve_count = layer->curves.count;
    return ok;
}

static void read_head(field_host_layer *layer, np_message *request)
{
    np_strategy_head *h = &layer->head;
    double *const places[] = {h->glabella, h->inion,    h->tragion_left, h->tragion_right,
                              h->vertex,   h->anterior, h->left,         h->up};
    h->struct_size = sizeof *h;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        np_message_get(request, places[i], 3 * sizeof(double));
    size_t n = h->whorl_count = np_message_get_u32(request);
    const double *data = layer->whorl_data = np_message_get_array(request, 3 * n, sizeof(double));
    if (data) {
        h->whorl_x = data;
        h->whorl_y = data + n;
        h->whorl_z = data + 2 * n;
    }
}

static void read_treatment(field_host_layer *layer, np_message *request)
{
    np_strategy_treatment *t = &layer->treatment;
    double *const numbers[] = {
        &t->needle_diameter_mm, &t->natural_density_per_cm2, &t->depth_min_mm,          &t->depth_max_mm,
        &t->tilt_max_rad,       &t->spacing_min_mm,          &t->session_spacing_min_mm};
    t->struct_size = sizeof *t;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = np_message_get_f64(request);
    t->session_count = np_message_get_u32(request);
    t->session_share = layer->session_share = np_message_get_array(request, t->session_count, sizeof(double));
    t->session_day = layer->session_day = np_message_get_array(request, t->session_count, sizeof(int32_t));
}

/* A TEXT or FILE of COUNT bytes, with a 0 behind them. */
static bool read_bytes(np_param_value *value, int32_t type, np_message *request)
{
    uint8_t *bytes = np_message_get_array(request, (size_t)value->count + 1, 1);
    value->bytes = bytes;
    if (bytes && type == NP_PARAM_TEXT)
        value->text = (const char *)bytes;
    return bytes && bytes[value->count] == 0;
}

/* The parameters: numbers, then the values that are none. */
static bool read_params(field_host_layer *layer, np_message *request)
{
    np_strategy_job *job = &layer->job;
    uint32_t n = np_message_get_u32(request);
    if (request->failed || n != layer->strategy->param_count)
        return false;
    job->params = layer->params = np_message_get_array(request, n, sizeof(double));
    layer->values = calloc(n + 1, sizeof *layer->values);
    layer->value_pointers = calloc(n + 1, sizeof *layer->value_pointers);
    if (!layer->values || !layer->value_pointers)
        return false;
    job->param_count = n;
    job->values = layer->value_pointers;
    for (uint32_t i = 0; i < n && !request->failed; i++) {
        np_param_value *value = &layer->values[i];
        int32_t type = (int32_t)np_message_get_u32(request);
        if (type < NP_PARAM_TEXT) /* a number, or a file that is not given */
            continue;
        value->struct_size = sizeof *value;
        value->count = np_message_get_u32(request);
        value->columns = np_message_get_u32(request);
        if (type == NP_PARAM_TEXT || type == NP_PARAM_FILE) {
            if (!read_bytes(value, type, request))
                return false;
        } else {
            value->data = np_message_get_array(request, (size_t)value->count * value->columns, sizeof(double));
        }
        layer->value_pointers[i] = value;
    }
    return !request->failed;
}

static bool read_points(field_host_layer *layer, np_message *request)
{
    uint32_t sets = layer->job.point_set_count = np_message_get_u32(request);
    if (request->failed || sets > NP_MAX_POINT_SETS)
        return false;
    for (uint32_t k = 0; k < sets; k++) {
        np_strategy_points *p = &layer->points[k];
        const double **const rows[] = {&p->x, &p->y, &p->z, &p->nx, &p->ny, &p->nz};
        size_t n = p->count = np_message_get_u32(request);
        p->struct_size = sizeof *p;
        p->value_count = np_message_get_u32(request);
        if (request->failed || p->value_count > NP_MAX_POINT_VALUES)
            return false;
        layer->point_data[k] = np_message_get_array(request, (6 + p->value_count) * n, sizeof(double));
        for (size_t i = 0; layer->point_data[k] && i < 6; i++)
            *rows[i] = layer->point_data[k] + i * n;
        for (size_t i = 0; layer->point_data[k] && i < p->value_count; i++)
            layer->point_values[k][i] = layer->point_data[k] + (6 + i) * n;
        p->values = p->value_count > 0 ? layer->point_values[k] : NULL;
        layer->point_sets[k] = p;
    }
    layer->job.point_sets = layer->point_sets;
    return !request->failed;
}

static void read_inputs(field_host_layer *layer, np_message *request)
{
    for (uint32_t i = 0; i < layer->strategy->input_count; i++) {
        np_strategy_input *in = &layer->inputs[i];
        in->struct_size = sizeof *in;
        in->first = np_message_get_u32(request);
        in->count = np_message_get_u32(request);
        in->kind = (int32_t)np_message_get_u32(request);
        layer->input_pointers[i] = in;
    }
    layer->job.inputs = layer->input_pointers;
    layer->job.input_count = layer->strategy->input_count;
}

bool field_host_read_job(field_host_layer *layer, np_message *request)
{
    np_strategy_job *job = &layer->job;
    *job = (np_strategy_job){.struct_size = sizeof *job, .head = &layer->head, .treatment = &layer->treatment};
    job->seed = np_message_get_u64(request);
    job->reach_mm = np_message_get_f64(request);
    read_head(layer, request);
    read_treatment(layer, request);
    if (!read_params(layer, request) || !read_curves(request, &layer->regions) ||
        !field_host_read_curves(layer, request))
        return false;
    layer->own_curves = layer->curves.count;
    job->regions = layer->regions.pointers;
    job->region_count = layer->regions.count;
    if (!read_points(layer, request))
        return false;
    read_inputs(layer, request);
    return !request->failed;
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

static int32_t call_progress(void *context, double fraction)
{
    field_host_call *call = context;
    if (fraction >= 0 && fraction <= 1)
        atomic_store(&call->shared->progress_ppm, (uint32_t)(fraction * 1e6));
    return atomic_load(&call->shared->cancel) == 0 ? 0 : -1;
}

static double call_uniform(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    return np_rng_uniform(((field_host_call *)context)->seed, stream, index, draw);
}

static double call_normal(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    return np_rng_normal(((field_host_call *)context)->seed, stream, index, draw);
}

static void call_uniforms(void *context, uint32_t stream, const uint64_t *index, uint32_t count, uint32_t draw,
                          double *out)
{
    uint64_t seed = ((field_host_call *)context)->seed;
    for (uint32_t i = 0; i < count; i++)
        out[i] = np_rng_uniform(seed, stream, index[i], draw);
}

void field_host_call_init(field_host_call *call, const field_host_layer *layer)
{
    *call = (field_host_call){
        .host = {.struct_size = sizeof(np_host),
                 .abi_minor = NP_PLUGIN_ABI_MINOR,
                 .context = call,
                 .log = call_log,
                 .set_error = call_set_error,
                 .progress = call_progress,
                 .uniform = call_uniform,
                 .normal = call_normal,
                 .uniforms = call_uniforms},
        .seed = layer->job.seed,
        .shared = layer->shared,
    };
}
