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

/* Gives up what a plugin could misuse; the limits stay for the life of the process.  False with errno set. */
bool field_host_confine(long parent);

/* Loads PATH and checks its entry.  NULL, and the reason in ERROR (of SIZE), if it cannot be used. */
const np_plugin_entry *field_host_load(const char *path, char *error, size_t size);
/* All descriptors, as they are, into REPLY. */
void field_host_describe(const np_plugin_entry *entry, field_message *reply);

/* Reads the job of a LAYOUT request; false if it is cut short. */
bool field_host_read_job(field_host_layer *layer, field_message *request);
/* Reads the joined curves of a CURVES request. */
bool field_host_read_curves(field_host_layer *layer, field_message *request);
void field_host_layer_fini(field_host_layer *layer);

void field_host_call_init(field_host_call *call, const field_host_layer *layer);
/* Run the strategy; the answer goes into REPLY. */
void field_host_layout(field_host_layer *layer, field_message *reply);
void field_host_paint(field_host_layer *layer, uint32_t n, field_message *reply);

#endif
