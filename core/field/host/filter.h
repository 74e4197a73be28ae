/* Which system calls a plugin may make. */
#ifndef NP_FIELD_HOST_FILTER_H
#define NP_FIELD_HOST_FILTER_H

#include <stdbool.h>

/* Two stages: while a plugin is loaded, files can be read and code mapped; from then on, neither. */
typedef enum field_host_stage { FIELD_HOST_LOADING, FIELD_HOST_WORKING } field_host_stage;

/* From now on, for all threads, for good.  False with errno set where the kernel has no such filter.  Does nothing under a sanitizer,
 * which needs more than a plugin. */
bool field_host_filter(field_host_stage stage);

#endif
