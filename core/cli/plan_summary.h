/* The figures of a plan, for `plan` and `show`: as a table for people or as JSON. */
#ifndef NP_CLI_PLAN_SUMMARY_H
#define NP_CLI_PLAN_SUMMARY_H

#include <stdbool.h>

#include "plan/plan.h"
#include "make/make.h"

/* Prints to stdout.  TIMING may be NULL.  LOOK: also what pictures of it measure (report/judged.h). */
np_status cli_print_plan(const np_plan *plan, const char *path, const np_make_timing *timing, bool look, bool as_json,
                         np_error *err);

#endif
