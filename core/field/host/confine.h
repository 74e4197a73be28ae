/* What a plugin may not do. */
#ifndef NP_FIELD_HOST_CONFINE_H
#define NP_FIELD_HOST_CONFINE_H

/* Gives up what a plugin could misuse; the limits stay for the life of the process.  NULL, or what this kernel does not do, with errno
 * set. */
const char *field_host_confine(long parent);

#endif
