/* What of a case's layers no schema knows, since it is for a strategy to say: parameters of any type and named inputs.  Read here as written, with line numbers; the field room checks it against the strategy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/number.h"
#include "case/private/layers.h"
#include "case/private/paint.h"
#include "case/private/shapes.h"

#define PARAMS_MAX 256u
#define NUMBERS_MAX 65536u /* of one parameter */
#define COLUMNS_MAX 64u
#define INPUTS_MAX 32u /* of a layer */

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

/* ---- inputs ---- */

static np_status add_input(const case_document *document, np_case_layer *layer, const char *slot, const char *name,
                           int node, np_error *err)
{
    char what[200];
    snprintf(what, sizeof what, "layer '%.80s': inputs.%.60s", layer->name, slot);
    if (!name || !*name)
        return fail(document, node, what, "expected the name of a region, a curve or points, or a list of such names",
                    err);
    if (layer->n_inputs == INPUTS_MAX)
        return fail(document, node, what, "more than 32 inputs for one layer", err);
    np_case_input *input = &layer->inputs[layer->n_inputs++];
    *input = (np_case_input){strdup(slot), strdup(name), case_document_line(document, node)};
    return input->slot && input->name ? NP_OK : np_error_no_memory(err, "a layer's inputs");
}

static np_status read_slot(const case_document *document, int mapping, size_t i, np_case_layer *layer, np_error *err)
{
    int key, value = case_document_pair(document, mapping, i, &key);
    const char *slot = case_document_scalar(document, key);
    if (!slot || !*slot || case_document_get(document, mapping, slot) != value)
        return fail(document, key, "inputs", "expected each slot of the strategy once, as a word", err);
    for (unsigned k = 0; k < layer->n_inputs; k++)
        if (strcmp(layer->inputs[k].slot, slot) == 0)
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s:%u: layer '%s': '%.60s' stands beside inputs and in it; keep one", document->path,
                                case_document_line(document, key), layer->name, slot);
    if (case_document_type(document, value) != YAML_SEQUENCE_NODE)
        return add_input(document, layer, slot, case_document_scalar(document, value), value, err);
    size_t n = case_document_count(document, value);
    if (n == 0)
        return add_input(document, layer, slot, NULL, value, err);
    np_status status = NP_OK;
    for (size_t k = 0; k < n && status == NP_OK; k++) {
        int item = case_document_item(document, value, k);
        status = add_input(document, layer, slot, case_document_scalar(document, item), item, err);
    }
    return status;
}

/* The keys region, curve and points of a layer are short for inputs of the slots of these names. */
static np_status read_inputs(const case_document *document, int node, np_case_layer *layer, np_error *err)
{
    static const char *const slots[] = {"region", "curve", "points"};
    const char *names[] = {layer->region, layer->curve, layer->points};
    layer->inputs = calloc(INPUTS_MAX, sizeof *layer->inputs);
    if (!layer->inputs)
        return np_error_no_memory(err, "a layer's inputs");
    np_status status = NP_OK;
    for (int i = 0; i < 3 && status == NP_OK; i++)
        if (names[i])
            status = add_input(document, layer, slots[i], names[i], case_document_get(document, node, slots[i]), err);
    int inputs = case_document_get(document, node, "inputs");
    if (status != NP_OK || !inputs)
        return status;
    if (case_document_type(document, inputs) != YAML_MAPPING_NODE)
        return fail(document, inputs, "inputs", "expected a mapping (slot: name, or slot: [name, name])", err);
    size_t n = case_document_count(document, inputs);
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = read_slot(document, inputs, i, layer, err);
    return status;
}

static np_status read_density_map(const case_document *document, int node, const np_case *c, np_case_layer *layer,
                                  np_error *err)
{
    int map = case_document_get(document, node, "density_map");
    char where[200];
    snprintf(where, sizeof where, "layer '%.100s': density_map", layer->name);
    return map ? case_paint_read(document, map, where, true, c->scan.file, &layer->density_map, err) : NP_OK;
}

np_status case_layers_read(const case_document *document, np_case *c, np_error *err)
{
    int list = case_document_get(document, 1, "layers");
    np_status status = NP_OK;
    for (unsigned i = 0; i < c->n_layers && status == NP_OK; i++) {
        int node = case_document_item(document, list, i);
        c->layers[i].line = case_document_line(document, node);
        status = read_params(document, case_document_get(document, node, "params"), &c->layers[i], err);
        if (status == NP_OK)
            status = read_inputs(document, node, &c->layers[i], err);
        if (status == NP_OK)
            status = read_density_map(document, node, c, &c->layers[i], err);
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
        for (unsigned k = 0; k < layer->n_inputs; k++) {
            free(layer->inputs[k].slot);
            free(layer->inputs[k].name);
        }
        free(layer->inputs);
        case_shape_fini(&layer->density_map);
    }
    free(layers);
}
