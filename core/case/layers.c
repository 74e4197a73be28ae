/* What of a case's layers no schema knows, since it is for a strategy to say: parameters of any type.  Read here as written, with line numbers; the field room checks it against the strategy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/number.h"
#include "case/private/layers.h"

#define PARAMS_MAX 256u
#define NUMBERS_MAX 65536u /* of one parameter */
#define COLUMNS_MAX 64u

static np_status fail(const case_document *document, int node, const char *what, const char *text, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s:%u: %s: %s", document->path, case_document_line(document, node), what,
                        text);
}

/* Numbers of the list NODE, row after row: [1, 2] is two rows of one, [[1, 2], [3, 4]] two rows of two. */
static np_status read_numbers(const case_document *document, int node, const char *what, np_case_param *param,
                              np_error *err)
{
    size_t rows = case_document_count(document, node), columns = 1;
    int first = case_document_item(document, node, 0);
    bool nested = case_document_type(document, first) == YAML_SEQUENCE_NODE;
    if (nested)
        columns = case_document_count(document, first);
    if (rows == 0 || columns == 0 || columns > COLUMNS_MAX || rows * columns > NUMBERS_MAX)
        return fail(document, node, what, "expected a list of 1 to 65536 numbers, or of rows of at most 64 each", err);
    param->numbers = calloc(rows * columns, sizeof *param->numbers);
    if (!param->numbers)
        return np_error_no_memory(err, what);
    param->rows = (unsigned)rows;
    param->columns = (unsigned)columns;
    for (size_t i = 0; i < rows; i++) {
        int row = case_document_item(document, node, i);
        if (nested &&
            (case_document_type(document, row) != YAML_SEQUENCE_NODE || case_document_count(document, row) != columns))
            return fail(document, row, what, "expected rows of as many numbers as the first one has", err);
        for (size_t k = 0; k < columns; k++) {
            int cell = nested ? case_document_item(document, row, k) : row;
            const char *text = case_document_scalar(document, cell);
            if (!text || !np_case_number_read(text, false, &param->numbers[i * columns + k]))
                return fail(document, row, what, "expected a number in each place", err);
        }
    }
    return NP_OK;
}

static np_status read_param(const case_document *document, int mapping, size_t i, np_case_layer *layer, np_error *err)
{
    int key, value = case_document_pair(document, mapping, i, &key);
    const char *id = case_document_scalar(document, key), *text = case_document_scalar(document, value);
    bool list = case_document_type(document, value) == YAML_SEQUENCE_NODE;
    unsigned line = case_document_line(document, key);
    if (!id || !*id || (!text && !list) || case_document_is_null(document, value))
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s:%u: layer '%s': params.%.60s: expected a number, a word or a list of numbers",
                            document->path, line, layer->name, id ? id : "");
    if (case_document_get(document, mapping, id) != value)
        return np_error_set(err, NP_ERR_FORMAT, "%s:%u: layer '%s': params: '%.60s' is there twice; keep one",
                            document->path, line, layer->name, id);
    np_case_param *param = &layer->params[layer->n_params++];
    *param = (np_case_param){.id = strdup(id), .value = text ? strdup(text) : NULL, .line = line};
    if (!param->id || (text && !param->value))
        return np_error_no_memory(err, "a layer's parameters");
    if (!list)
        return NP_OK;
    char what[200];
    snprintf(what, sizeof what, "layer '%.80s': params.%.60s", layer->name, id);
    return read_numbers(document, value, what, param, err);
}

static np_status read_params(const case_document *document, int node, np_case_layer *layer, np_error *err)
{
    if (!node || case_document_is_null(document, node))
        return NP_OK;
    unsigned line = case_document_line(document, node);
    if (case_document_type(document, node) != YAML_MAPPING_NODE)
        return np_error_set(err, NP_ERR_FORMAT, "%s:%u: layer '%s': params: expected a mapping (name: value)",
                            document->path, line, layer->name);
    size_t n = case_document_count(document, node);
    if (n > PARAMS_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s:%u: layer '%s': params: %zu are too many; at most %u are read",
                            document->path, line, layer->name, n, PARAMS_MAX);
    if (n && !(layer->params = calloc(n, sizeof *layer->params)))
        return np_error_no_memory(err, "a layer's parameters");
    np_status status = NP_OK;
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = read_param(document, node, i, layer, err);
    return status;
}

np_status case_layers_read(const case_document *document, np_case *c, np_error *err)
{
    int list = case_document_get(document, 1, "layers");
    np_status status = NP_OK;
    for (unsigned i = 0; i < c->n_layers && status == NP_OK; i++) {
        int node = case_document_item(document, list, i);
        c->layers[i].line = case_document_line(document, node);
        status = read_params(document, case_document_get(document, node, "params"), &c->layers[i], err);
    }
    return status;
}

void case_layers_free(np_case_layer *layers, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        np_case_layer *layer = &layers[i];
        free(layer->name);
        free(layer->strategy);
        free(layer->region);
        free(layer->curve);
        free(layer->points);
        for (unsigned k = 0; k < layer->n_params; k++) {
            free(layer->params[k].id);
            free(layer->params[k].value);
            free(layer->params[k].numbers);
        }
        free(layer->params);
    }
    free(layers);
}
