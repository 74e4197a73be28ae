/* Descriptors are data from a stranger's process: first every field is copied into storage of ours, cut short nowhere,
 * then all of them are checked, and only a strategy that passes is seen by anybody else. */
#include "field/private/descriptor.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "field/private/params.h"

#define MAX_ID 40u
#define MAX_TEXT 4000u /* of help and summary */
#define MAX_WORD 200u  /* of every other text */
#define ALL_CHANNELS                                                                                                   \
    (NP_CHANNEL_HAIR_FLOW | NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_CURVE | NP_CHANNEL_POINTS | NP_CHANNEL_ZONE |      \
     NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT | NP_CHANNEL_HISTORY | NP_CHANNEL_ZONE_WEIGHTS)

/* ---- reading ---- */

static bool read_labels(np_message *m, np_param_desc *p)
{
    uint32_t n = np_message_get_u32(m);
    if (n == 0)
        return true;
    if (n > NP_MAX_LABELS)
        return false;
    const char **labels = calloc(n + 1, sizeof *labels);
    p->labels = labels;
    for (uint32_t i = 0; labels && i < n; i++) {
        labels[i] = np_message_get_text(m);
        if (!labels[i])
            return false;
    }
    return labels != NULL;
}

static bool read_param(np_message *m, np_param_desc *p)
{
    p->id = np_message_get_text(m);
    p->name = np_message_get_text(m);
    p->group = np_message_get_text(m);
    p->help = np_message_get_text(m);
    p->unit = np_message_get_text(m);
    p->default_text = np_message_get_text(m);
    p->x_unit = np_message_get_text(m);
    p->type = (int32_t)np_message_get_u32(m);
    p->min = np_message_get_f64(m);
    p->max = np_message_get_f64(m);
    p->default_value = np_message_get_f64(m);
    p->x_min = np_message_get_f64(m);
    p->x_max = np_message_get_f64(m);
    p->flags = np_message_get_u32(m);
    if (!read_labels(m, p))
        return false;
    p->default_count = np_message_get_u32(m);
    uint32_t columns = field_param_columns(p);
    if (p->default_count > NP_MAX_ROWS || (p->default_count > 0 && columns == 0))
        return false;
    p->default_data = np_message_get_array(m, p->default_count, columns * sizeof(double));
    return !m->failed;
}

/* What each point of the slot has beside its place. */
static bool read_values(np_message *m, np_input_desc *in)
{
    uint32_t n = np_message_get_u32(m);
    if (m->failed || n > NP_MAX_POINT_VALUES)
        return false;
    np_param_desc *values = n > 0 ? calloc(n, sizeof *values) : NULL;
    in->values = values;
    while (values && in->value_count < n)
        if (!read_param(m, &values[in->value_count++]))
            return false;
    return n == 0 || values;
}

static bool read_inputs(np_message *m, np_strategy_desc *d)
{
    uint32_t n = np_message_get_u32(m);
    np_input_desc *inputs = n <= NP_MAX_INPUTS ? calloc(n + 1, sizeof *inputs) : NULL;
    d->inputs = inputs;
    for (; inputs && d->input_count < n; d->input_count++) {
        np_input_desc *in = &inputs[d->input_count];
        in->id = np_message_get_text(m);
        in->name = np_message_get_text(m);
        in->help = np_message_get_text(m);
        in->kind = (int32_t)np_message_get_u32(m);
        in->flags = np_message_get_u32(m);
        in->min_count = np_message_get_u32(m);
        in->max_count = np_message_get_u32(m);
        if (!read_values(m, in)) {
            d->input_count++; /* what was read of it is freed with the rest */
            return false;
        }
    }
    return inputs && !m->failed;
}

static bool read_strategy(np_message *m, np_strategy_info *info)
{
    np_strategy_desc *d = &info->desc;
    d->struct_size = sizeof *d;
    d->id = np_message_get_text(m);
    d->name = np_message_get_text(m);
    d->version = np_message_get_text(m);
    d->licence = np_message_get_text(m);
    d->summary = np_message_get_text(m);
    if (!read_inputs(m, d))
        return false;
    d->channels = np_message_get_u64(m);
    info->has_layout = np_message_get_u32(m) != 0;
    info->has_paint = np_message_get_u32(m) != 0;
    uint32_t n = np_message_get_u32(m);
    if (m->failed || n > NP_MAX_PARAMS)
        return false;
    np_param_desc *params = calloc(n ? n : 1, sizeof *params);
    d->params = params;
    for (; params && d->param_count < n; d->param_count++)
        if (!read_param(m, &params[d->param_count])) {
            d->param_count++; /* what was read of it is freed with the rest */
            return false;
        }
    return params && !m->failed;
}

static void param_fini(const np_param_desc *p)
{
    const char *texts[] = {p->id, p->name, p->group, p->help, p->unit, p->default_text, p->x_unit};
    free((void *)p->default_data);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)texts[i]);
    for (size_t i = 0; p->labels && p->labels[i]; i++)
        free((void *)p->labels[i]);
    free((void *)p->labels);
}

void field_strategy_info_fini(np_strategy_info *info)
{
    np_strategy_desc *d = &info->desc;
    const char *texts[] = {d->id, d->name, d->version, d->licence, d->summary};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)texts[i]);
    for (uint32_t i = 0; i < d->param_count; i++)
        param_fini(&d->params[i]);
    free((void *)d->params);
    for (uint32_t i = 0; i < d->input_count; i++) {
        free((void *)d->inputs[i].id);
        free((void *)d->inputs[i].name);
        free((void *)d->inputs[i].help);
        for (uint32_t k = 0; k < d->inputs[i].value_count; k++)
            param_fini(&d->inputs[i].values[k]);
        free((void *)d->inputs[i].values);
    }
    free((void *)d->inputs);
    free(info->plugin_path);
    free(info->folder);
    *info = (np_strategy_info){0};
}

/* ---- judging ---- */

/* Ids are keys of a YAML file and parts of file names: a lower-case letter, then letters, digits,
 * underscores. */
static bool good_id(const char *id)
{
    size_t n = strlen(id);
    if (n == 0 || n > MAX_ID || id[0] < 'a' || id[0] > 'z')
        return false;
    return strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* One line that can be shown as it is.  SIZE is one above the most bytes it may have. */
static np_status check_text(const char *owner, const char *field, const char *text, bool may_be_empty, size_t size,
                            np_error *err)
{
    if (!text)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its %s is NULL", owner, field);
    if (!may_be_empty && !text[0])
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its %s is empty", owner, field);
    if (strlen(text) >= size)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its %s has %zu bytes or more", owner, field, size);
    if (!np_plain_is(text))
        return np_error_set(err, NP_ERR_PLUGIN,
                            "%s: its %s is '%.100s'; expected one line of UTF-8 without control characters", owner,
                            field, text);
    return NP_OK;
}

static np_status check_id(const char *owner, const char *id, np_error *err)
{
    np_status status = check_text(owner, "id", id, false, MAX_WORD, err);
    if (status == NP_OK && !good_id(id))
        status = np_error_set(
            err, NP_ERR_PLUGIN,
            "%s: its id '%.60s' is not well-formed: expected a lower-case letter, then at most %u lower-case "
            "letters, digits and underscores",
            owner, id, MAX_ID - 1);
    return status;
}

typedef struct unit_suffix {
    const char *unit, *suffix;
} unit_suffix;

static const unit_suffix units[] = {
    {"mm", "_mm"},   {"um", "_um"}, {"mm2", "_mm2"}, {"cm2", "_cm2"},   {"dots/cm2", "_per_cm2"}, {"deg", "_deg"},
    {"rad", "_rad"}, {"ms", "_ms"}, {"s", "_s"},     {"days", "_days"}, {"percent", "_percent"},  {"px", "_px"},
};
#define N_UNITS (sizeof units / sizeof *units)

static const unit_suffix *find_unit(const char *unit)
{
    for (size_t i = 0; i < N_UNITS; i++)
        if (strcmp(units[i].unit, unit) == 0)
            return &units[i];
    return NULL;
}

/* What the end of ID says of its unit: the longest suffix that fits. */
static const unit_suffix *unit_of_id(const char *id)
{
    const unit_suffix *found = NULL;
    size_t n = strlen(id);
    for (size_t i = 0; i < N_UNITS; i++) {
        size_t k = strlen(units[i].suffix);
        if (k < n && strcmp(id + n - k, units[i].suffix) == 0 && (!found || k > strlen(found->suffix)))
            found = &units[i];
    }
    return found;
}

static np_status check_unit(const char *owner, const np_param_desc *p, np_error *err)
{
    const unit_suffix *said = unit_of_id(p->id), *is = find_unit(p->unit);
    if (p->unit[0] && !is)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its unit is '%.60s', which is none of plugin.h's list", owner,
                            p->unit);
    if (said != is)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its unit is '%s', so its id must %s %s", owner, p->unit,
                            is ? "end with" : "not end with", is ? is->suffix : said->suffix);
    if (p->type == NP_PARAM_CURVE && (!p->x_unit || (p->x_unit[0] && !find_unit(p->x_unit))))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its x_unit is '%.60s', which is none of plugin.h's list", owner,
                            p->x_unit ? p->x_unit : "NULL");
    return NP_OK;
}

static bool is_number(const np_param_desc *p)
{
    return p->type <= NP_PARAM_OPTION;
}

static np_status check_range(const char *owner, const np_param_desc *p, np_error *err)
{
    bool bytes = p->type == NP_PARAM_TEXT || p->type == NP_PARAM_FILE;
    double most = p->type == NP_PARAM_TEXT ? NP_MAX_TEXT_BYTES : NP_MAX_FILE_BYTES;
    if (!isfinite(p->min) || !isfinite(p->max) || p->min > p->max)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its range is %g..%g; min must not be above max", owner, p->min,
                            p->max);
    if (bytes && (p->min < 0 || p->max > most))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: it has %g..%g bytes; at most %g are possible", owner, p->min,
                            p->max, most);
    if (is_number(p) && !(p->flags & NP_PARAM_REQUIRED) && !(p->default_value >= p->min && p->default_value <= p->max))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its default %g is outside %g..%g", owner, p->default_value, p->min,
                            p->max);
    bool whole = is_number(p) && p->type != NP_PARAM_FLOAT;
    if (whole && (p->default_value != floor(p->default_value) || p->min != floor(p->min) || p->max != floor(p->max)))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its min, max and default must be whole numbers", owner);
    if (p->type == NP_PARAM_BOOL && (p->min != 0 || p->max != 1))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its range is %g..%g; a boolean has 0..1", owner, p->min, p->max);
    return NP_OK;
}

static np_status check_labels(const char *owner, const np_param_desc *p, np_error *err)
{
    size_t n = 0;
    while (p->labels && p->labels[n])
        n++;
    if (p->type == NP_PARAM_TABLE && n == 0)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: it has no labels; a table has one for each column", owner);
    if (p->type != NP_PARAM_OPTION && p->type != NP_PARAM_TABLE)
        return NP_OK;
    if (p->type == NP_PARAM_OPTION && (n == 0 || p->min != 0 || p->max != (double)(n - 1)))
        return np_error_set(err, NP_ERR_PLUGIN,
                            "%s: it has %zu labels and the range %g..%g; an option has labels for 0 to its max", owner,
                            n, p->min, p->max);
    for (size_t i = 0; i < n; i++) {
        np_status status = check_text(owner, "label", p->labels[i], false, MAX_WORD, err);
        if (status != NP_OK)
            return status;
        for (size_t k = 0; k < i; k++)
            if (strcmp(p->labels[i], p->labels[k]) == 0)
                return np_error_set(err, NP_ERR_PLUGIN, "%s: the label '%.60s' is there twice", owner, p->labels[i]);
    }
    return NP_OK;
}

/* The default of a TEXT, CURVE or TABLE, and whether there may be none.  OF_POINT: it is a value of points. */
static np_status check_default(const char *owner, const np_param_desc *p, bool of_point, np_error *err)
{
    bool required = p->flags & NP_PARAM_REQUIRED, list = p->type == NP_PARAM_CURVE || p->type == NP_PARAM_TABLE;
    if (p->flags & ~NP_PARAM_REQUIRED || (required && is_number(p) && !of_point))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: it has the flags 0x%x, which are not for it", owner, p->flags);
    if (p->type == NP_PARAM_TEXT && required == (p->default_text != NULL))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its default_text must be %s", owner,
                            required ? "NULL, since it is required" : "there");
    if (p->type == NP_PARAM_TEXT && !required)
        return check_text(owner, "default_text", p->default_text, p->min == 0, (size_t)p->max + 1, err);
    if (p->type == NP_PARAM_CURVE && required == (p->default_count > 0))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its default must have %s", owner,
                            required ? "no knots, since it is required" : "1 to 256 knots");
    if (p->type == NP_PARAM_CURVE && !(isfinite(p->x_min) && isfinite(p->x_max) && p->x_min < p->x_max))
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its x runs over %g..%g; x_min must be below x_max", owner,
                            p->x_min, p->x_max);
    uint32_t bad = list ? field_param_bad_row(p, p->default_data, p->default_count) : 0;
    if (bad)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: row %u of its default is not what it allows itself", owner, bad);
    return NP_OK;
}

/* WHAT: "parameter", or "value" of points, which is required by a flag that parameters of its types do not have. */
static np_status check_param(const char *of, const char *what, const np_param_desc *params, uint32_t i, np_error *err)
{
    const np_param_desc *p = &params[i];
    char owner[200];
    snprintf(owner, sizeof owner, "%s, %s %u", of, what, i);
    np_status status = check_id(owner, p->id, err);
    if (status != NP_OK)
        return status;
    snprintf(owner, sizeof owner, "%s, %s %s", of, what, p->id);
    if (p->type < NP_PARAM_FLOAT || p->type > NP_PARAM_TABLE)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its type is %d; expected an NP_PARAM_ value", owner, p->type);
    status = check_text(owner, "name", p->name, false, MAX_WORD, err);
    if (status == NP_OK)
        status = check_text(owner, "group", p->group, true, MAX_WORD, err);
    if (status == NP_OK)
        status = check_text(owner, "help", p->help, false, MAX_TEXT, err);
    if (status == NP_OK)
        status = check_text(owner, "unit", p->unit, true, MAX_WORD, err);
    if (status == NP_OK)
        status = check_unit(owner, p, err);
    if (status == NP_OK)
        status = check_range(owner, p, err);
    if (status == NP_OK)
        status = check_labels(owner, p, err);
    if (status == NP_OK)
        status = check_default(owner, p, strcmp(what, "value") == 0, err);
    for (uint32_t k = 0; status == NP_OK && k < i; k++)
        if (strcmp(params[k].id, p->id) == 0)
            status = np_error_set(err, NP_ERR_PLUGIN, "%s: it is there twice", owner);
    return status;
}

static np_status check_value(const char *of, const np_input_desc *in, uint32_t i, np_error *err)
{
    static const char *const places[] = {"x", "y", "z", "name", "label"}; /* columns of lists of points */
    const np_param_desc *v = &in->values[i];
    np_status status = check_param(of, "value", in->values, i, err);
    if (status != NP_OK)
        return status;
    if (in->kind != NP_INPUT_POINTS || v->type > NP_PARAM_BOOL || v->group[0])
        return np_error_set(
            err, NP_ERR_PLUGIN,
            "%s, value %s: its type is %d, its group '%.60s'; expected points, which have values of the "
            "types FLOAT, INT and BOOL without a group",
            of, v->id, v->type, v->group);
    for (size_t k = 0; k < sizeof places / sizeof *places; k++)
        if (strcmp(v->id, places[k]) == 0)
            return np_error_set(err, NP_ERR_PLUGIN, "%s, value %s: in lists of points that is another column", of,
                                v->id);
    return NP_OK;
}

static np_status check_input(const np_strategy_desc *d, uint32_t i, uint32_t *sums, np_error *err)
{
    static const uint32_t most[] = {0, NP_MAX_REGIONS, NP_MAX_CURVES, NP_MAX_POINT_SETS};
    const np_input_desc *in = &d->inputs[i];
    char owner[160];
    snprintf(owner, sizeof owner, "strategy %s, input %u", d->id, i);
    np_status status = check_id(owner, in->id, err);
    if (status != NP_OK)
        return status;
    snprintf(owner, sizeof owner, "strategy %s, input %s", d->id, in->id);
    status = check_text(owner, "name", in->name, false, MAX_WORD, err);
    if (status == NP_OK)
        status = check_text(owner, "help", in->help, false, MAX_TEXT, err);
    if (status != NP_OK)
        return status;
    if (in->kind < NP_INPUT_REGION || in->kind > NP_INPUT_POINTS || in->flags)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: its kind is %d, its flags 0x%x; expected an NP_INPUT_ value and 0",
                            owner, in->kind, in->flags);
    if (in->max_count == 0 || in->min_count > in->max_count || in->max_count > most[in->kind] - sums[in->kind])
        return np_error_set(err, NP_ERR_PLUGIN,
                            "%s: it takes %u to %u; expected counts in order, and at most %u of its kind in all slots",
                            owner, in->min_count, in->max_count, most[in->kind]);
    sums[in->kind] += in->max_count;
    for (uint32_t k = 0; k < in->value_count; k++)
        if ((status = check_value(owner, in, k, err)) != NP_OK)
            return status;
    for (uint32_t k = 0; k < i; k++)
        if (strcmp(d->inputs[k].id, in->id) == 0)
            return np_error_set(err, NP_ERR_PLUGIN, "%s: it is there twice", owner);
    return NP_OK;
}

static np_status check_inputs(const char *owner, const np_strategy_desc *d, np_error *err)
{
    uint32_t sums[4] = {0};
    if (d->input_count == 0)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: it takes no region, no curve and no points", owner);
    for (uint32_t i = 0; i < d->input_count; i++) {
        np_status status = check_input(d, i, sums, err);
        if (status != NP_OK)
            return status;
    }
    if (d->channels & ~ALL_CHANNELS)
        return np_error_set(err, NP_ERR_PLUGIN, "%s: it reads channels 0x%" PRIx64 " that ABI %d.%d does not have",
                            owner, d->channels & ~ALL_CHANNELS, NP_PLUGIN_ABI_MAJOR, NP_PLUGIN_ABI_MINOR);
    return NP_OK;
}

static np_status check_strategy(const np_strategy_info *infos, size_t i, np_error *err)
{
    const np_strategy_info *info = &infos[i];
    const np_strategy_desc *d = &info->desc;
    char owner[96];
    snprintf(owner, sizeof owner, "strategy %zu", i);
    np_status status = check_id(owner, d->id, err);
    if (status != NP_OK)
        return status;
    snprintf(owner, sizeof owner, "strategy %s", d->id);
    const char *names[] = {"name", "version", "licence", "summary"};
    const char *texts[] = {d->name, d->version, d->licence, d->summary};
    for (size_t k = 0; status == NP_OK && k < 4; k++)
        status = check_text(owner, names[k], texts[k], false, k == 3 ? MAX_TEXT : MAX_WORD, err);
    if (status == NP_OK && !info->has_paint)
        status = np_error_set(err, NP_ERR_PLUGIN, "%s: its paint is NULL", owner);
    if (status == NP_OK)
        status = check_inputs(owner, d, err);
    for (uint32_t k = 0; status == NP_OK && k < d->param_count; k++)
        status = check_param(owner, "parameter", d->params, k, err);
    for (size_t k = 0; status == NP_OK && k < i; k++)
        if (strcmp(infos[k].desc.id, d->id) == 0)
            status = np_error_set(err, NP_ERR_PLUGIN, "%s: it is there twice", owner);
    return status;
}

np_status field_descriptor_read(np_message *answer, const char *plugin_path, np_strategy_info **out_infos,
                                size_t *out_n, np_error *err)
{
    *out_infos = NULL;
    *out_n = 0;
    np_status status = NP_OK;
    uint32_t n = np_message_get_u32(answer), have = 0;
    if (answer->failed || n == 0 || n > NP_MAX_STRATEGIES)
        return np_error_set(err, NP_ERR_PLUGIN, "its description cannot be read");
    np_strategy_info *infos = calloc(n, sizeof *infos);
    if (!infos)
        return np_error_no_memory(err, "strategy descriptors");
    for (; status == NP_OK && have < n; have++) {
        infos[have].plugin_path = strdup(plugin_path);
        infos[have].print = np_message_print(answer, answer->size);
        if (!infos[have].plugin_path)
            status = np_error_no_memory(err, "strategy descriptors");
        else if (!read_strategy(answer, &infos[have]))
            status = np_error_set(err, NP_ERR_PLUGIN, "the description of its strategy %u cannot be read", have);
    }
    if (status == NP_OK && answer->at != answer->size)
        status = np_error_set(err, NP_ERR_PLUGIN, "there is more in its description than it has strategies");
    for (size_t i = 0; status == NP_OK && i < n; i++)
        status = check_strategy(infos, i, err);
    if (status == NP_OK) {
        *out_infos = infos;
        *out_n = n;
        return NP_OK;
    }
    for (uint32_t i = 0; i < have; i++)
        field_strategy_info_fini(&infos[i]);
    free(infos);
    return status;
}
