/* Is a plugin right?  Its file, its descriptors and each of its strategies are tried against the rules of needlepath/plugin.h, on the built-in
 * head, in a helper process as the planner's. */
#ifndef NP_FIELD_CHECK_H
#define NP_FIELD_CHECK_H

#include <stdint.h>

#include "base/progress.h"
#include "base/status.h"

#define NP_CHECK_STRICTEST 10

typedef struct np_check_rule {
    const char *id;
    int level;        /* tried from this strictness on, 1 to NP_CHECK_STRICTEST */
    const char *what; /* the plugin must do; one sentence */
    const char *mend; /* what to do about it; one or two sentences */
} np_check_rule;

/* All of them, ended by a row without an id; docs/rules.md says the same. */
extern const np_check_rule np_check_rules[];
/* The one of that id; NULL for none. */
const np_check_rule *np_check_rule_find(const char *id);

typedef struct np_check_finding {
    const np_check_rule *rule;
    char *where; /* "strategy wave, parameters at their defaults"; "" for the file */
    char *seen;
} np_check_finding;

typedef struct np_check_strategy {
    char *id;
    double ns_per_sample; /* the least time that paint took; 0: it never came to that */
} np_check_strategy;

typedef struct np_check_report {
    np_check_finding *findings;
    size_t n_findings, finding_capacity;
    np_check_strategy *strategies;
    size_t n_strategies, strategy_capacity;
} np_check_report;

typedef struct np_check_options {
    int strict;     /* 1 to NP_CHECK_STRICTEST */
    uint64_t seed;  /* of the layer and of the mixes of parameters */
    bool reproduce; /* only the mix of parameters whose seed is MIX, which a finding named */
    uint64_t mix;
} np_check_options;

/* Checks the plugin of the file PATH.  What is wrong with it is in OUT, rule by rule, each once a strategy, and no error of the call: OUT has no
 * findings if the plugin is right.  NP_ERR_STOPPED when PROGRESS says so; NP_ERR_IO without the helper program.  Zero-initialise OUT; fini is
 * safe on zero. */
np_status np_plugin_check(const char *path, const np_check_options *options, const np_progress *progress,
                          np_check_report *out, np_error *err);
void np_check_report_fini(np_check_report *report);

#endif
