/* What a helper process may not do: called in it, before it touches anything that a stranger wrote. */
#ifndef NP_SANDBOX_CONFINE_H
#define NP_SANDBOX_CONFINE_H

#include <stddef.h>

/* Gives up what could be misused; the limits stay for the life of the process, and what is open from FIRST_FILE on is closed.  Starts OpenMP
 * first, which opens files when it does.  PARENT is the planner's process id.  NULL, or what this kernel does not do, with errno set. */
const char *np_sandbox_confine(long parent, size_t address_space_bytes, int first_file);

#endif
