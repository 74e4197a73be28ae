/* What the helper process costs: `bench_plugin OUT.json` starts it, paints 300,000 samples in it and in this process, and lets the planner work beside a
 * strategy whose threads go on when it has answered.  Prints the page's part; least and median of many runs, since others use the machine too. */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "case/template.h"
#include "field/host/job.h"
#include "field/host/run.h"
#include "field/private/channels.h"
#include "field/private/layer.h"
#include "field/private/layout.h"
#include "field/private/painter.h"
#include "head/head.h"

#define SAMPLES 300000u
#define RUNS 25
#define STARTS 60

typedef struct rig {
    np_case *source;
    np_scan *scan;
    np_painter *painter;
    field_layer *layer;
    np_message layout, prepare; /* the requests that the helper got */
    np_surface_point *points;
} rig;

static void stop_at(np_status status, const np_error *err)
{
    if (status == NP_OK)
        return;
    fprintf(stderr, "bench_plugin: %s\n", err->text);
    exit(1);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of N times in s, as ms. */
static double least_ms(double *times, size_t n)
{
    qsort(times, n, sizeof *times, by_size);
    return 1000 * times[0];
}

static double median_ms(double *times, size_t n)
{
    qsort(times, n, sizeof *times, by_size);
    return 1000 * times[n / 2];
}

/* Processor time so far, ms: WHO is RUSAGE_SELF, or RUSAGE_CHILDREN for helpers that have ended. */
static double cpu_ms(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return 1000 * (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-3 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* A layer of STRATEGY on the built-in head's crown, or at a point of it where REACHES. */
static np_case *make_case(const char *strategy, bool reaches)
{
    np_error err = {0};
    char *text = NULL;
    size_t size = 0;
    np_mesh mesh = {0};
    np_scan_description d = {0};
    np_case *c = NULL;
    stop_at(np_head_create(NP_CASE_SEX_M, 50, &mesh, &d, &err), &err);
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "needlepath: 1\nscan: {head: {sex: m, percentile: 50}}\nlayers:\n  - {name: bench, strategy: %s, ",
            strategy);
    fprintf(f, reaches ? "points: all, reach_mm: 60}\npoints:\n  - {name: all, points: ["
                       : "region: all}\nregions:\n  - {name: all, outline: [");
    const np_case_points *p = reaches ? &d.fue_scars : &d.scalp_outline;
    for (unsigned i = 0; i < p->n; i++)
        fprintf(f, "%s[%.4f, %.4f, %.4f]", i ? ", " : "", p->points[i].x, p->points[i].y, p->points[i].z);
    fputs("]}\n", f);
    fclose(f);
    stop_at(np_case_parse("bench", text, size, &c, &err), &err);
    free(text);
    np_mesh_fini(&mesh);
    np_scan_description_fini(&d);
    return c;
}

static void open_rig(rig *r, const char *strategy, bool reaches)
{
    np_error err = {0};
    np_plugin_list none = {0};
    np_message *answer;
    char *notes = NULL;
    *r = (rig){.source = make_case(strategy, reaches)};
    stop_at(np_scan_create(&r->source->scan, NULL, &r->scan, &err), &err);
    stop_at(field_painter_create(r->source, r->scan, FIELD_HELPER_HOST, &none, NULL, &r->painter, &err), &err);
    r->layer = &r->painter->layers[0];
    stop_at(field_layer_ask_layout(r->painter, r->layer, NULL, &r->layout, &answer, &err), &err);
    stop_at(field_layer_take_layout(r->painter, r->layer, answer, &err), &err);
    stop_at(field_layer_prepare(r->layer, NULL, &r->prepare, &notes, &err), &err);
    free(notes);
    r->points = calloc(FIELD_SHARED_CHUNK, sizeof *r->points);
    for (unsigned i = 0; r->points && i < FIELD_SHARED_CHUNK; i++) {
        double z = -0.35 + 1.35 * (i + 0.5) / FIELD_SHARED_CHUNK, side = sqrt(1 - z * z), a = 2.399963 * i;
        (void)np_surface_ray(&r->scan->surface, np_vec3_make(0, 0, 40), np_vec3_make(side * cos(a), side * sin(a), z),
                             300, &r->points[i]);
    }
    field_painter_fill(r->painter, r->points, FIELD_SHARED_CHUNK, 0);
}

static void close_rig(rig *r)
{
    np_message_fini(&r->layout);
    np_message_fini(&r->prepare);
    np_painter_destroy(r->painter);
    np_scan_destroy(r->scan);
    np_case_destroy(r->source);
    free(r->points);
}

/* Seconds that all samples take in the helper, chunk by chunk. */
static double paint_in_helper(const rig *r)
{
    np_error err = {0};
    np_message request = {0}, *answer;
    double begin_s = np_clock_s();
    for (unsigned done = 0; done < SAMPLES; done += FIELD_SHARED_CHUNK) {
        np_message_begin(&request, FIELD_MESSAGE_PAINT);
        np_message_put_u32(&request, FIELD_SHARED_CHUNK);
        stop_at(field_helper_call(r->layer->helper, "painting", &request, NULL, &answer, &err), &err);
    }
    double took_s = np_clock_s() - begin_s;
    np_message_fini(&request);
    return took_s;
}

/* The strategy in this process, by the helper's own functions, on the same memory. */
static void load_here(const rig *r, field_host_layer *layer)
{
    np_message request = r->layout, curves = r->prepare, reply = {0};
    void *library = dlopen(r->layer->info->plugin_path, RTLD_NOW | RTLD_LOCAL),
         *symbol = library ? dlsym(library, NP_PLUGIN_ENTRY) : NULL;
    np_plugin_entry_fn *entry;
    memcpy(&entry, &symbol, sizeof entry);
    if (!entry)
        exit(1);
    request.at = curves.at = 0;
    *layer = (field_host_layer){.shared = field_helper_shared(r->layer->helper)};
    layer->strategy = entry()->strategies[np_message_get_u32(&request)];
    if (!field_host_read_job(layer, &request))
        exit(1);
    field_host_layout(layer, &reply);
    if (!field_host_read_curves(layer, &curves))
        exit(1);
    field_host_prepare(layer, &reply);
    np_message_fini(&reply);
}

static double paint_here(const field_host_layer *layer)
{
    np_message reply = {0};
    double begin_s = np_clock_s();
    for (unsigned done = 0; done < SAMPLES; done += FIELD_SHARED_CHUNK)
        field_host_paint(layer, FIELD_SHARED_CHUNK, &reply);
    double took_s = np_clock_s() - begin_s;
    np_message_fini(&reply);
    return took_s;
}

static double start_helper(const char *path)
{
    np_error err = {0};
    field_helper *helper;
    np_message request = {0}, *answer;
    double begin_s = np_clock_s();
    stop_at(field_helper_create(FIELD_HELPER_HOST, &helper, &err), &err);
    np_message_begin(&request, FIELD_MESSAGE_LOAD);
    np_message_put_text(&request, path);
    stop_at(field_helper_call(helper, "being loaded", &request, NULL, &answer, &err), &err);
    double took_s = np_clock_s() - begin_s;
    np_message_fini(&request);
    field_helper_destroy(helper);
    return took_s;
}

/* The planner's own work for all samples: their channels. */
static double fill(const rig *r)
{
    double begin_s = np_clock_s();
    for (unsigned done = 0; done < SAMPLES; done += FIELD_SHARED_CHUNK)
        field_painter_fill(r->painter, r->points, FIELD_SHARED_CHUNK, done);
    return np_clock_s() - begin_s;
}

static void measure_strategy(FILE *json, const char *strategy)
{
    rig r;
    double starts[STARTS], there[RUNS], here[RUNS];
    open_rig(&r, strategy, false);
    field_host_layer layer;
    load_here(&r, &layer);
    for (int i = 0; i < STARTS; i++)
        starts[i] = start_helper(r.layer->info->plugin_path);
    double there_cpu = 0, here_cpu = 0; /* of all runs: a load of others makes it longer, but both alike */
    for (int i = 0; i < RUNS; i++) {
        double before = cpu_ms(RUSAGE_SELF);
        there[i] = paint_in_helper(&r);
        double between = cpu_ms(RUSAGE_SELF);
        here[i] = paint_here(&layer);
        there_cpu += between - before;
        here_cpu += cpu_ms(RUSAGE_SELF) - between;
    }
    double start = least_ms(starts, STARTS), start_median = median_ms(starts, STARTS);
    double helper = least_ms(there, RUNS), inside = least_ms(here, RUNS);
    double ended = cpu_ms(RUSAGE_CHILDREN);
    close_rig(&r);
    there_cpu =
        (there_cpu + cpu_ms(RUSAGE_CHILDREN) - ended) / RUNS; /* with its start, layout and prepare, a few ms in all */
    here_cpu /= RUNS;
    printf("| %s | %.2f / %.2f | %.1f | %.1f | %+.0f %% | %.1f | %.1f | %+.1f %% |\n", strategy, start, start_median,
           helper, inside, 100 * (helper / inside - 1), there_cpu, here_cpu, 100 * (there_cpu / here_cpu - 1));
    fprintf(json,
            "\"%s\": {\"start_ms\": %.3f, \"helper_ms\": %.3f, \"in_process_ms\": %.3f, \"helper_cpu_ms\": %.3f, "
            "\"in_process_cpu_ms\": %.3f}, ",
            strategy, start, helper, inside, there_cpu, here_cpu);
}

/* Beside STRATEGY of tests/badplugins/hostile.c, which laid out before. */
static double measure_beside(const char *strategy)
{
    rig r;
    double times[RUNS];
    open_rig(&r, strategy, true);
    for (int i = 0; i < RUNS; i++)
        times[i] = fill(&r);
    close_rig(&r);
    return median_ms(times, RUNS);
}

int main(int argc, char **argv)
{
    static const char *const strategies[] = {"diffuse_density", "hairline"};
    FILE *json = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!json) {
        fputs("usage: bench_plugin OUT.json\n", stderr);
        return 2;
    }
    puts("## The helper process of a strategy\n\nBehind Landlock and its filter, with two threads; least of 25 "
         "paintings of 300,000 samples, 19 chunks each. Goal: "
         "painting at most 10 % over the same functions in this process. Processor time is that of both processes "
         "together, the mean of a painting: it says so "
         "on a busy machine, too.\n\n| strategy | start and load, least / "
         "median, ms | painting in the helper, ms | in process, ms | | processor time, ms | in process, ms | "
         "|\n|---|---|---|---|---|---|---|---|");
    fputs("{", json);
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++)
        measure_strategy(json, strategies[i]);
    double calm = measure_beside("layout_logs_escapes"), busy = measure_beside("layout_spins");
    printf("\nThe planner's own work for as many samples, median of 25: %.0f ms beside a strategy that rests, %.0f ms "
           "beside one that left "
           "16 threads spinning.\n",
           calm, busy);
    fprintf(json, "\"fill_calm_ms\": %.3f, \"fill_busy_ms\": %.3f}\n", calm, busy);
    return fclose(json) == 0 ? 0 : 1;
}
