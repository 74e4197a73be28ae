/* Starting a helper: it is spawned with little of the environment and, of the planner's files, a socket and the shared memory alone, not
 * forked from a planner with threads. */
#include "sandbox/private/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/limits.h"

static _Atomic bool weaker_sandbox;

void np_helper_allow_weaker_sandbox(bool allowed)
{
    atomic_store(&weaker_sandbox, allowed);
}

np_status np_helper_make_memory(const char *whom, size_t size, int *out_fd, void **out_memory, np_error *err)
{
    *out_memory = NULL;
    *out_fd = memfd_create("needlepath", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*out_fd < 0 || ftruncate(*out_fd, (off_t)size) != 0 ||
        fcntl(*out_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return np_error_set(err, NP_ERR_IO, "cannot make memory to share with %s: %s", whom, strerror(errno));
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *out_fd, 0);
    if (memory == MAP_FAILED)
        return np_error_set(err, NP_ERR_IO, "cannot map memory to share with %s: %s", whom, strerror(errno));
    *out_memory = memory;
    return NP_OK;
}

#ifdef NP_SANITIZED
/* The helper under a sanitizer: leave signals alone, so that a crash looks as it does without one, and don't
 * look for leaks in a process that is meant to be cut down. */
static char *sanitizer_setting(const char *name)
{
    const char *value = getenv(name);
    char *setting;
    if (asprintf(&setting,
                 "%s=%s%sdetect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:"
                 "handle_abort=0:allocator_may_return_null=1:atexit_sleep_ms=0",
                 name, value ? value : "", value && value[0] ? ":" : "") < 0)
        return NULL;
    return setting;
}
#endif

/* A helper sees little of the user's environment: what finds its libraries, and the number of threads. */
static char **make_environment(void)
{
    static const char *const kept[] = {"LD_LIBRARY_PATH", "OMP_NUM_THREADS", "UBSAN_OPTIONS"};
    char **list = calloc(8, sizeof *list);
    size_t n = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = getenv(kept[i]);
        if (value && asprintf(&list[n++], "%s=%s", kept[i], value) < 0)
            list[--n] = NULL;
    }
    /* threads that wait must not take the processor from the planner's */
    list[n++] = strdup("OMP_WAIT_POLICY=passive");
#ifdef NP_SANITIZED
    list[n++] = sanitizer_setting("ASAN_OPTIONS");
    list[n++] = sanitizer_setting("TSAN_OPTIONS");
#endif
    return list;
}

static void free_environment(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

static int set_files(posix_spawn_file_actions_t *actions, int socket, int memory)
{
    int code = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!code)
        code = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
#ifndef NP_SANITIZED
    if (!code)
        code = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
#endif
    if (!code)
        code = posix_spawn_file_actions_adddup2(actions, socket, NP_HELPER_SOCKET_FD);
    if (!code && memory >= 0)
        code = posix_spawn_file_actions_adddup2(actions, memory, NP_HELPER_MEMORY_FD);
    return code;
}

/* In a session of its own: no terminal to type into, no Ctrl-C meant for the planner, and one group to end. */
static int spawn_in_session(pid_t *out_pid, const char *program, const posix_spawn_file_actions_t *actions,
                            char **environment)
{
    posix_spawnattr_t attributes;
    char parent[32];
    snprintf(parent, sizeof parent, "%ld", (long)getpid());
    char *arguments[] = {(char *)program, parent, atomic_load(&weaker_sandbox) ? NP_HELPER_WEAKER : NULL, NULL};
    int code = posix_spawnattr_init(&attributes);
    if (code)
        return code;
    code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    if (!code)
        code = posix_spawn(out_pid, program, actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    return code;
}

static np_status spawn(np_helper *helper, const char *program, int socket, int memory, np_error *err)
{
    posix_spawn_file_actions_t actions;
    char **environment = make_environment();
    int code = environment ? posix_spawn_file_actions_init(&actions) : ENOMEM;
    if (!code) {
        code = set_files(&actions, socket, memory);
        if (!code)
            code = spawn_in_session(&helper->pid, program, &actions, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    free_environment(environment);
    if (code) {
        helper->pid = 0;
        return np_error_set(err, NP_ERR_IO, "%s: cannot start the helper: %s", program, strerror(code));
    }
    return NP_OK;
}

/* FD above those that the helper's own are put on. */
static int move_up(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, NP_HELPER_MEMORY_FD + 1);
    int code = errno;
    close(fd);
    errno = code;
    return moved;
}

np_status sandbox_start(np_helper *helper, const char *program, const char *whom, np_error *err)
{
    int pair[2] = {-1, -1}, memory = -1;
    np_status status = NP_OK;
    if (helper->shared_bytes > 0)
        status = np_helper_make_memory(whom, helper->shared_bytes, &memory, &helper->shared, err);
    if (status != NP_OK)
        goto done;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        pair[0] = pair[1] = -1;
        status = np_error_set(err, NP_ERR_IO, "cannot make a socket for %s: %s", whom, strerror(errno));
        goto done;
    }
    pair[1] = move_up(pair[1]);
    memory = memory >= 0 ? move_up(memory) : -1;
    if (pair[1] < 0 || (helper->shared && memory < 0)) {
        status = np_error_set(err, NP_ERR_IO, "cannot make a socket for %s: %s", whom, strerror(errno));
        goto done;
    }
    status = spawn(helper, program, pair[1], memory, err);
    if (status == NP_OK) {
        helper->socket = pair[0];
        pair[0] = -1;
    }
done:
    if (pair[0] >= 0)
        close(pair[0]);
    if (pair[1] >= 0)
        close(pair[1]);
    if (memory >= 0)
        close(memory);
    return status;
}
