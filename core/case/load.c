/* From text to structs: the document is checked for clear errors first, then libcyaml fills the structs, then defaults go in. */
#include "case/private/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/private/check.h"
#include "case/private/shapes.h"

/* The first error that libcyaml logs; the following ones are its back trace. */
typedef struct log_text {
    char text[256];
} log_text;

static void log_first(cyaml_log_t level, void *context, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void log_first(cyaml_log_t level, void *context, const char *format, va_list args)
{
    log_text *log = context;
    if (level < CYAML_LOG_ERROR || *log->text)
        return;
    vsnprintf(log->text, sizeof log->text, format, args);
    log->text[strcspn(log->text, "\n")] = '\0';
}

static np_status load_data(const char *path, const char *text, size_t size, const cyaml_schema_value_t *schema,
                           void **out_data, np_error *err)
{
    log_text log = {""};
    cyaml_config_t config = {.log_fn = log_first, .log_ctx = &log, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};
    cyaml_err_t result = cyaml_load_data((const uint8_t *)text, size, &config, schema, (cyaml_data_t **)out_data, NULL);
    if (result == CYAML_OK)
        return NP_OK;
    *out_data = NULL;
    if (result == CYAML_ERR_OOM)
        return np_error_no_memory(err, path);
    return np_error_set(err, NP_ERR_FORMAT, "%s: %s%s%s", path, cyaml_strerror(result), *log.text ? ": " : "",
                        log.text);
}

/* ---- defaults ---- */

static void store_number(void *at, const cyaml_schema_value_t *value, double x)
{
    if (value->type == CYAML_FLOAT)
        memcpy(at, &x, sizeof x);
    else if (value->data_size == sizeof(int))
        memcpy(at, &(int){(int)x}, sizeof(int));
    else
        memcpy(at, &(uint64_t){(uint64_t)x}, sizeof(uint64_t));
}

static void fill(const case_document *document, int node, const cyaml_schema_field_t *fields, char *data);

/* Every entry of a list of mappings. */
static void fill_list(const case_document *document, int node, const cyaml_schema_field_t *field, char *data)
{
    const cyaml_schema_value_t *entry = field->value.sequence.entry;
    char *items = data + field->data_offset;
    if (field->value.flags & CYAML_FLAG_POINTER)
        memcpy(&items, (const void *)items, sizeof(char *));
    size_t n = case_document_count(document, node);
    for (size_t i = 0; i < n; i++)
        fill(document, case_document_item(document, node, i), entry->mapping.fields, items + i * entry->data_size);
}

/* Writes the table's default wherever NODE (0: the whole mapping is absent) lacks a number. */
static void fill(const case_document *document, int node, const cyaml_schema_field_t *fields, char *data)
{
    for (const cyaml_schema_field_t *field = fields; field->key; field++) {
        int value = case_document_get(document, node, field->key);
        if (field->value.type == CYAML_MAPPING) {
            fill(document, value, field->value.mapping.fields, data + field->data_offset);
        } else if (field->value.type == CYAML_SEQUENCE && field->value.sequence.entry->type == CYAML_MAPPING) {
            fill_list(document, value, field, data);
        } else if (!value) {
            const case_schema_number *number = case_schema_number_find(fields, field->key);
            if (number)
                store_number(data + field->data_offset, &field->value, number->fallback);
        }
    }
}

np_status case_load(const char *path, const char *text, size_t size, const cyaml_schema_value_t *schema,
                    case_document *out_document, void **out_data, np_error *err)
{
    *out_data = NULL;
    *out_document = (case_document){0};
    if (size > CASE_FILE_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: %zu bytes are too many; at most %u are read", path, size,
                            CASE_FILE_MAX);
    np_status status = case_document_init(out_document, path, text, size, err);
    if (status == NP_OK)
        status = case_check_document(out_document, schema, err);
    if (status == NP_OK)
        status = load_data(path, text, size, schema, out_data, err);
    if (status == NP_OK)
        fill(out_document, 1, schema->mapping.fields, *out_data);
    else
        case_document_fini(out_document);
    return status;
}

np_status case_load_struct(const char *path, const char *text, size_t length, const cyaml_schema_value_t *schema,
                           void *out, size_t size, np_error *err)
{
    case_document document;
    void *data = NULL;
    memset(out, 0, size);
    np_status status = case_load(path, text, length, schema, &document, &data, err);
    if (status == NP_OK)
        memcpy(out, data, size);
    free(data);
    case_document_fini(&document);
    return status;
}

void case_scan_fini(np_case_scan *scan)
{
    free(scan->file);
    free(scan->axis_anterior);
    free(scan->axis_left);
    free(scan->axis_up);
    free(scan->confirmed);
    free(scan->whorls.points);
    free(scan->whorls_at);
    free(scan->whorls_file);
    free(scan->whorl_turns);
    free(scan->whorl_strengths);
    case_shapes_free(scan->strokes, scan->n_strokes);
}
