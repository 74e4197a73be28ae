/* Checks a YAML document against the schema before libcyaml loads it, so that an error names file, line
 * and key, says what was expected and found, and what was probably meant.  Internal. */
#ifndef NP_CASE_CHECK_H
#define NP_CASE_CHECK_H

#include "case/document.h"
#include "case/schema.h"

/* NP_ERR_FORMAT for what has the wrong shape or key, NP_ERR_INVALID for values out of range. */
np_status np_check_document(const np_document *document, const cyaml_schema_value_t *schema, np_error *err);

/* The name in NAMES[n] that WORD was probably meant to be; NULL if none is close. */
const char *np_check_suggest(const char *word, const char *const *names, size_t n);

/* Appends the NAMES, separated by commas, to TEXT of SIZE bytes; "none" for n = 0. */
void np_check_list(char *text, size_t size, const char *const *names, size_t n);

#endif
