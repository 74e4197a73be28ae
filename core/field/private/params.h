/* A layer's parameters: from what the case file says to what the strategy's descriptor asks for. */
#ifndef NP_FIELD_PRIVATE_PARAMS_H
#define NP_FIELD_PRIVATE_PARAMS_H

#include "case/case.h"
#include "field/plugins.h"

/* A value of type TEXT, FILE, CURVE or TABLE; all 0 for a number, and for a file that is not given. */
typedef struct field_param_value {
    uint32_t count, columns; /* as in np_param_value; columns of a curve: 2 */
    uint8_t *bytes;          /* TEXT and FILE: COUNT bytes and a 0 */
    double *data;            /* CURVE and TABLE: COUNT rows of COLUMNS */
} field_param_value;

typedef struct field_params {
    uint32_t n; /* as in the descriptor */
    double *numbers;
    field_param_value *values;
    char *
        files; /* "SHA-256  PATH\n" of each FILE, as sha256sum would write it, PATH as the case gives it, fit to be shown; "" for none */
} field_params;

/* Sets the defaults, then what LAYER says.  Options by label, booleans as true or false (yes, no, on, off), files by a path that
 * starts at the case's folder, curves and tables as lists.  NP_ERR_INVALID for an unknown parameter (names the nearest), one
 * that is given twice or is missing, a wrong type, or a value out of range; NP_ERR_IO for a file that cannot be read; the text
 * begins with CASE_PATH, the line and the layer.  The caller frees with field_params_fini, which is safe on zero. */
np_status field_params_init(const char *case_path, const np_case_layer *layer, const np_strategy_desc *desc,
                            field_params *out, np_error *err);
void field_params_fini(field_params *params);
/* Adds "SHA256  NAME\n" to *FILES, a heap text, as sha256sum would write it, NAME fit to be shown.  WHAT is for NP_ERR_NO_MEMORY,
 * which leaves *FILES as it was. */
np_status field_files_add(char **files, const char *sha256, const char *name, const char *what, np_error *err);

/* What P takes, for messages: "2..20 mm", "a whole number 3..8", "true or false", "one of rounded, linear". */
void field_param_expected(const np_param_desc *p, char *out, size_t size);
/* Numbers in a row of P's value: 2 of a CURVE, the labels of a TABLE; else 0. */
uint32_t field_param_columns(const np_param_desc *p);
/* The first of N rows, from 1, that a CURVE or TABLE P does not allow; 0 if all are allowed. */
uint32_t field_param_bad_row(const np_param_desc *p, const double *data, uint32_t n);

#endif
