/* What a plugin may not do. */
#ifndef NP_FIELD_HOST_CONFINE_H
#define NP_FIELD_HOST_CONFINE_H

#include <stdbool.h>

/* Gives up what a plugin could misuse; the limits stay for the life of the process.  False with errno set. */
bool field_host_confine(long parent);

#endif
