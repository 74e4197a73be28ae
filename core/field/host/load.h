/* A plugin, loaded and checked. */
#ifndef NP_FIELD_HOST_LOAD_H
#define NP_FIELD_HOST_LOAD_H

#include <stdbool.h>

#include "field/host/host.h"

/* Loads PATH into PLUGIN, with no other file in sight than libraries, and checks its entry; WEAKER: also where this kernel cannot keep
 * files from it.  False, and the reason in ERROR (of SIZE), if it cannot be used. */
bool field_host_load(const char *path, bool weaker, field_host_plugin *plugin, char *error, size_t size);
/* All descriptors, as they are, into REPLY. */
void field_host_describe(const field_host_plugin *plugin, np_message *reply);

#endif
