/* Where the helper program and the plugins are: beside the running program, or where the environment says. */
#ifndef NP_FIELD_PRIVATE_LOCATE_H
#define NP_FIELD_PRIVATE_LOCATE_H

#include "base/status.h"

/* The path of needlepath-strategy-host: in NEEDLEPATH_LIBEXEC if that is set, else in ../libexec/needlepath
 * seen from the running program's folder.  A new string, the caller frees.  NP_ERR_IO if it is not there or
 * cannot be executed. */
np_status field_locate_strategy_host(char **out_path, np_error *err);

/* ../lib/needlepath/plugins seen from the running program's folder.  A new string, the caller frees. */
np_status field_locate_plugin_folder(char **out_path, np_error *err);

#endif
