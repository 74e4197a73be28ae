/* What a helper process may not do: called in it, before it touches anything that a stranger wrote. */
#ifndef NP_SANDBOX_CONFINE_H
#define NP_SANDBOX_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Gives up what could be misused; the limits stay for the life of the process, and what is open from FIRST_FILE on is closed.  Starts OpenMP
 * first, which opens files when it does.  PARENT is the planner's process id.  NULL, or what this kernel does not do, with errno set. */
const char *np_sandbox_confine(long parent, size_t address_space_bytes, int first_file);

/* All walls at once, for a helper that takes apart what it is given and opens nothing by itself: from now on it has its socket, memory and
 * threads alone.  WEAKER: a kernel without Landlock will do.  NP_ERR_IO: what this kernel lacks, and what to do. */
np_status np_sandbox_confine_reader(long parent, size_t address_space_bytes, bool weaker, np_error *err);

#endif
