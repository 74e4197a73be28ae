/* Checked in the planner, before any helper starts, as parameters are.  Columns of a file that nobody asks for are nobody's business: programs write many.
 * What a person wrote into the case was meant for a strategy. */
#include "field/private/point_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

static const np_case_values *find(const np_case_shape *shape, const char *id)
{
    for (unsigned i = 0; i < shape->n_values; i++)
        if (strcmp(shape->values[i].id, id) == 0)
            return &shape->values[i];
    return NULL;
}

static np_status unexpected(const np_case_shape *shape, const np_param_desc *p, size_t point, const char *found,
                            np_error *err)
{
    char expected[600], place[60] = "";
    field_param_expected(p, expected, sizeof expected);
    if (point != SIZE_MAX)
        snprintf(place, sizeof place, ", point %zu", point + 1);
    return np_error_set(err, NP_ERR_INVALID, "points %s%s: %s: expected %s, found %s", shape->name, place, p->id,
                        p->type == NP_PARAM_BOOL ? "0 or 1" : expected, found);
}

/* GIVEN (NULL: nothing is) into OUT, of N points. */
static np_status take(const np_case_shape *shape, const np_param_desc *p, const np_case_values *given, size_t n,
                      double *out, np_error *err)
{
    char found[60];
    if (given && given->bad_point)
        return unexpected(shape, p, given->bad_point - 1, "something else than one number", err);
    if (given && given->n != n && !(given->line > 0 && given->n == 1)) {
        snprintf(found, sizeof found, "%u numbers for %zu points", given->n, n);
        return unexpected(shape, p, SIZE_MAX, found, err);
    }
    for (size_t i = 0; i < n; i++) {
        double x = given ? given->numbers[given->n == 1 ? 0 : i] : (double)NAN;
        if (isnan(x) && p->flags & NP_PARAM_REQUIRED)
            return unexpected(shape, p, i, "none; give it as a column of the points' file, or under their key values",
                              err);
        out[i] = isnan(x) ? p->default_value : x;
        snprintf(found, sizeof found, "%g", out[i]);
        if (!(out[i] >= p->min && out[i] <= p->max) || (p->type != NP_PARAM_FLOAT && out[i] != floor(out[i])))
            return unexpected(shape, p, i, found, err);
    }
    return NP_OK;
}

/* Whether the file of SHAPE has a number that slot IN does not know: perhaps by another name than it was meant to have. */
static bool has_others(const np_case_shape *shape, const np_input_desc *in)
{
    for (unsigned i = 0; i < shape->n_values; i++) {
        uint32_t v = 0;
        while (v < in->value_count && strcmp(in->values[v].id, shape->values[i].id) != 0)
            v++;
        if (shape->values[i].line == 0 && v == in->value_count)
            return true;
    }
    return false;
}

np_status field_point_values_take(const np_case_shape *shape, const np_input_desc *in, field_point_set *set,
                                  const np_param_desc **out_lacking, np_error *err)
{
    *out_lacking = NULL;
    set->values = calloc(in->value_count * set->n + 1, sizeof *set->values);
    if (!set->values)
        return np_error_no_memory(err, "points");
    set->n_values = in->value_count;
    np_status status = NP_OK;
    for (uint32_t v = 0; v < in->value_count && status == NP_OK; v++) {
        const np_case_values *given = find(shape, in->values[v].id);
        status = take(shape, &in->values[v], given, set->n, set->values + v * set->n, err);
        if (!given && !*out_lacking && has_others(shape, in))
            *out_lacking = &in->values[v];
    }
    return status;
}

/* Whether the slot that GIVEN fills in LAYER takes the value ID. */
static bool takes(const field_layer *layer, const np_case_input *given, const char *id)
{
    for (uint32_t s = 0; s < layer->info->desc.input_count; s++) {
        const np_input_desc *in = &layer->info->desc.inputs[s];
        for (uint32_t v = 0; strcmp(in->id, given->slot) == 0 && v < in->value_count; v++)
            if (strcmp(in->values[v].id, id) == 0)
                return true;
    }
    return false;
}

static np_status not_taken(const np_painter *painter, const np_case_shape *shape, const np_case_values *v,
                           const np_case_layer *user, np_error *err)
{
    const np_strategy_desc *d = &np_plugin_list_find(&painter->plugins, user->strategy)->desc;
    const char *names[NP_MAX_INPUTS * NP_MAX_POINT_VALUES];
    char list[400] = "";
    size_t n = 0;
    for (uint32_t s = 0; s < d->input_count; s++)
        for (uint32_t k = 0; k < d->inputs[s].value_count; k++)
            names[n++] = d->inputs[s].values[k].id;
    np_suggest_list(list, sizeof list, names, n);
    const char *meant = np_suggest_name(v->id, names, n);
    return np_error_set(err, NP_ERR_INVALID,
                        "%s:%u: points %s: no layer that uses them takes the value '%s'%s%s%s; strategy %s takes: %s",
                        painter->source->path, v->line, shape->name, v->id, meant ? ", did you mean " : "",
                        meant ? meant : "", meant ? "?" : "", d->id, n ? list : "none");
}

/* Nobody can say what points without a layer are for. */
static np_status check_taken(const np_painter *painter, const np_case_shape *shape, const np_case_values *v,
                             np_error *err)
{
    const np_case_layer *user = NULL;
    for (size_t l = 0; l < painter->n_layers; l++) {
        const np_case_layer *source = painter->layers[l].source;
        for (unsigned i = 0; i < source->n_inputs; i++) {
            if (np_case_find_point_set(painter->source, source->inputs[i].name) != shape)
                continue;
            user = source;
            if (takes(&painter->layers[l], &source->inputs[i], v->id))
                return NP_OK;
        }
    }
    return user ? not_taken(painter, shape, v, user, err) : NP_OK;
}

np_status field_point_values_check_taken(const np_painter *painter, np_error *err)
{
    np_status status = NP_OK;
    for (unsigned i = 0; i < painter->source->n_point_sets; i++) {
        const np_case_shape *shape = &painter->source->point_sets[i];
        for (unsigned k = 0; k < shape->n_values && status == NP_OK; k++)
            if (shape->values[k].line > 0)
                status = check_taken(painter, shape, &shape->values[k], err);
    }
    return status;
}
