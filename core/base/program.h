/* Where needlepath's own files are, seen from the running program. */
#ifndef NP_BASE_PROGRAM_H
#define NP_BASE_PROGRAM_H

#include "base/status.h"

/* REST below the folder that needlepath is installed (or built) in: the one above bin/ or libexec/needlepath/, whichever holds the running
 * program.  A new string, the caller frees.  Any thread.  NP_ERR_IO where /proc/self/exe cannot be read. */
np_status np_program_beside(const char *rest, char **out_path, np_error *err);

/* The path of helper program NAME: in the folder that NEEDLEPATH_LIBEXEC names if that is set, else in libexec/needlepath/.  A new string,
 * the caller frees.  NP_ERR_IO, with what to do, if it is not there or cannot be executed. */
np_status np_program_helper(const char *name, char **out_path, np_error *err);

#endif
