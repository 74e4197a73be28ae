/* The checker's course: what is tried, in which situation, and which rule a finding belongs to.  A situation is a layer of a real case with its
 * inputs drawn and its parameters set, as in planning; the trials within it are the helper's (trial/).  A helper that dies is a finding,
 * and the next trial gets a new one. */
#include "field/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/plain.h"
#include "base/rng.h"
#include "field/private/channels.h"
#include "field/private/check_case.h"
#include "field/private/compose.h"
#include "field/private/descriptor.h"
#include "field/private/helper.h"
#include "field/private/layer.h"
#include "field/private/layout.h"
#include "field/private/manifest.h"
#include "field/private/painter.h"
#include "field/private/trials.h"
#include "head/head.h"

#define N_POINTS 3000 /* of the head's, no multiple of a block */
#define SLOW_NS 20000
#define STREAM 0x63686b32u /* "chk2": seeds of mixes */
#define ENDS_LEVEL 7       /* from which on parameters leave their defaults */
#define MIXES_A_LEVEL 4

typedef struct check {
    const char *path;
    const np_check_options *options;
    const np_progress *progress;
    np_check_report *out;
    np_error *err;
    np_scan_description head;
    np_scan *scan;
    np_surface_point *points;
    size_t n_points;
    const char *strategy; /* that is checked now; NULL: the file */
    np_painter *painter;
    field_layer *layer;
    char situation[160];
    bool at_defaults; /* of parameters, with usual inputs: then a strategy may not fail at all */
    bool usual_inputs;
    bool failed; /* so that nothing more can be tried in this situation */
    bool failed_at_defaults;
    bool impure; /* so that other ways to paint tell nothing new */
    bool all_channels;
    bool at_null; /* it crashed at NULL, with channels that it does not list */
} check;

/* ---- findings ---- */

static bool is_tried(const check *c, const char *id)
{
    const np_check_rule *rule = np_check_rule_find(id);
    return rule && rule->level <= c->options->strict;
}

static bool is_told(const check *c, const np_check_rule *rule, const char *where)
{
    size_t n = strcspn(where, ",");
    for (size_t i = 0; i < c->out->n_findings; i++) {
        const np_check_finding *f = &c->out->findings[i];
        if (f->rule == rule && strncmp(f->where, where, n) == 0 && strcspn(f->where, ",") == n)
            return true;
    }
    return false;
}

/* Rule ID is broken; each is told once a strategy, as it was seen first. */
static np_status found(check *c, const char *id, const char *seen)
{
    const np_check_rule *rule = np_check_rule_find(id);
    char where[300] = "", plain[600];
    if (c->strategy)
        snprintf(where, sizeof where, "strategy %s, %s", c->strategy, c->situation);
    if (!rule || rule->level > c->options->strict || is_told(c, rule, where))
        return NP_OK;
    np_status status = NP_GROW(c->out->findings, c->out->finding_capacity, c->out->n_findings + 1, "findings", c->err);
    if (status != NP_OK)
        return status;
    np_check_finding f = {rule, strdup(where), strdup(np_plain_copy(seen, plain, sizeof plain))};
    if (!f.where || !f.seen) {
        free(f.where);
        free(f.seen);
        return np_error_no_memory(c->err, "findings");
    }
    c->out->findings[c->out->n_findings++] = f;
    return NP_OK;
}

/* ---- the file ---- */

static np_status take_findings(check *c, np_message *answer, double *out_ns)
{
    np_status status = NP_OK;
    *out_ns = np_message_get_f64(answer);
    uint32_t n = np_message_get_u32(answer);
    for (uint32_t i = 0; status == NP_OK && i < n && !answer->failed; i++) {
        char *rule = np_message_get_text(answer), *seen = np_message_get_text(answer);
        static const char *const ends[] = {"run.default", "fail.sentence", "memory.inputs"};
        for (size_t k = 0; rule && k < sizeof ends / sizeof *ends; k++)
            c->failed = c->failed || strcmp(rule, ends[k]) == 0;
        c->impure = c->impure || (rule && strncmp(rule, "pure.", 5) == 0);
        if (rule && seen && (c->at_defaults || strcmp(rule, "run.default") != 0))
            status = found(c, rule, seen);
        free(rule);
        free(seen);
    }
    return status;
}

static np_status check_manifest(check *c, const np_message *answer)
{
    np_message manifest = {0};
    const char *seen = NULL;
    if (!field_manifest_is_there(c->path))
        return NP_OK;
    if (!field_manifest_read(c->path, &manifest))
        seen = "it is not of this file, or cannot be read";
    else if (manifest.size != answer->size || memcmp(manifest.data, answer->data, answer->size) != 0)
        seen = "it says something else than the plugin says of itself";
    np_message_fini(&manifest);
    return seen ? found(c, "manifest", seen) : NP_OK;
}

/* A helper of its own for the plugin, and what that says of it; what is wrong with it is found. */
static np_status describe(check *c, bool look_at_file, np_strategy_info **out_infos, size_t *out_n)
{
    np_message request = {0}, *answer;
    field_helper *helper = NULL;
    np_error why = {0};
    double ns;
    const char *rule = "load";
    *out_infos = NULL;
    *out_n = 0;
    np_status status = field_helper_create(FIELD_HELPER_CHECK, &helper, &why);
    np_message_begin(&request, FIELD_MESSAGE_TRY);
    np_message_put_u32(&request, FIELD_TRIAL_BINARY);
    np_message_put_u32(&request, 0);
    np_message_put_u32(&request, 0);
    np_message_put_text(&request, c->path);
    if (status == NP_OK && look_at_file)
        status = field_helper_call(helper, "looking at its file", &request, c->progress, &answer, &why);
    if (status == NP_OK && look_at_file)
        status = take_findings(c, answer, &ns);
    np_message_begin(&request, FIELD_MESSAGE_LOAD);
    np_message_put_text(&request, c->path);
    if (status == NP_OK)
        status = field_helper_call(helper, "being loaded", &request, c->progress, &answer, &why);
    if (status == NP_ERR_PLUGIN && field_helper_is_there(helper) && strncmp(why.text, "cannot be loaded", 16) != 0)
        rule = "abi";
    if (status == NP_OK) {
        rule = "descriptor";
        status = field_descriptor_read(answer, c->path, out_infos, out_n, &why);
    }
    np_status told = status == NP_OK && look_at_file ? check_manifest(c, answer) : NP_OK;
    np_message_fini(&request);
    field_helper_destroy(helper);
    return status == NP_ERR_PLUGIN ? found(c, rule, why.text) : status == NP_OK ? told : np_error_pass(c->err, &why);
}

/* ---- one situation ---- */

/* The strategy failed with WHY, while its helper lived on. */
static np_status refused(check *c, const np_error *why)
{
    c->failed = true;
    if (strstr(why->text, FIELD_SAID_NOTHING))
        return found(c, "fail.sentence", why->text);
    return c->at_defaults ? found(c, "run.default", why->text) : NP_OK;
}

static const char *rule_of_fault(const char *fault)
{
    if (strstr(fault, "which is the host's"))
        return "memory.inputs";
    return fault[0] && strcmp(fault, FIELD_FAULT_NULL) != 0 ? "memory.bounds" : NULL;
}

/* The helper is gone, for WHY, in TRIAL (0: before any). */
static np_status died(check *c, uint32_t trial, const np_error *why)
{
    char seen[600], fault[sizeof(field_shared){0}.fault];
    const field_shared *shared = field_helper_shared(c->layer->helper);
    memcpy(fault, shared->fault, sizeof fault);
    fault[sizeof fault - 1] = '\0';
    const char *rule = rule_of_fault(fault);
    c->at_null = trial == FIELD_TRIAL_PAINT && !c->all_channels && strcmp(fault, FIELD_FAULT_NULL) == 0;
    if (c->at_null)
        return NP_OK; /* to be tried with all channels */
    if (!rule)
        rule = trial == FIELD_TRIAL_MEMORY                                     ? "memory.fail"
               : trial == FIELD_TRIAL_CANCEL && strstr(why->text, "no answer") ? "time.cancel"
               : c->at_defaults || !c->usual_inputs                            ? "run.crash"
                                                                               : "params.ends";
    snprintf(seen, sizeof seen, "%.400s%s%.100s", why->text, fault[0] ? ": it " : "", fault);
    return found(c, rule, seen);
}

/* A strategy's failure is a finding and no error of ours; whatever else it is ends the check. */
static np_status judge(check *c, uint32_t trial, np_status status, const np_error *why)
{
    if (status == NP_OK)
        return NP_OK;
    if (status != NP_ERR_PLUGIN)
        return np_error_pass(c->err, why);
    if (field_helper_is_there(c->layer->helper))
        return refused(c, why);
    c->failed = true;
    return died(c, trial, why);
}

/* As before its first layout. */
static void reset_layer(check *c)
{
    field_layer *layer = c->layer;
    field_helper_destroy(layer->helper);
    layer->helper = NULL;
    for (uint32_t i = 0; i < layer->n_emitted; i++)
        np_curve_destroy(layer->emitted[i]);
    layer->n_emitted = 0;
    layer->n_curves = layer->n_own_curves;
    c->painter->n_pins = 0;
    c->failed = c->at_null = c->impure = false;
}

static np_status lay_out(check *c)
{
    np_message request = {0}, *answer;
    char *notes = NULL, text[100];
    np_error why = {0};
    np_status status = field_layer_ask_layout(c->painter, c->layer, c->progress, &request, &answer, &why);
    np_status told = judge(c, 0, status, &why);
    if (status == NP_OK) {
        status = field_layer_take_layout(c->painter, c->layer, answer, &why);
        c->failed = c->failed || status != NP_OK;
        told = status == NP_ERR_PLUGIN ? found(c, "layout.valid", why.text) : judge(c, 0, status, &why);
    }
    if (status == NP_OK) {
        status = field_layer_prepare(c->layer, c->progress, &request, &notes, &why);
        told = judge(c, 0, status, &why);
    }
    int threads = status == NP_OK ? field_helper_threads(c->layer->helper) : 0;
    if (threads > 1) {
        c->failed = true;
        snprintf(text, sizeof text, "after layout and prepare %d threads are left", threads - 1);
        told = found(c, "process.threads", text);
    }
    free(notes);
    np_message_fini(&request);
    return told;
}

/* A new helper in the place of one that is gone. */
static np_status wake(check *c)
{
    np_error why = {0};
    if (!field_helper_is_there(c->layer->helper)) {
        field_helper_destroy(c->layer->helper);
        c->layer->helper = NULL;
    }
    np_status status = field_layer_wake(c->painter, c->layer, c->progress, &why);
    if (status != NP_ERR_PLUGIN)
        return status == NP_OK ? NP_OK : np_error_pass(c->err, &why);
    c->failed = true;
    return field_helper_is_there(c->layer->helper) ? found(c, "layout.pure", why.text) : died(c, 0, &why);
}

static np_status run_trial(check *c, uint32_t trial, double *out_ns)
{
    np_message request = {0}, *answer;
    np_error why = {0};
    np_status status = wake(c);
    if (status != NP_OK || c->failed)
        return status;
    field_painter_fill(c->painter, c->points, c->n_points, 0);
    field_helper_shared(c->layer->helper)->fault[0] = '\0';
    np_message_begin(&request, FIELD_MESSAGE_TRY);
    np_message_put_u32(&request, trial);
    np_message_put_u32(&request, (uint32_t)c->n_points);
    np_message_put_u32(&request, c->all_channels);
    status = field_helper_call(c->layer->helper, "being checked", &request, c->progress, &answer, &why);
    np_status told = status == NP_OK ? take_findings(c, answer, out_ns) : judge(c, trial, status, &why);
    np_message_fini(&request);
    return told;
}

/* ---- what was painted ---- */

static np_status check_limits(check *c)
{
    const np_case_limits *l = &c->painter->source->limits;
    char seen[200];
    for (size_t at = 0; at < c->n_points; at++) {
        const field_shared_field *f = &c->layer->answer[at / FIELD_SHARED_BLOCK];
        size_t i = at % FIELD_SHARED_BLOCK;
        double tilt_deg = f->tilt_rad[i] * 180 / M_PI;
        if (f->coverage[i] <= 0 || f->density_per_cm2[i] <= 0)
            continue;
        if (f->depth_mm[i] < l->depth_min_mm || f->depth_mm[i] > l->depth_max_mm)
            snprintf(seen, sizeof seen, "sample %zu gets the depth %g mm; the treatment has %g to %g", at,
                     f->depth_mm[i], l->depth_min_mm, l->depth_max_mm);
        else if (tilt_deg > l->tilt_max_deg + 1e-9)
            snprintf(seen, sizeof seen, "sample %zu gets the tilt %g degrees; the treatment has at most %g", at,
                     tilt_deg, l->tilt_max_deg);
        else
            continue;
        return found(c, "paint.limits", seen);
    }
    return NP_OK;
}

static np_status note_time(check *c, double ns)
{
    char seen[100];
    np_check_strategy s = {strdup(c->strategy), ns};
    if (!s.id)
        return np_error_no_memory(c->err, "a strategy");
    np_status status =
        NP_GROW(c->out->strategies, c->out->strategy_capacity, c->out->n_strategies + 1, "strategies", c->err);
    if (status != NP_OK) {
        free(s.id);
        return status;
    }
    c->out->strategies[c->out->n_strategies++] = s;
    snprintf(seen, sizeof seen, "a sample takes %.1f microseconds", ns / 1000);
    return ns > SLOW_NS ? found(c, "time.sample", seen) : NP_OK;
}

/* Paints all samples and looks at the field, which is then in the layer's answer. */
static np_status try_paint(check *c, double *out_ns)
{
    np_error why = {0};
    np_status status = run_trial(c, FIELD_TRIAL_PAINT, out_ns);
    if (status != NP_OK || c->failed)
        return status;
    status = field_layer_take(c->layer, c->n_points, 0, &why);
    if (status == NP_OK)
        return NP_OK;
    c->failed = true;
    return status == NP_ERR_PLUGIN ? found(c, "paint.range", why.text) : np_error_pass(c->err, &why);
}

/* The same in a new process. */
static np_status try_again(check *c)
{
    size_t bytes = FIELD_SHARED_BLOCKS * sizeof *c->layer->answer;
    field_shared_field *before = malloc(bytes);
    double ns;
    if (!before)
        return np_error_no_memory(c->err, "a field");
    memcpy(before, c->layer->answer, bytes);
    field_helper_destroy(c->layer->helper);
    c->layer->helper = NULL;
    np_status status = try_paint(c, &ns);
    if (status == NP_OK && !c->failed && memcmp(before, c->layer->answer, bytes) != 0)
        status = found(c, "pure.process", "painted in another process, some samples got other values");
    free(before);
    return status;
}

/* A strategy that crashed at NULL: does it with all channels there? */
static np_status try_all_channels(check *c)
{
    double ns;
    c->all_channels = true;
    c->failed = c->at_null = false;
    np_status status = try_paint(c, &ns);
    c->all_channels = false;
    if (status != NP_OK || c->failed)
        return status;
    c->failed = true;
    return found(c, "channels.listed",
                 "it crashes at a NULL, and does not where it gets the channels that it does not list");
}

static np_status try_more(check *c, double ns)
{
    static const struct {
        uint32_t trial;
        const char *rule; /* the first that it finds */
    } trials[] = {{FIELD_TRIAL_PURE, "pure.repeat"},
                  {FIELD_TRIAL_SAMPLES, "samples.none"},
                  {FIELD_TRIAL_LIFE, "memory.leak"},
                  {FIELD_TRIAL_CANCEL, "time.cancel"},
                  {FIELD_TRIAL_MEMORY, "memory.fail"}};
    double again = ns;
    np_status status = check_limits(c);
    for (size_t i = 0; status == NP_OK && !c->failed && i < sizeof trials / sizeof *trials; i++) {
        if (!is_tried(c, trials[i].rule))
            continue;
        status =
            run_trial(c, FIELD_TRIAL_PAINT, &again); /* what the others compare with; the helper may be a new one */
        ns = fmin(ns, again);
        if (status == NP_OK && !c->failed)
            status = run_trial(c, trials[i].trial, &again);
        if (status == NP_OK && i == 0 && !c->failed && !c->impure)
            status = try_again(c);
    }
    return status == NP_OK ? note_time(c, ns) : status;
}

/* MIX with what is drawn; with MORE trials than painting. */
static np_status try_mix(check *c, const field_check_mix *mix, bool more)
{
    double ns = 0;
    field_params params;
    reset_layer(c);
    np_status status = field_check_params_init(&c->layer->info->desc, mix, &params, c->err);
    if (status != NP_OK)
        return status;
    field_params_fini(&c->layer->params);
    c->layer->params = params;
    status = lay_out(c);
    if (status == NP_OK && !c->failed)
        status = try_paint(c, &ns);
    if (status == NP_OK && c->at_null)
        status = try_all_channels(c);
    if (status == NP_OK && !c->failed && more)
        status = try_more(c, ns);
    return status;
}

/* ---- all situations of a strategy ---- */

static bool step(check *c, double fraction)
{
    return np_progress_step(c->progress, "checking", fraction);
}

static np_status try_param(check *c, uint32_t k)
{
    static const struct {
        field_check_mix_kind kind;
        const char *text;
    } ends[] = {{FIELD_CHECK_MIN, "least"}, {FIELD_CHECK_MAX, "most"}};
    np_status status = NP_OK;
    for (int i = 0; status == NP_OK && i < 2; i++) {
        snprintf(c->situation, sizeof c->situation, "%s at its %s", c->layer->info->desc.params[k].id, ends[i].text);
        status = try_mix(c, &(field_check_mix){ends[i].kind, k, 0}, false);
    }
    return status;
}

static np_status try_mixed(check *c, uint64_t seed)
{
    snprintf(c->situation, sizeof c->situation, "parameters mixed by seed %llu (--reproduce %llu)",
             (unsigned long long)seed, (unsigned long long)seed);
    return try_mix(c, &(field_check_mix){FIELD_CHECK_MIXED, FIELD_CHECK_ALL, seed}, false);
}

static np_status try_ends(check *c)
{
    uint32_t n = c->layer->info->desc.param_count;
    uint32_t mixes = MIXES_A_LEVEL * (uint32_t)(c->options->strict - ENDS_LEVEL + 1);
    c->at_defaults = false;
    snprintf(c->situation, sizeof c->situation, "all parameters at their least");
    np_status status = try_mix(c, &(field_check_mix){FIELD_CHECK_MIN, FIELD_CHECK_ALL, 0}, false);
    snprintf(c->situation, sizeof c->situation, "all parameters at their most");
    if (status == NP_OK)
        status = try_mix(c, &(field_check_mix){FIELD_CHECK_MAX, FIELD_CHECK_ALL, 0}, false);
    for (uint32_t k = 0; status == NP_OK && k < n + mixes; k++) {
        if (!step(c, (double)k / (n + mixes)))
            return np_error_set(c->err, NP_ERR_STOPPED, "stopped while checking");
        status = k < n ? try_param(c, k) : try_mixed(c, np_rng_u32(c->options->seed, STREAM, k - n, 0));
    }
    return status;
}

/* The strategy's descriptor, by itself, with nothing in it that the case must give: the values are ours. */
static np_status take_strategy(check *c, np_plugin_list *list)
{
    np_strategy_info *infos = NULL;
    size_t n = 0;
    np_status status = describe(c, false, &infos, &n);
    for (size_t i = 0; i < n; i++) {
        if (status == NP_OK && strcmp(infos[i].desc.id, c->strategy) == 0 &&
            (status = NP_GROW(list->strategies, list->strategy_capacity, 1, "a strategy", c->err)) == NP_OK)
            list->strategies[list->n_strategies++] = infos[i];
        else
            field_strategy_info_fini(&infos[i]);
    }
    free(infos);
    return status;
}

/* Required parameters get their values from here: the reader of cases is not to ask for them.  Returns the flags by parameter. */
static void set_required(np_strategy_info *info, uint32_t *flags, bool take_away)
{
    np_param_desc *params = (np_param_desc *)info->desc.params; /* ours: field_descriptor_read allocated them */
    for (uint32_t k = 0; k < info->desc.param_count; k++) {
        if (take_away)
            flags[k] = params[k].flags;
        params[k].flags = take_away ? 0 : flags[k];
    }
}

static np_status draw_inputs(check *c, field_check_inputs inputs, np_case **out_case)
{
    np_plugin_list list = {0};
    uint32_t flags[NP_MAX_PARAMS];
    np_status status = take_strategy(c, &list);
    if (status == NP_OK && list.n_strategies == 0) {
        c->failed = true;
        status = found(c, "pure.process", "loaded again, it says something else of itself");
    }
    if (status != NP_OK || list.n_strategies == 0)
        return status;
    set_required(&list.strategies[0], flags, true);
    status = field_check_case_create(&list.strategies[0].desc, &c->head, inputs, c->options->seed, out_case, c->err);
    if (status == NP_OK)
        status = field_painter_create(*out_case, c->scan, FIELD_HELPER_CHECK, &list, c->progress, &c->painter, c->err);
    if (status == NP_OK) {
        c->layer = &c->painter->layers[0];
        set_required(&c->painter->plugins.strategies[0], flags, false);
    }
    np_plugin_list_fini(&list);
    return status;
}

static np_status try_inputs(check *c, field_check_inputs inputs, const char *text)
{
    np_case *source = NULL;
    c->at_defaults = c->usual_inputs = inputs == FIELD_CHECK_USUAL;
    snprintf(c->situation, sizeof c->situation, "%s", text);
    np_status status = draw_inputs(c, inputs, &source);
    if (status == NP_OK && c->painter && c->options->reproduce)
        c->at_defaults = false, status = try_mixed(c, c->options->mix);
    else if (status == NP_OK && c->painter)
        status = try_mix(c, &(field_check_mix){FIELD_CHECK_DEFAULT, FIELD_CHECK_ALL, 0}, c->at_defaults);
    c->failed_at_defaults = c->failed_at_defaults || (c->at_defaults && c->failed);
    if (status == NP_OK && c->at_defaults && !c->failed && c->options->strict >= ENDS_LEVEL)
        status = try_ends(c);
    np_painter_destroy(c->painter);
    np_case_destroy(source);
    c->painter = NULL;
    return status;
}

static np_status check_strategy(check *c)
{
    c->failed_at_defaults = false;
    np_status status = try_inputs(c, FIELD_CHECK_USUAL, "parameters at their defaults");
    bool more = !c->options->reproduce && !c->failed_at_defaults && c->options->strict >= ENDS_LEVEL;
    if (status == NP_OK && more)
        status = try_inputs(c, FIELD_CHECK_LEAST, "as few inputs as it takes, one session and no hair");
    if (status == NP_OK && more)
        status = try_inputs(c, FIELD_CHECK_MOST, "as many inputs as it takes");
    return status;
}

/* ---- the whole ---- */

static np_status set_up(check *c)
{
    np_mesh mesh = {0};
    np_case_scan head = {.sex = NP_CASE_SEX_M, .percentile = 50};
    np_status status = np_head_create(head.sex, head.percentile, &mesh, &c->head, c->err);
    np_mesh_fini(&mesh);
    if (status == NP_OK)
        status = np_scan_create(&c->head.scan, c->progress, &c->scan, c->err);
    return status == NP_OK ? field_check_points_create(c->scan, N_POINTS, &c->points, &c->n_points, c->err) : status;
}

np_status np_plugin_check(const char *path, const np_check_options *options, const np_progress *progress,
                          np_check_report *out, np_error *err)
{
    np_strategy_info *infos = NULL;
    size_t n = 0;
    char *real = realpath(path, NULL);
    check c = {.path = real ? real : path, .options = options, .progress = progress, .out = out, .err = err};
    *out = (np_check_report){0};
    np_status status = describe(&c, true, &infos, &n);
    if (status == NP_OK && n > 0)
        status = set_up(&c);
    for (size_t i = 0; i < n; i++) {
        c.strategy = infos[i].desc.id;
        if (status == NP_OK)
            status = check_strategy(&c);
        field_strategy_info_fini(&infos[i]);
    }
    free(infos);
    free(c.points);
    np_scan_destroy(c.scan);
    np_scan_description_fini(&c.head);
    free(real);
    if (status != NP_OK)
        np_check_report_fini(out);
    return status;
}
