/* The case that a strategy is checked with: the built-in head, something drawn for each of its slots, and values for its parameters. */
#ifndef NP_FIELD_PRIVATE_CHECK_CASE_H
#define NP_FIELD_PRIVATE_CHECK_CASE_H

#include "case/description.h"
#include "field/private/params.h"
#include "field/plugins.h"
#include "head/scan.h"

/* How many inputs each slot gets. */
typedef enum field_check_inputs {
    FIELD_CHECK_USUAL, /* one, if it takes any */
    FIELD_CHECK_LEAST, /* as few as it takes; but one in all */
    FIELD_CHECK_MOST   /* as many as it takes */
} field_check_inputs;

/* A case of one layer, "check", of strategy D on the described head.  The caller destroys *out_case. */
np_status field_check_case_create(const np_strategy_desc *d, const np_scan_description *head, field_check_inputs inputs,
                                  uint64_t seed, np_case **out_case, np_error *err);

/* Places all over the upper head of SCAN, N at most; the caller frees *out_points. */
np_status field_check_points_create(const np_scan *scan, unsigned n, np_surface_point **out_points, size_t *out_n,
                                    np_error *err);

/* What the parameters have. */
typedef enum field_check_mix_kind {
    FIELD_CHECK_DEFAULT,
    FIELD_CHECK_MIN, /* all, or the one that is named */
    FIELD_CHECK_MAX,
    FIELD_CHECK_MIXED
} field_check_mix_kind;

#define FIELD_CHECK_ALL UINT32_MAX

typedef struct field_check_mix {
    field_check_mix_kind kind;
    uint32_t param; /* this one alone, the others at their defaults; FIELD_CHECK_ALL: all */
    uint64_t seed;  /* of MIXED */
} field_check_mix;

/* Values for D's parameters, which the caller ends with field_params_fini. */
np_status field_check_params_init(const np_strategy_desc *d, const field_check_mix *mix, field_params *out,
                                  np_error *err);

#endif
