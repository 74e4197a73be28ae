/* A YAML document as a tree with line numbers: what libcyaml does not give, and what clear messages need.
 * Internal. */
#ifndef NP_CASE_DOCUMENT_H
#define NP_CASE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "base/status.h"

/* Nodes are libyaml's indices, 1 the root; 0 means that there is none. */
typedef struct np_document {
    yaml_document_t yaml;
    bool open;
    const char *path; /* for messages; borrowed */
} np_document;

/* Parses TEXT, which must hold exactly one document.  Zero-initialise; fini is safe on zero. */
np_status np_document_init(np_document *document, const char *path, const char *text, size_t size,
                           np_error *err);
void np_document_fini(np_document *document);

yaml_node_type_t np_document_type(const np_document *document, int node);
unsigned np_document_line(const np_document *document, int node); /* 1 first */
/* The text of a scalar; NULL for other nodes. */
const char *np_document_scalar(const np_document *document, int node);
/* True for what means "nothing": an empty plain scalar, ~ or null. */
bool np_document_is_null(const np_document *document, int node);
/* How many entries a sequence or a mapping has. */
size_t np_document_count(const np_document *document, int node);
/* Entry I of a sequence. */
int np_document_item(const np_document *document, int node, size_t i);
/* Entry I of a mapping. */
int np_document_pair(const np_document *document, int node, size_t i, int *out_key);
/* The value of KEY in a mapping; 0 if it is not there, or NODE is 0 or no mapping. */
int np_document_get(const np_document *document, int node, const char *key);

#endif
