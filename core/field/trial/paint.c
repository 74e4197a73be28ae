/* Paint is a function: the same sample gets the same values in whatever batch, order and thread it comes, and however often.  Each way to
 * ask again is one in which a strategy that keeps something, or looks at its neighbours, is found out. */
#include "field/trial/paint.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "field/trial/batch.h"
#include "field/trial/trial.h"

#define N_THREADS 4
#define MANY 1000000u

/* What was painted first; and whether it came out otherwise since, so that more comparing tells nothing new. */
static field_trial_dot *first;
static bool impure;

/* One way to paint: sample ORDER[i], for all i < N, in batches of SIZE. */
typedef struct way {
    const char *rule, *name; /* "in another order" */
    const uint32_t *order;
    uint32_t n, size;
    field_trial_change change;
    bool compare; /* with the first painting; else it only has to be well */
} way;

static bool same_bits(const field_trial_dot *a, const field_trial_dot *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void tell_difference(const way *w, uint32_t sample, const field_trial_dot *a, const field_trial_dot *b)
{
    impure = true;
    for (int k = 0; k < FIELD_TRIAL_NUMBERS; k++)
        if (memcmp(&a->number[k], &b->number[k], sizeof(double)) != 0) {
            field_trial_found(w->rule, "painted %s, sample %u got the %s %.17g; at first it was %.17g", w->name, sample,
                              field_trial_number_names[k], b->number[k], a->number[k]);
            return;
        }
    field_trial_found(w->rule, "painted %s, sample %u got the first_session %d; at first it was %d", w->name, sample,
                      (int)b->session, (int)a->session);
}

static bool is_finite(const field_trial_dot *dot)
{
    for (int k = 0; k < FIELD_TRIAL_NUMBERS; k++)
        if (!isfinite(dot->number[k]))
            return false;
    return true;
}

/* What batch B, from ORDER[at] on, got: kept, or looked at. */
static void take(const way *w, const field_trial_batch *b, uint32_t at, field_trial_dot *out)
{
    for (uint32_t i = 0; i < b->field.count; i++) {
        field_trial_dot dot = field_trial_batch_dot(b, i);
        uint32_t sample = w->order[at + i];
        if (out)
            out[sample] = dot;
        else if (w->compare && !impure && !same_bits(&first[sample], &dot))
            tell_difference(w, sample, &first[sample], &dot);
        else if (!w->compare && !is_finite(&dot))
            field_trial_found(w->rule, "painted %s, sample %u got a number that is not finite", w->name, sample);
    }
}

static void tell_failure(const way *w, int32_t code, const field_host_call *call)
{
    if (call->error[0])
        field_trial_found(w->rule, "painted %s, it fails: %.200s", w->name, call->error);
    else
        field_trial_found("fail.sentence", "painted %s, paint returned %d and " FIELD_SAID_NOTHING, w->name, code);
}

/* Paints in way W into OUT (one a sample; NULL: looked at).  Returns the time of paint, in s. */
static double paint(const field_host_layer *layer, const way *w, field_trial_dot *out)
{
    double spent_s = 0;
    uint32_t at = 0;
    do {
        field_trial_batch batch;
        field_host_call call;
        uint32_t n = w->n - at < w->size ? w->n - at : w->size;
        if (!field_trial_batch_init(&batch, layer, w->order + at, n, w->change))
            return spent_s;
        double begin_s = np_clock_s();
        int32_t code = field_trial_batch_paint(&batch, layer, &call);
        spent_s += np_clock_s() - begin_s;
        if (code != 0)
            tell_failure(w, code, &call);
        else
            take(w, &batch, at, out);
        field_trial_batch_fini(&batch);
        at += n;
    } while (at < w->n);
    return spent_s;
}

static uint32_t *make_order(uint32_t n, bool backwards, uint32_t samples)
{
    uint32_t *order = malloc(((size_t)n + 1) * sizeof *order);
    for (uint32_t i = 0; order && i < n; i++)
        order[i] = (backwards ? n - 1 - i : i) % samples;
    return order;
}

/* ---- the first time ---- */

static void give(const field_host_layer *layer, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        field_shared_field *f = &layer->shared->blocks[i / FIELD_SHARED_BLOCK].field;
        double *const arrays[] = {f->coverage, f->density_per_cm2, f->depth_mm, f->tilt_rad, f->azimuth_rad,
                                  f->tone,     f->dwell_ms};
        for (int k = 0; k < FIELD_TRIAL_NUMBERS; k++)
            arrays[k][i % FIELD_SHARED_BLOCK] = first[i].number[k];
        f->first_session[i % FIELD_SHARED_BLOCK] = (int32_t)first[i].session;
    }
}

double field_trial_paint(field_host_layer *layer, uint32_t n)
{
    uint32_t *order = make_order(n, false, n);
    free(first);
    first = calloc((size_t)n + 1, sizeof *first);
    double ns = 0;
    if (order && first) {
        way w = {"run.default", "for the first time", order, n, FIELD_SHARED_BLOCK, FIELD_TRIAL_AS_THEY_ARE, false};
        ns = 1e9 * paint(layer, &w, first) / (n > 0 ? n : 1);
        give(layer, n);
    }
    free(order);
    return ns;
}

/* ---- and again ---- */

typedef struct painter_thread {
    const field_host_layer *layer;
    pthread_barrier_t *start;
    field_trial_batch batch;
    field_host_call call;
    int32_t code;
} painter_thread;

static void *paint_in_thread(void *context)
{
    painter_thread *t = context;
    pthread_barrier_wait(t->start);
    t->code = field_trial_batch_paint(&t->batch, t->layer, &t->call);
    return NULL;
}

/* All threads paint at once, each all of the samples, in one batch. */
static void run_threads(painter_thread *threads, const way *w)
{
    pthread_t ids[N_THREADS];
    unsigned started = 0;
    while (started < N_THREADS && pthread_create(&ids[started], NULL, paint_in_thread, &threads[started]) == 0)
        started++;
    if (started < N_THREADS) /* the others wait for it for ever: the planner ends us */
        field_trial_found(w->rule, "no %u threads can be started", N_THREADS);
    for (unsigned i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    for (unsigned i = 0; i < started; i++)
        if (threads[i].code != 0)
            tell_failure(w, threads[i].code, &threads[i].call);
        else
            take(w, &threads[i].batch, 0, NULL);
}

static void paint_in_threads(const field_host_layer *layer, const way *w)
{
    painter_thread *threads = calloc(N_THREADS, sizeof *threads);
    pthread_barrier_t start;
    bool ok = threads != NULL;
    pthread_barrier_init(&start, NULL, N_THREADS);
    for (int i = 0; ok && i < N_THREADS; i++) {
        threads[i].layer = layer;
        threads[i].start = &start;
        ok = field_trial_batch_init(&threads[i].batch, layer, w->order, w->n, w->change);
    }
    if (ok)
        run_threads(threads, w);
    for (int i = 0; threads && i < N_THREADS; i++)
        field_trial_batch_fini(&threads[i].batch);
    pthread_barrier_destroy(&start);
    free(threads);
}

void field_trial_pure(field_host_layer *layer, uint32_t n)
{
    uint32_t *order = make_order(n, false, n), *backwards = make_order(n, true, n);
    uint32_t few = n < 200 ? n : 200;
    const way ways[] = {
        {"pure.repeat", "a second time", order, n, FIELD_SHARED_BLOCK, FIELD_TRIAL_AS_THEY_ARE, true},
        {"pure.order", "in the opposite order", backwards, n, FIELD_SHARED_BLOCK, FIELD_TRIAL_AS_THEY_ARE, true},
        {"pure.batch", "in batches of one", order, few, 1, FIELD_TRIAL_AS_THEY_ARE, true},
        {"pure.batch", "in batches of 333", order, n, 333, FIELD_TRIAL_AS_THEY_ARE, true},
        {"pure.batch", "in one batch", order, n, n, FIELD_TRIAL_AS_THEY_ARE, true},
    };
    const way together = {"pure.threads", "in four threads at once", order, n, n, FIELD_TRIAL_AS_THEY_ARE, true};
    for (size_t i = 0; order && backwards && first && i < sizeof ways / sizeof *ways; i++)
        (void)paint(layer, &ways[i], NULL);
    if (order && first && n > 0)
        paint_in_threads(layer, &together);
    free(order);
    free(backwards);
}

void field_trial_samples(field_host_layer *layer, uint32_t n)
{
    uint32_t *order = make_order(MANY, false, n > 0 ? n : 1);
    const way ways[] = {
        {"samples.none", "without a sample", order, 0, 1, FIELD_TRIAL_AS_THEY_ARE, true},
        {"samples.many", "with a million samples in one batch", order, MANY, MANY, FIELD_TRIAL_AS_THEY_ARE, true},
        {"samples.outside", "with samples outside of all regions", order, n, FIELD_SHARED_BLOCK, FIELD_TRIAL_OUTSIDE,
         false},
        {"samples.hair", "with samples without hair", order, n, FIELD_SHARED_BLOCK, FIELD_TRIAL_BALD, false},
        {"samples.hair", "with samples in very dense hair", order, n, FIELD_SHARED_BLOCK, FIELD_TRIAL_HAIRY, false},
    };
    for (size_t i = 0; order && first && n > 0 && i < sizeof ways / sizeof *ways; i++)
        (void)paint(layer, &ways[i], NULL);
    free(order);
}
