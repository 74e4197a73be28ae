/* Which files a plugin may see while it is loaded. */
#ifndef NP_FIELD_HOST_LANDLOCK_H
#define NP_FIELD_HOST_LANDLOCK_H

#include <stdbool.h>

/* From now on this process reads the plugin at PATH and shared libraries, and no other file; for good.  Call it before there is a
 * second thread: it holds for this one and for those that it starts.  NULL, or what this kernel does not do, with errno set. */
const char *field_host_landlock(const char *path);

#endif
