/* A YAML document as a tree with line numbers: what libcyaml does not give, and what clear messages need. */
#ifndef NP_CASE_PRIVATE_DOCUMENT_H
#define NP_CASE_PRIVATE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "base/status.h"

/* Nodes are libyaml's indices, 1 the root; 0 means that there is none. */
typedef struct case_document {
    yaml_document_t yaml;
    bool open;
    const char *path; /* for messages; borrowed */
    char *text;       /* a copy, ended by a zero byte */
} case_document;

/* Parses TEXT, which must hold exactly one document.  Zero-initialise; fini is safe on zero. */
np_status case_document_init(case_document *document, const char *path, const char *text, size_t size, np_error *err);
void case_document_fini(case_document *document);

yaml_node_type_t case_document_type(const case_document *document, int node);
unsigned case_document_line(const case_document *document, int node); /* 1 first */
/* The text of a scalar; NULL for other nodes. */
const char *case_document_scalar(const case_document *document, int node);
/* What stands behind a plain scalar in its line; "" for other nodes. */
const char *case_document_behind(const case_document *document, int node);
/* True for what means "nothing": an empty plain scalar, ~ or null. */
bool case_document_is_null(const case_document *document, int node);
/* How many entries a sequence or a mapping has. */
size_t case_document_count(const case_document *document, int node);
/* Entry I of a sequence. */
int case_document_item(const case_document *document, int node, size_t i);
/* Entry I of a mapping. */
int case_document_pair(const case_document *document, int node, size_t i, int *out_key);
/* The value of KEY in a mapping; 0 if it is not there, or NODE is 0 or no mapping. */
int case_document_get(const case_document *document, int node, const char *key);

#endif
