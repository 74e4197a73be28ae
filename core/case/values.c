/* `values` of a set of points: read as written, since only the strategy knows which there are and what they may be. */
#include "case/private/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/number.h"

#define IDS_MAX 64u /* of one set, in the case file */

bool case_values_is_id(const char *text)
{
    static const char *const others[] = {"x", "y", "z", "name", "label"};
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(text, others[i]) == 0)
            return false;
    return n > 0 && n <= CASE_VALUES_ID_MAX && text[0] >= 'a' && text[0] <= 'z' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

bool case_values_number(const char *text, double *out_value)
{
    bool yes = strcmp(text, "true") == 0;
    if (yes || strcmp(text, "false") == 0) {
        *out_value = yes;
        return true;
    }
    return np_case_number_read(text, false, out_value) && *out_value <= CASE_VALUES_MAX &&
           *out_value >= -CASE_VALUES_MAX;
}

void case_values_free(np_case_values *values, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        free(values[i].id);
        free(values[i].numbers);
    }
    free(values);
}

static np_status fail(const case_document *document, int node, const char *where, const char *id, const char *text,
                      np_error *err)
{
    return np_error_set(err, NP_ERR_INVALID, "%s:%u: %s: values.%.60s: %s", document->path,
                        case_document_line(document, node), where, id, text);
}

static np_status read_numbers(const case_document *document, int node, const char *where, np_case_values *out,
                              np_error *err)
{
    bool list = case_document_type(document, node) == YAML_SEQUENCE_NODE;
    size_t n = list ? case_document_count(document, node) : 1;
    out->numbers = calloc(n + 1, sizeof *out->numbers);
    if (!out->numbers)
        return np_error_no_memory(err, where);
    for (; out->n < n; out->n++) {
        int item = list ? case_document_item(document, node, out->n) : node;
        const char *text = case_document_scalar(document, item);
        if (!text || !case_values_number(text, &out->numbers[out->n]))
            return fail(document, item ? item : node, where, out->id,
                        "expected a number, or a list with one for each point", err);
    }
    return NP_OK;
}

static np_status read_one(const case_document *document, int mapping, size_t i, const char *where, np_case_shape *shape,
                          np_error *err)
{
    char text[120];
    int key, value = case_document_pair(document, mapping, i, &key);
    const char *id = case_document_scalar(document, key);
    if (!id || !case_values_is_id(id) || case_document_get(document, mapping, id) != value)
        return fail(document, key, where, id ? id : "",
                    "expected each value of the points once, by its id, as in diameter_mm", err);
    for (unsigned k = 0; k < shape->n_values; k++)
        if (strcmp(shape->values[k].id, id) == 0)
            return fail(document, key, where, id, "the file of the points has it, too; keep one of the two", err);
    np_case_values *out = &shape->values[shape->n_values];
    *out = (np_case_values){.id = strdup(id), .line = case_document_line(document, key)};
    if (!out->id)
        return np_error_no_memory(err, where);
    shape->n_values++;
    np_status status = read_numbers(document, value, where, out, err);
    bool list = case_document_type(document, value) == YAML_SEQUENCE_NODE;
    if (status != NP_OK || shape->named || (!list || out->n == shape->points.n))
        return status;
    snprintf(text, sizeof text, "expected one number for all, or a list of %u, one for each point; found %u",
             shape->points.n, out->n);
    return fail(document, value, where, id, text, err);
}

np_status case_values_read(const case_document *document, int node, const char *where, np_case_shape *shape,
                           np_error *err)
{
    if (!node)
        return NP_OK;
    size_t n = case_document_count(document, node);
    if (case_document_type(document, node) != YAML_MAPPING_NODE || n > IDS_MAX)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s:%u: %s: values: expected a mapping of at most %u, such as {diameter_mm: [0.8, 1.1]}",
                            document->path, case_document_line(document, node), where, IDS_MAX);
    np_case_values *all = realloc(shape->values, (shape->n_values + n + 1) * sizeof *all);
    if (!all)
        return np_error_no_memory(err, where);
    shape->values = all;
    np_status status = NP_OK;
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = read_one(document, node, i, where, shape, err);
    return status;
}
