/* The helper program's parts.  It takes commands from the planner, loads one plugin, and runs one layer of
 * it. */
#ifndef NP_FIELD_HOST_HOST_H
#define NP_FIELD_HOST_HOST_H

#include <needlepath/plugin.h>
#include "field/private/message.h"
#include "field/private/shared.h"

/* What one call of the plugin may tell us: an error text and some notes.  Each batch has its own, so threads
 * don't meet. */
typedef struct field_host_call {
    np_host host;
    uint64_t seed;
    field_shared *shared;
    char error[512];
    char notes[1024]; /* lines */
} field_host_call;

/* Joined curves, in storage of ours; POINTERS to the items are what a strategy sees. */
typedef struct field_host_curves {
    np_strategy_curve *items;
    const np_strategy_curve **pointers;
    uint32_t count;
} field_host_curves;

/* A plugin as it describes itself, in structs of this version: members that its own lacks are 0. */
typedef struct field_host_plugin {
    np_plugin_entry entry;
    np_strategy_desc strategies[NP_MAX_STRATEGIES];
} field_host_plugin;

/* One layer at work. */
typedef struct field_host_layer {
    bool weaker;                      /* the user takes a sandbox that lacks a part */
    field_host_plugin plugin;         /* no strategies until it is loaded */
    const np_strategy_desc *strategy; /* NULL until a layout is asked for */
    np_strategy_job job;              /* its host and state are set a call */
    void *state;                      /* the strategy's own */
    np_strategy_head head;
    np_strategy_treatment treatment;
    np_strategy_points points[NP_MAX_POINT_SETS];
    const np_strategy_points *point_sets[NP_MAX_POINT_SETS];
    double *point_data[NP_MAX_POINT_SETS];
    const double *point_values[NP_MAX_POINT_SETS][NP_MAX_POINT_VALUES]; /* rows of point_data */
    np_strategy_input inputs[NP_MAX_INPUTS];
    const np_strategy_input *input_pointers[NP_MAX_INPUTS];
    np_param_value *values;
    const np_param_value **value_pointers;
    double *whorl_data, *session_share, *params;
    int32_t *session_day;
    field_host_curves regions, curves;
    uint32_t own_curves; /* of these, the inputs: the first ones */
    field_shared *shared;
} field_host_layer;

#endif
