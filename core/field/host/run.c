/* Running a strategy: layout into a message, paint over the shared memory. */
#include "field/host/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "field/host/job.h"

static void fail(np_message *reply, const char *what, int32_t code, const field_host_call *call)
{
    char text[640];
    if (call->error[0])
        snprintf(text, sizeof text, "%s", call->error);
    else
        snprintf(text, sizeof text, "%s returned %d and " FIELD_SAID_NOTHING, what, code);
    np_message_begin(reply, FIELD_MESSAGE_FAILED);
    np_message_put_text(reply, text);
}

/* ---- layout ---- */

typedef struct np_host_sink {
    field_host_call *call;
    np_message curves, pins;
    uint32_t n_curves, n_pins, room_for_curves;
} np_host_sink;

static int32_t refuse(np_host_sink *sink, const char *text)
{
    if (!sink->call->error[0])
        sink->call->host.set_error(sink->call, text);
    return -1;
}

static bool all_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static int32_t sink_add_curve(void *context, uint32_t count, const double *xyz, int32_t closed)
{
    np_host_sink *sink = context;
    if (sink->n_curves >= sink->room_for_curves)
        return refuse(sink, "layout emits more curves than a layer can hold");
    if (!xyz || count < 2 || count > NP_MAX_CONTROL_POINTS || !all_finite(xyz, 3 * (size_t)count))
        return refuse(sink, "layout emits a curve with a point that is not finite, or not with 2 to 4096 points");
    np_message_put_u32(&sink->curves, count);
    np_message_put_u32(&sink->curves, closed != 0);
    np_message_put(&sink->curves, xyz, 3 * (size_t)count * sizeof *xyz);
    sink->n_curves++;
    return 0;
}

static int32_t add_pin(np_host_sink *sink, const np_strategy_pin *pin)
{
    const double place[] = {pin->x, pin->y, pin->z};
    if (sink->n_pins >= NP_MAX_PINS)
        return refuse(sink, "layout emits more than 50000 pins");
    if (!all_finite(place, 3))
        return refuse(sink, "layout emits a pin whose position is not finite");
    np_message_put_u32(&sink->pins, (uint32_t)pin->session);
    np_message_put(&sink->pins, place, sizeof place);
    np_message_put_f64(&sink->pins, pin->depth_mm);
    np_message_put_f64(&sink->pins, pin->tilt_rad);
    np_message_put_f64(&sink->pins, pin->azimuth_rad);
    np_message_put_f64(&sink->pins, pin->tone);
    np_message_put_f64(&sink->pins, pin->dwell_ms);
    np_message_put_f64(&sink->pins, NP_HAS(np_strategy_pin, pin, radius_mm) ? pin->radius_mm : 0);
    sink->n_pins++;
    return 0;
}

/* The plugin's pins may be longer than ours: step as the first one says, and all must say the same. */
static int32_t sink_add_pins(void *context, uint32_t count, const np_strategy_pin *pins)
{
    np_host_sink *sink = context;
    if (count > 0 && (!pins || pins->struct_size < NP_STRATEGY_PIN_SIZE_1_0 || pins->struct_size % 8 != 0))
        return refuse(sink, "layout emits pins at NULL, or whose struct_size is not that of np_strategy_pin");
    for (uint32_t i = 0; i < count; i++) {
        const np_strategy_pin *pin =
            (const np_strategy_pin *)(const void *)((const char *)pins + (size_t)i * pins->struct_size);
        if (pin->struct_size != pins->struct_size)
            return refuse(sink, "layout emits pins of different struct_size");
        if (add_pin(sink, pin) != 0)
            return -1;
    }
    return 0;
}

void field_host_layout(field_host_layer *layer, np_message *reply)
{
    field_host_call call;
    field_host_call_init(&call, layer);
    np_host_sink sink = {.call = &call, .room_for_curves = NP_MAX_CURVES - layer->curves.count};
    np_strategy_layout out = {
        .struct_size = sizeof out, .context = &sink, .add_curve = sink_add_curve, .add_pins = sink_add_pins};
    np_strategy_job job = layer->job;
    job.host = &call.host;
    int32_t code = layer->strategy->layout ? layer->strategy->layout(&job, &out, &layer->state) : 0;
    if (code == 0 && (sink.curves.failed || sink.pins.failed))
        code = refuse(&sink, "layout emits more than fits into memory");
    if (code != 0) {
        fail(reply, "layout", code, &call);
    } else {
        np_message_begin(reply, FIELD_MESSAGE_DONE);
        np_message_put_u32(reply, sink.n_curves);
        np_message_put(reply, sink.curves.data, sink.curves.size);
        np_message_put_u32(reply, sink.n_pins);
        np_message_put(reply, sink.pins.data, sink.pins.size);
        np_message_put_text(reply, call.notes);
    }
    np_message_fini(&sink.curves);
    np_message_fini(&sink.pins);
}

/* ---- prepare and finish ---- */

void field_host_prepare(field_host_layer *layer, np_message *reply)
{
    field_host_call call;
    field_host_call_init(&call, layer);
    np_strategy_job job = layer->job;
    job.host = &call.host;
    int32_t code = layer->strategy->prepare ? layer->strategy->prepare(&job, &layer->state) : 0;
    if (code != 0) {
        fail(reply, "prepare", code, &call);
    } else {
        np_message_begin(reply, FIELD_MESSAGE_DONE);
        np_message_put_text(reply, call.notes);
    }
}

void field_host_finish(field_host_layer *layer)
{
    field_host_call call;
    if (!layer->strategy || !layer->strategy->finish)
        return;
    field_host_call_init(&call, layer);
    np_strategy_job job = layer->job;
    job.host = &call.host;
    layer->strategy->finish(&job, layer->state);
}

/* ---- paint ---- */

typedef struct np_host_batches {
    const field_host_layer *layer;
    uint32_t n;
    field_host_call calls[FIELD_SHARED_BLOCKS];
    int32_t codes[FIELD_SHARED_BLOCKS];
} np_host_batches;

/* What the strategy lists is there; the rest is NULL, so that a strategy that reads what it does not list cannot go on. */
static void list_samples(np_strategy_samples *s, const field_shared_block *b, uint64_t channels)
{
    s->id = b->id;
    s->x = b->x;
    s->y = b->y;
    s->z = b->z;
    s->nx = b->nx;
    s->ny = b->ny;
    s->nz = b->nz;
    if (channels & NP_CHANNEL_HAIR_FLOW) {
        s->flow_x = b->flow_x;
        s->flow_y = b->flow_y;
        s->flow_z = b->flow_z;
    }
    if (channels & NP_CHANNEL_REGION_DISTANCE)
        s->region_distance_mm = b->region_distance_mm;
    if (channels & NP_CHANNEL_CURVE) {
        s->curve_distance_mm = b->curve_distance_mm;
        s->curve_arc_mm = b->curve_arc_mm;
    }
    if (channels & NP_CHANNEL_POINTS) {
        s->point_distance_mm = b->point_distance_mm;
        s->point_index = b->point_index;
    }
    if (channels & NP_CHANNEL_ZONE)
        s->zone = b->zone;
    if (channels & NP_CHANNEL_EXISTING_DENSITY)
        s->existing_density_per_cm2 = b->existing_density_per_cm2;
    if (channels & NP_CHANNEL_HAIR_TILT)
        s->hair_tilt_rad = b->hair_tilt_rad;
    if (channels & NP_CHANNEL_ZONE_WEIGHTS) {
        s->zone_weight = b->zone_weight;
        s->zone_count = FIELD_ZONES;
    }
    if (channels & NP_CHANNEL_HISTORY) {
        s->made_density_per_cm2 = b->made_density_per_cm2;
        s->planned_density_per_cm2 = b->planned_density_per_cm2;
        s->made_tone = b->made_tone;
    }
}

static int32_t paint_block(const field_host_layer *layer, field_host_call *call, field_shared_block *b, uint32_t count)
{
    np_strategy_job job = layer->job;
    job.host = &call->host;
    job.state = layer->state;
    np_strategy_samples samples = {.struct_size = sizeof samples, .count = count, .stride = FIELD_SHARED_BLOCK};
    list_samples(&samples, b, layer->strategy->channels);
    field_shared_field *f = &b->field;
    np_strategy_field field = {sizeof field, count,          f->coverage, f->density_per_cm2, f->depth_mm,
                               f->tilt_rad,  f->azimuth_rad, f->tone,     f->dwell_ms,        f->first_session};
    return layer->strategy->paint(&job, &samples, &field);
}

static void paint_blocks(void *context, size_t begin, size_t end, size_t block)
{
    np_host_batches *batches = context;
    field_host_call_init(&batches->calls[block], batches->layer);
    batches->codes[block] = paint_block(batches->layer, &batches->calls[block], &batches->layer->shared->blocks[block],
                                        (uint32_t)(end - begin));
}

void field_host_paint(const field_host_layer *layer, uint32_t n, np_message *reply)
{
    np_host_batches *batches = calloc(1, sizeof *batches);
    if (!batches) {
        np_message_begin(reply, FIELD_MESSAGE_FAILED);
        np_message_put_text(reply, "out of memory");
        return;
    }
    batches->layer = layer;
    size_t blocks = np_parallel_blocks(n, FIELD_SHARED_BLOCK);
    np_parallel_for(n, FIELD_SHARED_BLOCK, paint_blocks, batches);

    /* of several errors the first block's is told, whichever thread came first */
    char notes[sizeof batches->calls[0].notes] = "";
    size_t failed = blocks;
    for (size_t i = 0; i < blocks; i++) {
        if (batches->codes[i] != 0 && failed == blocks)
            failed = i;
        if (!notes[0])
            memcpy(notes, batches->calls[i].notes, sizeof notes);
    }
    if (failed < blocks) {
        fail(reply, "paint", batches->codes[failed], &batches->calls[failed]);
    } else {
        np_message_begin(reply, FIELD_MESSAGE_DONE);
        np_message_put_text(reply, notes);
    }
    free(batches);
}
