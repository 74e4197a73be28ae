/* Which system calls a helper may make. */
#ifndef NP_SANDBOX_FILTER_H
#define NP_SANDBOX_FILTER_H

#include <stdbool.h>

/* Two stages: while a plugin is loaded, files can be read and code mapped; from then on, neither. */
typedef enum np_sandbox_stage { NP_SANDBOX_LOADING, NP_SANDBOX_WORKING } np_sandbox_stage;

/* From now on, for all threads, for good.  False with errno set where the kernel has no such filter.  Does nothing under a sanitizer,
 * which needs more than a plugin. */
bool np_sandbox_filter(np_sandbox_stage stage);

#endif
