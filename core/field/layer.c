/* One layer: its strategy found, its inputs checked and drawn, its parameters read. */
#include "field/private/layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field/private/drawing.h"
#include "field/private/params.h"

/* Layers are told apart by their names, so that adding or moving one leaves the others' random numbers alone
 * (FNV-1a, Fowler, Noll, Vo). */
static uint64_t seed_of(uint64_t seed, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    return hash ^ seed * 0x9e3779b97f4a7c15u;
}

static np_status no_such_strategy(const np_painter *painter, const np_case_layer *source, np_error *err)
{
    const np_plugin_list *list = &painter->plugins;
    const np_plugin_problem *bad = np_plugin_list_problem(list, source->strategy);
    if (bad)
        return np_error_set(err, NP_ERR_PLUGIN, "%s:%u: layer %s: strategy %s cannot be used: %s: %s",
                            painter->source->path, source->line, source->name, source->strategy, bad->plugin_path,
                            bad->reason);
    char known[400] = "", problem[120] = "";
    size_t at = 0;
    for (size_t i = 0; i < list->n_strategies && at < sizeof known; i++)
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", i ? ", " : "", list->strategies[i].desc.id);
    const char *near = np_plugin_list_suggest(list, source->strategy);
    if (list->n_problems > 0)
        snprintf(problem, sizeof problem, "; `needlepath plugin list` says why %zu more cannot be used",
                 list->n_problems);
    return np_error_set(err, NP_ERR_PLUGIN, "%s:%u: layer %s: there is no strategy '%s'%s%s%s; there are: %s%s",
                        painter->source->path, source->line, source->name, source->strategy,
                        near ? ", did you mean " : "", near ? near : "", near ? "?" : "", known[0] ? known : "none",
                        problem);
}

static np_status check_input(const field_layer *layer, const char *kind, int32_t wanted, const char *given,
                             np_error *err)
{
    const char *strategy = layer->info->desc.id;
    if (wanted == NP_INPUT_REQUIRED && !given)
        return np_error_set(err, NP_ERR_INVALID, "strategy %s needs a %s; name one with `%s:`", strategy, kind, kind);
    if (wanted == NP_INPUT_UNUSED && given)
        return np_error_set(err, NP_ERR_INVALID, "strategy %s takes no %s; leave `%s: %s` out", strategy, kind, kind,
                            given);
    return NP_OK;
}

static np_status draw_inputs(np_painter *painter, field_layer *layer, np_error *err)
{
    const np_case_layer *source = layer->source;
    const np_strategy_desc *desc = &layer->info->desc;
    np_status status = check_input(layer, "region", desc->input_region, source->region, err);
    if (status == NP_OK)
        status = check_input(layer, "curve", desc->input_curve, source->curve, err);
    if (status == NP_OK)
        status = check_input(layer, "points", desc->input_points, source->points, err);
    if (status == NP_OK && !source->region && !source->curve && !source->points)
        status = np_error_set(err, NP_ERR_INVALID, "it has no region, curve or points to work on");
    if (status == NP_OK && source->region)
        status = field_painter_region(painter, source->region, &layer->region, err);
    if (status == NP_OK && source->curve) {
        status = field_painter_curve(painter, source->curve, &layer->curves[0], err);
        layer->has_own_curve = status == NP_OK;
        layer->n_curves = layer->has_own_curve;
    }
    if (status != NP_OK || !source->points)
        return status;
    const np_case_shape *set = np_case_find_point_set(painter->source, source->points);
    if (!set)
        return np_error_set(err, NP_ERR_INVALID, "there is no point set '%s'", source->points);
    char what[160];
    snprintf(what, sizeof what, "points %s", set->name);
    status = field_painter_points(painter, &set->points, what, set->line, &layer->points, err);
    if (status == NP_OK)
        layer->n_points = set->points.n;
    return status;
}

static np_status allocate(field_layer *layer, np_error *err)
{
    const np_strategy_desc *desc = &layer->info->desc;
    layer->area_mm = malloc(FIELD_SHARED_CHUNK * sizeof *layer->area_mm);
    layer->answer = malloc(FIELD_SHARED_BLOCKS * sizeof *layer->answer);
    if (asprintf(&layer->label, "layer %s (strategy %s of %s)", layer->source->name, desc->id,
                 layer->info->plugin_path) < 0)
        layer->label = NULL;
    if (asprintf(&layer->version, "%s %s", desc->id, desc->version) < 0)
        layer->version = NULL;
    if (!layer->area_mm || !layer->answer || !layer->label || !layer->version)
        return np_error_no_memory(err, "a layer");
    return NP_OK;
}

np_status field_layer_init(np_painter *painter, size_t index, field_layer *layer, np_error *err)
{
    const np_case_layer *source = &painter->source->layers[index];
    *layer =
        (field_layer){.source = source, .index = (int32_t)index, .seed = seed_of(painter->source->seed, source->name)};
    layer->info = np_plugin_list_find(&painter->plugins, source->strategy);
    if (!layer->info)
        return no_such_strategy(painter, source, err);
    np_status status = allocate(layer, err);
    if (status == NP_OK)
        status = np_plugin_origin(layer->info, &layer->origin, err);
    if (status == NP_OK)
        status = field_params_init(painter->source->path, source, &layer->info->desc, &layer->params, err);
    if (status == NP_OK && asprintf(&layer->made_by, "%s%s", layer->origin, layer->params.files) < 0) {
        layer->made_by = NULL;
        status = np_error_no_memory(err, "a layer");
    }
    if (status != NP_OK)
        return status;
    status = draw_inputs(painter, layer, err);
    if (status != NP_OK)
        return np_error_prefix(err, status, "%s:%u: layer %s", painter->source->path, source->line, source->name);
    return field_nearest_create(layer->points, layer->n_points, &layer->nearest, err);
}

void field_layer_fini(field_layer *layer)
{
    field_helper_destroy(layer->helper);
    for (uint32_t i = 0; i < layer->n_emitted; i++)
        np_curve_destroy(layer->emitted[i]);
    field_nearest_destroy(layer->nearest);
    free(layer->points);
    field_params_fini(&layer->params);
    free(layer->area_mm);
    free(layer->answer);
    free(layer->label);
    free(layer->version);
    free(layer->origin);
    free(layer->made_by);
    *layer = (field_layer){0};
}

double field_layer_area_mm(const field_layer *layer, const np_surface_point *p)
{
    if (layer->region)
        return np_region_distance_mm(layer->region, p);
    double away = 1e9, arc;
    int32_t index;
    if (layer->has_own_curve)
        away = fabs(np_curve_distance_mm(layer->curves[0], p, &arc));
    if (layer->n_points > 0)
        away = fmin(away, field_nearest_find(layer->nearest, p->position, &index));
    return layer->source->reach_mm - away;
}

np_status field_layer_failed(const field_layer *layer, np_status status, np_error *err)
{
    return np_error_prefix(err, status, "%s", layer->label);
}
