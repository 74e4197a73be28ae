/* Which files a helper may open by name. */
#ifndef NP_SANDBOX_LANDLOCK_H
#define NP_SANDBOX_LANDLOCK_H

#include <stdbool.h>

/* From now on this process opens the plugin at PATH and shared libraries for reading, and no other file; with PATH NULL none at all; for good.  Call it before there is a
 * second thread: it holds for this one and for those that it starts.  WEAKER: a kernel without Landlock will do.  NULL, or what this kernel does not do, with errno set. */
const char *np_sandbox_landlock(const char *path, bool weaker);

#endif
