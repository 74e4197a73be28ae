/* A layer's state is its own, so one process can serve one layer after the other: what each leaves behind adds up, and is counted here
 * in bytes of the allocator.  The same short life shows whether a strategy hears that it is cancelled, and what it does without memory. */
#include "field/trial/life.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "field/host/run.h"
#include "field/trial/allocator.h"
#include "field/trial/batch.h"
#include "field/trial/trial.h"

#define ROUNDS 16 /* of which each must leave something to count as a leak: the allocator keeps a little for itself */
#define LEAST_LEAK 16u /* bytes a round */
#define MOST_ALLOCATIONS 200L
#define CANCEL_S 0.1 /* of processor time */
#define CANCEL_AFTER_S 0.03
#define CANCEL_ASLEEP_S 2.0 /* of time, however busy the machine is */

typedef struct stage {
    const char *name;
    bool failed, silent; /* without a reason */
} stage;

static void note_reply(np_message *reply, stage *s)
{
    s->failed = reply->kind == FIELD_MESSAGE_FAILED;
    reply->at = 0;
    char *text = s->failed ? np_message_get_text(reply) : NULL;
    s->silent = text && strstr(text, FIELD_SAID_NOTHING);
    free(text);
}

static stage run_layout(field_host_layer *l, np_message *scratch)
{
    stage s = {.name = "layout"};
    uint32_t joined = l->curves.count;
    l->curves.count = l->job.curve_count = l->own_curves;
    field_host_layout(l, scratch);
    l->curves.count = l->job.curve_count = joined;
    note_reply(scratch, &s);
    return s;
}

static stage run_prepare(field_host_layer *l, np_message *scratch)
{
    stage s = {.name = "prepare"};
    field_host_prepare(l, scratch);
    note_reply(scratch, &s);
    return s;
}

static stage run_paint(field_host_layer *l, field_trial_batch *batch)
{
    stage s = {.name = "paint"};
    field_host_call call;
    s.failed = field_trial_batch_paint(batch, l, &call) != 0;
    s.silent = s.failed && !call.error[0];
    return s;
}

/* From layout to finish; the last stage that ran.  SEEN is asked after each. */
static stage live(const field_host_layer *layer, field_trial_batch *batch, void (*seen)(const stage *s))
{
    field_host_layer own = *layer;
    np_message scratch = {0};
    own.state = NULL;
    stage s = run_layout(&own, &scratch);
    seen(&s);
    if (!s.failed) {
        s = run_prepare(&own, &scratch);
        seen(&s);
    }
    if (!s.failed) {
        s = run_paint(&own, batch);
        seen(&s);
    }
    field_host_finish(&own);
    np_message_fini(&scratch);
    return s;
}

static void see_nothing(const stage *s)
{
    (void)s;
}

static bool make_batch(field_trial_batch *batch, const field_host_layer *layer, uint32_t n)
{
    uint32_t order[256];
    n = n < 256 ? n : 256;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    return field_trial_batch_init(batch, layer, order, n, FIELD_TRIAL_AS_THEY_ARE);
}

/* ---- what is left behind ---- */

/* Bytes that each of some rounds leaves; 0 if it is not so in all. */
static size_t leak_of(void (*round)(const field_host_layer *, field_trial_batch *), const field_host_layer *layer,
                      field_trial_batch *batch)
{
    size_t least = SIZE_MAX;
    for (int i = 0; i < 3; i++) { /* the first fills caches, of the plugin too */
        size_t before = field_trial_allocated();
        for (int k = 0; k < ROUNDS; k++)
            round(layer, batch);
        size_t after = field_trial_allocated(), grown = after > before ? after - before : 0;
        if (i > 0 && grown < least)
            least = grown;
    }
    return least / ROUNDS >= LEAST_LEAK ? least / ROUNDS : 0;
}

static void live_once(const field_host_layer *layer, field_trial_batch *batch)
{
    (void)live(layer, batch, see_nothing);
}

static void paint_once(const field_host_layer *layer, field_trial_batch *batch)
{
    field_host_call call;
    (void)field_trial_batch_paint(batch, layer, &call);
}

void field_trial_life(field_host_layer *layer, uint32_t n)
{
    field_trial_batch batch;
    if (layer->state && !layer->strategy->finish)
        field_trial_found("state.finish", "layout or prepare leaves a state, and there is no finish to free it");
    if (!make_batch(&batch, layer, n))
        return;
    size_t leak = leak_of(paint_once, layer, &batch);
    if (leak > 0)
        field_trial_found("memory.leak", "each call of paint leaves %zu bytes allocated", leak);
    leak = leak_of(live_once, layer, &batch);
    if (leak > 0)
        field_trial_found("memory.leak", "each life of a layer, from layout to finish, leaves %zu bytes allocated",
                          leak);
    field_trial_batch_fini(&batch);
}

/* ---- cancelled ---- */

static double stage_begin_s, stage_processor_s;

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void begin_stage(void)
{
    stage_begin_s = np_clock_s();
    stage_processor_s = processor_s();
}

static void see_time(const stage *s)
{
    double worked_s = processor_s() - stage_processor_s, passed_s = np_clock_s() - stage_begin_s;
    if (worked_s > CANCEL_S || passed_s > CANCEL_ASLEEP_S)
        field_trial_found("time.cancel", "cancelled before it began, %s went on for %.1f s (%.1f s of processor time)",
                          s->name, passed_s, worked_s);
    begin_stage();
}

/* The user's Ctrl-C, a while after a stage began. */
typedef struct canceller {
    field_shared *shared;
    pthread_t thread;
    bool started;
    _Atomic bool over; /* the stage is */
} canceller;

static canceller later;

static void *cancel_later(void *context)
{
    canceller *c = context;
    double begin_s = np_clock_s();
    struct timespec tick = {0, 1000000};
    while (!atomic_load(&c->over) && np_clock_s() < begin_s + CANCEL_AFTER_S)
        nanosleep(&tick, NULL);
    if (!atomic_load(&c->over)) {
        begin_stage(); /* read once the thread is joined */
        atomic_store(&c->shared->cancel, 1);
    }
    return NULL;
}

static void begin_cancelled_stage(field_shared *shared)
{
    atomic_store(&shared->cancel, 0);
    later.shared = shared;
    atomic_store(&later.over, false);
    begin_stage();
    later.started = pthread_create(&later.thread, NULL, cancel_later, &later) == 0;
}

static void end_cancelled_stage(const stage *s)
{
    atomic_store(&later.over, true);
    if (later.started)
        pthread_join(later.thread, NULL);
    double worked_s = processor_s() - stage_processor_s, passed_s = np_clock_s() - stage_begin_s;
    if (atomic_load(&later.shared->cancel) && (worked_s > CANCEL_S || passed_s > CANCEL_ASLEEP_S))
        field_trial_found("time.cancel",
                          "cancelled %.0f ms after it began, %s went on for %.1f s (%.1f s of processor time)",
                          1000 * CANCEL_AFTER_S, s->name, passed_s, worked_s);
}

static void see_time_in_the_middle(const stage *s)
{
    end_cancelled_stage(s);
    begin_cancelled_stage(later.shared);
}

/* Whoever looks only at the beginning goes on. */
static void cancel_in_the_middle(field_host_layer *layer, field_trial_batch *batch)
{
    static const stage none = {.name = "finish"};
    begin_cancelled_stage(layer->shared);
    (void)live(layer, batch, see_time_in_the_middle);
    end_cancelled_stage(&none);
    begin_cancelled_stage(layer->shared);
    stage s = run_paint(layer, batch);
    end_cancelled_stage(&s);
    atomic_store(&layer->shared->cancel, 0);
}

void field_trial_cancel(field_host_layer *layer, uint32_t n)
{
    field_trial_batch batch;
    if (!make_batch(&batch, layer, n))
        return;
    cancel_in_the_middle(layer, &batch);
    atomic_store(&layer->shared->cancel, 1);
    begin_stage();
    (void)live(layer, &batch, see_time);
    /* whoever heard it in layout has not come to paint */
    begin_stage();
    stage s = run_paint(layer, &batch);
    see_time(&s);
    atomic_store(&layer->shared->cancel, 0);
    field_trial_batch_fini(&batch);
}

/* ---- without memory ---- */

static void see_silence(const stage *s)
{
    if (s->failed && s->silent)
        field_trial_found("memory.fail", "%s fails without a sentence when an allocation does", s->name);
}

void field_trial_memory(field_host_layer *layer, uint32_t n)
{
    field_trial_batch batch;
    bool failed = true;
    if (!make_batch(&batch, layer, n))
        return;
    for (long i = 1; failed && i <= MOST_ALLOCATIONS; i++) {
        field_trial_allocation_fail(i);
        (void)live(layer, &batch, see_silence);
        failed = field_trial_allocation_failed();
        field_trial_allocation_fail(0);
    }
    field_trial_batch_fini(&batch);
}
