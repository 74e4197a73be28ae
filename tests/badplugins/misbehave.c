/* Strategies that load well and then misbehave, each in its own way. */
#include <needlepath/plugin_kit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inputs.h"

/* Volatile, so that no compiler sees what is coming. */
static volatile int *volatile nowhere;
static void *volatile last_block;

static int32_t paint_well(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = job->treatment->natural_density_per_cm2;
    }
    return 0;
}

static int32_t paint_nothing(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    return 0;
}

static int32_t crash(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    *nowhere = 1;
    return 0;
}

static int32_t gives_up(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    abort();
}

static int32_t hang(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    while (!nowhere)
        pause();
    return 0;
}

/* Hangs, but listens: ends when it is cancelled. */
static int32_t dawdle(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)s;
    (void)f;
    while (job->host->progress(job->host->context, 0.5) == 0)
        usleep(1000);
    job->host->set_error(job->host->context, "cancelled");
    return -1;
}

static int32_t leave(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    _exit(0);
}

/* 1 MB at a time, every page of them touched. */
static int32_t eat_memory(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    while (!nowhere) {
        last_block = malloc(1u << 20);
        if (last_block)
            memset(last_block, 1, 1u << 20);
        usleep(500);
    }
    return 0;
}

static int32_t write_nan(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    paint_well(job, s, f);
    for (uint32_t i = 0; i < s->count; i++)
        if (s->id[i] == 7)
            f->density_per_cm2[i] = NAN;
    return 0;
}

static int32_t too_much(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    paint_well(job, s, f);
    f->coverage[0] = 1.5;
    return 0;
}

static int32_t no_session(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    paint_well(job, s, f);
    f->first_session[0] = 0;
    return 0;
}

static int32_t says_why(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)s;
    (void)f;
    job->host->set_error(job->host->context, "the moon is in the wrong phase");
    return -1;
}

static int32_t says_nothing(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    (void)s;
    (void)f;
    return -1;
}

static int32_t layout_crashes(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    *nowhere = 1;
    return 0;
}

static int32_t layout_far(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    const np_strategy_pin pin = np_kit_pin(1000, 0, 0, 1);
    return out->add_pins(out->context, 1, &pin);
}

static int32_t layout_nan(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    const double points[6] = {0, 0, NAN, 1, 1, 1};
    return out->add_curve(out->context, 2, points, 0);
}

static int32_t layout_deep_pin(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const double *at = job->head->vertex;
    np_strategy_pin pin = np_kit_pin(at[0], at[1], at[2], 1);
    pin.depth_mm = 12;
    return out->add_pins(out->context, 1, &pin);
}

static int32_t layout_flat_pin(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const double *at = job->head->vertex;
    np_strategy_pin pins[2] = {np_kit_pin(at[0], at[1], at[2], 1), np_kit_pin(at[0], at[1], at[2], 1)};
    pins[1].tilt_rad = 3;
    return out->add_pins(out->context, 2, pins);
}

static int32_t layout_short_pin(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const double *at = job->head->vertex;
    np_strategy_pin pin = np_kit_pin(at[0], at[1], at[2], 1);
    pin.struct_size = 8;
    return out->add_pins(out->context, 1, &pin);
}

static int32_t layout_many_curves(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const np_strategy_head *l = job->head;
    double points[6] = {l->glabella[0], l->glabella[1], l->glabella[2], l->vertex[0], l->vertex[1], l->vertex[2]};
    for (int i = 0; i < 100; i++)
        if (out->add_curve(out->context, 2, points, 0) != 0)
            return -1;
    return 0;
}

static int32_t layout_talks(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)out;
    job->host->log(job->host->context, 0, "a detail");
    job->host->log(job->host->context, 2, "the region is small");
    return 0;
}

/* Volatile, so that a sanitizer lets it crash as it does without one. */
static int32_t reads_unlisted(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    const volatile double *unlisted = s->existing_density_per_cm2;
    (void)job;
    f->density_per_cm2[0] = *unlisted;
    return 0;
}

static int32_t give_radius(const np_strategy_job *job, np_strategy_layout *out, double radius_mm)
{
    const double *at = job->head->vertex;
    np_strategy_pin pin = np_kit_pin(at[0], at[1], at[2], 1);
    pin.radius_mm = radius_mm;
    return out->add_pins(out->context, 1, &pin);
}

static int32_t layout_wide_pin(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    return give_radius(job, out, 20.5);
}

static int32_t layout_pin_inside_out(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    return give_radius(job, out, -1);
}

static int32_t layout_nan_radius(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    return give_radius(job, out, NAN);
}

/* ---- good ones ---- */

/* What one call hands to the next: 3 in layout, 30 in prepare, and that is the density. */
static int32_t state_layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    const double *at = job->head->vertex;
    np_strategy_pin pins[2] = {np_kit_pin(at[0], at[1], at[2], 1), np_kit_pin(at[0] + 5, at[1], at[2], 1)};
    pins[1].tilt_rad = 0.125;
    double *density = malloc(sizeof *density);
    if (*state || job->state || !density)
        return -1;
    *density = 3;
    *state = density;
    return out->add_pins(out->context, 2, pins);
}

static int32_t state_prepare(const np_strategy_job *job, void **state)
{
    if (job->state || !*state)
        return -1;
    *(double *)*state *= 10;
    job->host->log(job->host->context, 1, "is prepared");
    return 0;
}

static int32_t state_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = *(const double *)job->state;
    }
    return 0;
}

static void state_finish(const np_strategy_job *job, void *state)
{
    (void)job;
    free(state);
}

static const np_strategy_desc stateful_strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "stateful",
    .name = "Stateful",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Hands on what it makes.",
    .input_count = 3,
    .inputs = any_inputs,
    .layout = state_layout,
    .prepare = state_prepare,
    .paint = state_paint,
    .finish = state_finish,
};

/* Every type of value, put together to a density. */
static const double value_knots[] = {0, 1, 10, 3};
static const char *const value_columns[] = {"x", "y", NULL};
enum { VALUE_WORD, VALUE_FILE, VALUE_CURVE, VALUE_TABLE, N_VALUES };
static const np_param_desc value_params[N_VALUES] = {
    [VALUE_WORD] = NP_KIT_TEXT("word", "Word", "Values", "Its length counts.", 20, "abc"),
    [VALUE_FILE] = NP_KIT_FILE("bytes", "Bytes", "Values", "Its first byte counts.", 100, NP_PARAM_REQUIRED),
    [VALUE_CURVE] = NP_KIT_CURVE("rise", "Rise", "Values", "Its end counts.", "mm", 0, 10, "", 0, 50, value_knots, 2),
    [VALUE_TABLE] = NP_KIT_TABLE("cells", "Cells", "Values", "The last one counts.", "", 0, 50, value_columns),
};

static int32_t values_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    const np_param_value *const *v = job->values;
    double sum = (double)strlen(v[VALUE_WORD]->text) + v[VALUE_FILE]->bytes[0] + np_kit_curve(v[VALUE_CURVE], 10);
    if (v[VALUE_TABLE]->count > 0)
        sum += v[VALUE_TABLE]->data[v[VALUE_TABLE]->count * v[VALUE_TABLE]->columns - 1];
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = sum;
    }
    return 0;
}

static const np_strategy_desc values_strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "values",
    .name = "Values",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Takes values of every type.",
    .param_count = N_VALUES,
    .params = value_params,
    .input_count = 3,
    .inputs = any_inputs,
    .paint = values_paint,
};

/* Several inputs in a slot. */
static const np_input_desc slots_inputs[] = {
    NP_KIT_INPUT("spots", "Spots", "Some points.", NP_INPUT_POINTS, 0, 2),
    NP_KIT_INPUT("points", "Points", "More points.", NP_INPUT_POINTS, 1, 1),
};

static int32_t slots_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    const np_strategy_input *spots = job->inputs[0], *points = job->inputs[1];
    for (uint32_t i = 0; i < s->count; i++) {
        int same = s->point_distance_mm[points->first * s->stride + i] == s->point_distance_mm[i];
        f->coverage[i] = 1;
        f->density_per_cm2[i] = 10 * spots->count + job->point_set_count + (same ? 0 : 100);
    }
    return 0;
}

static const np_strategy_desc slots_strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "slots",
    .name = "Slots",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Takes several inputs.",
    .input_count = 2,
    .inputs = slots_inputs,
    .channels = NP_CHANNEL_POINTS,
    .paint = slots_paint,
};

/* Points that have something beside their places: pins that keep a radius clear, and the sum of the rest for a density. */
static const np_param_desc point_values[] = {
    NP_KIT_REQUIRED_VALUE("clear_mm", "Clear", "The radius of its pin.", "mm", 0.5, 12),
    NP_KIT_INT("rank", "Rank", "", "Counts.", "", 0, 9, 3),
    NP_KIT_BOOL("old", "Old", "", "Counts ten.", 0),
};
static const np_input_desc valued_inputs[] = {
    NP_KIT_INPUT("region", "Region", "A region.", NP_INPUT_REGION, 0, 1),
    NP_KIT_POINTS("spots", "Spots", "Points with values.", 1, 2, point_values),
};

static int32_t valued_layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    for (uint32_t k = 0; k < job->point_set_count; k++) {
        const np_strategy_points *p = job->point_sets[k];
        for (uint32_t i = 0; i < p->count; i++) {
            np_strategy_pin pin = np_kit_pin(p->x[i], p->y[i], p->z[i], 1);
            pin.radius_mm = p->values[0][i];
            if (p->value_count != 3 || out->add_pins(out->context, 1, &pin) != 0)
                return -1;
        }
    }
    return 0;
}

static int32_t valued_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    const np_strategy_points *p = job->point_sets[0];
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = 50 + p->values[1][s->point_index[i]] + 10 * p->values[2][s->point_index[i]];
    }
    return 0;
}

static const np_strategy_desc valued_strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "valued",
    .name = "Valued",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Takes points with values.",
    .input_count = 2,
    .inputs = valued_inputs,
    .channels = NP_CHANNEL_POINTS,
    .layout = valued_layout,
    .paint = valued_paint,
};

static int32_t prepare_fails(const np_strategy_job *job, void **state)
{
    (void)state;
    job->host->set_error(job->host->context, "there is nothing to prepare");
    return -1;
}

static const np_strategy_desc prepare_fails_strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "prepare_fails",
    .name = "Fails to prepare",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Misbehaves.",
    .input_count = 3,
    .inputs = any_inputs,
    .prepare = prepare_fails,
    .paint = paint_well,
    .finish = state_finish,
};

#define STRATEGY(word, layout_fn, paint_fn)                                                                            \
    static const np_strategy_desc word##_strategy = {                                                                  \
        .struct_size = sizeof(np_strategy_desc),                                                                       \
        .id = #word,                                                                                                   \
        .name = #word,                                                                                                 \
        .version = "0.1.0",                                                                                            \
        .licence = "Apache-2.0",                                                                                       \
        .summary = "Misbehaves.",                                                                                      \
        .input_count = 3,                                                                                              \
        .inputs = any_inputs,                                                                                          \
        .layout = layout_fn,                                                                                           \
        .paint = paint_fn,                                                                                             \
    }
STRATEGY(well, NULL, paint_well);
STRATEGY(nothing, NULL, paint_nothing);
STRATEGY(crash, NULL, crash);
STRATEGY(gives_up, NULL, gives_up);
STRATEGY(hang, NULL, hang);
STRATEGY(dawdle, NULL, dawdle);
STRATEGY(leave, NULL, leave);
STRATEGY(eat_memory, NULL, eat_memory);
STRATEGY(write_nan, NULL, write_nan);
STRATEGY(too_much, NULL, too_much);
STRATEGY(no_session, NULL, no_session);
STRATEGY(says_why, NULL, says_why);
STRATEGY(says_nothing, NULL, says_nothing);
STRATEGY(layout_crashes, layout_crashes, paint_well);
STRATEGY(layout_far, layout_far, paint_well);
STRATEGY(layout_nan, layout_nan, paint_well);
STRATEGY(layout_deep_pin, layout_deep_pin, paint_well);
STRATEGY(reads_unlisted, NULL, reads_unlisted);
STRATEGY(layout_flat_pin, layout_flat_pin, paint_well);
STRATEGY(layout_short_pin, layout_short_pin, paint_well);
STRATEGY(layout_wide_pin, layout_wide_pin, paint_well);
STRATEGY(layout_pin_inside_out, layout_pin_inside_out, paint_well);
STRATEGY(layout_nan_radius, layout_nan_radius, paint_well);
STRATEGY(layout_many_curves, layout_many_curves, paint_well);
STRATEGY(layout_talks, layout_talks, paint_well);

static const np_strategy_desc *const strategies[] = {
    &well_strategy,
    &nothing_strategy,
    &crash_strategy,
    &gives_up_strategy,
    &hang_strategy,
    &dawdle_strategy,
    &leave_strategy,
    &eat_memory_strategy,
    &write_nan_strategy,
    &too_much_strategy,
    &no_session_strategy,
    &says_why_strategy,
    &says_nothing_strategy,
    &layout_crashes_strategy,
    &layout_far_strategy,
    &layout_nan_strategy,
    &layout_deep_pin_strategy,
    &reads_unlisted_strategy,
    &layout_flat_pin_strategy,
    &layout_short_pin_strategy,
    &stateful_strategy,
    &values_strategy,
    &slots_strategy,
    &valued_strategy,
    &layout_wide_pin_strategy,
    &layout_pin_inside_out_strategy,
    &layout_nan_radius_strategy,
    &prepare_fails_strategy,
    &layout_many_curves_strategy,
    &layout_talks_strategy,
};

#include "entry.h"
