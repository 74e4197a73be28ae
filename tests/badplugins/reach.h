/* Ways out of a helper, tried one after the other: what a plugin must not be able to do, each harmless where it succeeds. */
#ifndef NP_TESTS_BADPLUGINS_REACH_H
#define NP_TESTS_BADPLUGINS_REACH_H

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int reach_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static inline int reach_socket(int family, int type)
{
    int fd = socket(family, type, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static inline int reach_fork(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    if (child > 0)
        waitpid(child, NULL, 0);
    return child > 0;
}

static inline int reach_exec(void)
{
    char *const arguments[] = {"/bin/true", "reached by exec", NULL};
    execv("/bin/true", arguments); /* if it succeeds the helper ends, with status 0 */
    return 0;
}

static inline int reach_map(int protection)
{
    void *page = mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && munmap(page, 4096) == 0;
}

static inline int reach_memory(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1;
}

static inline int reach_limit(void)
{
    struct rlimit old;
    return prlimit(getppid(), RLIMIT_CORE, NULL, &old) == 0;
}

static inline void *reach_nothing(void *context)
{
    return context;
}

static inline int reach_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, reach_nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

/* Names of those that succeed into TEXT.  While a plugin is LOADING it may map code. */
static inline void reach_all(int loading, char *text, size_t size)
{
    char byte = 'x';
    const struct {
        const char *name;
        int reached;
    } ways[] = {
        {"thread", reach_thread()},
        {"read", reach_open("/etc/passwd", O_RDONLY)},
        {"mmap-exec", !loading && reach_map(PROT_READ | PROT_WRITE | PROT_EXEC)},
        {"write", reach_open("/tmp", O_TMPFILE | O_RDWR)},
        {"append", reach_open("/dev/null", O_WRONLY | O_APPEND)},
        {"create", reach_open("/tmp/needlepath-reached", O_CREAT | O_RDWR)},
        {"truncate", truncate("/tmp/needlepath-reached", 0) == 0},
        {"unlink", unlink("/tmp/needlepath-reached") == 0},
        {"mkdir", mkdir("/tmp/needlepath-reached", 0700) == 0},
        {"tcp", reach_socket(AF_INET, SOCK_STREAM)},
        {"udp", reach_socket(AF_INET, SOCK_DGRAM)},
        {"unix", reach_socket(AF_UNIX, SOCK_STREAM)},
        {"fork", reach_fork()},
        {"setsid", setpgid(0, getppid()) == 0},
        {"signal", kill(getppid(), 0) == 0},
        {"group", kill(0, 0) == 0},
        {"everybody", kill(-1, 0) == 0},
        {"ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0},
        {"process_vm_readv", reach_memory()},
        {"prlimit", reach_limit()},
        {"dumpable", prctl(PR_SET_DUMPABLE, 1) == 0},
        {"deathsig", prctl(PR_SET_PDEATHSIG, 0) == 0},
        {"tiocsti", ioctl(0, TIOCSTI, &byte) == 0},
        {"shm", shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0},
        {"memfd", syscall(SYS_memfd_create, "x", 0) >= 0},
        {"io_uring", syscall(SYS_io_uring_setup, 1, NULL) >= 0},
        {"unshare", syscall(SYS_unshare, 0x10000000) == 0},
        {"keyctl", syscall(SYS_keyctl, 0, -3, 1) >= 0},
        {"pidfd", syscall(SYS_pidfd_open, getppid(), 0) >= 0},
        {"exec", reach_exec()},
    };
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof ways / sizeof *ways && at < size; i++)
        if (ways[i].reached)
            at += (size_t)snprintf(text + at, size - at, " %s", ways[i].name);
}

#endif
