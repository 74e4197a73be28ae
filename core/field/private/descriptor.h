/* Descriptors as they come out of a helper: read into storage of ours, and judged. */
#ifndef NP_FIELD_PRIVATE_DESCRIPTOR_H
#define NP_FIELD_PRIVATE_DESCRIPTOR_H

#include "field/private/message.h"
#include "field/plugins.h"

/* Reads all strategies of the plugin at PLUGIN_PATH from a LOAD request's answer and checks every field:
 * texts there and not too long, ids well-formed and unique, known types and inputs, ranges in order, defaults
 * inside them.  The caller frees each with field_strategy_info_fini and the array with free.  NP_ERR_PLUGIN says
 * what is wrong. */
np_status field_descriptor_read(np_message *answer, const char *plugin_path, np_strategy_info **out_infos,
                                size_t *out_n, np_error *err);
void field_strategy_info_fini(np_strategy_info *info);

#endif
