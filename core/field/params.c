/* A layer's parameters, all of them: each one that the case gives is found in the strategy's table and read by its type; what it does
 * not give stands at its default.  They are checked here, in the planner and before any helper starts, so that an error names the line
 * of the case and not a plugin.  Files are opened here too: a plugin gets their bytes and never a path. */
#include "field/private/params.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "base/suggest.h"
#include "case/number.h"

typedef struct reading {
    const char *case_path;
    const np_case_layer *layer;
    const np_strategy_desc *desc;
    field_params *out;
    size_t file_bytes; /* of all files */
    np_error *err;
    char where[400]; /* file, line and layer */
} reading;

/* ---- numbers ---- */

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

static void expect_list(const np_param_desc *p, char *out, size_t size)
{
    char columns[300] = "";
    const char *space = p->unit[0] ? " " : "";
    if (p->type == NP_PARAM_CURVE) {
        snprintf(out, size, "a list of up to %u knots [x, y], x rising in %g..%g%s%s, y in %g..%g%s%s", NP_MAX_KNOTS,
                 p->x_min, p->x_max, p->x_unit[0] ? " " : "", p->x_unit, p->min, p->max, space, p->unit);
        return;
    }
    np_suggest_list(columns, sizeof columns, p->labels, field_param_columns(p));
    snprintf(out, size, "a list of up to %u rows [%s] of numbers in %g..%g%s%s", NP_MAX_ROWS, columns, p->min, p->max,
             space, p->unit);
}

void field_param_expected(const np_param_desc *p, char *out, size_t size)
{
    const char *space = p->unit[0] ? " " : "";
    char labels[300] = "";
    size_t n = 0;
    while (p->type == NP_PARAM_OPTION && p->labels[n])
        n++;
    if (n > 0)
        np_suggest_list(labels, sizeof labels, p->labels, n);
    if (p->type == NP_PARAM_BOOL)
        snprintf(out, size, "true or false");
    else if (p->type == NP_PARAM_OPTION)
        snprintf(out, size, "one of %s", labels);
    else if (p->type == NP_PARAM_TEXT)
        snprintf(out, size, "one line of %g to %g bytes", p->min, p->max);
    else if (p->type == NP_PARAM_FILE)
        snprintf(out, size, "the path of a file of %g to %g bytes", p->min, p->max);
    else if (p->type == NP_PARAM_CURVE || p->type == NP_PARAM_TABLE)
        expect_list(p, out, size);
    else
        snprintf(out, size, "%s%g..%g%s%s", p->type == NP_PARAM_INT ? "a whole number " : "", p->min, p->max, space,
                 p->unit);
}

static bool read_number(const np_param_desc *p, const char *text, double *out_value)
{
    if (p->type == NP_PARAM_BOOL)
        return read_bool(text, out_value);
    if (p->type == NP_PARAM_OPTION)
        return read_option(p, text, out_value);
    return np_case_number_read(text, p->type == NP_PARAM_INT, out_value) && *out_value >= p->min &&
           *out_value <= p->max;
}

/* ---- values that are no numbers ---- */

uint32_t field_param_columns(const np_param_desc *p)
{
    uint32_t n = 0;
    if (p->type == NP_PARAM_CURVE)
        return 2;
    while (p->type == NP_PARAM_TABLE && p->labels && p->labels[n])
        n++;
    return n;
}

static bool is_good_row(const np_param_desc *p, const double *data, uint32_t i, uint32_t columns)
{
    const double *row = data + (size_t)i * columns;
    uint32_t first = 0;
    if (p->type == NP_PARAM_CURVE) {
        if (!(row[0] >= p->x_min && row[0] <= p->x_max) || (i > 0 && !(row[0] > row[-2])))
            return false;
        first = 1;
    }
    for (uint32_t k = first; k < columns; k++)
        if (!(row[k] >= p->min && row[k] <= p->max))
            return false;
    return true;
}

uint32_t field_param_bad_row(const np_param_desc *p, const double *data, uint32_t n)
{
    uint32_t columns = field_param_columns(p), most = p->type == NP_PARAM_CURVE ? NP_MAX_KNOTS : NP_MAX_ROWS;
    for (uint32_t i = 0; i < n; i++)
        if (i >= most || !is_good_row(p, data, i, columns))
            return i + 1;
    return 0;
}

static np_status set_bytes(field_param_value *value, const char *bytes, size_t n, np_error *err)
{
    uint8_t *copy = malloc(n + 1);
    if (!copy)
        return np_error_no_memory(err, "a parameter");
    memcpy(copy, bytes, n);
    copy[n] = 0;
    free(value->bytes);
    value->bytes = copy;
    value->count = (uint32_t)n;
    return NP_OK;
}

static np_status set_data(field_param_value *value, const double *data, uint32_t rows, uint32_t columns, np_error *err)
{
    size_t n = (size_t)rows * columns;
    double *copy = malloc((n + 1) * sizeof *copy);
    if (!copy)
        return np_error_no_memory(err, "a parameter");
    if (n > 0)
        memcpy(copy, data, n * sizeof *copy);
    free(value->data);
    value->data = copy;
    value->count = rows;
    value->columns = columns;
    return NP_OK;
}

static np_status set_default(const np_param_desc *p, double *number, field_param_value *value, np_error *err)
{
    *number = p->type <= NP_PARAM_OPTION ? p->default_value : 0;
    if (p->type == NP_PARAM_TEXT && p->default_text)
        return set_bytes(value, p->default_text, strlen(p->default_text), err);
    if (p->type == NP_PARAM_CURVE || p->type == NP_PARAM_TABLE)
        return set_data(value, p->default_data, p->default_count, field_param_columns(p), err);
    return NP_OK;
}

static np_status unexpected(reading *r, const np_param_desc *p, const np_case_param *given, const char *found)
{
    char expected[600];
    field_param_expected(p, expected, sizeof expected);
    return np_error_set(r->err, NP_ERR_INVALID, "%s: %s: expected %s, found %.80s", r->where, given->id, expected,
                        found[0] ? found : "nothing");
}

static np_status read_text(reading *r, const np_param_desc *p, const np_case_param *given, field_param_value *value)
{
    size_t n = strlen(given->value);
    if ((double)n < p->min || (double)n > p->max || !np_plain_is(given->value))
        return unexpected(r, p, given, given->value);
    return set_bytes(value, given->value, n, r->err);
}

np_status field_files_add(char **files, const char *sha256, const char *name, const char *what, np_error *err)
{
    char plain[1000], *longer;
    if (asprintf(&longer, "%s%s  %s\n", *files, sha256, np_plain_copy(name, plain, sizeof plain)) < 0)
        return np_error_no_memory(err, what);
    free(*files);
    *files = longer;
    return NP_OK;
}

/* The file's line for the plan. */
static np_status note_file(reading *r, const char *name, const char *bytes, size_t n)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_hash_sha256(hash, (const unsigned char *)bytes, n);
    np_hex_write(hash, sizeof hash, hex);
    return field_files_add(&r->out->files, hex, name, "a parameter", r->err);
}

static np_status read_file(reading *r, const np_param_desc *p, const np_case_param *given, field_param_value *value)
{
    char *bytes = NULL, *path, found[40];
    size_t n = 0;
    if (!given->value[0])
        return unexpected(r, p, given, "");
    path = np_file_beside(r->case_path, given->value);
    if (!path)
        return np_error_no_memory(r->err, "a parameter");
    np_status status = np_file_read(path, NP_MAX_FILE_BYTES - r->file_bytes, &bytes, &n, r->err);
    snprintf(found, sizeof found, "one of %zu bytes", n);
    if (status != NP_OK)
        np_error_prefix(r->err, status, "%s: %s", r->where, given->id);
    else if ((double)n < p->min || (double)n > p->max)
        status = unexpected(r, p, given, found);
    if (status == NP_OK)
        status = set_bytes(value, bytes, n, r->err);
    if (status == NP_OK)
        status = note_file(r, given->value, bytes, n);
    r->file_bytes += n;
    free(bytes);
    free(path);
    return status;
}

static np_status read_list(reading *r, const np_param_desc *p, const np_case_param *given, field_param_value *value)
{
    char found[80];
    uint32_t columns = field_param_columns(p);
    snprintf(found, sizeof found, "%u rows of %u", given->rows, given->columns);
    if (given->columns != columns)
        return unexpected(r, p, given, found);
    uint32_t bad = field_param_bad_row(p, given->numbers, given->rows);
    if (bad) {
        snprintf(found, sizeof found, "row %u, which begins with %g", bad, given->numbers[(size_t)(bad - 1) * columns]);
        return unexpected(r, p, given, found);
    }
    return set_data(value, given->numbers, given->rows, columns, r->err);
}

static np_status read_value(reading *r, uint32_t k, const np_case_param *given)
{
    const np_param_desc *p = &r->desc->params[k];
    bool list = p->type == NP_PARAM_CURVE || p->type == NP_PARAM_TABLE;
    if (list != (given->value == NULL))
        return unexpected(r, p, given, list ? given->value : "a list");
    if (list)
        return read_list(r, p, given, &r->out->values[k]);
    if (p->type == NP_PARAM_TEXT)
        return read_text(r, p, given, &r->out->values[k]);
    if (p->type == NP_PARAM_FILE)
        return read_file(r, p, given, &r->out->values[k]);
    if (read_number(p, given->value, &r->out->numbers[k]))
        return NP_OK;
    return unexpected(r, p, given, given->value);
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

static np_status read_given(reading *r, unsigned i, bool *given)
{
    const np_case_param *param = &r->layer->params[i];
    snprintf(r->where, sizeof r->where, "%.250s:%u: layer %.80s", r->case_path, param->line, r->layer->name);
    uint32_t k = 0;
    while (k < r->desc->param_count && strcmp(r->desc->params[k].id, param->id) != 0)
        k++;
    if (k == r->desc->param_count)
        return unknown(r->where, param->id, r->desc, r->err);
    const np_case_param *first = earlier(r->layer, i);
    if (first)
        return np_error_set(r->err, NP_ERR_INVALID, "%s: %s is given twice, first in line %u; leave one out", r->where,
                            param->id, first->line);
    given[k] = true;
    return read_value(r, k, param);
}

static np_status check_required(const reading *r, const bool *given)
{
    for (uint32_t k = 0; k < r->desc->param_count; k++) {
        const np_param_desc *p = &r->desc->params[k];
        char expected[600];
        if (given[k] || !(p->flags & NP_PARAM_REQUIRED))
            continue;
        field_param_expected(p, expected, sizeof expected);
        return np_error_set(r->err, NP_ERR_INVALID,
                            "%.250s:%u: layer %.80s: strategy %s needs the parameter %s; add it to params: expected %s",
                            r->case_path, r->layer->line, r->layer->name, r->desc->id, p->id, expected);
    }
    return NP_OK;
}

np_status field_params_init(const char *case_path, const np_case_layer *layer, const np_strategy_desc *desc,
                            field_params *out, np_error *err)
{
    reading r = {.case_path = case_path, .layer = layer, .desc = desc, .out = out, .err = err};
    *out = (field_params){.n = desc->param_count, .files = strdup("")};
    out->numbers = calloc(desc->param_count + 1, sizeof *out->numbers);
    out->values = calloc(desc->param_count + 1, sizeof *out->values);
    bool *given = calloc(desc->param_count + 1, sizeof *given);
    np_status status =
        out->numbers && out->values && out->files && given ? NP_OK : np_error_no_memory(err, "parameters");
    for (uint32_t k = 0; status == NP_OK && k < desc->param_count; k++)
        status = set_default(&desc->params[k], &out->numbers[k], &out->values[k], err);
    for (unsigned i = 0; status == NP_OK && i < layer->n_params; i++)
        status = read_given(&r, i, given);
    if (status == NP_OK)
        status = check_required(&r, given);
    free(given);
    if (status != NP_OK)
        field_params_fini(out);
    return status;
}

void field_params_fini(field_params *params)
{
    for (uint32_t k = 0; params->values && k < params->n; k++) {
        free(params->values[k].bytes);
        free(params->values[k].data);
    }
    free(params->numbers);
    free(params->values);
    free(params->files);
    *params = (field_params){0};
}
