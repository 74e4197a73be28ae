/* A case to look at a strategy with: one layer on a head, with something drawn for each slot. */
#ifndef NP_FIELD_EXAMPLE_H
#define NP_FIELD_EXAMPLE_H

#include "case/description.h"
#include "field/plugins.h"

typedef struct np_field_example {
    const np_strategy_desc *strategy;
    const np_scan_description *head;
    const char *const *inputs; /* "SLOT=PLACE" each, a place by name as `of:` of a case has it: "region=crown" */
    const char *const *params; /* "ID=VALUE" each, the value as in a case file */
    size_t n_inputs, n_params;
} np_field_example;

/* Slots that INPUTS do not name stay empty if they may; without INPUTS all curves and points are drawn, or what else there is.  A region is the
 * crown, a curve a strip scar, points are round scars, or the vertex and the inion where there must be some.  Files among the parameters are looked
 * for in the working directory.  The caller destroys
 * *out_case.  NP_ERR_USAGE for what is no SLOT=PLACE or ID=VALUE; what a case refuses, NP_ERR_INVALID says of "the example's case". */
np_status np_field_example_create(const np_field_example *example, np_case **out_case, np_error *err);

#endif
