/* Parameters as the case gives them, against the ranges that the strategy declares.  They are checked here, in the
 * planner and before any helper starts, so that an error names the line of the case and not a plugin. */
#include "field/private/params.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "case/number.h"

/* ---- one value ---- */

static bool read_bool(const char *text, double *out_value)
{
    static const char *const words[2][4] = {{"false", "no", "off", "0"}, {"true", "yes", "on", "1"}};
    for (int value = 0; value < 2; value++)
        for (int i = 0; i < 4; i++)
            if (strcasecmp(text, words[value][i]) == 0) {
                *out_value = value;
                return true;
            }
    return false;
}

static bool read_option(const np_param_desc *p, const char *text, double *out_value)
{
    for (int i = 0; p->labels[i]; i++)
        if (strcmp(text, p->labels[i]) == 0) {
            *out_value = i;
            return true;
        }
    return false;
}

/* "2..20 mm", "a whole number 3..8", "true or false", "one of rounded, linear". */
static void describe_expected(const np_param_desc *p, char *out, size_t size)
{
    const char *space = p->unit[0] ? " " : "";
    if (p->type == NP_PARAM_BOOL) {
        snprintf(out, size, "true or false");
    } else if (p->type == NP_PARAM_OPTION) {
        size_t at = (size_t)snprintf(out, size, "one of");
        for (int i = 0; p->labels[i] && at < size; i++)
            at += (size_t)snprintf(out + at, size - at, "%s %s", i ? "," : "", p->labels[i]);
    } else {
        snprintf(out, size, "%s%g..%g%s%s", p->type == NP_PARAM_INT ? "a whole number " : "", p->min, p->max, space,
                 p->unit);
    }
}

static bool read_value(const np_param_desc *p, const char *text, double *out_value)
{
    switch (p->type) {
    case NP_PARAM_BOOL:
        return read_bool(text, out_value);
    case NP_PARAM_OPTION:
        return read_option(p, text, out_value);
    case NP_PARAM_INT:
        if (!np_case_number_read(text, true, out_value))
            return false;
        break;
    default:
        if (!np_case_number_read(text, false, out_value))
            return false;
    }
    return *out_value >= p->min && *out_value <= p->max;
}

/* ---- the layer ---- */

static np_status unknown(const char *where, const char *id, const np_strategy_desc *desc, np_error *err)
{
    if (desc->param_count == 0)
        return np_error_set(err, NP_ERR_INVALID, "%s: unknown parameter '%.80s': strategy %s has none", where, id,
                            desc->id);
    const char **names = calloc(desc->param_count, sizeof *names);
    if (!names)
        return np_error_no_memory(err, "parameter names");
    char all[600] = "";
    size_t at = 0;
    for (uint32_t i = 0; i < desc->param_count; i++) {
        names[i] = desc->params[i].id;
        if (at < sizeof all)
            at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = np_suggest_name(id, names, desc->param_count);
    free(names);
    if (near)
        return np_error_set(err, NP_ERR_INVALID, "%s: unknown parameter '%.80s' of strategy %s: did you mean %s?",
                            where, id, desc->id, near);
    return np_error_set(err, NP_ERR_INVALID, "%s: unknown parameter '%.80s' of strategy %s; expected one of %s", where,
                        id, desc->id, all);
}

static const np_case_param *earlier(const np_case_layer *layer, unsigned i)
{
    for (unsigned k = 0; k < i; k++)
        if (strcmp(layer->params[k].id, layer->params[i].id) == 0)
            return &layer->params[k];
    return NULL;
}

np_status field_params_read(const char *case_path, const np_case_layer *layer, const np_strategy_desc *desc,
                            double *out_values, np_error *err)
{
    for (uint32_t k = 0; k < desc->param_count; k++)
        out_values[k] = desc->params[k].default_value;
    for (unsigned i = 0; i < layer->n_params; i++) {
        const np_case_param *given = &layer->params[i];
        char where[400], expected[400];
        snprintf(where, sizeof where, "%.250s:%u: layer %.80s", case_path, given->line, layer->name);
        uint32_t k = 0;
        while (k < desc->param_count && strcmp(desc->params[k].id, given->id) != 0)
            k++;
        if (k == desc->param_count)
            return unknown(where, given->id, desc, err);
        const np_case_param *first = earlier(layer, i);
        if (first)
            return np_error_set(err, NP_ERR_INVALID, "%s: %s is given twice, first in line %u; leave one out", where,
                                given->id, first->line);
        if (!read_value(&desc->params[k], given->value, &out_values[k])) {
            describe_expected(&desc->params[k], expected, sizeof expected);
            return np_error_set(err, NP_ERR_INVALID, "%s: %s: expected %s, found %.80s", where, given->id, expected,
                                given->value[0] ? given->value : "nothing");
        }
    }
    return NP_OK;
}
