/* The test host of needlepath/plugin_test.h: what a strategy is told on its head agrees with the sphere's own formulas, and each way to be wrong is
 * counted.  Failures that are meant are counted here, so this test prints them. */
#include <math.h>
#include <needlepath/plugin_kit.h>
#include <needlepath/plugin_test.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong; /* expectations of this file that do not hold */
#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: it does not hold that %s\n", __FILE__, __LINE__, #condition);                      \
            wrong++;                                                                                                   \
        }                                                                                                              \
    } while (0)

/* ---- a strategy that shows what it is told, and is wrong as its parameter says ---- */

enum { WAY, LABEL, BYTES, CURVE, TABLE, PARAM_COUNT };
enum { RIGHT, COUNTS, BY_BATCH, NOT_FINITE, SILENT, ODD, FAILS, PIN_NAN, PIN_TURNED, WAYS };

static const char *const columns[] = {"a", "b", NULL};
static const double knots[] = {0, 1, 10, 2};
static const np_param_desc params[] = {
    NP_KIT_INT("way", "Way", "Way", "In which way it is wrong.", "", 0, WAYS, RIGHT),
    NP_KIT_TEXT("label", "Label", "Way", "A text.", 20, "none"),
    NP_KIT_FILE("bytes", "Bytes", "Way", "A file.", 100, 0),
    NP_KIT_CURVE("curve_knots", "Curve", "Way", "A curve.", "mm", 0, 20, "", 0, 5, knots, 2),
    NP_KIT_TABLE("rows", "Rows", "Way", "A table.", "", 0, 9, columns),
};
static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "A region.", NP_INPUT_REGION, 0, 2),
    NP_KIT_INPUT("edge", "Edge", "A curve.", NP_INPUT_CURVE, 0, 1),
    NP_KIT_INPUT("middle", "Middle", "Another curve.", NP_INPUT_CURVE, 0, 1),
    NP_KIT_INPUT("points", "Points", "Points.", NP_INPUT_POINTS, 0, 1),
};

static int finished;

static int32_t layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    const double line[] = {90, 0, 40, 0, 90, 40};
    np_strategy_pin pin = np_kit_pin(0, 0, 500, 1);
    if (job->params[WAY] == PIN_NAN)
        pin.x = (double)NAN;
    if (job->params[WAY] == PIN_TURNED)
        pin.azimuth_rad = 101;
    *state = calloc(1, 4);
    return out->add_curve(out->context, 2, line, 0) || out->add_pins(out->context, 1, &pin) ? -1 : 0;
}

static void finish(const np_strategy_job *job, void *state)
{
    (void)job;
    free(state);
    finished++;
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    static int calls;
    const np_host *h = job->host;
    int way = (int)job->params[WAY];
    calls++;
    if (h->progress(h->context, 0.5) != 0) {
        h->set_error(h->context, "cancelled");
        return -1;
    }
    if (way == FAILS)
        h->set_error(h->context, "there is no paint left");
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = way == COUNTS ? 1.0 / calls : way == BY_BATCH ? 1.0 / s->count : s->region_distance_mm[i] > 0;
        f->density_per_cm2[i] = way == NOT_FINITE ? (double)NAN : 50;
        /* distances, where a test can read them */
        f->dwell_ms[i] = s->point_distance_mm[i] < 1e4 ? s->point_distance_mm[i] : 30;
        f->azimuth_rad[i] = job->curve_count > 0 ? np_kit_clamp(s->curve_distance_mm[i], -100, 100) : 0;
        f->tone[i] = h->uniform(h->context, 1, s->id[i], 0);
    }
    return way == SILENT || way == FAILS ? -1 : way == ODD ? 7 : 0;
}

static const np_strategy_desc shows = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "shows",
    .name = "Shows",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Shows what it is told.",
    .param_count = PARAM_COUNT,
    .params = params,
    .input_count = 4,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_CURVE | NP_CHANNEL_POINTS,
    .layout = layout,
    .paint = paint,
    .finish = finish,
};
/* Of a later version of the ABI than the test host's. */
static const np_strategy_desc of_tomorrow = {
    .struct_size = sizeof(np_strategy_desc), .id = "of_tomorrow", .channels = UINT64_C(1) << 63, .paint = paint};
/* Makes again what is missing of an earlier treatment, as dark as what is left. */
static int32_t paint_missing(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = np_kit_clamp(s->planned_density_per_cm2[i] - s->made_density_per_cm2[i], 0, 1000);
        f->tone[i] = s->made_tone[i] < 0 ? 0 : s->made_tone[i];
        f->dwell_ms[i] = s->existing_density_per_cm2[i];
    }
    return 0;
}
static const np_strategy_desc makes_again = {.struct_size = sizeof(np_strategy_desc),
                                             .id = "makes_again",
                                             .channels = NP_CHANNEL_HISTORY | NP_CHANNEL_EXISTING_DENSITY,
                                             .paint = paint_missing};
/* Shows how much of the crown there is, and that all zones make one. */
static int32_t paint_zones(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)job;
    for (uint32_t i = 0; i < s->count; i++) {
        f->tone[i] = s->zone_weight[NP_ZONE_CROWN * s->stride + i];
        for (uint32_t z = 0; z < s->zone_count; z++)
            f->coverage[i] += s->zone_weight[z * s->stride + i];
    }
    return 0;
}
static const np_strategy_desc weighs = {
    .struct_size = sizeof(np_strategy_desc), .id = "weighs", .channels = NP_CHANNEL_ZONE_WEIGHTS, .paint = paint_zones};
/* Points with values: the sum of the nearest one's is the density, and the first is the radius of a pin on it. */
static const np_param_desc point_values[] = {
    NP_KIT_REQUIRED_VALUE("clear_mm", "Clear", "The radius of its pin.", "mm", 1, 20),
    NP_KIT_INT("rank", "Rank", "", "Counts.", "", 0, 9, 3),
};
static const np_input_desc valued_inputs[] = {
    NP_KIT_POINTS("late", "Late", "Drawn first.", 0, 1, point_values),
    NP_KIT_POINTS("spots", "Spots", "Points.", 1, 1, point_values),
};
static int32_t layout_valued(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    const np_strategy_points *p = job->point_sets[job->inputs[1]->first];
    np_strategy_pin pin = np_kit_pin(p->x[1], p->y[1], p->z[1], 1);
    (void)state;
    pin.radius_mm = p->values[0][1] + (p->values[1][1] < 1 ? 15 : 0);
    return out->add_pins(out->context, 1, &pin);
}
static int32_t paint_valued(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    uint32_t set = job->inputs[1]->first;
    const double *const *v = job->point_sets[set]->values;
    for (uint32_t i = 0; i < s->count; i++) {
        int32_t at = s->point_index[set * s->stride + i];
        f->density_per_cm2[i] = v[0][at] + v[1][at];
    }
    return 0;
}
static const np_strategy_desc valued = {.struct_size = sizeof(np_strategy_desc),
                                        .id = "valued",
                                        .input_count = 2,
                                        .inputs = valued_inputs,
                                        .channels = NP_CHANNEL_POINTS,
                                        .layout = layout_valued,
                                        .paint = paint_valued};
NP_KIT_PLUGIN(4, &shows, &of_tomorrow, &makes_again, &weighs, &valued)

/* ---- what it is told ---- */

static void test_distances(void)
{
    const double middle[] = {0, 0, 130}, points[] = {0, 0, 130, 90, 0, 40}, edge[] = {90, 0, 40, 0, 0, 130, -90, 0, 40};
    np_test *t = np_test_begin(np_plugin_entry_v1(), "shows");
    np_test_draw_region(t, "region", middle, 45);
    np_test_draw_points(t, "points", points, 2);
    np_test_draw_curve(t, "edge", edge, 3);
    HOLDS(np_test_run(t) == 0);
    HOLDS(strcmp(np_test_error(t), "") == 0);

    /* 0.3 rad from the vertex to the left: 27 mm along the skin, inside, to the right of a curve that runs from the front to the back */
    np_test_dot left = np_test_at(t, 0, sin(0.3), 40 + cos(0.3));
    HOLDS(left.coverage == 1 && fabs(left.azimuth_rad + 27) < 1e-6);
    HOLDS(fabs(left.dwell_ms - 2 * 90 * sin(0.15)) < 1e-6);
    np_test_dot right = np_test_at(t, 0, -sin(0.6), 40 + cos(0.6));
    HOLDS(right.coverage == 0 && fabs(right.azimuth_rad - 54) < 1e-6);

    /* the layer's area: a cap of half a radian */
    double cap_cm2 = 2 * 3.14159265358979 * 81 * (1 - cos(0.5));
    HOLDS(fabs(np_test_dot_count(t) / (50 * cap_cm2) - 1) < 0.02);

    /* what layout gave: the pin on the skin, a quarter of a great circle in steps of at most 1 mm */
    uint32_t n;
    const np_strategy_pin *pins = np_test_pins(t, &n);
    HOLDS(n == 1 && fabs(pins[0].z - 130) < 1e-9);
    const np_strategy_curve *line = np_test_curve(t, 0);
    HOLDS(line && !np_test_curve(t, 1) && fabs(line->arc_mm[line->count - 1] - 45 * 3.14159265358979) < 1e-6);
    HOLDS(line && fabs(line->y[line->count - 1] - 90) < 1e-6);
    for (uint32_t i = 1; line && i < line->count; i++)
        HOLDS(line->arc_mm[i] > line->arc_mm[i - 1] && line->arc_mm[i] - line->arc_mm[i - 1] <= 1);
    HOLDS(np_test_end(t) == 0 && finished == 1);
}

/* Curves stand slot by slot, whatever the order in which they are drawn. */
static void test_slots(void)
{
    const double ahead[] = {90, 1, 40, 90, -1, 40}, behind[] = {-90, 1, 40, -90, -1, 40};
    for (int turned = 0; turned < 2; turned++) {
        np_test *t = np_test_begin(np_plugin_entry_v1(), "shows");
        np_test_draw_curve(t, turned ? "middle" : "edge", turned ? behind : ahead, 2);
        np_test_draw_curve(t, turned ? "edge" : "middle", turned ? ahead : behind, 2);
        HOLDS(np_test_run(t) == 0);
        HOLDS(fabs(np_test_at(t, 90, 0, 40).azimuth_rad) < 0.1); /* of the first slot's */
        HOLDS(np_test_end(t) == 0);
    }
}

static void test_history(void)
{
    np_test *t = np_test_begin(np_plugin_entry_v1(), "makes_again");
    HOLDS(np_test_run(t) == 0); /* nothing was made, and nothing wanted */
    np_test_dot dot = np_test_at(t, 0, 0, 130);
    HOLDS(dot.density_per_cm2 == 0 && dot.tone == 0 && dot.dwell_ms == 0 && np_test_dot_count(t) == 0);
    HOLDS(np_test_end(t) == 0);

    t = np_test_begin(np_plugin_entry_v1(), "makes_again");
    np_test_set_hair(t, 20);
    np_test_set_history(t, 30, 50, 0.25);
    HOLDS(np_test_run(t) == 0);
    dot = np_test_at(t, 0, 0, 130);
    HOLDS(dot.density_per_cm2 == 20 && dot.tone == 0.25); /* to the bit */
    HOLDS(dot.dwell_ms == 50);                            /* follicles and dots */
    HOLDS(np_test_end(t) == 0);

    t = np_test_begin(np_plugin_entry_v1(), "makes_again");
    np_test_set_history(t, 0, 50, 0.25); /* all is gone: no tone either */
    HOLDS(np_test_run(t) == 0);
    dot = np_test_at(t, 0, 0, 130);
    HOLDS(dot.density_per_cm2 == 50 && dot.tone == 0);
    np_test_set_history(t, -1, 50, 0.25);
    np_test_set_history(t, 1, 50, 1.5);
    np_test_set_history(t, 1, (double)NAN, 0.5);
    HOLDS(np_test_end(t) == 3);
}

static void test_zones(void)
{
    np_test *t = np_test_begin(np_plugin_entry_v1(), "weighs");
    HOLDS(np_test_run(t) == 0);
    uint32_t n;
    const np_test_dot *dots = np_test_dots(t, &n);
    for (uint32_t i = 0; i < n; i++)
        HOLDS(dots[i].coverage == 1);
    HOLDS(np_test_at(t, -70, 0, 110).tone == 1); /* behind the vertex */
    HOLDS(np_test_at(t, 70, 0, 110).tone == 0);
    HOLDS(np_test_end(t) == 0);
}

static np_test *begin_valued(const double *clear_mm, const double *rank)
{
    static const double front[] = {90, 0, 40, 0, 90, 40}, back[] = {-90, 0, 40};
    np_test *t = np_test_begin(np_plugin_entry_v1(), "valued");
    np_test_draw_points(t, "spots", front, 2);
    np_test_draw_points(t, "late", back, 1);
    np_test_set_values(t, "late", "clear_mm", (const double[]){7}, 1);
    if (clear_mm)
        np_test_set_values(t, "spots", "clear_mm", clear_mm, 2);
    if (rank)
        np_test_set_values(t, "spots", "rank", rank, 2);
    return t;
}

static void test_values_of_points(void)
{
    uint32_t n;
    np_test *t = begin_valued((const double[]){2, 6}, NULL);
    HOLDS(np_test_run(t) == 0);
    HOLDS(np_test_at(t, 85, 10, 40).density_per_cm2 == 5);
    HOLDS(np_test_at(t, 10, 85, 40).density_per_cm2 == 9);
    HOLDS(np_test_pins(t, &n)[0].radius_mm == 6);
    HOLDS(n == 1);
    HOLDS(np_test_end(t) == 0);
    t = begin_valued((const double[]){2, 6}, (const double[]){0, 9});
    HOLDS(np_test_run(t) == 0);
    HOLDS(np_test_at(t, 85, 10, 40).density_per_cm2 == 2);
    np_test_set_values(t, "spots", "rank", (const double[]){1, 1}, 2); /* too late */
    HOLDS(np_test_end(t) == 1);
    t = begin_valued(NULL, NULL);
    HOLDS(np_test_run(t) == -1); /* clear_mm has to be given */
    HOLDS(np_test_end(t) == 1);
    t = begin_valued((const double[]){2, 21}, (const double[]){1.5, 1});
    np_test_set_values(t, "spots", "rank", (const double[]){1}, 1);
    np_test_set_values(t, "spots", "nonesuch", (const double[]){1, 1}, 2);
    np_test_set_values(t, "nonesuch", "rank", (const double[]){1, 1}, 2);
    HOLDS(np_test_end(t) == 5);
    t = begin_valued((const double[]){2, 6}, (const double[]){1, 0}); /* the pin's radius gets too wide */
    HOLDS(np_test_run(t) == -1);
    HOLDS(strstr(np_test_error(t), "pin with a number out of its range"));
    HOLDS(np_test_end(t) == 0);
}

/* ---- what is wrong ---- */

static int failures_of(int way, int expected_code)
{
    np_test *t = np_test_begin(np_plugin_entry_v1(), "shows");
    np_test_set(t, "way", way);
    int code = np_test_run(t);
    HOLDS(code == expected_code);
    return np_test_end(t);
}

static void test_wrong_strategies(void)
{
    HOLDS(failures_of(RIGHT, 0) == 0);
    HOLDS(failures_of(COUNTS, 0) == 1);
    HOLDS(failures_of(BY_BATCH, 0) == 1);
    HOLDS(failures_of(NOT_FINITE, 0) == 1);
    HOLDS(failures_of(SILENT, -1) == 1);
    HOLDS(failures_of(ODD, -1) == 1);
    HOLDS(failures_of(FAILS, -1) == 0); /* with a sentence: that may be meant */
    HOLDS(failures_of(PIN_NAN, -1) == 0);
    HOLDS(failures_of(PIN_TURNED, -1) == 0);
}

static void test_expected_failures(void)
{
    np_test *t = np_test_begin(np_plugin_entry_v1(), "shows");
    np_test_set(t, "way", FAILS);
    NP_TEST_FAILS(t, "no paint");
    HOLDS(strcmp(np_test_error(t), "there is no paint left") == 0);
    HOLDS(np_test_end(t) == 0);
    t = np_test_begin(np_plugin_entry_v1(), "shows");
    np_test_cancel(t);
    NP_TEST_FAILS(t, "cancelled");
    HOLDS(np_test_end(t) == 0);
    t = np_test_begin(np_plugin_entry_v1(), "shows");
    NP_TEST_FAILS(t, "no paint");
    HOLDS(np_test_end(t) == 1);
}

static void test_wrong_tests(void)
{
    const double rows[] = {1, 2, 3, 10}, falling[] = {5, 1, 4, 1}, once[] = {0, 0, 130};
    np_test *t = np_test_begin(np_plugin_entry_v1(), "shows");
    np_test_set(t, "nonesuch", 1);
    np_test_set(t, "way", 99);
    np_test_set(t, "way", 0.5);
    np_test_set(t, "label", 1);
    np_test_set_text(t, "label", "longer than twenty bytes");
    np_test_set_file(t, "label", "x", 1);
    np_test_set_rows(t, "rows", rows, 2);
    np_test_set_rows(t, "curve_knots", falling, 2);
    np_test_draw_points(t, "region", once, 1);
    np_test_draw_curve(t, "edge", once, 1);
    HOLDS(np_test_run(t) == -1);
    HOLDS(strcmp(np_test_error(t), "the test gives what the strategy does not take") == 0);
    (void)np_test_at(t, 0, 0, 130);
    HOLDS(np_test_end(t) == 11);
    t = np_test_begin(np_plugin_entry_v1(), "of_tomorrow");
    HOLDS(np_test_end(t) == 1);
    t = np_test_begin(np_plugin_entry_v1(), "nonesuch");
    HOLDS(np_test_run(t) == -1);
    HOLDS(np_test_end(t) == 2);
}

static int32_t paint_nothing(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)f;
    return job->params[1] == SILENT && strcmp(job->values[0]->text, "second") == 0 &&
                   job->point_sets[0]->values[0][0] == 1 && job->point_sets[0]->values[1][0] == 3 && s->count > 0
               ? 0
               : -1;
}

/* Longer structs than this header's, as a plugin of a later minor version has them, and what planning refuses, too. */
typedef struct later_param {
    np_param_desc now;
    uint64_t later[3];
} later_param;
typedef struct later_input {
    np_input_desc now;
    uint64_t later[3];
} later_input;

static int begins(const np_plugin_entry *entry, const char *strategy)
{
    np_test *t = np_test_begin(entry, strategy);
    return np_test_end(t) == 0;
}

static void test_other_versions(void)
{
    const later_param longer_params[] = {{params[LABEL], {1, 2, 3}}, {params[WAY], {4, 5, 6}}};
    const later_param values[] = {{NP_KIT_FLOAT("size_mm", "Size", "", "A size.", "mm", 0, 9, 1), {7, 8, 9}},
                                  {NP_KIT_FLOAT("tilt_deg", "Tilt", "", "A tilt.", "deg", 0, 9, 5), {7, 8, 9}}};
    later_input longer_inputs[] = {{inputs[0], {1, 2, 3}}, {inputs[3], {1, 2, 3}}};
    longer_inputs[1].now.value_count = 2;
    longer_inputs[1].now.values = &values[0].now;
    np_strategy_desc desc = *np_plugin_entry_v1()->strategies[0];
    desc.param_count = 2;
    desc.params = &longer_params[0].now;
    desc.input_count = 2;
    desc.inputs = &longer_inputs[0].now;
    desc.paint = paint_nothing;
    desc.layout = NULL;
    desc.finish = NULL;
    const np_strategy_desc *const all[] = {&desc};
    np_plugin_entry entry = *np_plugin_entry_v1();
    entry.strategies = all;
    entry.strategy_count = 1;
    entry.param_desc_size = sizeof(later_param);
    entry.input_desc_size = sizeof(later_input);
    np_test *t = np_test_begin(&entry, NULL);
    np_test_set(t, "way", SILENT);
    np_test_set_text(t, "label", "second");
    np_test_draw_points(t, "points", (const double[]){-80, 20, 70}, 1);
    np_test_set_values(t, "points", "tilt_deg", (const double[]){3}, 1);
    HOLDS(np_test_run(t) == 0);
    HOLDS(np_test_end(t) == 0);

    const np_plugin_entry right = entry;
    np_plugin_entry wrong_entries[] = {right, right, right, right, right, right};
    wrong_entries[0].abi_minor = NP_PLUGIN_ABI_MINOR + 1;
    wrong_entries[1].abi_major = NP_PLUGIN_ABI_MAJOR + 1;
    wrong_entries[2].strategy_desc_size = NP_STRATEGY_DESC_SIZE_1_0 - 8;
    wrong_entries[3].strategy_desc_size = sizeof desc + 8;
    wrong_entries[4].strategies = NULL;
    wrong_entries[5].magic = 0;
    for (size_t i = 0; i < sizeof wrong_entries / sizeof *wrong_entries; i++)
        HOLDS(!begins(&wrong_entries[i], NULL));
    HOLDS(!begins(NULL, "shows"));
    HOLDS(begins(&right, NULL));
    desc.required = 1;
    HOLDS(!begins(&right, NULL));
    desc.required = 0;
    longer_inputs[1].now.values = NULL;
    HOLDS(!begins(&right, NULL));
    longer_inputs[1].now.value_count = UINT32_MAX;
    HOLDS(!begins(&right, NULL));
}

int main(void)
{
    test_other_versions();
    test_distances();
    test_slots();
    test_history();
    test_zones();
    test_values_of_points();
    test_wrong_strategies();
    test_expected_failures();
    test_wrong_tests();
    return wrong > 0;
}
