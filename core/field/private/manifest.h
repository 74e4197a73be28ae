/* What a plugin says of itself, in a file beside it: X.manifest for X.so. */
#ifndef NP_FIELD_PRIVATE_MANIFEST_H
#define NP_FIELD_PRIVATE_MANIFEST_H

#include "base/status.h"
#include "field/private/message.h"

/* Whether there is a manifest beside PLUGIN_PATH that was made of this very file; OUT_DESCRIPTION is then what a LOAD request's answer would
 * be, to be read and judged as that is.  The caller ends it with np_message_fini in any case. */
bool field_manifest_read(const char *plugin_path, np_message *out_description);
/* Whether there is a file by that name, whatever it is. */
bool field_manifest_is_there(const char *plugin_path);
/* Writes one, of DESCRIPTION, the answer to a LOAD request.  *OUT_PATH is the caller's to free. */
np_status field_manifest_write(const char *plugin_path, const np_message *description, char **out_path, np_error *err);

#endif
