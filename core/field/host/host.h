/* The helper program's parts.  It takes commands from the planner, loads one plugin, and runs one layer of
 * it. */
#ifndef NP_FIELD_HOST_HOST_H
#define NP_FIELD_HOST_HOST_H

#include <needlepath/plugin.h>
#include <stdbool.h>

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

/* A joined curve, in storage of ours. */
typedef struct field_host_curves {
    np_strategy_curve *items;
    uint32_t count;
} field_host_curves;

/* One layer at work. */
typedef struct field_host_layer {
    const np_plugin_entry *entry; /* NULL until a plugin is loaded */
    const np_strategy_desc *strategy;
    np_strategy_job job; /* its host is set a call */
    double *params, *points;
    field_host_curves region, curves;
    field_shared *shared;
} field_host_layer;

#endif
