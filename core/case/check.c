/* libcyaml's own messages name neither the key that was expected nor what is wrong with it, so the
 * document is walked over the same schema table first.  What passes here, libcyaml loads. */
#include "base/suggest.h"
#include "case/number.h"
#include "case/private/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Aliases can make a small file mean a huge one, or one without end. */
#define NODES_MAX 8000000u
#define DEPTH_MAX 100u

typedef struct walk {
    const case_document *document;
    np_error *err;
    char where[256]; /* "layers[0].region" */
    unsigned visited;
} walk;

/* Goes one step down; the caller cuts WHERE back to the returned length. */
static size_t enter(walk *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static size_t enter(walk *w, const char *format, ...)
{
    size_t length = strlen(w->where);
    va_list args;
    va_start(args, format);
    vsnprintf(w->where + length, sizeof w->where - length, format, args);
    va_end(args);
    return length;
}

static size_t enter_key(walk *w, const char *key)
{
    return enter(w, "%s%.80s", *w->where ? "." : "", key);
}

static void leave(walk *w, size_t length)
{
    w->where[length] = '\0';
}

static np_status fail(walk *w, np_status status, int node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static np_status fail(walk *w, np_status status, int node, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return np_error_set(w->err, status, "%s:%u: %s%s%s", w->document->path, case_document_line(w->document, node),
                        w->where, *w->where ? ": " : "", text);
}

static const char *describe(const walk *w, int node, char room[96])
{
    if (case_document_is_null(w->document, node))
        return "nothing";
    switch (case_document_type(w->document, node)) {
    case YAML_MAPPING_NODE:
        return "a mapping (key: value)";
    case YAML_SEQUENCE_NODE:
        snprintf(room, 96, "a list of %zu", case_document_count(w->document, node));
        return room;
    default:
        snprintf(room, 96, "'%.60s'", case_document_scalar(w->document, node));
        return room;
    }
}

static np_status unexpected(walk *w, int node, const char *expected)
{
    char room[96];
    return fail(w, NP_ERR_FORMAT, node, "expected %s, found %s", expected, describe(w, node, room));
}

/* ---- numbers ---- */

static np_status out_of_range(walk *w, int node, const case_schema_number *number)
{
    const char *text = case_document_scalar(w->document, node);
    const char *blank = *number->unit ? " " : "", *open = *number->why ? " (" : "", *close = *number->why ? ")" : "";
    if (number->min == number->max)
        return fail(w, NP_ERR_INVALID, node, "expected %g%s%s%s, found %.40s", number->min, open, number->why, close,
                    text);
    if (number->max > (double)INT64_MAX)
        return fail(w, NP_ERR_INVALID, node, "expected %g to %llu, found %.40s", number->min,
                    (unsigned long long)UINT64_MAX, text);
    return fail(w, NP_ERR_INVALID, node, "expected %g to %.10g%s%s%s%s%s, found %.40s", number->min, number->max, blank,
                number->unit, open, number->why, close, text);
}

static np_status check_number(walk *w, int node, const cyaml_schema_value_t *value, const case_schema_number *number)
{
    const char *text = case_document_scalar(w->document, node);
    bool whole = value->type != CYAML_FLOAT;
    double x = 0;
    if (!text || !np_case_number_read(text, whole, &x))
        return unexpected(w, node, whole ? "a whole number" : "a number");
    if (value->type == CYAML_UINT) { /* 64 bits do not fit a double */
        errno = 0;
        (void)strtoull(text, NULL, 10);
        if (errno || *text == '-')
            return out_of_range(w, node, number);
        return NP_OK;
    }
    if (number && (x < number->min || x > number->max))
        return out_of_range(w, node, number);
    if (!number && fabs(x) > CASE_SCHEMA_COORDINATE_MAX)
        return fail(w, NP_ERR_INVALID, node, "expected a coordinate between -%g and %g, found %.40s",
                    CASE_SCHEMA_COORDINATE_MAX, CASE_SCHEMA_COORDINATE_MAX, text);
    return NP_OK;
}

/* ---- words ---- */

static np_status check_string(walk *w, int node, const cyaml_schema_value_t *value)
{
    const char *text = case_document_scalar(w->document, node);
    if (!text || case_document_is_null(w->document, node))
        return unexpected(w, node, "a text");
    const yaml_node_t *n = yaml_document_get_node((yaml_document_t *)&w->document->yaml, node);
    size_t length = n->data.scalar.length;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20)
            return fail(w, NP_ERR_FORMAT, node, "expected a text of one line without control characters");
    const char *behind = case_document_behind(w->document, node);
    behind += strspn(behind, " \t");
    if (behind[0] == '#' && behind[1] && !strchr(" \t\r\n#", behind[1]))
        return fail(
            w, NP_ERR_FORMAT, node,
            "the text ends before '%.*s', which begins a comment; put the text in quotes if that belongs to it, or a "
            "blank behind the #",
            (int)strcspn(behind, " \t\r\n"), behind);
    if (length < value->string.min || length > value->string.max)
        return fail(w, NP_ERR_INVALID, node, "expected a text of %u to %u bytes, found %zu", value->string.min,
                    value->string.max, length);
    return NP_OK;
}

static np_status check_enum(walk *w, int node, const cyaml_schema_value_t *value)
{
    const char *names[32];
    unsigned n = 0;
    for (; n < value->enumeration.count && n < CYAML_ARRAY_LEN(names); n++)
        names[n] = value->enumeration.strings[n].str;
    const char *text = case_document_scalar(w->document, node);
    for (unsigned i = 0; text && i < n; i++)
        if (strcmp(text, names[i]) == 0)
            return NP_OK;
    char list[300] = "", room[96];
    np_suggest_list(list, sizeof list, names, n);
    if (value == &case_accept_schema && text && *case_accept_says_of(text))
        return fail(w, NP_ERR_FORMAT, node, "expected one of %s, found '%s'%s", list, text, case_accept_says_of(text));
    const char *meant = text ? np_suggest_name(text, names, n) : NULL;
    return fail(w, NP_ERR_FORMAT, node, "expected one of %s, found %s%s%s%s", list, describe(w, node, room),
                meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

/* ---- mappings and lists ---- */

static np_status check_value(walk *w, int node, const cyaml_schema_value_t *value, const case_schema_number *number);

static np_status unknown_key(walk *w, int key, const cyaml_schema_field_t *fields)
{
    const char *names[32];
    size_t n = 0;
    while (fields[n].key && n < CYAML_ARRAY_LEN(names)) {
        names[n] = fields[n].key;
        n++;
    }
    char list[500] = "";
    np_suggest_list(list, sizeof list, names, n);
    const char *word = case_document_scalar(w->document, key);
    const char *meant = np_suggest_name(word, names, n);
    if (meant)
        return fail(w, NP_ERR_FORMAT, key, "unknown key '%.60s'; did you mean '%s'? Expected one of: %s", word, meant,
                    list);
    return fail(w, NP_ERR_FORMAT, key, "unknown key '%.60s'; expected one of: %s", word, list);
}

static np_status check_pair(walk *w, int mapping, size_t i, const cyaml_schema_field_t *fields)
{
    int key, value = case_document_pair(w->document, mapping, i, &key);
    const char *name = case_document_scalar(w->document, key);
    if (!name)
        return fail(w, NP_ERR_FORMAT, key, "expected a word as key, found a list or a mapping");
    const cyaml_schema_field_t *field = fields;
    while (field->key && strcmp(field->key, name) != 0)
        field++;
    if (!field->key)
        return unknown_key(w, key, fields);
    if (case_document_get(w->document, mapping, name) != value)
        return fail(w, NP_ERR_FORMAT, key, "the key '%s' is there twice; keep one", name);
    size_t length = enter_key(w, name);
    np_status status = case_document_is_null(w->document, value) && field->value.type != CYAML_IGNORE
                           ? fail(w, NP_ERR_FORMAT, key, "it has no value; give one or remove the key")
                           : check_value(w, value, &field->value, case_schema_number_find(fields, name));
    leave(w, length);
    return status;
}

static np_status check_mapping(walk *w, int node, const cyaml_schema_field_t *fields)
{
    if (case_document_type(w->document, node) != YAML_MAPPING_NODE) {
        const char *names[32];
        size_t n = 0;
        while (fields[n].key && n < CYAML_ARRAY_LEN(names)) {
            names[n] = fields[n].key;
            n++;
        }
        char expected[560] = "a mapping (key: value) with the keys ";
        np_suggest_list(expected, sizeof expected, names, n);
        return unexpected(w, node, expected);
    }
    size_t n = case_document_count(w->document, node);
    for (size_t i = 0; i < n; i++) {
        np_status status = check_pair(w, node, i, fields);
        if (status != NP_OK)
            return status;
    }
    for (const cyaml_schema_field_t *field = fields; field->key; field++)
        if (!(field->value.flags & CYAML_FLAG_OPTIONAL) && !case_document_get(w->document, node, field->key))
            return fail(w, NP_ERR_FORMAT, node, "the key '%s' is missing", field->key);
    return NP_OK;
}

static np_status check_sequence(walk *w, int node, const cyaml_schema_value_t *value)
{
    size_t n = case_document_count(w->document, node);
    bool fixed = value->type == CYAML_SEQUENCE_FIXED;
    bool of_points = !fixed && value->sequence.entry->type == CYAML_SEQUENCE_FIXED;
    if (case_document_type(w->document, node) != YAML_SEQUENCE_NODE || (fixed && n != value->sequence.max))
        return unexpected(w, node,
                          fixed       ? "a point [x, y, z]"
                          : of_points ? "a list of points [[x, y, z], ...]"
                                      : "a list (lines that begin with '- ')");
    if (n < value->sequence.min || n > value->sequence.max)
        return fail(w, NP_ERR_INVALID, node, "expected %u to %u %s, found %zu", value->sequence.min,
                    value->sequence.max, of_points ? "points" : "entries", n);
    for (size_t i = 0; i < n; i++) {
        size_t length = enter(w, "[%zu]", i);
        np_status status = check_value(w, case_document_item(w->document, node, i), value->sequence.entry, NULL);
        leave(w, length);
        if (status != NP_OK)
            return status;
    }
    return NP_OK;
}

static np_status count_value(walk *w, int node)
{
    if (++w->visited > NODES_MAX)
        return fail(w, NP_ERR_INVALID, node, "with its aliases, the file has more than %u values", NODES_MAX);
    return NP_OK;
}

/* What is read by others, once it is known to have an end. */
static np_status count_values(walk *w, int node, unsigned depth)
{
    np_status status = count_value(w, node);
    if (depth > DEPTH_MAX)
        return fail(w, NP_ERR_INVALID, node, "with its aliases, it is deeper than %u lists and mappings", DEPTH_MAX);
    bool mapping = case_document_type(w->document, node) == YAML_MAPPING_NODE;
    size_t n = case_document_count(w->document, node);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        int key,
            item = mapping ? case_document_pair(w->document, node, i, &key) : case_document_item(w->document, node, i);
        status = count_values(w, item, depth + 1);
    }
    return status;
}

static np_status check_value(walk *w, int node, const cyaml_schema_value_t *value, const case_schema_number *number)
{
    if (value->type == CYAML_IGNORE)
        return count_values(w, node, 1);
    np_status status = count_value(w, node);
    if (status != NP_OK)
        return status;
    switch (value->type) {
    case CYAML_MAPPING:
        return check_mapping(w, node, value->mapping.fields);
    case CYAML_SEQUENCE:
    case CYAML_SEQUENCE_FIXED:
        return check_sequence(w, node, value);
    case CYAML_STRING:
        return check_string(w, node, value);
    case CYAML_ENUM:
        return check_enum(w, node, value);
    default:
        return check_number(w, node, value, number);
    }
}

np_status case_check_document(const case_document *document, const cyaml_schema_value_t *schema, np_error *err)
{
    walk w = {.document = document, .err = err};
    return check_value(&w, 1, schema, NULL);
}

np_status case_check_part(const case_document *document, int node, const char *where,
                          const cyaml_schema_value_t *schema, np_error *err)
{
    walk w = {.document = document, .err = err};
    enter(&w, "%s", where);
    if (case_document_is_null(document, node))
        return fail(&w, NP_ERR_FORMAT, node, "it has no value; give one or remove the key");
    return check_value(&w, node, schema, NULL);
}
