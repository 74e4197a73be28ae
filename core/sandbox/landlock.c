/* The wall behind the wall: filter.c has to let a plugin open files for reading while it is loaded, since the loader looks for
 * libraries then; Landlock says which files.  All rights are asked for that the kernel knows, up to the newest known here: what an older one
 * lacks (truncation, TCP, devices, signals), the filter of system calls closes.  The uapi header of an older system lacks some of
 * them too, so they stand here by their numbers, which never change. */
#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef NP_SANITIZED

/* The newest version of the kernel's interface whose rights are known here. */
#ifndef NP_LANDLOCK_NEWEST
#define NP_LANDLOCK_NEWEST 6
#endif

/* Rights and scopes in the order in which the kernel learned them. */
#define FILES_1 ((UINT64_C(1) << 13) - 1)
#define FILES_2 (UINT64_C(1) << 13) /* refer */
#define FILES_3 (UINT64_C(1) << 14) /* truncate */
#define FILES_5 (UINT64_C(1) << 15) /* ioctl of devices */
#define NETWORK_4 UINT64_C(3)       /* TCP: bind, connect */
#define SCOPES_6 UINT64_C(3)        /* abstract sockets, signals */

/* What all that are not older than version 6 take; to an older one the rest is 0, which it takes too. */
typedef struct ruleset_attributes {
    uint64_t files, network, scopes;
} ruleset_attributes;

/* Where the loader looks, beside LD_LIBRARY_PATH. */
static const char *const library_places[] = {"/lib",           "/lib64",           "/usr/lib",          "/usr/lib64",
                                             "/usr/local/lib", "/etc/ld.so.cache", "/etc/ld.so.preload"};

static int create_ruleset(long version)
{
    ruleset_attributes a = {.files = FILES_1};
    if (version >= 2)
        a.files |= FILES_2;
    if (version >= 3)
        a.files |= FILES_3;
    if (version >= 4)
        a.network = NETWORK_4;
    if (version >= 5)
        a.files |= FILES_5;
    if (version >= 6)
        a.scopes = SCOPES_6;
    return (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
}

/* What is at PATH and below may be read; what is not there need not be. */
static bool allow_reading(int ruleset, const char *path)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return true;
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE, .parent_fd = fd};
    bool ok = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return ok;
}

static bool allow_libraries(int ruleset)
{
    const char *setting = getenv("LD_LIBRARY_PATH");
    char *folders = strdup(setting ? setting : "");
    bool ok = folders != NULL;
    for (size_t i = 0; ok && i < sizeof library_places / sizeof *library_places; i++)
        ok = allow_reading(ruleset, library_places[i]);
    for (char *rest = folders, *folder; ok && (folder = strsep(&rest, ":"));)
        ok = !folder[0] || allow_reading(ruleset, folder);
    free(folders);
    return ok;
}

const char *np_sandbox_landlock(const char *path, bool weaker)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return weaker && (errno == ENOSYS || errno == EOPNOTSUPP) ? NULL : "Landlock";
    int ruleset = create_ruleset(version < NP_LANDLOCK_NEWEST ? version : NP_LANDLOCK_NEWEST);
    if (ruleset < 0)
        return "Landlock's rules";
    bool ok = (!path || (allow_reading(ruleset, path) && allow_libraries(ruleset))) &&
              syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int code = errno;
    close(ruleset);
    errno = code;
    return ok ? NULL : "Landlock's rules";
}

#else

const char *np_sandbox_landlock(const char *path, bool weaker)
{
    (void)path;
    (void)weaker;
    return NULL;
}

#endif
