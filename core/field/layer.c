/* One layer: its strategy found, its inputs checked and drawn, its parameters read. */
#include "field/private/layer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "field/private/drawing.h"
#include "field/private/layout.h"
#include "field/private/paint.h"
#include "field/private/params.h"
#include "field/private/point_values.h"

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

static np_status draw_region(np_painter *painter, field_layer *layer, const char *name, np_error *err)
{
    return field_painter_region(painter, name, &layer->regions[layer->n_regions++], err);
}

static np_status draw_curve(np_painter *painter, field_layer *layer, const char *name, np_error *err)
{
    np_status status = field_painter_curve(painter, name, &layer->curves[layer->n_curves++], err);
    layer->n_own_curves = layer->n_curves;
    return status;
}

static np_status draw_points(np_painter *painter, field_layer *layer, const char *name, const np_input_desc *in,
                             np_error *err)
{
    field_point_set *set = &layer->point_sets[layer->n_point_sets++];
    const np_param_desc *lacking = NULL;
    char text[500];
    np_status status = field_painter_point_set(painter, name, set, err);
    if (status == NP_OK)
        status = field_point_values_take(np_case_find_point_set(painter->source, name), in, set, &lacking, err);
    if (status == NP_OK && lacking) {
        snprintf(text, sizeof text,
                 "note: the file of points %s has numbers of other names, but no %s: it is %g for each", name,
                 lacking->id, lacking->default_value);
        status = field_painter_add_note(painter, layer, text, err);
    }
    if (status != NP_OK)
        return status;
    return field_nearest_create(set->points, set->n, &set->nearest, err);
}

/* What the case has for SLOT of the strategy, drawn; its number of inputs is checked before. */
static np_status draw_slot(np_painter *painter, field_layer *layer, uint32_t slot, np_error *err)
{
    const np_input_desc *in = &layer->info->desc.inputs[slot];
    layer->input_first[slot] = in->kind == NP_INPUT_REGION  ? layer->n_regions
                               : in->kind == NP_INPUT_CURVE ? layer->n_curves
                                                            : layer->n_point_sets;
    np_status status = NP_OK;
    for (unsigned i = 0; status == NP_OK && i < layer->source->n_inputs; i++) {
        const np_case_input *given = &layer->source->inputs[i];
        if (strcmp(given->slot, in->id) != 0)
            continue;
        status = in->kind == NP_INPUT_REGION  ? draw_region(painter, layer, given->name, err)
                 : in->kind == NP_INPUT_CURVE ? draw_curve(painter, layer, given->name, err)
                                              : draw_points(painter, layer, given->name, in, err);
    }
    return status;
}

static np_status count_slot(field_layer *layer, uint32_t slot, np_error *err)
{
    const np_input_desc *in = &layer->info->desc.inputs[slot];
    const char *strategy = layer->info->desc.id;
    uint32_t n = 0;
    for (unsigned i = 0; i < layer->source->n_inputs; i++)
        n += strcmp(layer->source->inputs[i].slot, in->id) == 0;
    layer->input_count[slot] = n;
    if (n < in->min_count && in->max_count == 1)
        return np_error_set(err, NP_ERR_INVALID, "strategy %s needs a %s; name one with `%s:`", strategy, in->id,
                            in->id);
    if (n < in->min_count || n > in->max_count)
        return np_error_set(err, NP_ERR_INVALID, "strategy %s takes %u to %u inputs of the slot %s; found %u", strategy,
                            in->min_count, in->max_count, in->id, n);
    return NP_OK;
}

static np_status find_slot(const field_layer *layer, const np_case_input *given, np_error *err)
{
    const np_strategy_desc *desc = &layer->info->desc;
    const char *names[NP_MAX_INPUTS];
    char all[400] = "";
    for (uint32_t i = 0; i < desc->input_count; i++) {
        names[i] = desc->inputs[i].id;
        if (strcmp(given->slot, names[i]) == 0)
            return NP_OK;
    }
    np_suggest_list(all, sizeof all, names, desc->input_count);
    return np_error_set(err, NP_ERR_INVALID, "strategy %s takes no %.60s; leave `%.60s: %.60s` out; it takes: %s",
                        desc->id, given->slot, given->slot, given->name, all);
}

static np_status draw_inputs(np_painter *painter, field_layer *layer, np_error *err)
{
    const np_strategy_desc *desc = &layer->info->desc;
    np_status status = NP_OK;
    for (uint32_t i = 0; status == NP_OK && i < desc->input_count; i++)
        status = count_slot(layer, i, err);
    for (unsigned i = 0; status == NP_OK && i < layer->source->n_inputs; i++)
        status = find_slot(layer, &layer->source->inputs[i], err);
    for (uint32_t i = 0; status == NP_OK && i < desc->input_count; i++)
        status = draw_slot(painter, layer, i, err);
    if (status == NP_OK && layer->n_regions + layer->n_curves + layer->n_point_sets == 0)
        status = np_error_set(err, NP_ERR_INVALID, "it has no region, curve or points to work on");
    return status;
}

static np_status allocate(const np_painter *painter, field_layer *layer, np_error *err)
{
    const np_strategy_desc *desc = &layer->info->desc;
    layer->area_mm = malloc(FIELD_SHARED_CHUNK * sizeof *layer->area_mm);
    layer->answer = malloc(FIELD_SHARED_BLOCKS * sizeof *layer->answer);
    if (asprintf(&layer->label, "%s:%u: layer %s (strategy %s of %s)", painter->source->path, layer->source->line,
                 layer->source->name, desc->id, layer->info->plugin_path) < 0)
        layer->label = NULL;
    if (asprintf(&layer->version, "%s %s", desc->id, desc->version) < 0)
        layer->version = NULL;
    if (!layer->area_mm || !layer->answer || !layer->label || !layer->version)
        return np_error_no_memory(err, "a layer");
    return NP_OK;
}

/* Adds the files that SHAPE (NULL: nothing), or what it is made of, was drawn in, each once. */
static np_status note_drawn(const np_case *c, const np_case_shape *shape, char **text, np_error *err)
{
    np_status status = NP_OK;
    if (shape && shape->file && !strstr(*text, shape->sha256))
        status = field_files_add(text, shape->sha256, shape->file, "a layer", err);
    if (shape && shape->reference && status == NP_OK)
        status = note_drawn(c, np_case_find_region(c, shape->reference), text, err);
    for (unsigned i = 0; shape && i < shape->n_members && status == NP_OK; i++)
        status = note_drawn(c, &shape->members[i], text, err);
    return status;
}

/* The files that the layer's parameters and inputs come from, those of whorls and strokes, which turn the hair flow of every layer, and those of
 * keep-outs. */
static np_status note_files(const np_case *c, field_layer *layer, np_error *err)
{
    np_status status = NP_OK;
    if (asprintf(&layer->made_by, "%s%s", layer->origin, layer->params.files) < 0) {
        layer->made_by = NULL;
        return np_error_no_memory(err, "a layer");
    }
    for (unsigned i = 0; i < layer->source->n_inputs && status == NP_OK; i++) {
        const char *name = layer->source->inputs[i].name;
        status = note_drawn(c, np_case_find_region(c, name), &layer->made_by, err);
        if (status == NP_OK)
            status = note_drawn(c, np_case_find_curve(c, name), &layer->made_by, err);
        if (status == NP_OK)
            status = note_drawn(c, np_case_find_point_set(c, name), &layer->made_by, err);
    }
    if (c->scan.whorls_file && !strstr(layer->made_by, c->scan.whorls_sha256) && status == NP_OK)
        status = field_files_add(&layer->made_by, c->scan.whorls_sha256, c->scan.whorls_file, "a layer", err);
    for (unsigned i = 0; i < c->scan.n_strokes && status == NP_OK; i++)
        status = note_drawn(c, &c->scan.strokes[i], &layer->made_by, err);
    if (status == NP_OK)
        status = note_drawn(c, &layer->source->density_map, &layer->made_by, err);
    for (unsigned i = 0; i < c->n_keep_outs && status == NP_OK; i++)
        status = note_drawn(c, &c->keep_outs[i].drawn, &layer->made_by, err);
    return status;
}

np_status field_layer_init(np_painter *painter, size_t index, field_layer *layer, np_error *err)
{
    const np_case_layer *source = &painter->source->layers[index];
    *layer =
        (field_layer){.source = source, .index = (int32_t)index, .seed = seed_of(painter->source->seed, source->name)};
    layer->info = np_plugin_list_find(&painter->plugins, source->strategy);
    if (!layer->info)
        return no_such_strategy(painter, source, err);
    np_status status = allocate(painter, layer, err);
    if (status == NP_OK)
        status = np_plugin_origin(layer->info, &layer->origin, err);
    if (status == NP_OK)
        status = field_params_init(painter->source->path, source, &layer->info->desc, &layer->params, err);
    if (status == NP_OK)
        status = note_files(painter->source, layer, err);
    if (status != NP_OK)
        return status;
    status = draw_inputs(painter, layer, err);
    if (status == NP_OK && source->density_map.is_painted)
        status = field_paint_map(painter, &source->density_map, &layer->density_factors, err);
    if (status != NP_OK)
        return np_error_prefix(err, status, "%s:%u: layer %s", painter->source->path, source->line, source->name);
    return NP_OK;
}

void field_layer_fini(field_layer *layer)
{
    field_helper_destroy(layer->helper);
    for (uint32_t i = 0; i < layer->n_emitted; i++)
        np_curve_destroy(layer->emitted[i]);
    for (uint32_t i = 0; i < layer->n_point_sets; i++) {
        field_nearest_destroy(layer->point_sets[i].nearest);
        free(layer->point_sets[i].points);
        free(layer->point_sets[i].values);
    }
    field_params_fini(&layer->params);
    free(layer->density_factors);
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
    double inside = -1e9, away = 1e9, arc;
    int32_t index;
    for (uint32_t i = 0; i < layer->n_regions; i++)
        inside = fmax(inside, np_region_distance_mm(layer->regions[i], p));
    if (layer->n_regions > 0)
        return inside;
    for (uint32_t i = 0; i < layer->n_own_curves; i++)
        away = fmin(away, fabs(np_curve_distance_mm(layer->curves[i], p, &arc)));
    for (uint32_t i = 0; i < layer->n_point_sets; i++)
        away = fmin(away, field_nearest_find(layer->point_sets[i].nearest, p->position, &index));
    return layer->source->reach_mm - away;
}

np_status field_layer_failed(const field_layer *layer, np_status status, np_error *err)
{
    return np_error_prefix(err, status, "%s", layer->label);
}
