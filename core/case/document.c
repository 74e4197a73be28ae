/* libyaml's document, asked node by node; what cannot be parsed is told with the line where the cause is. */
#include "case/private/document.h"

#include <stdlib.h>
#include <string.h>

/* libyaml's functions take documents that are not const, though reading changes nothing. */
static yaml_node_t *node_of(const case_document *document, int node)
{
    return node > 0 ? yaml_document_get_node((yaml_document_t *)&document->yaml, node) : NULL;
}

/* Line LINE, 0 first; its end if there is none. */
static const char *line_at(const char *text, size_t line)
{
    for (; line > 0 && (text = strchr(text, '\n')); line--)
        text++;
    return text ? text : "";
}

/* The last line up to LINE (1 first) with a no-break space (U+00A0), which looks like a blank and is none; 0 without one. */
static size_t no_break_space_before(const case_document *document, size_t line)
{
    size_t found = 0, at = 1;
    for (const char *p = document->text; *p && at <= line; p++) {
        if (p[0] == '\xC2' && p[1] == '\xA0')
            found = at;
        at += *p == '\n';
    }
    return found;
}

static np_status parse_failed(const case_document *document, const yaml_parser_t *parser, np_error *err)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return np_error_no_memory(err, document->path);
    /* The reader's errors (bad UTF-8, control characters) carry an offset in bytes, all others a line. */
    if (parser->error == YAML_READER_ERROR)
        return np_error_set(err, NP_ERR_FORMAT, "%s: not a YAML file: %s at byte %zu; expected UTF-8 text",
                            document->path, parser->problem ? parser->problem : "unreadable text",
                            parser->problem_offset);
    size_t blank = no_break_space_before(document, parser->problem_mark.line + 1);
    if (blank)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s:%zu: not valid YAML: here is a no-break space (U+00A0), as web pages have them, which is no "
            "blank; type the blanks of this line anew",
            document->path, blank);
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s:%zu: not valid YAML: %s%s%s; check the indentation, the brackets and "
                        "the quotes here",
                        document->path, parser->problem_mark.line + 1,
                        parser->problem ? parser->problem : "it cannot be parsed", parser->context ? " " : "",
                        parser->context ? parser->context : "");
}

/* The first document is in; a second one would be read by nobody. */
static np_status expect_end(case_document *document, yaml_parser_t *parser, np_error *err)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next))
        return parse_failed(document, parser, err);
    yaml_node_t *root = yaml_document_get_root_node(&next);
    np_status status = NP_OK;
    if (root)
        status = np_error_set(err, NP_ERR_FORMAT,
                              "%s:%zu: a second document begins here; expected one file, one "
                              "document: remove the line '---' above it",
                              document->path, root->start_mark.line + 1);
    yaml_document_delete(&next);
    return status;
}

/* libyaml takes time with the square of how deep brackets stand in each other.  Those in quoted texts count as well: nobody has so many. */
#define BRACKETS_MAX 1000

static np_status check_brackets(const char *path, const char *text, size_t size, np_error *err)
{
    size_t depth = 0, line = 1;
    for (size_t i = 0; i < size; i++) {
        line += text[i] == '\n';
        if (text[i] == '[' || text[i] == '{')
            depth++;
        else if ((text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
        if (depth > BRACKETS_MAX)
            return np_error_set(err, NP_ERR_FORMAT, "%s:%zu: more than %d brackets are open here; close them", path,
                                line, BRACKETS_MAX);
    }
    return NP_OK;
}

np_status case_document_init(case_document *document, const char *path, const char *text, size_t size, np_error *err)
{
    *document = (case_document){.path = path};
    np_status status = check_brackets(path, text, size, err);
    if (status != NP_OK)
        return status;
    document->text = malloc(size + 1);
    if (!document->text)
        return np_error_no_memory(err, path);
    memcpy(document->text, text, size);
    document->text[size] = '\0';
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        case_document_fini(document);
        return np_error_no_memory(err, path);
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    if (!yaml_parser_load(&parser, &document->yaml)) {
        status = parse_failed(document, &parser, err);
        goto done;
    }
    document->open = true;
    if (!yaml_document_get_root_node(&document->yaml)) {
        status = np_error_set(err, NP_ERR_FORMAT, "%s: the file is empty", path);
        goto done;
    }
    status = expect_end(document, &parser, err);
done:
    yaml_parser_delete(&parser);
    if (status != NP_OK)
        case_document_fini(document);
    return status;
}

void case_document_fini(case_document *document)
{
    if (document->open)
        yaml_document_delete(&document->yaml);
    free(document->text);
    *document = (case_document){0};
}

yaml_node_type_t case_document_type(const case_document *document, int node)
{
    const yaml_node_t *n = node_of(document, node);
    return n ? n->type : YAML_NO_NODE;
}

unsigned case_document_line(const case_document *document, int node)
{
    const yaml_node_t *n = node_of(document, node);
    return n ? (unsigned)n->start_mark.line + 1 : 0;
}

const char *case_document_scalar(const case_document *document, int node)
{
    const yaml_node_t *n = node_of(document, node);
    return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

const char *case_document_behind(const case_document *document, int node)
{
    const yaml_node_t *n = node_of(document, node);
    if (!n || n->type != YAML_SCALAR_NODE || n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return "";
    /* libyaml's columns count characters */
    const char *p = line_at(document->text, n->end_mark.line);
    for (size_t column = n->end_mark.column; *p && *p != '\n'; p++)
        if (((unsigned char)*p & 0xC0) != 0x80 && column-- == 0)
            break;
    return p;
}

bool case_document_is_null(const case_document *document, int node)
{
    const yaml_node_t *n = node_of(document, node);
    if (!n || n->type != YAML_SCALAR_NODE || n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    const char *text = (const char *)n->data.scalar.value;
    return !*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

size_t case_document_count(const case_document *document, int node)
{
    const yaml_node_t *n = node_of(document, node);
    if (n && n->type == YAML_SEQUENCE_NODE)
        return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
    if (n && n->type == YAML_MAPPING_NODE)
        return (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
    return 0;
}

int case_document_item(const case_document *document, int node, size_t i)
{
    const yaml_node_t *n = node_of(document, node);
    if (!n || n->type != YAML_SEQUENCE_NODE || i >= case_document_count(document, node))
        return 0;
    return n->data.sequence.items.start[i];
}

int case_document_pair(const case_document *document, int node, size_t i, int *out_key)
{
    const yaml_node_t *n = node_of(document, node);
    *out_key = 0;
    if (!n || n->type != YAML_MAPPING_NODE || i >= case_document_count(document, node))
        return 0;
    *out_key = n->data.mapping.pairs.start[i].key;
    return n->data.mapping.pairs.start[i].value;
}

int case_document_get(const case_document *document, int node, const char *key)
{
    size_t n = case_document_type(document, node) == YAML_MAPPING_NODE ? case_document_count(document, node) : 0;
    for (size_t i = 0; i < n; i++) {
        int k;
        int value = case_document_pair(document, node, i, &k);
        const char *name = case_document_scalar(document, k);
        if (name && strcmp(name, key) == 0)
            return value;
    }
    return 0;
}
