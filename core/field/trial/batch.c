/* Arrays as the ABI promises them (they begin at 64 bytes and have room for the next multiple of 64 items) and not a byte more: behind
 * them lies a page that cannot be touched, and the samples' pages cannot be written.  A write out of place is then no luck of the heap but a fault at
 * that very instruction, and the fault's address says which array it was. */
#include "field/trial/batch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "field/host/job.h"

#define MAX_WATCHED 512
#define FAR_OUTSIDE_MM (-50.0)
#define FAR_AWAY_MM 1e9
#define MUCH_HAIR_PER_CM2 300.0

static field_trial_array *watched[MAX_WATCHED];
static int n_watched;
static field_shared *place_to_say;

const char *const field_trial_number_names[] = {
    "coverage", "density_per_cm2", "depth_mm", "tilt_rad", "azimuth_rad", "tone", "dwell_ms", "first_session"};

/* ---- faults ---- */

static void say_where(const field_trial_array *a, const char *at)
{
    char *out = place_to_say->fault;
    size_t size = sizeof place_to_say->fault;
    if (at < a->data)
        snprintf(out, size, "reached %td bytes before the beginning of %s", a->data - at, a->name);
    else if (at >= a->data + a->bytes)
        snprintf(out, size, "reached %td bytes behind the end of %s", at - (a->data + a->bytes), a->name);
    else
        snprintf(out, size, "wrote to %s, which is the host's", a->name);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    const char *at = info->si_addr;
    (void)number;
    (void)context;
    if (place_to_say->fault[0] == '\0')
        for (int i = 0; i < n_watched; i++)
            if (at >= watched[i]->map && at < watched[i]->map + watched[i]->map_bytes)
                say_where(watched[i], at);
    if (place_to_say->fault[0] == '\0' && (uintptr_t)at < 1u << 20)
        snprintf(place_to_say->fault, sizeof place_to_say->fault, FIELD_FAULT_NULL);
}

void field_trial_batch_watch(field_shared *shared)
{
    place_to_say = shared;
    /* once: the second fault, at the same place, ends the process */
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND};
    (void)sigaction(SIGSEGV, &action, NULL);
}

/* ---- arrays ---- */

static void *array_init(field_trial_batch *batch, const char *name, size_t bytes, bool input)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (bytes + page - 1) / page * page;
    if (batch->n_arrays == FIELD_TRIAL_COLUMNS || n_watched == MAX_WATCHED)
        return NULL;
    field_trial_array *a = &batch->arrays[batch->n_arrays];
    char *map = mmap(NULL, whole + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    *a = (field_trial_array){name, map, whole + 2 * page, map + page + whole - bytes, bytes, input};
    watched[n_watched++] = a;
    batch->n_arrays++;
    return mprotect(map + page, whole, PROT_READ | PROT_WRITE) == 0 ? a->data : NULL;
}

void field_trial_batch_fini(field_trial_batch *batch)
{
    for (int i = 0; i < batch->n_arrays; i++) {
        for (int k = 0; k < n_watched; k++)
            if (watched[k] == &batch->arrays[i])
                watched[k--] = watched[--n_watched];
        munmap(batch->arrays[i].map, batch->arrays[i].map_bytes);
    }
    *batch = (field_trial_batch){0};
}

/* ---- the samples' columns ---- */

typedef struct column {
    const char *name;
    size_t in_samples, in_block, item;
    uint64_t channel; /* 0: always there */
} column;

#define COLUMN(name, channel)                                                                                          \
    {                                                                                                                  \
#name, offsetof(np_strategy_samples, name), offsetof(field_shared_block, name),                                \
            sizeof *((np_strategy_samples *)0)->name, channel                                                          \
    }
static const column columns[] = {
    COLUMN(id, 0),
    COLUMN(x, 0),
    COLUMN(y, 0),
    COLUMN(z, 0),
    COLUMN(nx, 0),
    COLUMN(ny, 0),
    COLUMN(nz, 0),
    COLUMN(flow_x, NP_CHANNEL_HAIR_FLOW),
    COLUMN(flow_y, NP_CHANNEL_HAIR_FLOW),
    COLUMN(flow_z, NP_CHANNEL_HAIR_FLOW),
    COLUMN(region_distance_mm, NP_CHANNEL_REGION_DISTANCE),
    COLUMN(curve_distance_mm, NP_CHANNEL_CURVE),
    COLUMN(curve_arc_mm, NP_CHANNEL_CURVE),
    COLUMN(point_distance_mm, NP_CHANNEL_POINTS),
    COLUMN(point_index, NP_CHANNEL_POINTS),
    COLUMN(zone, NP_CHANNEL_ZONE),
    COLUMN(existing_density_per_cm2, NP_CHANNEL_EXISTING_DENSITY),
    COLUMN(hair_tilt_rad, NP_CHANNEL_HAIR_TILT),
    COLUMN(made_density_per_cm2, NP_CHANNEL_HISTORY),
    COLUMN(planned_density_per_cm2, NP_CHANNEL_HISTORY),
    COLUMN(made_tone, NP_CHANNEL_HISTORY),
    COLUMN(zone_weight, NP_CHANNEL_ZONE_WEIGHTS),
};

static uint32_t rows_of(const column *c, const np_strategy_job *job)
{
    uint32_t n = c->channel == NP_CHANNEL_REGION_DISTANCE ? job->region_count
                 : c->channel == NP_CHANNEL_CURVE         ? job->curve_count
                 : c->channel == NP_CHANNEL_POINTS        ? job->point_set_count
                 : c->channel == NP_CHANNEL_ZONE_WEIGHTS  ? FIELD_ZONES
                                                          : 1;
    return n > 0 || c->channel == NP_CHANNEL_CURVE ? n : 1;
}

static void change_rows(const column *c, double *data, size_t n, field_trial_change change)
{
    bool hair = c->channel == NP_CHANNEL_EXISTING_DENSITY;
    double to = c->channel == NP_CHANNEL_REGION_DISTANCE ? FAR_OUTSIDE_MM : FAR_AWAY_MM;
    bool distance = strstr(c->name, "distance_mm") != NULL;
    for (size_t i = 0; i < n; i++)
        if (hair && change != FIELD_TRIAL_AS_THEY_ARE && change != FIELD_TRIAL_OUTSIDE)
            data[i] = change == FIELD_TRIAL_BALD ? 0 : MUCH_HAIR_PER_CM2;
        else if (distance && change == FIELD_TRIAL_OUTSIDE)
            data[i] = to;
}

static bool fill_column(field_trial_batch *batch, const field_host_layer *layer, const column *c, const uint32_t *from,
                        field_trial_change change)
{
    uint32_t rows = rows_of(c, &layer->job), n = batch->samples.count;
    size_t stride = batch->samples.stride;
    char *data = array_init(batch, c->name, rows * stride * c->item, true);
    if (!data)
        return false;
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t i = 0; i < n; i++) {
            const char *block = (const char *)&layer->shared->blocks[from[i] / FIELD_SHARED_BLOCK] + c->in_block;
            memcpy(data + (r * stride + i) * c->item,
                   block + (r * FIELD_SHARED_BLOCK + from[i] % FIELD_SHARED_BLOCK) * c->item, c->item);
        }
    if (c->item == sizeof(double) && c->in_samples != offsetof(np_strategy_samples, id))
        change_rows(c, (double *)(void *)data, rows * stride, change);
    memcpy((char *)&batch->samples + c->in_samples, &data, sizeof data);
    return true;
}

/* ---- the field's ---- */

static double *const *numbers_of(const np_strategy_field *f)
{
    return &f->coverage; /* seven pointers to double in a row: needlepath/plugin.h's order */
}

static const double *defaults_of(const field_shared_field *f, int k)
{
    const double *const arrays[] = {f->coverage, f->density_per_cm2, f->depth_mm, f->tilt_rad, f->azimuth_rad,
                                    f->tone,     f->dwell_ms};
    return arrays[k];
}

static bool fill_field(field_trial_batch *batch, const field_host_layer *layer, const uint32_t *from)
{
    np_strategy_field *f = &batch->field;
    uint32_t n = f->count;
    double *arrays[FIELD_TRIAL_NUMBERS];
    for (int k = 0; k < FIELD_TRIAL_NUMBERS; k++) {
        arrays[k] = array_init(batch, field_trial_number_names[k], batch->samples.stride * sizeof(double), false);
        if (!arrays[k])
            return false;
    }
    f->first_session = array_init(batch, field_trial_number_names[FIELD_TRIAL_NUMBERS],
                                  batch->samples.stride * sizeof(int32_t), false);
    if (!f->first_session)
        return false;
    memcpy(&f->coverage, arrays, sizeof arrays);
    for (uint32_t i = 0; i < n; i++) {
        const field_shared_field *d = &layer->shared->blocks[from[i] / FIELD_SHARED_BLOCK].field;
        uint32_t at = from[i] % FIELD_SHARED_BLOCK;
        for (int k = 0; k < FIELD_TRIAL_NUMBERS; k++)
            arrays[k][i] = defaults_of(d, k)[at];
        f->first_session[i] = d->first_session[at];
    }
    return true;
}

bool field_trial_batch_init(field_trial_batch *batch, const field_host_layer *layer, const uint32_t *from, uint32_t n,
                            field_trial_change change)
{
    uint32_t stride = n == 0 ? 64 : (n + 63) / 64 * 64;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *batch = (field_trial_batch){.samples = {.struct_size = sizeof batch->samples, .count = n, .stride = stride},
                                 .field = {.struct_size = sizeof batch->field, .count = n}};
    if (layer->strategy->channels & NP_CHANNEL_ZONE_WEIGHTS)
        batch->samples.zone_count = FIELD_ZONES;
    bool ok = true;
    for (size_t k = 0; ok && k < sizeof columns / sizeof *columns; k++)
        if ((columns[k].channel == 0 || layer->strategy->channels & columns[k].channel) &&
            rows_of(&columns[k], &layer->job) > 0)
            ok = fill_column(batch, layer, &columns[k], from, change);
    for (int i = 0; ok && i < batch->n_arrays; i++) {
        field_trial_array *a = &batch->arrays[i];
        ok = mprotect(a->map + page, a->map_bytes - 2 * page, PROT_READ) == 0;
    }
    ok = ok && fill_field(batch, layer, from);
    if (!ok)
        field_trial_batch_fini(batch);
    return ok;
}

int32_t field_trial_batch_paint(field_trial_batch *batch, const field_host_layer *layer, field_host_call *call)
{
    field_host_call_init(call, layer);
    np_strategy_job job = layer->job;
    job.host = &call->host;
    job.state = layer->state;
    np_strategy_samples samples = batch->samples;
    np_strategy_field field = batch->field;
    return layer->strategy->paint(&job, &samples, &field);
}

field_trial_dot field_trial_batch_dot(const field_trial_batch *batch, uint32_t i)
{
    field_trial_dot dot = {.session = batch->field.first_session[i]};
    for (int k = 0; k < FIELD_TRIAL_NUMBERS; k++)
        dot.number[k] = numbers_of(&batch->field)[k][i];
    return dot;
}
