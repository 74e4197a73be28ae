/* What the helper gives up before it touches a plugin.  Resource limits catch accidents and loops;
 * no_new_privs and the death signal make sure that nothing gains rights by exec or outlives the planner.
 * Which system calls a plugin may make is filter.c's. */
#include "field/host/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "field/host/filter.h"
#include "field/private/helper.h"
#include "field/private/shared.h"

#define ADDRESS_SPACE_BYTES (4ull << 30) /* threads' stacks and arenas are reserved, not used */
#define OPEN_FILES 64

static bool limit(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit old;
    if (getrlimit(what, &old) != 0)
        return false;
    if (old.rlim_max != RLIM_INFINITY && old.rlim_max < value)
        value = old.rlim_max;
    return setrlimit(what, &(struct rlimit){value, value}) == 0;
}

/* Root's helper is to reach no further than a user's: without capabilities the planner's memory is closed to it. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    return syscall(SYS_capset, &header, none) == 0;
}

static bool set_limits(void)
{
    bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, FIELD_HELPER_CPU_S) && limit(RLIMIT_NOFILE, OPEN_FILES) &&
              limit(RLIMIT_FSIZE, FIELD_HELPER_FILE_BYTES);
#ifndef NP_SANITIZED
    ok = ok && limit(RLIMIT_AS, ADDRESS_SPACE_BYTES); /* sanitizers reserve terabytes */
#endif
    return ok;
}

const char *field_host_confine(long parent)
{
    /* no core files, not even through a pipe, where RLIMIT_CORE does not hold */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return "prctl";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return "no_new_privs";
    if (!drop_capabilities())
        return "capset";
    /* the planner may have died before the death signal was set */
    errno = ESRCH;
    if (getppid() != (pid_t)parent)
        return "the planner";
    if (close_range(FIELD_HELPER_MEMORY_FD + 1, ~0u, 0) != 0)
        return "close_range";
    if (!set_limits())
        return "setrlimit";
    return field_host_filter(FIELD_HOST_LOADING) ? NULL : "seccomp filters";
}
