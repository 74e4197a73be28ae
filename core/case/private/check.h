/* Checks a YAML document against the schema before libcyaml loads it, so that an error names file, line
 * and key, says what was expected and found, and what was probably meant.  Internal. */
#ifndef NP_CASE_PRIVATE_CHECK_H
#define NP_CASE_PRIVATE_CHECK_H

#include "case/private/document.h"
#include "case/private/schema.h"

/* NP_ERR_FORMAT for what has the wrong shape or key, NP_ERR_INVALID for values out of range. */
np_status case_check_document(const case_document *document, const cyaml_schema_value_t *schema, np_error *err);
/* The same for the part at NODE, which messages call WHERE ("regions"). */
np_status case_check_part(const case_document *document, int node, const char *where,
                          const cyaml_schema_value_t *schema, np_error *err);

#endif
