/* A plugin, loaded and checked. */
#ifndef NP_FIELD_HOST_LOAD_H
#define NP_FIELD_HOST_LOAD_H

#include "field/host/host.h"

/* Loads PATH and checks its entry.  NULL, and the reason in ERROR (of SIZE), if it cannot be used. */
const np_plugin_entry *field_host_load(const char *path, char *error, size_t size);
/* All descriptors, as they are, into REPLY. */
void field_host_describe(const np_plugin_entry *entry, field_message *reply);

#endif
