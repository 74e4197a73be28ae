/* From a YAML text to a struct: parse, check, load by libcyaml, fill in defaults.  Internal. */
#ifndef NP_CASE_PRIVATE_LOAD_H
#define NP_CASE_PRIVATE_LOAD_H

#include "case/private/document.h"
#include "case/private/schema.h"

#define CASE_FILE_MAX (16u << 20) /* bytes */

/* Loads TEXT into a new struct of SCHEMA (np_case or np_scan_description), zero where nothing is given and
 * no default stands in the table.  The document stays with the caller for line numbers. */
np_status case_load(const char *path, const char *text, size_t size, const cyaml_schema_value_t *schema,
                    case_document *out_document, void **out_data, np_error *err);

/* The same of LENGTH bytes of TEXT into the caller's struct of SIZE bytes at OUT, which is zero after an error; nobody asks for lines afterwards. */
np_status case_load_struct(const char *path, const char *text, size_t length, const cyaml_schema_value_t *schema,
                           void *out, size_t size, np_error *err);

/* Frees all that the keys of a scan hold, in a case or in a description; the struct stays as it is. */
void case_scan_fini(np_case_scan *scan);

#endif
