/* The host: a layer is laid out, prepared, painted and finished in the test's own process, with the services that the planner's helper has and
 * the same random numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/rng.h"
#include "plugin_test/private/fail.h"
#include "plugin_test/private/head.h"
#include "plugin_test/private/take.h"

#define BACKWARDS_BATCH 7u
#define GOLDEN_RAD 2.399963229728653
/* Of a dot, without what fills it up behind. */
#define DOT_BYTES (offsetof(np_test_dot, first_session) + sizeof(int32_t))
#define LOWEST (-0.2) /* of the samples' directions: 18 mm under the ball's middle */

/* ---- services ---- */

static void host_log(void *context, int32_t level, const char *text)
{
    np_test *t = context;
    size_t n = strlen(t->log);
    if (level >= 1 && text)
        snprintf(t->log + n, sizeof t->log - n, "%s: %.500s\n", level >= 2 ? "warning" : "note", text);
}

static void host_set_error(void *context, const char *text)
{
    np_test *t = context;
    snprintf(t->error, sizeof t->error, "%.500s", text ? text : "");
}

static int32_t host_progress(void *context, double fraction)
{
    (void)fraction;
    return ((np_test *)context)->cancelled ? -1 : 0;
}

static double host_uniform(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    return np_rng_uniform(((np_test *)context)->job.seed, stream, index, draw);
}

static double host_normal(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    return np_rng_normal(((np_test *)context)->job.seed, stream, index, draw);
}

static void host_uniforms(void *context, uint32_t stream, const uint64_t *index, uint32_t count, uint32_t draw,
                          double *out)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = host_uniform(context, stream, index[i], draw);
}

/* ---- beginning ---- */

static void set_defaults(np_test *t)
{
    uint32_t n = t->strategy->param_count;
    t->params = plugin_test_alloc(n * sizeof *t->params);
    t->values = plugin_test_alloc(n * sizeof *t->values);
    t->value_pointers = plugin_test_alloc(n * sizeof *t->value_pointers);
    for (uint32_t i = 0; i < n; i++) {
        const np_param_desc *p = &t->strategy->params[i];
        if (p->type <= NP_PARAM_OPTION)
            t->params[i] = p->default_value;
        else if (p->flags & NP_PARAM_REQUIRED)
            continue;
        else if (p->type == NP_PARAM_TEXT)
            np_test_set_text(t, p->id, p->default_text);
        else if (p->type != NP_PARAM_FILE)
            np_test_set_rows(t, p->id, p->default_data, p->default_count);
    }
}

np_test *np_test_begin(const np_plugin_entry *entry, const char *strategy)
{
    static const double share[] = {0.3, 0.7, 1};
    static const int32_t day[] = {0, 7, 30};
    np_test *t = plugin_test_alloc(sizeof *t);
    t->host = (np_host){sizeof t->host, NP_PLUGIN_ABI_MINOR, t,           host_log,     host_set_error,
                        host_progress,  host_uniform,        host_normal, host_uniforms};
    t->treatment = (np_strategy_treatment){.struct_size = sizeof t->treatment,
                                           .session_count = 3,
                                           .session_share = share,
                                           .session_day = day,
                                           .needle_diameter_mm = 0.2,
                                           .natural_density_per_cm2 = 75,
                                           .depth_min_mm = 0.3,
                                           .depth_max_mm = 1.5,
                                           .tilt_max_rad = np_angle_rad(30),
                                           .spacing_min_mm = 0.45,
                                           .session_spacing_min_mm = 0.7};
    plugin_test_head_init(&t->head, t->whorl);
    t->job.seed = 1;
    t->planned_per_cm2 = t->made_tone = -1;
    plugin_test_take(t, entry, strategy);
    if (t->strategy)
        set_defaults(t);
    return t;
}

/* ---- layout ---- */

static int32_t refuse(np_test *t, const char *text)
{
    host_set_error(t, text);
    return -1;
}

static bool are_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static int32_t add_curve(void *context, uint32_t count, const double *xyz, int32_t closed)
{
    np_test *t = context;
    if (t->n_curves == NP_MAX_CURVES || !xyz || count < 2 || count > NP_MAX_CONTROL_POINTS ||
        !are_finite(xyz, 3 * (size_t)count))
        return refuse(
            t, "layout emits too many curves, or one with a point that is not finite, or not with 2 to 4096 points");
    if (plugin_test_line_init(&t->curves[t->n_curves++], xyz, count, closed != 0))
        return 0;
    return refuse(t, "layout emits a curve with two points beside each other in one place, or opposite on the head");
}

static bool is_pin(const np_strategy_pin *p)
{
    return p->session >= 1 && are_finite((const double[]){p->x, p->y, p->z}, 3) &&
           (isnan(p->depth_mm) || (p->depth_mm > 0 && p->depth_mm <= 5)) &&
           (isnan(p->tilt_rad) || (p->tilt_rad >= 0 && p->tilt_rad <= NP_PI / 2)) &&
           (isnan(p->azimuth_rad) || (p->azimuth_rad >= -100 && p->azimuth_rad <= 100)) &&
           (isnan(p->tone) || (p->tone >= 0 && p->tone <= 1)) &&
           (isnan(p->dwell_ms) || (p->dwell_ms >= 0 && p->dwell_ms <= 10000)) && p->radius_mm >= 0 &&
           p->radius_mm <= 20;
}

/* Pin I as long as this header has it; the plugin's own may be shorter or longer. */
static np_strategy_pin take_pin(const np_strategy_pin *pins, uint32_t i)
{
    size_t size = pins->struct_size;
    np_strategy_pin pin = {0};
    memcpy(&pin, (const char *)pins + i * size, size < sizeof pin ? size : sizeof pin);
    return pin;
}

static int32_t add_pins(void *context, uint32_t count, const np_strategy_pin *pins)
{
    np_test *t = context;
    if ((count > 0 && !pins) || count > NP_MAX_PINS - t->n_pins)
        return refuse(t, "layout emits pins at NULL, or more than 50000");
    np_strategy_pin *all = plugin_test_alloc(((size_t)t->n_pins + count) * sizeof *all);
    if (t->n_pins > 0)
        memcpy(all, t->pins, t->n_pins * sizeof *all);
    free(t->pins);
    t->pins = all;
    for (uint32_t i = 0; i < count; i++) {
        if (pins->struct_size < NP_STRATEGY_PIN_SIZE_1_0 || pins->struct_size % 8 != 0)
            return refuse(t, "layout emits pins whose struct_size is not that of np_strategy_pin");
        np_strategy_pin *pin = &all[t->n_pins];
        *pin = take_pin(pins, i);
        if (pin->struct_size != pins->struct_size || !is_pin(pin))
            return refuse(t, "layout emits a pin with a number out of its range, or of another struct_size than the "
                             "first one");
        double direction[3], place[3];
        plugin_test_direction((const double[]){pin->x, pin->y, pin->z}, direction, place);
        pin->struct_size = sizeof *pin;
        pin->x = place[0];
        pin->y = place[1];
        pin->z = place[2];
        t->n_pins++;
    }
    return 0;
}

/* CODE of a call of the strategy: 0, or -1 with a sentence in ERROR. */
static int finish_call(np_test *t, const char *what, int32_t code)
{
    if (code == 0)
        return 0;
    t->calls_failed = true;
    if (code != -1 || !t->error[0])
        plugin_test_fail(t, "np_test_run", "%s returned %d %s", what, code,
                         t->error[0] ? "instead of 0 or -1" : "and did not say why (set_error)");
    return -1;
}

/* ---- the job ---- */

/* Inputs slot by slot, as a strategy gets them. */
#define SORT_BY_SLOT(type, items, n)                                                                                   \
    for (uint32_t i = 1; i < (n); i++)                                                                                 \
        for (uint32_t k = i; k > 0 && (items)[k].slot < (items)[k - 1].slot; k--) {                                    \
            type other = (items)[k];                                                                                   \
            (items)[k] = (items)[k - 1];                                                                               \
            (items)[k - 1] = other;                                                                                    \
        }

static void point_at_inputs(np_test *t)
{
    for (uint32_t i = 0; i < t->n_regions; i++)
        t->region_pointers[i] = &t->regions[i].c;
    for (uint32_t i = 0; i < t->n_curves; i++)
        t->curve_pointers[i] = &t->curves[i].c;
    for (uint32_t i = 0; i < t->n_points; i++) {
        plugin_test_points *p = &t->points[i];
        p->p.values = p->p.value_count > 0 ? p->rows : NULL;
        t->point_pointers[i] = &p->p;
    }
    t->job.region_count = t->n_regions;
    t->job.curve_count = t->n_curves;
    t->job.point_set_count = t->n_points;
}

static void make_job(np_test *t)
{
    uint32_t first[4] = {0};
    SORT_BY_SLOT(plugin_test_line, t->regions, t->n_regions)
    SORT_BY_SLOT(plugin_test_line, t->curves, t->n_curves)
    SORT_BY_SLOT(plugin_test_points, t->points, t->n_points)
    for (uint32_t i = 0; i < t->strategy->input_count; i++) {
        np_strategy_input *in = &t->inputs[i];
        int32_t kind = t->strategy->inputs[i].kind;
        *in = (np_strategy_input){sizeof *in, first[kind], in->count, kind};
        first[kind] += in->count;
        t->input_pointers[i] = in;
    }
    uint64_t seed = t->job.seed;
    t->n_own_curves = t->n_curves;
    t->job = (np_strategy_job){.struct_size = sizeof t->job,
                               .param_count = t->strategy->param_count,
                               .host = &t->host,
                               .seed = seed,
                               .params = t->params,
                               .values = t->value_pointers,
                               .head = &t->head,
                               .treatment = &t->treatment,
                               .input_count = t->strategy->input_count,
                               .inputs = t->input_pointers,
                               .regions = t->region_pointers,
                               .curves = t->curve_pointers,
                               .point_sets = t->point_pointers,
                               .reach_mm = t->n_regions > 0 ? 1e9 : 40};
    point_at_inputs(t);
}

/* Values of points that have to be given. */
static void check_values(np_test *t)
{
    for (uint32_t i = 0; i < t->n_points; i++) {
        const np_input_desc *in = &t->strategy->inputs[t->points[i].slot];
        for (uint32_t v = 0; v < in->value_count; v++)
            if (in->values[v].flags & NP_PARAM_REQUIRED && !(t->points[i].given & 1u << v))
                plugin_test_fail(t, "np_test_run", "the value '%s' of points of '%s' has to be given", in->values[v].id,
                                 in->id);
    }
}

/* What a case would have to give, too. */
static bool is_complete(np_test *t)
{
    int before = t->failures;
    for (uint32_t i = 0; i < t->strategy->input_count; i++)
        if (t->inputs[i].count < t->strategy->inputs[i].min_count)
            plugin_test_fail(t, "np_test_run", "the slot '%s' takes %u at least", t->strategy->inputs[i].id,
                             t->strategy->inputs[i].min_count);
    for (uint32_t i = 0; i < t->strategy->param_count; i++)
        if (t->strategy->params[i].flags & NP_PARAM_REQUIRED && !t->value_pointers[i])
            plugin_test_fail(t, "np_test_run", "the parameter '%s' has to be given", t->strategy->params[i].id);
    check_values(t);
    if (t->failures == 0)
        return true;
    refuse(t, t->failures > before ? "the test gives too little" : "the test gives what the strategy does not take");
    return false;
}

/* ---- paint ---- */

static np_test_dot dot_of(const plugin_test_batch *b, uint32_t i)
{
    const np_strategy_samples *s = &b->samples;
    const np_strategy_field *f = &b->field;
    np_test_dot dot;
    dot.x = s->x[i];
    dot.y = s->y[i];
    dot.z = s->z[i];
    dot.coverage = f->coverage[i];
    dot.density_per_cm2 = f->density_per_cm2[i];
    dot.depth_mm = f->depth_mm[i];
    dot.tilt_rad = f->tilt_rad[i];
    dot.azimuth_rad = f->azimuth_rad[i];
    dot.tone = f->tone[i];
    dot.dwell_ms = f->dwell_ms[i];
    dot.first_session = f->first_session[i];
    return dot;
}

static bool is_in_range(const np_test_dot *d)
{
    const double most[] = {1, 1000, 5, NP_PI / 2, 100, 1, 10000};
    const double v[] = {d->coverage, d->density_per_cm2, d->depth_mm, d->tilt_rad, d->azimuth_rad,
                        d->tone,     d->dwell_ms};
    for (int k = 0; k < 7; k++)
        if (!(v[k] >= (k == 4 ? -100 : 0) && v[k] <= most[k]))
            return false;
    return d->first_session >= 1 && d->first_session <= 8;
}

/* N places from id FIRST on, by STEP, into OUT. */
static int paint(np_test *t, const double *xyz, uint32_t n, uint64_t first, int64_t step, np_test_dot *out)
{
    plugin_test_batch b;
    np_strategy_job job = t->job;
    job.state = t->state;
    t->error[0] = '\0';
    plugin_test_batch_init(&b, t, xyz, n, first, step);
    int code = finish_call(t, "paint", t->strategy->paint(&job, &b.samples, &b.field));
    for (uint32_t i = 0; code == 0 && i < n; i++)
        out[i] = dot_of(&b, i);
    plugin_test_batch_fini(&b);
    return code;
}

static void make_places(double *xyz)
{
    for (uint32_t i = 0; i < PLUGIN_TEST_SAMPLES; i++) {
        double up = LOWEST + (1 - LOWEST) * (i + 0.5) / PLUGIN_TEST_SAMPLES, r = sqrt(1 - up * up), a = GOLDEN_RAD * i;
        const double p[] = {r * cos(a), r * sin(a), up + NP_TEST_MIDDLE_Z_MM};
        plugin_test_direction(p, (double[3]){0}, xyz + 3 * (size_t)i);
    }
}

/* Again, from the last to the first, in small batches: the same bits. */
static int paint_again(np_test *t, const double *xyz)
{
    double back[3 * BACKWARDS_BATCH];
    np_test_dot dots[BACKWARDS_BATCH];
    int before = t->failures;
    for (uint32_t end = PLUGIN_TEST_SAMPLES; end > 0 && t->failures == before;) {
        uint32_t n = end < BACKWARDS_BATCH ? end : BACKWARDS_BATCH;
        for (uint32_t i = 0; i < n; i++)
            memcpy(back + 3 * (size_t)i, xyz + 3 * (size_t)(end - 1 - i), 3 * sizeof *xyz);
        if (paint(t, back, n, end - 1, -1, dots) != 0)
            return -1;
        for (uint32_t i = 0; i < n && t->failures == before; i++)
            if (memcmp(&dots[i], &t->dots[end - 1 - i], DOT_BYTES) != 0)
                plugin_test_fail(t, "np_test_run",
                                 "sample %u gets other values when it is painted in another order and batch",
                                 end - 1 - i);
        end -= n;
    }
    return 0;
}

static int paint_all(np_test *t)
{
    double *xyz = plugin_test_alloc(3 * PLUGIN_TEST_SAMPLES * sizeof *xyz);
    make_places(xyz);
    t->dots = plugin_test_alloc(PLUGIN_TEST_SAMPLES * sizeof *t->dots);
    int code = paint(t, xyz, PLUGIN_TEST_SAMPLES, 0, 1, t->dots);
    for (uint32_t i = 0; code == 0 && i < PLUGIN_TEST_SAMPLES; i++)
        if (!is_in_range(&t->dots[i])) {
            plugin_test_fail(t, "np_test_run",
                             "sample %u gets a number that is not finite, or not in the range of np_strategy_field", i);
            break;
        }
    if (code == 0)
        code = paint_again(t, xyz);
    free(xyz);
    return code;
}

int np_test_run(np_test *t)
{
    if (!t->strategy || t->has_run) {
        plugin_test_fail(t, "np_test_run", t->has_run ? "a test runs once" : "there is no strategy");
        return -1;
    }
    if (!is_complete(t))
        return -1;
    make_job(t);
    t->has_run = t->is_laid_out = true;
    np_strategy_layout out = {sizeof out, 0, t, add_curve, add_pins};
    int code = t->strategy->layout ? finish_call(t, "layout", t->strategy->layout(&t->job, &out, &t->state)) : 0;
    point_at_inputs(t);
    if (code == 0 && t->strategy->prepare)
        code = finish_call(t, "prepare", t->strategy->prepare(&t->job, &t->state));
    return code == 0 ? paint_all(t) : code;
}

/* ---- what came of it ---- */

const char *np_test_error(const np_test *t)
{
    return t->error;
}

const char *np_test_log(const np_test *t)
{
    return t->log;
}

static bool can_tell(np_test *t, const char *call)
{
    if (t->has_run && !t->calls_failed)
        return true;
    plugin_test_fail(t, call, "np_test_run was not called, or failed: %s", t->error[0] ? t->error : "no error");
    return false;
}

np_test_dot np_test_at(np_test *t, double x, double y, double z)
{
    np_test_dot dot = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0};
    const double place[] = {x, y, z};
    if (can_tell(t, "np_test_at") && paint(t, place, 1, PLUGIN_TEST_SAMPLES + t->n_asked++, 1, &dot) != 0)
        plugin_test_fail(t, "np_test_at", "paint fails: %s", t->error);
    return dot;
}

const np_test_dot *np_test_dots(const np_test *t, uint32_t *out_count)
{
    *out_count = t->dots && !t->calls_failed ? PLUGIN_TEST_SAMPLES : 0;
    return t->dots;
}

double np_test_dot_count(const np_test *t)
{
    double sum = 0,
           share_cm2 = 2 * NP_PI * NP_TEST_RADIUS_MM * NP_TEST_RADIUS_MM * (1 - LOWEST) / 100 / PLUGIN_TEST_SAMPLES;
    uint32_t n;
    const np_test_dot *dots = np_test_dots(t, &n);
    for (uint32_t i = 0; i < n; i++)
        sum += dots[i].coverage * dots[i].density_per_cm2 * share_cm2;
    return sum;
}

const np_strategy_pin *np_test_pins(const np_test *t, uint32_t *out_count)
{
    *out_count = t->n_pins;
    return t->pins;
}

const np_strategy_curve *np_test_curve(const np_test *t, uint32_t i)
{
    return t->has_run && i < t->n_curves - t->n_own_curves ? &t->curves[t->n_own_curves + i].c : NULL;
}

/* ---- expectations ---- */

static const char *place_in(const char *file, int line, char *out, size_t size)
{
    snprintf(out, size, "%s:%d", file, line);
    return out;
}

void np_test_expect(np_test *t, int holds, const char *condition, const char *file, int line)
{
    char at[300];
    if (!holds)
        plugin_test_fail(t, place_in(file, line, at, sizeof at), "it does not hold that %s", condition);
}

void np_test_near(np_test *t, double value, double wanted, double within, const char *text, const char *file, int line)
{
    char at[300];
    if (!(fabs(value - wanted) <= within))
        plugin_test_fail(t, place_in(file, line, at, sizeof at), "%s is %.9g; expected %.9g within %g", text, value,
                         wanted, within);
}

void np_test_fails(np_test *t, const char *words, const char *file, int line)
{
    char at[300];
    place_in(file, line, at, sizeof at);
    if (np_test_run(t) == 0)
        plugin_test_fail(t, at, "expected a failure with '%s', and it works", words);
    else if (!strstr(t->error, words))
        plugin_test_fail(t, at, "expected a failure with '%s', and it says: %s", words, t->error);
}

int np_test_end(np_test *t)
{
    int failures = t->failures;
    if (t->is_laid_out && t->strategy->finish)
        t->strategy->finish(&t->job, t->state);
    for (uint32_t i = 0; i < NP_MAX_REGIONS; i++)
        plugin_test_line_fini(&t->regions[i]);
    for (uint32_t i = 0; i < NP_MAX_CURVES; i++)
        plugin_test_line_fini(&t->curves[i]);
    for (uint32_t i = 0; i < NP_MAX_POINT_SETS; i++)
        free(t->points[i].data);
    for (uint32_t i = 0; t->values && i < t->strategy->param_count; i++) {
        free((void *)t->values[i].bytes);
        free((void *)t->values[i].data);
    }
    free(t->value_pointers);
    free(t->values);
    free(t->params);
    free(t->pins);
    free(t->dots);
    plugin_test_take_fini(t);
    free(t);
    return failures;
}
