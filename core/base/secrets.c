/* No core files; see secrets.h.  Both ways are needed: a core limit of 0 does not hold where cores go to a program (core_pattern with a
 * pipe), and whoever starts another program becomes dumpable again. */
#include "base/secrets.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void np_secrets_close_memory(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none); /* lowering a limit is always allowed, and so is this: */
    prctl(PR_SET_DUMPABLE, 0);
}
