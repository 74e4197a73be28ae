/* What a helper gives up before it touches a plugin or a file.  Resource limits catch accidents and loops;
 * no_new_privs and the death signal make sure that nothing gains rights by exec or outlives the planner.
 * Which system calls are left is filter.c's. */
#include "sandbox/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/parallel.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/limits.h"

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

static bool set_limits(size_t address_space_bytes)
{
    bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, NP_HELPER_CPU_S) && limit(RLIMIT_NOFILE, OPEN_FILES) &&
              limit(RLIMIT_FSIZE, NP_HELPER_FILE_BYTES);
#ifndef NP_SANITIZED
    ok = ok && limit(RLIMIT_AS, address_space_bytes);
#else
    (void)address_space_bytes; /* sanitizers reserve terabytes */
#endif
    return ok;
}

/* LLVM's OpenMP writes a small file into /dev/shm when it starts, to be removed when it ends: it has to start before files are
 * forbidden, and a helper that is ended from outside would leave the file behind. */
static void start_threads(void)
{
    char name[64];
    (void)np_parallel_threads();
    snprintf(name, sizeof name, "/__KMP_REGISTERED_LIB_%d_%d", (int)getpid(), (int)getuid());
    (void)shm_unlink(name);
}

const char *np_sandbox_confine(long parent, size_t address_space_bytes, int first_file)
{
    start_threads();
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
    if (close_range((unsigned)first_file, ~0u, 0) != 0)
        return "close_range";
    if (!set_limits(address_space_bytes))
        return "setrlimit";
    return np_sandbox_filter(NP_SANDBOX_LOADING) ? NULL : "seccomp filters";
}

np_status np_sandbox_confine_reader(long parent, size_t address_space_bytes, bool weaker, np_error *err)
{
    const char *lacking = np_sandbox_confine(parent, address_space_bytes, NP_HELPER_SOCKET_FD + 1);
    if (!lacking)
        lacking = np_sandbox_landlock(NULL, weaker);
    if (!lacking && !np_sandbox_filter(NP_SANDBOX_WORKING))
        lacking = "seccomp filters";
    if (!lacking)
        return NP_OK;
    bool by_word = (errno == ENOSYS || errno == EOPNOTSUPP) && strncmp(lacking, "Landlock", 8) == 0;
    return np_error_set(err, NP_ERR_IO, "is not read: this kernel cannot confine who reads it: %s: %s%s", lacking,
                        strerror(errno), by_word ? "; `--weaker-sandbox` reads it all the same" : "");
}
