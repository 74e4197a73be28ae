/* Strategies that are wrong in one way each, for `plugin check`: without that they would be right.  More than one plugin may have: BAD_WRONG and
 * BAD_WRONG_TOO have a part each.  Which rule finds which one stands in
 * tests/integration/test_plugin_check.py. */
#include <needlepath/plugin_kit.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Volatile, so that no compiler sees what is coming. */
static volatile int *volatile nowhere;
static volatile int yes = 1;
static volatile double sink;

static const np_param_desc values[] = {NP_KIT_FLOAT("size_mm", "Size", "", "A size.", "mm", 0, 9, 1)};
static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "A region.", NP_INPUT_REGION, 0, 1),
    NP_KIT_POINTS("points", "Points", "Points.", 0, 1, values),
};

static const np_param_desc params[] = {
    NP_KIT_FLOAT("share", "Share", "Density", "What share of the natural density is made.", "", 0, 1, 0.5),
    NP_KIT_TEXT("label", "Label", "Density", "A text.", 20, "none"),
};

static int32_t fail(const np_strategy_job *job, const char *text)
{
    job->host->set_error(job->host->context, text);
    return -1;
}

static void spin(double seconds)
{
    clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
    while (clock() < end)
        continue;
}

static int32_t paint_well(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = job->params[0] * job->treatment->natural_density_per_cm2;
    }
    return 0;
}

#define STRATEGY(word, layout_fn, prepare_fn, paint_fn, finish_fn)                                                     \
    __attribute__((unused)) static const np_strategy_desc word##_strategy = {                                          \
        .struct_size = sizeof(np_strategy_desc),                                                                       \
        .id = #word,                                                                                                   \
        .name = #word,                                                                                                 \
        .version = "0.1.0",                                                                                            \
        .licence = "Apache-2.0",                                                                                       \
        .summary = "Is wrong in one way.",                                                                             \
        .param_count = 2,                                                                                              \
        .params = params,                                                                                              \
        .input_count = 2,                                                                                              \
        .inputs = inputs,                                                                                              \
        .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_EXISTING_DENSITY,                                          \
        .layout = layout_fn,                                                                                           \
        .prepare = prepare_fn,                                                                                         \
        .paint = paint_fn,                                                                                             \
        .finish = finish_fn,                                                                                           \
    }

/* A strategy that paints well and then does CODE. */
#define PAINTS(word, code)                                                                                             \
    static int32_t word##_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)        \
    {                                                                                                                  \
        int32_t painted = paint_well(job, s, f);                                                                       \
        code;                                                                                                          \
        return painted;                                                                                                \
    }                                                                                                                  \
    STRATEGY(word, NULL, NULL, word##_paint, NULL)
/* One that does CODE when it prepares. */
#define PREPARES(word, code, paint, finish)                                                                            \
    static int32_t word##_prepare(const np_strategy_job *job, void **state)                                            \
    {                                                                                                                  \
        (void)job;                                                                                                     \
        (void)state;                                                                                                   \
        code;                                                                                                          \
        return 0;                                                                                                      \
    }                                                                                                                  \
    STRATEGY(word, NULL, word##_prepare, paint, finish)
/* One that does CODE when it lays out. */
#define LAYS_OUT(word, code)                                                                                           \
    static int32_t word##_layout(const np_strategy_job *job, np_strategy_layout *out, void **state)                    \
    {                                                                                                                  \
        (void)job;                                                                                                     \
        (void)out;                                                                                                     \
        (void)state;                                                                                                   \
        code;                                                                                                          \
        return 0;                                                                                                      \
    }                                                                                                                  \
    STRATEGY(word, word##_layout, NULL, paint_well, NULL)

/* ---- numbers ---- */

PAINTS(nan_density, if (s->count > 7) f->density_per_cm2[7] = (double)NAN);
PAINTS(endless_depth, if (s->count > 0) f->depth_mm[0] = (double)INFINITY);
PAINTS(negative_density, if (s->count > 0) f->density_per_cm2[0] = -1);
PAINTS(much_coverage, if (s->count > 0) f->coverage[0] = 1.5);
PAINTS(flat_tilt, if (s->count > 0) f->tilt_rad[0] = 3);
PAINTS(dark_tone, if (s->count > 0) f->tone[0] = 2);
PAINTS(long_dwell, if (s->count > 0) f->dwell_ms[0] = 1e6);
PAINTS(session_none, if (s->count > 0) f->first_session[0] = 0);
PAINTS(deep, for (uint32_t i = 0; i < s->count; i++) f->depth_mm[i] = 2);
PAINTS(leaning, for (uint32_t i = 0; i < s->count; i++) f->tilt_rad[i] = 0.8);

/* ---- ends ---- */

PAINTS(crash_paint, *nowhere = 1);
PAINTS(abort_paint, abort());
PAINTS(exit_paint, exit(0));
PAINTS(hang_paint, while (yes) pause());
PAINTS(silent_paint, return -1);
PAINTS(odd_return, return 7);
PAINTS(paint_fails, return fail(job, "there is no paint left"));
LAYS_OUT(crash_layout, *nowhere = 1);
LAYS_OUT(silent_layout, return -1);
LAYS_OUT(layout_fails, return fail(job, "there is no place for it"));
PREPARES(crash_prepare, *nowhere = 1, paint_well, NULL);
PREPARES(prepare_fails, return fail(job, "there is nothing to prepare"), paint_well, NULL);
PREPARES(silent_prepare, return -1, paint_well, NULL);

static void finish_crashes(const np_strategy_job *job, void *state)
{
    (void)job;
    (void)state;
    *nowhere = 1;
}
STRATEGY(crash_finish, NULL, NULL, paint_well, finish_crashes);

/* ---- layout ---- */

static int32_t emit(np_strategy_layout *out, np_strategy_pin pin)
{
    return out->add_pins(out->context, 1, &pin);
}

static np_strategy_pin vertex_pin(const np_strategy_job *job)
{
    const double *at = job->head->vertex;
    return np_kit_pin(at[0], at[1], at[2], 1);
}

static const double nan_curve[] = {0, 0, (double)NAN, 1, 1, 1};
static const double far_curve[] = {900, 0, 0, 900, 9, 0};
LAYS_OUT(pin_far, return emit(out, np_kit_pin(1000, 0, 0, 1)));
LAYS_OUT(pin_deep, np_strategy_pin pin = vertex_pin(job); pin.depth_mm = 12; return emit(out, pin));
LAYS_OUT(pin_early, np_strategy_pin pin = vertex_pin(job); pin.session = 0; return emit(out, pin));
LAYS_OUT(pin_nan, return emit(out, np_kit_pin((double)NAN, 0, 0, 1)));
LAYS_OUT(pin_short, np_strategy_pin pin = vertex_pin(job); pin.struct_size = 8; return emit(out, pin));
LAYS_OUT(pin_moves, np_strategy_pin pin = vertex_pin(job); pin.tilt_rad = getpid() % 1000 * 1e-4;
         return emit(out, pin));
LAYS_OUT(curve_nan, return out->add_curve(out->context, 2, nan_curve, 0));
LAYS_OUT(curve_short, return out->add_curve(out->context, 1, job->head->vertex, 0));
LAYS_OUT(curve_far, return out->add_curve(out->context, 2, far_curve, 0));

/* ---- the same twice ---- */

static int calls;
PAINTS(counts_calls, calls++; if (s->count > 0) f->density_per_cm2[0] += 0.001 * calls);
PAINTS(by_dice, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = rand() % 100 * 0.01);

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e-9 * (double)t.tv_nsec;
}
PAINTS(by_time, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = now());
PAINTS(running_sum, for (uint32_t i = 1; i < s->count; i++) f->tone[i] = 0.5 * f->tone[i - 1] + 0.25 * (s->x[i] > 0));
PAINTS(by_place, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = i % 2);
PAINTS(by_count, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = s->count > 500);
/* 0 to 1, far apart for numbers that are near; the same for two by chance once in 65536 times. */
static double scattered(uintptr_t number)
{
    return (uint16_t)((uint32_t)number * 2654435761u >> 16) / 65535.0;
}
PAINTS(by_process, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = scattered((uintptr_t)getpid()));
PAINTS(by_address, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = scattered((uintptr_t)params >> 12));

static const np_strategy_samples *volatile current;
static int32_t shared_scratch(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    for (uint32_t i = 0; i < s->count; i++) {
        current = s;
        sched_yield();
        f->tone[i] = current == s;
    }
    return paint_well(job, s, f);
}
STRATEGY(by_thread, NULL, NULL, shared_scratch, NULL);

/* ---- memory ---- */

PAINTS(writes_behind, f->density_per_cm2[(s->count + 63) / 64 * 64] = 1);
PAINTS(writes_before, ((volatile double *)f->coverage)[-1] = 1);
PAINTS(reads_behind, sink = s->x[(s->count + 63) / 64 * 64]);
PAINTS(writes_samples, if (s->count > 0) * (volatile double *)(uintptr_t)&s->x[0] = 0);
PAINTS(writes_params, *(volatile double *)(uintptr_t)job->params += 1e-9);
LAYS_OUT(layout_writes_params, *(volatile double *)(uintptr_t)job->params = 0.25);
PREPARES(prepare_writes_head, *(volatile double *)(uintptr_t)job->head->vertex = 7, paint_well, NULL);
PREPARES(prepare_writes_points,
         if (job->point_set_count > 0) * (volatile double *)(uintptr_t)job->point_sets[0]->values[0] = 1.25, paint_well,
         NULL);
PREPARES(prepare_writes_text, *(volatile char *)(uintptr_t)job->values[1]->text = 'N', paint_well, NULL);
PAINTS(reads_unlisted, if (s->count > 0) f->tone[0] = s->flow_x[0] > 0);

static void *volatile lost;
PAINTS(leaks_paint, lost = malloc(100));
static void finish_nothing(const np_strategy_job *job, void *state)
{
    (void)job;
    (void)state;
}
PREPARES(leaks_state, *state = malloc(100); if (!*state) return fail(job, "out of memory"), paint_well, finish_nothing);
static double table[4] = {1, 2, 3, 4};
PREPARES(no_finish, *state = table, paint_well, NULL);
static void finish_frees(const np_strategy_job *job, void *state)
{
    (void)job;
    free(state);
}
PREPARES(unchecked_memory, *state = malloc(64); *(volatile char *)*state = 1, paint_well, finish_frees);
PREPARES(unchecked_aligned, (void)!posix_memalign(state, 64, 64);
         *(volatile char *)*state = 1, paint_well, finish_frees);
PREPARES(silent_memory, *state = malloc(64); if (!*state) return -1, paint_well, finish_frees);

/* ---- samples and parameters ---- */

PAINTS(wants_one, if (s->count == 0) return fail(job, "there is no sample"));
PAINTS(fixed_room, if (s->count > 100000) return fail(job, "there are too many samples"));
PAINTS(wants_inside, if (s->count > 0 && s->region_distance_mm[0] == -50) return fail(job, "is not inside"));
PAINTS(root_of_hair,
       for (uint32_t i = 0; i < s->count; i++) f->dwell_ms[i] *= sqrt(250 - s->existing_density_per_cm2[i]) / 20);
PAINTS(crash_at_most, if (job->params[0] == 1) *nowhere = 1);
PAINTS(silent_at_least, if (job->params[0] == 0) return -1);
PAINTS(nan_at_least, for (uint32_t i = 0; i < s->count; i++) f->tone[i] = 0.5 * job->params[0] / job->params[0]);

/* ---- time ---- */

PREPARES(deaf, if (job->host->progress(job->host->context, 0.5) != 0) spin(0.3), paint_well, NULL);
/* Hears it at its beginning, and in the middle takes its time. */
static int32_t heeds_late(const np_strategy_job *job)
{
    if (job->host->progress(job->host->context, 0) != 0)
        return fail(job, "cancelled");
    for (int i = 0; i < 60; i++) {
        usleep(1000);
        if (job->host->progress(job->host->context, 0.5) != 0) {
            spin(0.3);
            return fail(job, "cancelled");
        }
    }
    return 0;
}
PREPARES(deaf_later, return heeds_late(job), paint_well, NULL);
PREPARES(asleep, if (job->host->progress(job->host->context, 0.5) != 0) sleep(3), paint_well, NULL);
static void wait_busily(double seconds)
{
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    do
        clock_gettime(CLOCK_MONOTONIC, &b);
    while ((double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec) < seconds);
}
PAINTS(slow, if (s->count <= 1024) wait_busily(30e-6 * s->count));

/* ---- the process ---- */

PREPARES(rounds_up, fesetround(FE_UPWARD), paint_well, NULL);
PREPARES(traps, feenableexcept(FE_DIVBYZERO), paint_well, NULL);
PREPARES(handles_signals, signal(SIGUSR1, SIG_IGN), paint_well, NULL);
PREPARES(blocks_signals, sigset_t set; sigemptyset(&set); sigaddset(&set, SIGUSR2);
         sigprocmask(SIG_BLOCK, &set, NULL), paint_well, NULL);
PREPARES(sets_limits, struct rlimit r; getrlimit(RLIMIT_NOFILE, &r); r.rlim_cur--;
         setrlimit(RLIMIT_NOFILE, &r), paint_well, NULL);

static void *wait_for_ever(void *context)
{
    while (yes)
        pause();
    return context;
}
PREPARES(leaves_thread, pthread_t id;
         if (pthread_create(&id, NULL, wait_for_ever, NULL) != 0) return fail(job, "no thread"), paint_well, NULL);

STRATEGY(right, NULL, NULL, paint_well, NULL);

static const np_strategy_desc *const strategies[] = {
#ifdef BAD_WRONG
    &nan_density_strategy,   &endless_depth_strategy, &negative_density_strategy, &much_coverage_strategy,
    &flat_tilt_strategy,     &dark_tone_strategy,     &long_dwell_strategy,       &session_none_strategy,
    &deep_strategy,          &leaning_strategy,       &crash_paint_strategy,      &abort_paint_strategy,
    &exit_paint_strategy,    &hang_paint_strategy,    &silent_paint_strategy,     &odd_return_strategy,
    &paint_fails_strategy,   &crash_layout_strategy,  &silent_layout_strategy,    &layout_fails_strategy,
    &crash_prepare_strategy, &prepare_fails_strategy, &silent_prepare_strategy,   &crash_finish_strategy,
    &pin_far_strategy,       &pin_deep_strategy,      &pin_early_strategy,        &pin_nan_strategy,
    &pin_short_strategy,     &pin_moves_strategy,     &curve_nan_strategy,        &curve_short_strategy,
    &curve_far_strategy,     &counts_calls_strategy,  &by_dice_strategy,          &by_time_strategy,
#else
    &running_sum_strategy,
    &by_place_strategy,
    &by_count_strategy,
    &by_process_strategy,
    &by_address_strategy,
    &by_thread_strategy,
    &writes_behind_strategy,
    &writes_before_strategy,
    &reads_behind_strategy,
    &writes_samples_strategy,
    &writes_params_strategy,
    &layout_writes_params_strategy,
    &prepare_writes_head_strategy,
    &prepare_writes_points_strategy,
    &prepare_writes_text_strategy,
    &reads_unlisted_strategy,
    &leaks_paint_strategy,
    &leaks_state_strategy,
    &no_finish_strategy,
    &unchecked_memory_strategy,
    &unchecked_aligned_strategy,
    &silent_memory_strategy,
    &wants_one_strategy,
    &fixed_room_strategy,
    &wants_inside_strategy,
    &root_of_hair_strategy,
    &crash_at_most_strategy,
    &silent_at_least_strategy,
    &nan_at_least_strategy,
    &deaf_strategy,
    &deaf_later_strategy,
    &asleep_strategy,
    &slow_strategy,
    &rounds_up_strategy,
    &traps_strategy,
    &handles_signals_strategy,
    &blocks_signals_strategy,
    &sets_limits_strategy,
    &leaves_thread_strategy,
    &right_strategy,
#endif
};

#include "entry.h"
